/* berth_registryd_run.c - the run of berth-registryd: everything is opened, then given up what is not needed, then
 * served until a signal. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cmd/berth_registryd.h"
#include "os/log.h"
#include "os/notify.h"
#include "os/socket.h"
#include "web/routes/kept.h"
#include "web/routes/routes.h"

enum {
	BACKLOG = 4096,
	SECOND_MS = 1000,
	SECONDS_OF_MINUTE = 60,
	SECONDS_OF_HOUR = 3600,
	END_MS = 10 * 1000, /* for the requests that have begun */
	END_LOOK_MS = 50,
	PATIENCE_MS = 2000, /* for another writer of the store: everybody waits meanwhile */
	PASSED_SOCKET = 3,
	SOCKET_MODE = 0660,
};

struct run {
	const struct registryd *registryd;
	struct loop *loop;
	struct site *site;
	struct server *server;
	struct loop_timer second, ending;
	uint64_t seconds;
	uint64_t ends_ms; /* 0: not ending */
};

/* ---- what time brings ---- */

/* Deadlines of applications; what ended with them is published. */
static void tick_process(struct run *run)
{
	site_refresh(run->site);
	int acts = process_tick(&run->site->process);
	if (acts < 0) {
		log_event(LOG_LEVEL_WARNING, "tick-failed", "error", strerror(-acts), NULL);
	} else if (acts > 0) {
		int r = site_publish(run->site);
		log_event(LOG_LEVEL_INFO, "tick", "acts", LOG_NUMBER(acts), r < 0 ? "publish-error" : NULL,
			  strerror(-r), NULL);
	}
}

static void log_counters(const struct run *run)
{
	const struct server_counters *counters = server_counters(run->server);

	log_event(LOG_LEVEL_INFO, "counters", "requests", LOG_NUMBER(counters->requests), "refused",
		  LOG_NUMBER(counters->refused_by_status[4]), "errors", LOG_NUMBER(counters->refused_by_status[5]),
		  "timed-out", LOG_NUMBER(counters->timed_out), "bodies-refused", LOG_NUMBER(counters->bodies_refused),
		  "failed", LOG_NUMBER(counters->failed), "connections", LOG_NUMBER(counters->connections), NULL);
}

static void each_second(struct loop_timer *timer)
{
	struct run *run = timer->data;

	log_flush();
	run->seconds++;
	if (run->seconds % SECONDS_OF_MINUTE == 0) {
		tick_process(run);
	}
	if (run->seconds % SECONDS_OF_HOUR == 0) {
		log_counters(run);
	}
	loop_timer_set(run->loop, timer, loop_now_ms(run->loop) + SECOND_MS);
}

/* ---- the end ---- */

static void look_at_end(struct loop_timer *timer)
{
	struct run *run = timer->data;
	uint64_t now_ms = loop_now_ms(run->loop);

	if (server_counters(run->server)->connections == 0 || now_ms >= run->ends_ms) {
		loop_stop(run->loop);
	} else {
		loop_timer_set(run->loop, timer, now_ms + END_LOOK_MS);
	}
}

/* The first lets the requests end that have begun; the second does not wait for them. */
static void signal_arrived(int signal, void *data)
{
	struct run *run = data;

	log_event(LOG_LEVEL_INFO, "stopping", "signal", strsignal(signal), NULL);
	if (run->ends_ms != 0) {
		loop_stop(run->loop);
		return;
	}
	(void)notify_manager("STOPPING=1");
	run->ends_ms = loop_now_ms(run->loop) + END_MS;
	server_quiet(run->server);
	look_at_end(&run->ending);
}

/* ---- the beginning ---- */

static int fail(const char *what, int error, const char *why)
{
	log_event(LOG_LEVEL_ERROR, what, "error", strerror(-error), why != NULL ? "because" : NULL, why, NULL);
	return error;
}

/* A socket that the service manager passed, or one of our own. */
static int open_socket(const struct registryd *registryd)
{
	int passed = notify_listen_descriptors();

	if (passed == 1) {
		int flags = 0;
		socklen_t size = sizeof(flags);
		bool is_listening =
			getsockopt(PASSED_SOCKET, SOL_SOCKET, SO_ACCEPTCONN, &flags, &size) == 0 && flags != 0;
		bool is_ready = is_listening && fcntl(PASSED_SOCKET, F_SETFL, O_NONBLOCK) == 0;
		return is_ready ? PASSED_SOCKET : fail("listen-failed", -ENOTSOCK, "the passed descriptor");
	}
	if (passed != 0) {
		return fail("listen-failed", passed < 0 ? passed : -E2BIG, "one passed socket is served");
	}
	int r = socket_listen(registryd->address, BACKLOG, false, SOCKET_MODE);
	return r < 0 ? fail("listen-failed", r, registryd->address) : r;
}

static int watch_signals(struct run *run)
{
	sigset_t signals;

	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGTERM);
	(void)sigaddset(&signals, SIGINT);
	(void)signal(SIGPIPE, SIG_IGN);
	return loop_signals(run->loop, &signals, signal_arrived, run);
}

static void close_site(struct site *site)
{
	struct limits *limits = site->limits;
	struct kept *kept = site->kept;

	(void)site_close(site);
	(void)limits_destroy(limits);
	(void)kept_destroy(kept);
}

static int open_site(const struct registryd *registryd, struct site **ret_site)
{
	struct complaint complaint = { "" };
	int r = site_open(&registryd->site, ret_site, &complaint);

	if (r < 0) {
		return fail("registry-failed", r, complaint.sentence);
	}
	(*ret_site)->limits = limits_create();
	(*ret_site)->kept = kept_create();
	if ((*ret_site)->limits == NULL || (*ret_site)->kept == NULL) {
		close_site(*ret_site);
		return fail("registry-failed", -ENOMEM, NULL);
	}
	(void)store_set_patience((*ret_site)->store, PATIENCE_MS);
	for (int kind = 0; kind < LIMIT_KINDS; kind++) {
		limits_set((*ret_site)->limits, (enum limit_kind)kind, registryd->rates[kind]);
	}
	return 0;
}

static int serve(struct run *run, int listening)
{
	const struct registryd *registryd = run->registryd;
	const struct server_handler handler = routes_handler(run->site);
	int r = server_create(run->loop, listening, &registryd->limits, registryd->trusted_proxy, &handler,
			      &run->server);

	if (r < 0) {
		(void)close(listening);
		return fail("server-failed", r, NULL);
	}
	run->site->counters = server_counters(run->server);
	run->second = (struct loop_timer){ .expired = each_second, .data = run };
	run->ending = (struct loop_timer){ .expired = look_at_end, .data = run };
	loop_timer_set(run->loop, &run->second, loop_now_ms(run->loop) + SECOND_MS);
	r = watch_signals(run);
	if (r == 0) {
		r = registryd_give_up(registryd);
		(void)(r < 0 ? fail("sandbox-failed", r, NULL) : 0);
	}
	if (r == 0) {
		log_event(LOG_LEVEL_INFO, "ready", "url", registryd->site.url, "version", BERTH_VERSION, NULL);
		(void)notify_manager("READY=1");
		r = loop_run(run->loop);
	}
	log_counters(run);
	log_flush();
	loop_timer_stop(&run->second);
	loop_timer_stop(&run->ending);
	run->server = server_destroy(run->server);
	return r;
}

int registryd_run(const struct registryd *registryd)
{
	struct run run = { .registryd = registryd };
	int r;

	log_open(LOG_TEXT, "berth-registryd");
	int listening = open_socket(registryd);
	if (listening < 0) {
		return listening;
	}
	r = open_site(registryd, &run.site);
	if (r < 0) {
		(void)close(listening);
		return r;
	}
	r = loop_create(&run.loop);
	if (r == 0) {
		r = serve(&run, listening);
		(void)loop_destroy(run.loop);
	} else {
		(void)close(listening);
	}
	close_site(run.site);
	return r;
}

int registryd_check(const struct registryd *registryd)
{
	struct site *site = NULL;
	int r;

	log_open(LOG_TEXT, "berth-registryd");
	r = open_site(registryd, &site);
	if (r == 0) {
		(void)printf("%s: nothing wrong\n", registryd->site.registry);
		close_site(site);
	}
	return r;
}
