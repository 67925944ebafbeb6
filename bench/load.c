/* load.c - the load generator: many short calls, bounded in number and time, over loopback only.
 *
 *	load -p PORT [-m TEXT | -M FILE] [-e PREFIX] [-c CLIENTS] [-t SECONDS] [-R RATE] ...
 *
 * One call is: socket, bind to a source of its own, connect to 127.0.0.1, send the message, read
 * until the end, check the reply, close with a reset.  Closed loop: CLIENTS calls at any time.
 * Open loop (-R): RATE calls a second, each measured from the time it was due, so that a slow
 * server cannot hide behind a waiting client.  Prints one line of JSON.  Started by run.py, and
 * good by hand. */
#include "load_call.h"
#include "load_stats.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	EVENTS_MAX = 256,
	MESSAGE_MAX = 4096,
	CLIENTS_MAX = 4096,
	HOLD_MAX = 60000,
	HOLD_BATCH = 128,
	HOLD_PAUSE_NS = 5000000,
	CALLS_A_SECOND_MAX = 400000,
	SWEEP_NS = 100000000,
	NS_A_SECOND = 1000000000,
};

struct options {
	struct call_plan plan;
	uint8_t message[MESSAGE_MAX];
	unsigned clients;
	unsigned hold;
	double seconds;
	double rate;
	double timeout_s;
	bool first; /* end with the first answer; together with a rate, so that it asks again */
};

struct run {
	const struct options *options;
	struct load_stats stats;
	struct call *calls;
	int epoll;
	uint64_t begin_ns;
	uint64_t end_ns;
	uint64_t scheduled; /* open loop: calls started so far */
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_A_SECOND + (uint64_t)now.tv_nsec;
}

static _Noreturn void usage(void)
{
	fprintf(stderr, "usage: load -p PORT [-m TEXT | -M FILE] [-e PREFIX] [-c CLIENTS] [-t SECONDS]\n"
			"            [-b REPLY_OCTETS] [-n REPLY_OCTETS_MIN] [-R RATE] [-w TIMEOUT_S]\n"
			"            [--follow] [--hold N] [--first]\n");
	exit(2);
}

/* ---- one run ---- */

static void count(struct run *run, const struct call *call, enum call_result result)
{
	switch (result) {
	case CALL_DONE:
		load_stats_done(&run->stats, now_ns() - call->started_ns);
		break;
	case CALL_REFUSED:
		run->stats.refused++;
		break;
	case CALL_RESET:
		run->stats.reset++;
		break;
	case CALL_WRONG:
		run->stats.wrong++;
		break;
	case CALL_OPEN:
		break;
	}
}

static uint64_t due_ns(const struct run *run)
{
	return run->begin_ns + (uint64_t)((double)run->scheduled / run->options->rate * NS_A_SECOND);
}

/* Starts a call in a free place if one is due; a call that fails at once leaves the place free. */
static void start_if_due(struct run *run, struct call *call)
{
	uint64_t now = now_ns();
	uint64_t started_ns = now;
	enum call_result result;

	if (run->options->rate > 0) {
		started_ns = due_ns(run);
		if (started_ns > now) {
			return;
		}
		run->scheduled++;
	}
	result = call_start(call, &run->options->plan, run->epoll, started_ns);
	if (result != CALL_OPEN) {
		count(run, call, result);
		call_close(call);
	}
}

static void start_all(struct run *run)
{
	for (unsigned i = 0; i < run->options->clients; i++) {
		if (run->calls[i].descriptor < 0) {
			start_if_due(run, &run->calls[i]);
		}
	}
}

static void give_up_old(struct run *run, uint64_t now)
{
	uint64_t timeout_ns = (uint64_t)(run->options->timeout_s * NS_A_SECOND);

	for (unsigned i = 0; i < run->options->clients; i++) {
		struct call *call = &run->calls[i];

		if (call->descriptor >= 0 && now > call->started_ns + timeout_ns) {
			run->stats.timeouts++;
			call_close(call);
		}
	}
}

/* How long to wait for events: to the next call that is due, or the next sweep. */
static struct timespec wait_for(const struct run *run)
{
	uint64_t now = now_ns();
	uint64_t due = run->options->rate > 0 ? due_ns(run) : now + SWEEP_NS;
	uint64_t wait = due > now ? due - now : 0;

	return (struct timespec){ .tv_nsec = (long)(wait < SWEEP_NS ? wait : SWEEP_NS - 1) };
}

static void serve_event(struct run *run, const struct epoll_event *event)
{
	struct call *call = event->data.ptr;
	enum call_result result = call_continue(call, &run->options->plan, run->epoll, event->events);

	if (result == CALL_OPEN) {
		return;
	}
	count(run, call, result);
	call_close(call);
	start_if_due(run, call);
}

static void run_calls(struct run *run)
{
	struct epoll_event events[EVENTS_MAX];
	uint64_t swept_ns;

	run->begin_ns = swept_ns = now_ns();
	run->end_ns = run->begin_ns + (uint64_t)(run->options->seconds * NS_A_SECOND);
	start_all(run);
	while (!(run->options->first && run->stats.done > 0)) {
		struct timespec wait;
		uint64_t now = now_ns();
		int ready;

		if (now >= run->end_ns) {
			break;
		}
		if (now > swept_ns + SWEEP_NS) {
			give_up_old(run, now);
			swept_ns = now;
		}
		if (run->options->rate > 0 || now == swept_ns) {
			start_all(run);
		}
		wait = wait_for(run);
		ready = epoll_pwait2(run->epoll, events, EVENTS_MAX, &wait, NULL);
		for (int i = 0; i < ready; i++) {
			serve_event(run, &events[i]);
		}
	}
	run->end_ns = now_ns();
	if (run->options->rate > 0) {
		uint64_t due = (uint64_t)((double)(run->end_ns - run->begin_ns) / NS_A_SECOND * run->options->rate);

		run->stats.unstarted = due > run->scheduled + 1 ? due - run->scheduled - 1 : 0;
	}
}

/* ---- silent connections ---- */

static int *hold_open(const struct options *options)
{
	int *held = calloc(options->hold + 1U, sizeof(*held));

	if (held == NULL) {
		perror("load");
		exit(1);
	}
	for (unsigned i = 0; i < options->hold; i++) {
		held[i] = call_connect(&options->plan.server, call_source_next(2), true);
		if (i % HOLD_BATCH == HOLD_BATCH - 1) {
			nanosleep(&(struct timespec){ .tv_nsec = HOLD_PAUSE_NS }, NULL);
		}
	}
	return held;
}

/* How many of the silent connections the server still keeps. */
static unsigned hold_count(const struct options *options, const int *held)
{
	unsigned count = 0;
	char octet;

	for (unsigned i = 0; i < options->hold; i++) {
		count += held[i] >= 0 && recv(held[i], &octet, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
	}
	return count;
}

/* ---- options and output ---- */

static size_t read_message(const char *path, uint8_t *message)
{
	FILE *file = fopen(path, "rbe");
	size_t length;

	if (file == NULL) {
		perror(path);
		exit(1);
	}
	length = fread(message, 1, MESSAGE_MAX, file);
	fclose(file);
	return length;
}

static unsigned number(const char *text, unsigned max)
{
	unsigned long value = strtoul(text, NULL, 10);

	return value < max ? (unsigned)value : max;
}

static void options_parse(struct options *options, int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "follow", no_argument, NULL, 'F' },
		{ "hold", required_argument, NULL, 'H' },
		{ "first", no_argument, NULL, '1' },
		{ NULL, 0, NULL, 0 },
	};
	struct call_plan *plan = &options->plan;
	int option;

	while ((option = getopt_long(argc, argv, "p:m:M:e:b:n:c:t:R:w:", long_options, NULL)) != -1) {
		switch (option) {
		case 'p':
			plan->server.sin_port = htons((in_port_t)number(optarg, UINT16_MAX));
			break;
		case 'm':
			plan->message_length = strnlen(optarg, MESSAGE_MAX);
			memcpy(options->message, optarg, plan->message_length);
			break;
		case 'M':
			plan->message_length = read_message(optarg, options->message);
			break;
		case 'e':
			plan->expect = optarg;
			break;
		case 'b':
			plan->reply_length = number(optarg, CALL_REPLY_MAX);
			break;
		case 'n':
			plan->reply_length_min = number(optarg, CALL_REPLY_MAX);
			break;
		case 'c':
			options->clients = number(optarg, CLIENTS_MAX);
			break;
		case 't':
			options->seconds = strtod(optarg, NULL);
			break;
		case 'R':
			options->rate = strtod(optarg, NULL);
			break;
		case 'w':
			options->timeout_s = strtod(optarg, NULL);
			break;
		case 'F':
			plan->follow = true;
			break;
		case 'H':
			options->hold = number(optarg, HOLD_MAX);
			break;
		case '1':
			options->first = true;
			break;
		default:
			usage();
		}
	}
	if (plan->server.sin_port == 0 || options->clients == 0 || options->seconds <= 0 || options->rate < 0) {
		usage();
	}
}

/* Silent connections need many descriptors; a hard limit that is too low shows in "held". */
static void raise_descriptors(unsigned wanted)
{
	struct rlimit limit = { .rlim_cur = wanted, .rlim_max = wanted };

	if (setrlimit(RLIMIT_NOFILE, &limit) < 0 && getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static void print_count(const char *name, uint64_t value)
{
	printf("\"%s\":%" PRIu64 ",", name, value);
}

static void print(struct run *run, unsigned held, unsigned held_at_end)
{
	struct load_stats *stats = &run->stats;
	double seconds = (double)(run->end_ns - run->begin_ns) / NS_A_SECOND;

	putchar('{');
	print_count("transactions", stats->done);
	print_count("errors", stats->refused + stats->reset + stats->wrong + stats->timeouts);
	print_count("refused", stats->refused);
	print_count("reset", stats->reset);
	print_count("wrong", stats->wrong);
	print_count("timeouts", stats->timeouts);
	print_count("unstarted", stats->unstarted);
	print_count("held", held);
	print_count("held_at_end", held_at_end);
	print_count("ended_ns", run->end_ns);
	printf("\"per_second\":%.1f,", (double)stats->done / seconds);
	printf("\"p50_us\":%.1f,", load_stats_latency_us(stats, 0.5));
	printf("\"p99_us\":%.1f,", load_stats_latency_us(stats, 0.99));
	printf("\"max_us\":%.1f}\n", load_stats_latency_us(stats, 1.0));
}

int main(int argc, char **argv)
{
	static struct options options = {
		.plan = { .server = { .sin_family = AF_INET }, .expect = "+" },
		.clients = 8,
		.seconds = 1,
		.timeout_s = 2,
	};
	struct run run = { .options = &options };
	unsigned held_before;
	int *held;

	options.plan.server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	options.plan.message = options.message;
	options_parse(&options, argc, argv);
	raise_descriptors(options.clients + options.hold + 64);
	run.calls = calloc(options.clients, sizeof(*run.calls));
	run.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (run.calls == NULL || run.epoll < 0) {
		perror("load");
		return 1;
	}
	for (unsigned i = 0; i < options.clients; i++) {
		run.calls[i].descriptor = -1;
	}
	load_stats_init(&run.stats, (uint64_t)(options.seconds * CALLS_A_SECOND_MAX) + 1);
	held = hold_open(&options);
	held_before = hold_count(&options, held);
	run_calls(&run);
	print(&run, held_before, hold_count(&options, held));
	load_stats_finish(&run.stats);
	free(held);
	free(run.calls);
	return 0;
}
