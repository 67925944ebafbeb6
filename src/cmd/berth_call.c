/* berth_call.c - `berth call NAME`: a client.  Standard input and output become the two ways of the connection.
 *
 * Neither way waits for the other, so whoever drives us through pipes may write and read in any order.  A way holds at
 * most one buffer; what cannot be written yet is not read yet. */
#include <berth.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/name.h"
#include "client/target.h"
#include "cmd/berth_address.h"
#include "cmd/verb.h"

enum { BUFFER_OCTETS = 65536 };

struct way {
	int from;
	int to;
	size_t start;
	size_t end;
	bool ended; /* nothing comes from there any more */
	char octets[BUFFER_OCTETS];
};

struct joined {
	struct way up;	 /* standard input to the connection */
	struct way down; /* the connection to standard output */
	int connection;
	bool broken; /* the other end has not closed but broken off */
};

static bool is_empty(const struct way *way)
{
	return way->start == way->end;
}

static bool wants_to_read(const struct way *way)
{
	return !way->ended && is_empty(way);
}

/* ---- one step of a way ---- */

/* 0 or -errno; at the end `ended` is set. */
static int fill(struct way *way)
{
	ssize_t size = read(way->from, way->octets, sizeof(way->octets));

	if (size < 0) {
		return errno == EINTR || errno == EAGAIN ? 0 : -errno;
	}
	way->start = 0;
	way->end = (size_t)size;
	way->ended = size == 0;
	return 0;
}

static int wrote(struct way *way, ssize_t size)
{
	if (size < 0) {
		return errno == EINTR || errno == EAGAIN ? 0 : -errno;
	}
	way->start += (size_t)size;
	return 0;
}

static int send_up(struct way *up)
{
	return wrote(up, send(up->to, up->octets + up->start, up->end - up->start, MSG_DONTWAIT | MSG_NOSIGNAL));
}

/* Standard output is shared with others and stays blocking; so much never blocks when poll says there is room. */
static int write_down(struct way *down)
{
	size_t size = down->end - down->start;

	return wrote(down, write(down->to, down->octets + down->start, size < PIPE_BUF ? size : PIPE_BUF));
}

/* ---- both ways ---- */

/* Nothing more will be sent: half of the connection is closed, the other half goes on. */
static void finish_up(struct joined *joined)
{
	joined->up.ended = true;
	joined->up.start = joined->up.end;
	(void)shutdown(joined->connection, SHUT_WR);
}

static int move_up(struct joined *joined, short input, short connection)
{
	struct way *up = &joined->up;
	bool was_ended = up->ended;
	int r = 0;

	if (input != 0) {
		r = fill(up);
		if (r < 0) {
			complain_about("standard input: %s", strerror(-r));
			return r;
		}
	}
	if (!is_empty(up) && (connection & (POLLOUT | POLLERR | POLLHUP)) != 0) {
		r = send_up(up);
	}
	if (r == -EPIPE || r == -ECONNRESET) { /* it wants no more; what it said is still there to be read */
		joined->broken = r == -ECONNRESET;
		finish_up(joined);
		return 0;
	}
	if (up->ended && !was_ended) {
		finish_up(joined);
	}
	return r;
}

static int move_down(struct joined *joined, short connection, short output)
{
	struct way *down = &joined->down;
	int r = 0;

	if (wants_to_read(down) && (connection & (POLLIN | POLLERR | POLLHUP)) != 0) {
		r = fill(down);
	}
	if (r == 0 && output != 0) {
		r = write_down(down);
		if (r < 0) {
			complain_about("standard output: %s", strerror(-r));
		}
	}
	return r;
}

/* A descriptor we want nothing from is left out: poll would report its end again and again. */
static struct pollfd interest(int descriptor, bool reading, bool writing)
{
	return (struct pollfd){
		.fd = reading || writing ? descriptor : -1,
		.events = (short)((reading ? POLLIN : 0) | (writing ? POLLOUT : 0)),
	};
}

/* Until the other end closes and everything is written.  0 or -errno. */
static int join(struct joined *joined)
{
	struct way *up = &joined->up;
	struct way *down = &joined->down;
	int r = 0;

	while (r == 0 && !(down->ended && is_empty(down))) {
		struct pollfd events[] = {
			interest(up->from, wants_to_read(up), false),
			interest(joined->connection, wants_to_read(down), !is_empty(up)),
			interest(down->to, false, !is_empty(down)),
		};
		if (poll(events, 3, -1) < 0) {
			r = errno == EINTR ? 0 : -errno;
			continue;
		}
		r = move_up(joined, events[0].revents, events[1].revents);
		if (r == 0) {
			r = move_down(joined, events[1].revents, events[2].revents);
		}
	}
	return r == 0 && joined->broken ? -ECONNRESET : r;
}

/* ---- the verb ---- */

static int serve(const struct request *request, int connection)
{
	struct joined *joined = calloc(1, sizeof(*joined));

	if (joined == NULL) {
		complain_about("%s", strerror(ENOMEM));
		return EXIT_COULD_NOT;
	}
	joined->connection = connection;
	joined->up.from = STDIN_FILENO;
	joined->up.to = connection;
	joined->down.from = connection;
	joined->down.to = STDOUT_FILENO;
	int r = join(joined);
	free(joined);
	if (r == -ECONNRESET) {
		complain_about("%s: the other end broke the connection off", request->word);
	}
	return r < 0 ? EXIT_COULD_NOT : EXIT_DONE;
}

/* Which of the three it was that could not be said to a rendezvous port. */
static int explain_usage(const struct request *request)
{
	struct target target;
	struct name name;

	if (target_parse(request->at, &target) < 0) {
		return complain_about_address(request->at, -EINVAL);
	}
	if (name_parse(request->word, strlen(request->word), &name) < 0) {
		complain_about(
			"no function can be called \"%s\": 1 to 15 letters, digits and single hyphens are a name",
			request->word);
	} else {
		complain_about("a key has 1 to %d letters, digits, dots, hyphens and underscores", BERTH_KEY_MAX);
	}
	return EXIT_USAGE;
}

static int explain(const struct request *request, int r, const struct berth_refusal *refusal)
{
	if (r == -ECONNREFUSED && refusal->reason[0] != '\0') {
		complain_about("%s: refused: %s", request->word, refusal->reason);
		return EXIT_NO;
	}
	return r == -EINVAL ? explain_usage(request) : complain_about_address(request->at, r);
}

static int run(const struct request *request)
{
	struct berth_refusal refusal;
	int connection;

	(void)signal(SIGPIPE, SIG_IGN); /* a reader of ours that goes is an error to report */
	connection = berth_call(request->at, request->word, request->key, request->timeout_ms, &refusal);
	if (connection < 0) {
		return explain(request, connection, &refusal);
	}
	int status = serve(request, connection);
	close(connection);
	return status;
}

const struct verb verb_call = {
	.name = "call",
	.summary = "call a function: standard input and output become the connection",
	.usage = "berth call [--at ADDRESS] [--key KEY] [--timeout SECONDS] NAME\n"
		 "Calls a function, follows where the service points, sends standard input and prints what comes.\n"
		 "The end of standard input closes the sending half; berth ends when the other end closes.\n"
		 "\n"
		 "      --at ADDRESS       host:port, [v6]:port or unix:/path (default localhost:1)\n"
		 "      --key KEY          which instance of the function\n"
		 "      --timeout SECONDS  for the call up to the answer (default: wait for ever)\n"
		 "\n"
		 "Exit status: 0 the connection ended in good order, 1 refused, 3 anything else.\n",
	.options = TAKES_AT | TAKES_KEY | TAKES_TIMEOUT,
	.word = WORD_NEEDED,
	.run = run,
};
