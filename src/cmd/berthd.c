/* berthd.c - the rendezvous daemon: arguments, then the supervisor; or, for its own children, the role they are.
 *
 * Exit status: 0 done, 2 usage or configuration, 3 could not. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "config/settings.h"
#include "os/child.h"
#include "os/log.h"
#include "rendezvous/roles.h"
#include "rendezvous/supervisor_run.h"

enum { EXIT_USAGE = 2, EXIT_COULD_NOT = 3 };

static const char default_configuration[] = "/etc/berth/berthd.conf";

static const char usage[] =
	"Usage: berthd [-c FILE] [--run-dir DIR]\n"
	"       berthd [-c FILE] --check\n"
	"One registered port, every function behind it: the rendezvous daemon.\n"
	"\n"
	"  -c, --config FILE   read FILE and functions.d/*.conf beside it (default /etc/berth/berthd.conf)\n"
	"      --check         print everything that is wrong with the configuration and exit: 0 nothing, 2 something\n"
	"      --keys          list every key of the configuration with its default and meaning\n"
	"      --run-dir DIR   where the control socket is (default /run/berth; without root $XDG_RUNTIME_DIR/berth)\n"
	"  -h, --help          this text\n"
	"  -V, --version       the version\n"
	"\n"
	"berthd stays in the foreground.  SIGHUP or `berth reload` reads the configuration again, SIGTERM ends it.\n"
	"See berthd(8), berthd.conf(5), berth(1).\n";

struct role {
	const char *name;
	int (*run)(int channel);
};

static const struct role roles[] = {
	{ "acceptor", acceptor_run },
	{ "launcher", launcher_run },
	{ "port-broker", port_broker_run },
	{ "describer", describer_run },
};

/* berthd --role NAME LOG-FORMAT TITLE: how the supervisor starts us again; not for people. */
static int run_role(char **arguments)
{
	child_reset_signals();
	log_open((enum log_format)strtol(arguments[1], NULL, 10), arguments[2]);
	(void)prctl(PR_SET_NAME, arguments[0]);
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
		if (strcmp(arguments[0], roles[i].name) == 0) {
			int r = roles[i].run(CHILD_CHANNEL);
			if (r < 0) {
				log_event(LOG_LEVEL_ERROR, "role-failed", "error", strerror(-r), NULL);
			}
			return r < 0 ? EXIT_COULD_NOT : EXIT_SUCCESS;
		}
	}
	return EXIT_USAGE;
}

static int check(const char *configuration)
{
	int r = supervisor_check(configuration, stderr);

	if (r == -EINVAL) {
		return EXIT_USAGE;
	}
	if (r < 0) {
		(void)fprintf(stderr, "berthd: %s\n", strerror(-r));
		return EXIT_COULD_NOT;
	}
	(void)printf("%s: nothing wrong\n", configuration);
	return EXIT_SUCCESS;
}

static int run(const char *configuration, const char *run_dir)
{
	int r = supervisor_run(configuration, run_dir, stderr);

	return r == 0 ? EXIT_SUCCESS : r == -EINVAL ? EXIT_USAGE : EXIT_COULD_NOT;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "check", no_argument, NULL, 'k' },
		{ "keys", no_argument, NULL, 'K' },
		{ "run-dir", required_argument, NULL, 'r' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	const char *configuration = default_configuration;
	const char *run_dir = NULL;
	bool only_check = false;
	int option;

	if (argc == 5 && strcmp(argv[1], "--role") == 0) {
		return run_role(argv + 2);
	}
	child_reset_signals();
	while ((option = getopt_long(argc, argv, "c:hV", options, NULL)) != -1) {
		switch (option) {
		case 'c':
			configuration = optarg;
			break;
		case 'k':
			only_check = true;
			break;
		case 'K':
			settings_print_keys(stdout);
			return EXIT_SUCCESS;
		case 'r':
			run_dir = optarg;
			break;
		case 'h':
			(void)fputs(usage, stdout);
			return EXIT_SUCCESS;
		case 'V':
			(void)puts("berthd " BERTH_VERSION);
			return EXIT_SUCCESS;
		default:
			(void)fputs(usage, stderr);
			return EXIT_USAGE;
		}
	}
	if (optind < argc) {
		(void)fprintf(stderr, "berthd: unexpected \"%s\"\n%s", argv[optind], usage);
		return EXIT_USAGE;
	}
	return only_check ? check(configuration) : run(configuration, run_dir);
}
