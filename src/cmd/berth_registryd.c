/* berth_registryd.c - the registry on the web: arguments, then one loop with the server, the clock and the signals.
 *
 * Holds nothing of a registry itself: pages are in web/, what they change goes through registry/process.  Two
 * of it may serve one registry.
 *
 * Exit status: 0 done; 2 usage; 3 could not. */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/berth_registryd.h"
#include "os/child.h"
#include "os/log.h"
#include "registry/keep/registry_place.h"
#include "web/routes/routes.h"

enum { EXIT_USAGE = 2, EXIT_COULD_NOT = 3 };

static const char usage[] =
	"Usage: berth-registryd [OPTIONS]\n"
	"Serves a registry's pages and its HTTP API, for a reverse proxy that speaks TLS.\n"
	"\n"
	"      --registry URL         sqlite:FILE or postgresql://...; default $BERTH_REGISTRY, then /var/lib/berth\n"
	"      --published FILE       the published view; default beside the registry\n"
	"      --listen ADDRESS       127.0.0.1:8420 (default), [::1]:8420 or unix:/PATH; or a socket from systemd\n"
	"      --url URL              how people reach it: https://ports.example.org; default http://ADDRESS\n"
	"      --trust-proxy LIST     whose X-Forwarded-For is believed: \"127.0.0.1 ::1 unix\"; default nobody\n"
	"      --limit NAME=VALUE     a limit; see berth-registryd(8).  May be given again\n"
	"      --now TIME             take this for the time, like 2026-11-21T09:00:00Z, or a file that has it\n"
	"      --check                open the registry, say what is wrong, and end: 0 nothing, 3 something\n"
	"      --routes               list every address with who may use it, and end\n"
	"  -h, --help                 this text\n"
	"  -V, --version              the version\n"
	"\n"
	"It stays in the foreground; SIGTERM ends it when the requests that have begun are answered.\n"
	"See berth-registryd(8).\n";

static int complain(const char *sentence, const char *value)
{
	(void)fprintf(stderr, "berth-registryd: %s%s%s%s\n%s", sentence, value != NULL ? ", not \"" : "",
		      value != NULL ? value : "", value != NULL ? "\"" : "", usage);
	return -EINVAL;
}

/* ---- values ---- */

static bool begins(const char *text, const char *word)
{
	return strncmp(text, word, strlen(word)) == 0;
}

/* A browser keeps a Secure cookie of these. */
static bool is_secure(const char *url)
{
	static const char *const secure[] = { "https://", "http://localhost:", "http://127.0.0.1:", "http://[::1]:" };

	for (size_t i = 0; i < sizeof(secure) / sizeof(secure[0]); i++) {
		if (begins(url, secure[i])) {
			return true;
		}
	}
	return false;
}

static int check_url(const char *url)
{
	const char *host = begins(url, "https://") ? url + 8 : begins(url, "http://") ? url + 7 : "";
	const char *allowed = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-._:[]";

	if (host[0] == '\0' || strspn(host, allowed) != strlen(host) || strlen(url) > 255) {
		return complain("--url takes http:// or https:// and a name, without a path", url);
	}
	return 0;
}

/* ---- limits ---- */

static int read_number(const char *text, unsigned long max, unsigned long *ret_number, const char **ret_end)
{
	char *end;

	errno = 0;
	*ret_number = strtoul(text, &end, 10);
	*ret_end = end;
	return text[0] < '0' || text[0] > '9' || errno != 0 || *ret_number > max ? -EINVAL : 0;
}

/* "1200/300": so many a minute, and so many at once. */
static int read_rate(const char *text, struct limit_rate *ret_rate)
{
	enum { RATE_MAX = 60 * 1000 * 1000 };
	unsigned long per_minute;
	unsigned long burst;

	if (read_number(text, RATE_MAX, &per_minute, &text) < 0 || per_minute == 0 || *text != '/' ||
	    read_number(text + 1, RATE_MAX, &burst, &text) < 0 || burst == 0 || *text != '\0') {
		return -EINVAL;
	}
	*ret_rate = (struct limit_rate){ (unsigned)per_minute, (unsigned)burst };
	return 0;
}

static unsigned *server_limit(struct server_limits *limits, const char *name)
{
	return strcmp(name, "connections") == 0		     ? &limits->connections_max
	       : strcmp(name, "connections-per-source") == 0 ? &limits->connections_per_source_max
	       : strcmp(name, "idle-seconds") == 0	     ? &limits->idle_timeout_s
	       : strcmp(name, "request-seconds") == 0	     ? &limits->request_timeout_s
							     : NULL;
}

static int set_server_limit(struct server_limits *limits, const char *name, const char *value)
{
	unsigned *place = server_limit(limits, name);
	unsigned long number;

	if (read_number(value, 1000000000, &number, &value) < 0 || *value != '\0') {
		return -EINVAL;
	}
	if (strcmp(name, "bodies-octets") == 0) {
		limits->bodies_octets_max = number;
		return 0;
	}
	if (place == NULL || (number == 0 && place != &limits->connections_per_source_max)) {
		return -EINVAL;
	}
	*place = (unsigned)number;
	return 0;
}

static int set_limit(struct registryd *registryd, const char *text)
{
	char name[64];
	const char *equals = strchr(text, '=');
	int r = -EINVAL;

	if (equals == NULL || (size_t)(equals - text) >= sizeof(name)) {
		return complain("--limit takes NAME=VALUE", text);
	}
	memcpy(name, text, (size_t)(equals - text));
	name[equals - text] = '\0';
	for (int kind = 0; kind < LIMIT_KINDS; kind++) {
		if (strcmp(name, limit_name((enum limit_kind)kind)) == 0) {
			r = read_rate(equals + 1, &registryd->rates[kind]);
			return r < 0 ? complain("this limit takes PER-MINUTE/BURST, like 60/30", text) : 0;
		}
	}
	r = set_server_limit(&registryd->limits, name, equals + 1);
	return r < 0 ? complain("--limit takes a limit of berth-registryd(8) and its value", text) : 0;
}

/* ---- arguments ---- */

static int take_option(struct registryd *registryd, int option, const char *value)
{
	switch (option) {
	case 'r':
		registryd->site.registry = value;
		return 0;
	case 'p':
		registryd->site.published = value;
		return 0;
	case 'l':
		registryd->address = value;
		return 0;
	case 'u':
		registryd->site.url = value;
		return check_url(value);
	case 't':
		registryd->trusted_proxy = value;
		return 0;
	case 'n':
		registryd->site.now = value;
		return 0;
	case 'm':
		return set_limit(registryd, value);
	default:
		return complain("there is no such option", NULL);
	}
}

static void fill_in(struct registryd *registryd)
{
	static char published[PATH_MAX];
	static char url[256];
	const char *registry = getenv("BERTH_REGISTRY");

	if (registryd->site.registry == NULL) {
		registryd->site.registry = registry != NULL ? registry : REGISTRY_URL;
	}
	if (registryd->site.published == NULL) {
		registry_published_path(registryd->site.registry, published, sizeof(published));
		registryd->site.published = published;
	}
	if (registryd->site.url == NULL) {
		(void)snprintf(url, sizeof(url), "http://%s",
			       begins(registryd->address, "unix:") ? "localhost" : registryd->address);
		registryd->site.url = url;
	}
	registryd->site.is_secure = is_secure(registryd->site.url);
}

/* What ends the program at once, and with what. */
static bool is_told(int option, int *ret_status)
{
	*ret_status = EXIT_SUCCESS;
	if (option == 'h') {
		(void)fputs(usage, stdout);
	} else if (option == 'V') {
		(void)puts("berth-registryd " BERTH_VERSION);
	} else if (option == 'o') {
		routes_write(stdout);
	} else {
		return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "registry", required_argument, NULL, 'r' },
		{ "published", required_argument, NULL, 'p' },
		{ "listen", required_argument, NULL, 'l' },
		{ "url", required_argument, NULL, 'u' },
		{ "trust-proxy", required_argument, NULL, 't' },
		{ "limit", required_argument, NULL, 'm' },
		{ "now", required_argument, NULL, 'n' },
		{ "check", no_argument, NULL, 'c' },
		{ "routes", no_argument, NULL, 'o' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	struct registryd registryd = { .address = "127.0.0.1:8420", .limits = server_limits_default };
	bool is_check = false;
	int status;
	int option;

	child_reset_signals();
	for (int kind = 0; kind < LIMIT_KINDS; kind++) {
		registryd.rates[kind] = limit_default((enum limit_kind)kind);
	}
	while ((option = getopt_long(argc, argv, "hV", options, NULL)) != -1) {
		if (is_told(option, &status)) {
			return status;
		}
		if (option == 'c') {
			is_check = true;
		} else if (take_option(&registryd, option, optarg) < 0) {
			return EXIT_USAGE;
		}
	}
	if (optind < argc) {
		(void)complain("there is nothing to be said without an option", argv[optind]);
		return EXIT_USAGE;
	}
	fill_in(&registryd);
	int r = is_check ? registryd_check(&registryd) : registryd_run(&registryd);
	return r < 0 ? EXIT_COULD_NOT : EXIT_SUCCESS;
}
