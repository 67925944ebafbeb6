/* berth_mailer.c - the program that brings a registry's letters to a mail server, or into a folder.
 *
 * Run beside the registry by a service manager, or by hand with --once.  It knows the outbox and nothing else
 * of the registry: letters are written where the things happen that they tell of.  Several may run at once.
 *
 * A letter is leased before it goes out and booked after; a mailer that dies in between leaves a lease that
 * ends, and the letter goes once more with the same id.  SIGTERM is heeded between two letters.
 *
 * Exit status: 0 done; 1 with --once, a letter did not go; 2 usage; 3 could not. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/moment.h"
#include "mail/delivery.h"
#include "mail/message.h"
#include "os/child.h"
#include "os/log.h"
#include "registry/keep/registry_place.h"
#include "store/outbox.h"

enum { EXIT_NOT_ALL = 1, EXIT_USAGE = 2, EXIT_COULD_NOT = 3 };
enum { TIMEOUT_S = 300, TIMEOUT_S_MAX = 3600, LEASE_MARGIN_S = 60, PAUSE_S = 10, BOOKINGS_MAX = 30, ERROR_MAX = 400 };

static const char usage[] =
	"Usage: berth-mailer --server URL --from ADDRESS [OPTIONS]\n"
	"Sends the letters that a registry has waiting, and tries again for five days where that fails.\n"
	"\n"
	"      --server URL           smtp://HOST:PORT, smtps://HOST:PORT, or file:///FOLDER: a file for each letter\n"
	"      --from ADDRESS         the sender, to whom bounces go\n"
	"      --registry URL         sqlite:FILE or postgresql://...; default $BERTH_REGISTRY, then /var/lib/berth\n"
	"      --starttls             only encrypted: the server must offer STARTTLS and prove its name\n"
	"      --ca FILE              who may vouch for the server, in place of the system's\n"
	"      --user NAME            log in, over TLS or on this machine only\n"
	"      --password-file FILE   its first line is the password\n"
	"      --timeout SECONDS      for one letter; default 300\n"
	"      --once                 send what is due, then end\n"
	"      --now TIME             take this for the time, like 2026-11-21T09:00:00Z\n"
	"  -h, --help                 this text\n"
	"  -V, --version              the version\n"
	"\n"
	"`berth mail` shows the letters.  See berth-mailer(8).\n";

struct mailer {
	const char *registry;
	struct mail_route route;
	long timeout_s;
	const char *now; /* or NULL: the clock's */
	bool once;
	sigset_t signals;    /* that end it */
	struct store *store; /* while a round lasts */
	bool all_went;
};

/* ---- time and signals ---- */

static void now_of(const struct mailer *mailer, char ret_now[static MOMENT_SIZE])
{
	if (mailer->now != NULL) {
		(void)snprintf(ret_now, MOMENT_SIZE, "%s", mailer->now);
	} else if (moment_write(time(NULL), ret_now) < 0) {
		ret_now[0] = '\0';
	}
}

/* They are blocked and asked for between two letters. */
static void block_signals(sigset_t *ret_signals)
{
	(void)sigemptyset(ret_signals);
	(void)sigaddset(ret_signals, SIGTERM);
	(void)sigaddset(ret_signals, SIGINT);
	(void)sigprocmask(SIG_BLOCK, ret_signals, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
}

/* Waits so long; true when somebody wants us to end. */
static bool is_ended(const struct mailer *mailer, time_t seconds)
{
	const struct timespec pause = { .tv_sec = seconds };

	log_flush();
	int got = sigtimedwait(&mailer->signals, NULL, &pause);
	if (got > 0) {
		(void)raise(got); /* stays pending, so that every later look sees it too */
	}
	return got > 0;
}

/* ---- the store ---- */

static int open_store(struct mailer *mailer)
{
	char complaint[STORE_COMPLAINT_MAX];
	int r = store_open(mailer->registry, STORE_WRITE, &mailer->store, complaint);

	if (r < 0) {
		log_event(LOG_LEVEL_ERROR, "store-failed", "error", complaint, NULL);
	}
	return r;
}

static void close_store(struct mailer *mailer)
{
	if (mailer->store != NULL) {
		mailer->store = store_close(mailer->store);
	}
}

static void log_store(const struct mailer *mailer)
{
	log_event(LOG_LEVEL_ERROR, "store-failed", "error", store_complaint(mailer->store), NULL);
}

/* ---- one letter ---- */

struct result {
	enum mail_outcome outcome;
	char error[ERROR_MAX];
	char next_try[MOMENT_SIZE]; /* of MAIL_LATER */
};

static void log_letter(const struct outbox_letter *letter, enum log_level level, const char *event, const char *error,
		       const char *next_try)
{
	log_event(level, event, "letter", LOG_NUMBER(letter->id), "kind", letter->template, "message-id",
		  letter->message_id, "try", LOG_NUMBER(letter->tries), error[0] != '\0' ? "error" : NULL, error,
		  next_try[0] != '\0' ? "next-try" : NULL, next_try, NULL);
}

static void deliver(const struct mailer *mailer, const struct outbox_letter *letter, struct result *ret_result)
{
	char now[MOMENT_SIZE];

	*ret_result = (struct result){ 0 };
	ret_result->outcome = mail_deliver(&mailer->route, letter->recipient, letter->message_id, letter->message,
					   strlen(letter->message), ret_result->error, sizeof(ret_result->error));
	if (ret_result->outcome == MAIL_LATER) {
		long wait_s = mail_retry_after_s(letter->id, letter->tries);
		now_of(mailer, now);
		if (wait_s < 0 || moment_after(now, wait_s, ret_result->next_try) < 0) {
			ret_result->outcome = MAIL_NEVER;
		}
	}
	log_letter(letter, ret_result->outcome == MAIL_DELIVERED ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING,
		   ret_result->outcome == MAIL_DELIVERED ? "letter-sent"
		   : ret_result->outcome == MAIL_LATER	 ? "letter-later"
							 : "letter-failed",
		   ret_result->error, ret_result->next_try);
}

static int book_once(struct mailer *mailer, const struct outbox_letter *letter, const struct result *result)
{
	char now[MOMENT_SIZE];

	now_of(mailer, now);
	switch (result->outcome) {
	case MAIL_DELIVERED:
		return outbox_sent(mailer->store, letter->id, now);
	case MAIL_LATER:
		return outbox_failed(mailer->store, letter->id, result->error, result->next_try);
	case MAIL_NEVER:
		return outbox_failed(mailer->store, letter->id, result->error, NULL);
	}
	return -EINVAL;
}

/* A letter that went must be booked: so we stay with it for a while whatever becomes of the store. */
static int book(struct mailer *mailer, const struct outbox_letter *letter, const struct result *result)
{
	int r = book_once(mailer, letter, result);

	for (int i = 0; r < 0 && i < BOOKINGS_MAX; i++) {
		if (mailer->store != NULL) {
			log_store(mailer);
		}
		close_store(mailer);
		(void)nanosleep(&(struct timespec){ .tv_sec = 1 }, NULL);
		r = open_store(mailer);
		if (r == 0) {
			r = book_once(mailer, letter, result);
		}
	}
	return r;
}

/* 1 when there was one, 0, or -errno. */
static int send_next(struct mailer *mailer)
{
	char now[MOMENT_SIZE];
	struct outbox_letter letter;
	struct result result;

	now_of(mailer, now);
	/* libcurl keeps to the time-out, and may take as long again to say good-bye. */
	int r = outbox_take(mailer->store, now, (int)mailer->timeout_s * 2 + LEASE_MARGIN_S, &letter);
	if (r <= 0) {
		if (r < 0) {
			log_store(mailer);
		}
		return r;
	}
	deliver(mailer, &letter, &result);
	mailer->all_went = mailer->all_went && result.outcome == MAIL_DELIVERED;
	r = book(mailer, &letter, &result);
	outbox_letter_finish(&letter);
	return r < 0 ? r : 1;
}

/* ---- rounds ---- */

/* Everything that is due; the store is opened for each round, so a server that went away does no harm.  0 or
 * -errno. */
static int send_round(struct mailer *mailer)
{
	int r = open_store(mailer);

	while (r >= 0 && !is_ended(mailer, 0)) {
		r = send_next(mailer);
		if (r == 0) {
			break;
		}
	}
	close_store(mailer);
	return r < 0 ? r : 0;
}

static int run(struct mailer *mailer)
{
	int r;

	log_open(LOG_TEXT, "berth-mailer");
	block_signals(&mailer->signals);
	mailer->all_went = true;
	do {
		r = send_round(mailer);
	} while (!mailer->once && !is_ended(mailer, PAUSE_S));
	log_flush();
	return !mailer->once ? EXIT_SUCCESS : r < 0 ? EXIT_COULD_NOT : mailer->all_went ? EXIT_SUCCESS : EXIT_NOT_ALL;
}

/* ---- arguments ---- */

static int complain(const char *sentence)
{
	(void)fprintf(stderr, "berth-mailer: %s\n%s", sentence, usage);
	return -EINVAL;
}

static bool begins(const char *text, const char *word)
{
	return strncmp(text, word, strlen(word)) == 0;
}

/* Whether a password can be read on the way. */
static bool is_open(const struct mail_route *route)
{
	static const char *const here[] = { "smtp://127.0.0.1:", "smtp://[::1]:", "smtp://localhost:", NULL };

	for (const char *const *place = here; *place != NULL; place++) {
		if (begins(route->url, *place)) {
			return false;
		}
	}
	return !begins(route->url, "smtps://") && !route->starttls_required;
}

static int check(const struct mailer *mailer)
{
	const struct mail_route *route = &mailer->route;
	struct mail_address sender;
	int64_t seconds;

	if (route->url == NULL ||
	    (!begins(route->url, "smtp://") && !begins(route->url, "smtps://") && !begins(route->url, "file:///"))) {
		return complain("--server takes smtp://HOST:PORT, smtps://HOST:PORT or file:///FOLDER");
	}
	if (!begins(route->url, "file://") && strchr(route->url, '@') != NULL) {
		return complain("--server takes no user and no password: --user and --password-file do");
	}
	if (route->sender == NULL || mail_address_read(route->sender, NULL, &sender) < 0) {
		return complain("--from takes a mail address");
	}
	if ((route->user == NULL) != (route->password_file == NULL)) {
		return complain("--user and --password-file go together");
	}
	if (route->user != NULL && is_open(route)) {
		return complain("a password goes over TLS only: --starttls, or smtps://");
	}
	if (mailer->timeout_s < 1 || mailer->timeout_s > TIMEOUT_S_MAX) {
		return complain("--timeout takes 1 to 3600 seconds");
	}
	if (mailer->now != NULL && moment_read(mailer->now, &seconds) < 0) {
		return complain("--now takes a time like 2026-11-21T09:00:00Z");
	}
	return 0;
}

static void finish_arguments(struct mailer *mailer)
{
	const char *registry = getenv("BERTH_REGISTRY");

	if (mailer->registry == NULL) {
		mailer->registry = registry != NULL ? registry : REGISTRY_URL;
	}
	mailer->route.timeout_ms = (int)mailer->timeout_s * 1000;
}

static long seconds_of(const char *text)
{
	char *end = NULL;
	long seconds = strtol(text, &end, 10);

	return end == text || *end != '\0' ? -1 : seconds;
}

/* One option.  Returns 0, or -EINVAL when it is none. */
static int take_option(struct mailer *mailer, int option, const char *value)
{
	switch (option) {
	case 's':
		mailer->route.url = value;
		return 0;
	case 'f':
		mailer->route.sender = value;
		return 0;
	case 'r':
		mailer->registry = value;
		return 0;
	case 't':
		mailer->route.starttls_required = 1;
		return 0;
	case 'c':
		mailer->route.authority = value;
		return 0;
	case 'u':
		mailer->route.user = value;
		return 0;
	case 'p':
		mailer->route.password_file = value;
		return 0;
	case 'w':
		mailer->timeout_s = seconds_of(value);
		return 0;
	case 'o':
		mailer->once = true;
		return 0;
	case 'n':
		mailer->now = value;
		return 0;
	default:
		return -EINVAL;
	}
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "server", required_argument, NULL, 's' },
		{ "from", required_argument, NULL, 'f' },
		{ "registry", required_argument, NULL, 'r' },
		{ "starttls", no_argument, NULL, 't' },
		{ "ca", required_argument, NULL, 'c' },
		{ "user", required_argument, NULL, 'u' },
		{ "password-file", required_argument, NULL, 'p' },
		{ "timeout", required_argument, NULL, 'w' },
		{ "once", no_argument, NULL, 'o' },
		{ "now", required_argument, NULL, 'n' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	struct mailer mailer = { .timeout_s = TIMEOUT_S };
	int option;

	child_reset_signals();
	while ((option = getopt_long(argc, argv, "hV", options, NULL)) != -1) {
		if (option == 'h' || option == 'V') {
			(void)fputs(option == 'h' ? usage : "berth-mailer " BERTH_VERSION "\n", stdout);
			return EXIT_SUCCESS;
		}
		if (take_option(&mailer, option, optarg) < 0) {
			(void)fputs(usage, stderr);
			return EXIT_USAGE;
		}
	}
	if (optind < argc) {
		(void)fprintf(stderr, "berth-mailer: unexpected \"%s\"\n%s", argv[optind], usage);
		return EXIT_USAGE;
	}
	if (check(&mailer) < 0) {
		return EXIT_USAGE;
	}
	finish_arguments(&mailer);
	return run(&mailer);
}
