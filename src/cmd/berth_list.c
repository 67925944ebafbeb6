/* berth_list.c - `berth list`: asks a rendezvous port with HELP which functions it has for us. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/name.h"
#include "client/connection.h"
#include "client/deadline.h"
#include "client/target.h"
#include "cmd/berth_address.h"
#include "cmd/verb.h"

enum { LINE_MAX_OCTETS = 512 };

static const char question[] = "HELP\r\n";

struct answer {
	char line[LINE_MAX_OCTETS];
	size_t size;
	int status; /* EXIT_NO once we were refused */
};

/* One line of the answer.  What comes over the network reaches a terminal as names or made printable. */
static int take_line(struct answer *answer)
{
	struct name name;
	size_t size = answer->size;

	size -= size > 0 && answer->line[size - 1] == '\r';
	answer->line[size] = '\0';
	answer->size = 0;
	if (name_parse(answer->line, size, &name) == 0) {
		(void)puts(name.text);
		return 0;
	}
	if (answer->line[0] == '-') {
		for (size_t i = 1; i < size; i++) {
			answer->line[i] = answer->line[i] < ' ' || answer->line[i] > '~' ? '?' : answer->line[i];
		}
		complain_about("refused: %s", answer->line + 1);
		answer->status = EXIT_NO;
		return 0;
	}
	return -EPROTO;
}

static int take(struct answer *answer, const char *octets, size_t size)
{
	int r = 0;

	for (size_t i = 0; i < size && r == 0; i++) {
		if (octets[i] == '\n') {
			r = take_line(answer);
		} else if (answer->size == sizeof(answer->line) - 1) {
			r = -EPROTO;
		} else {
			answer->line[answer->size++] = octets[i];
		}
	}
	return r;
}

/* The list ends where the connection ends. */
static int hear(int connection, uint64_t deadline_ns, struct answer *answer)
{
	char octets[4096];
	int r;

	while ((r = deadline_wait_on(deadline_ns, connection, POLLIN)) == 0) {
		ssize_t size = recv(connection, octets, sizeof(octets), 0);
		if (size == 0) {
			return answer->size == 0 ? 0 : -EPROTO;
		}
		r = size < 0 ? -errno : take(answer, octets, (size_t)size);
		if (r < 0 && r != -EAGAIN) {
			return r;
		}
	}
	return r;
}

static int ask(const struct request *request, struct answer *answer)
{
	uint64_t deadline_ns = deadline_after(request->timeout_ms);
	struct target target;
	int r = target_parse(request->at, &target);

	if (r < 0) {
		return r;
	}
	int connection = target.is_path ? connection_open_path(target.place, SOCK_STREAM, deadline_ns)
					: connection_open_host(target.place, target.port, deadline_ns);
	if (connection < 0) {
		return connection;
	}
	/* A fresh connection has room for this. */
	r = send(connection, question, sizeof(question) - 1, MSG_NOSIGNAL) < 0 ? -errno : 0;
	if (r == 0) {
		r = hear(connection, deadline_ns, answer);
	}
	close(connection);
	return r;
}

static int run(const struct request *request)
{
	struct answer answer = { .status = EXIT_DONE };
	int r = ask(request, &answer);

	return r < 0 ? complain_about_address(request->at, r) : answer.status;
}

const struct verb verb_list = {
	.name = "list",
	.summary = "list the functions behind a rendezvous port",
	.usage = "berth list [--at ADDRESS] [--timeout SECONDS]\n"
		 "Lists the names of the functions that a rendezvous port has for us.\n"
		 "\n"
		 "      --at ADDRESS       host:port, [v6]:port or unix:/path (default localhost:1)\n"
		 "      --timeout SECONDS  give up after that long\n",
	.options = TAKES_AT | TAKES_TIMEOUT,
	.word = WORD_NONE,
	.run = run,
};
