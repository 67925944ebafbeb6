/* berth_relay.c - the relay worker: arguments, the queue, then the relay.
 *
 * Started by launchers for functions with handover = relay; good by hand for who gives it a queue.  Exit status:
 * 0 done, 2 usage, 3 could not. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "os/log.h"
#include "relay/relay.h"

enum { EXIT_USAGE = 2, EXIT_COULD_NOT = 3 };
enum { CONNECT_TIMEOUT_MS = 5000, CONNECTIONS_MOST = 1000000 };

static const char usage[] =
	"Usage: berth-relay --target HOST:PORT|unix:/path [OPTION]...\n"
	"Takes calls from the queue at descriptor BERTH_WORKER_FD and relays each to a target.\n"
	"\n"
	"  -t, --target TARGET             where to connect: HOST:PORT, [V6]:PORT or unix:/path\n"
	"  -p, --proxy-protocol v1|v2      tell the target who calls, in a PROXY header (default off)\n"
	"      --connect-timeout MS        for each address of the target (default 5000)\n"
	"      --idle-timeout MS           without an octet either way; 0: none (default 0)\n"
	"      --connections-max N         at one time; more wait in the queue (default: as descriptors allow)\n"
	"      --connections-per-source N  the same of one source; more are refused (default 0: no limit)\n"
	"  -h, --help                      this text\n"
	"  -V, --version                   the version\n"
	"\n"
	"See berth-relay(8), and handover = relay in berthd.conf(5).\n";

static int read_number(const char *text, uint32_t most, uint32_t *ret_number)
{
	char *end;

	if (text[0] < '0' || text[0] > '9') {
		return -EINVAL;
	}
	errno = 0;
	unsigned long number = strtoul(text, &end, 10);
	if (errno != 0 || *end != '\0' || number > most) {
		return -EINVAL;
	}
	*ret_number = (uint32_t)number;
	return 0;
}

static int read_header(const char *text, enum relay_header *ret_header)
{
	static const char *const words[] = { "off", "v1", "v2" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(text, words[i]) == 0) {
			*ret_header = (enum relay_header)i;
			return 0;
		}
	}
	return -EINVAL;
}

static int read_option(int option, const char *text, struct relay_options *options)
{
	switch (option) {
	case 't':
		options->target = text;
		return 0;
	case 'p':
		return read_header(text, &options->header);
	case 'c':
		return read_number(text, INT32_MAX, &options->connect_timeout_ms);
	case 'i':
		return read_number(text, INT32_MAX, &options->idle_timeout_ms);
	case 's':
		return read_number(text, CONNECTIONS_MOST, &options->connections_per_source);
	case 'm':
		return read_number(text, CONNECTIONS_MOST, &options->connections_max);
	default:
		return -EINVAL;
	}
}

/* The queue, if the descriptor is of the kind that queues are. */
static int find_queue(void)
{
	const char *text = getenv("BERTH_WORKER_FD");
	uint32_t number;
	int type;
	socklen_t size = sizeof(type);

	if (text == NULL || read_number(text, INT32_MAX, &number) < 0 ||
	    getsockopt((int)number, SOL_SOCKET, SO_TYPE, &type, &size) < 0 || type != SOCK_SEQPACKET) {
		return -ENOENT;
	}
	return fcntl((int)number, F_SETFD, FD_CLOEXEC) < 0 ? -errno : (int)number;
}

static int run(const struct relay_options *options)
{
	int queue = find_queue();

	if (queue < 0) {
		(void)fputs("berth-relay: BERTH_WORKER_FD is no call queue; berthd starts this program\n", stderr);
		return EXIT_COULD_NOT;
	}
	log_open(LOG_TEXT, "berth-relay");
	int r = relay_run(options, queue);
	if (r < 0) {
		log_event(LOG_LEVEL_ERROR, "relay-failed", "target", options->target, "error", strerror(-r), NULL);
	}
	return r == 0 ? EXIT_SUCCESS : EXIT_COULD_NOT;
}

int main(int argc, char **argv)
{
	static const struct option known[] = {
		{ "target", required_argument, NULL, 't' },
		{ "proxy-protocol", required_argument, NULL, 'p' },
		{ "connect-timeout", required_argument, NULL, 'c' },
		{ "idle-timeout", required_argument, NULL, 'i' },
		{ "connections-max", required_argument, NULL, 'm' },
		{ "connections-per-source", required_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	struct relay_options options = { .connect_timeout_ms = CONNECT_TIMEOUT_MS };
	int option;

	while ((option = getopt_long(argc, argv, "t:p:hV", known, NULL)) != -1) {
		if (option == 'h') {
			(void)fputs(usage, stdout);
			return EXIT_SUCCESS;
		}
		if (option == 'V') {
			(void)puts("berth-relay " BERTH_VERSION);
			return EXIT_SUCCESS;
		}
		if (option == '?' || read_option(option, optarg, &options) < 0) {
			if (option != '?') {
				(void)fprintf(stderr, "berth-relay: \"%s\" is no value for this option\n", optarg);
			}
			(void)fputs(usage, stderr);
			return EXIT_USAGE;
		}
	}
	if (optind < argc || options.target == NULL) {
		(void)fputs(usage, stderr);
		return EXIT_USAGE;
	}
	return run(&options);
}
