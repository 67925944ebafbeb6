/* listening.c - questions about TCP sockets to the kernel, over netlink.  Called by launchers; asks and reads
 * at once, because the kernel answers while it takes the question.
 *
 * Two kinds of question.  An exact look-up finds the socket that a segment to address and port would reach,
 * by the very code that segments use.  A dump goes through all sockets, so its filter (ports, states) is
 * given to the kernel and one dump serves all ports. */
#include "os/listening.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ANSWER_SIZE = 32768, IPV4_START = 12 };

struct listening {
	int netlink;
	uint32_t sequence; /* of the last question: what answers another one is thrown away */
	_Alignas(struct nlmsghdr) char answer[ANSWER_SIZE];
};

struct look_up {
	struct nlmsghdr header;
	struct inet_diag_req_v2 request;
};

/* A dump with a filter program: at least the first port, at most the last.  The operand of each comparison
 * is the `no` of the step behind it. */
struct dump {
	struct look_up question;
	struct nlattr attribute;
	struct inet_diag_bc_op steps[4];
};

static_assert(sizeof(struct dump) == sizeof(struct look_up) + sizeof(struct nlattr) + 16,
	      "a netlink message has no holes");

/* Is given each socket of an answer.  0: go on; 1: that was all; or a negative errno. */
typedef int socket_function(const struct inet_diag_msg *found, void *data);

int listening_create(struct listening **ret_listening)
{
	struct listening *listening;
	int r;

	listening = malloc(sizeof(*listening));
	if (listening == NULL) {
		return -ENOMEM;
	}
	listening->sequence = 0;
	listening->netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	if (listening->netlink < 0) {
		r = -errno;
		free(listening);
		return r;
	}
	*ret_listening = listening;
	return 0;
}

struct listening *listening_destroy(struct listening *listening)
{
	if (listening != NULL) {
		close(listening->netlink);
		free(listening);
	}
	return NULL;
}

static int ask(struct listening *listening, struct nlmsghdr *question, size_t size)
{
	const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	question->nlmsg_len = (uint32_t)size;
	question->nlmsg_type = SOCK_DIAG_BY_FAMILY;
	question->nlmsg_flags |= NLM_F_REQUEST;
	question->nlmsg_seq = ++listening->sequence;
	if (sendto(listening->netlink, question, size, 0, (const struct sockaddr *)&kernel, sizeof(kernel)) < 0) {
		return -errno;
	}
	return 0;
}

/* The error of an NLMSG_ERROR or NLMSG_DONE, both of which start with one. */
static int error_of(struct nlmsghdr *message)
{
	int error;

	if (message->nlmsg_len < NLMSG_LENGTH(sizeof(error))) {
		return -EBADMSG;
	}
	memcpy(&error, NLMSG_DATA(message), sizeof(error));
	return error;
}

/* 0: go on; 1: that was all; or a negative errno. */
static int take_message(struct nlmsghdr *message, socket_function *take, void *data)
{
	int error;

	if (message->nlmsg_type == NLMSG_ERROR || message->nlmsg_type == NLMSG_DONE) {
		error = error_of(message);
		return error < 0 ? error : 1;
	}
	if (message->nlmsg_type != SOCK_DIAG_BY_FAMILY ||
	    message->nlmsg_len < NLMSG_LENGTH(sizeof(struct inet_diag_msg))) {
		return -EBADMSG;
	}
	return take(NLMSG_DATA(message), data);
}

/* Reads answers until one of them ends the question.  0 or the -errno it ended with. */
static int read_answers(struct listening *listening, socket_function *take, void *data)
{
	for (;;) {
		ssize_t size = recv(listening->netlink, listening->answer, ANSWER_SIZE, 0);
		struct nlmsghdr *message = (void *)listening->answer;

		if (size < 0) {
			return -errno;
		}
		for (; NLMSG_OK(message, size); message = NLMSG_NEXT(message, size)) {
			int r = message->nlmsg_seq == listening->sequence ? take_message(message, take, data) : 0;

			if (r != 0) {
				return r < 0 ? r : 0;
			}
		}
	}
}

static int take_owner(const struct inet_diag_msg *found, void *data)
{
	uid_t *user = data;

	if (found->idiag_state != TCP_LISTEN) {
		return -ENOENT;
	}
	*user = found->idiag_uid;
	return 1;
}

int listening_owner(struct listening *listening, const struct address *address, uint16_t port, uid_t *ret_user)
{
	struct look_up question = {
		.request = {
			.sdiag_family = AF_INET6,
			.sdiag_protocol = IPPROTO_TCP,
			.idiag_states = UINT32_MAX,
			.id = {
				.idiag_sport = htons(port),
				.idiag_cookie = { INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE },
			},
		},
	};
	int r;

	if (address_is_ipv4(address)) {
		question.request.sdiag_family = AF_INET;
		memcpy(question.request.id.idiag_src, address->bytes + IPV4_START, 4);
	} else {
		memcpy(question.request.id.idiag_src, address->bytes, sizeof(address->bytes));
	}
	r = ask(listening, &question.header, sizeof(question));
	return r < 0 ? r : read_answers(listening, take_owner, ret_user);
}

struct connected {
	uint16_t first;
	uint16_t last;
	bool *ports;
};

static int take_connected(const struct inet_diag_msg *found, void *data)
{
	struct connected *connected = data;
	uint16_t port = ntohs(found->id.idiag_sport);

	if (port >= connected->first && port <= connected->last) {
		connected->ports[port - connected->first] = true;
	}
	return 0;
}

static int dump_connected(struct listening *listening, uint8_t family, struct connected *connected)
{
	enum { STEP = sizeof(struct inet_diag_bc_op) }; /* jumps are in octets */
	const unsigned not_connected = 1 << TCP_LISTEN | 1 << TCP_TIME_WAIT | 1 << TCP_CLOSE;
	struct dump dump = {
		.question = {
			.header = { .nlmsg_flags = NLM_F_DUMP },
			.request = {
				.sdiag_family = family,
				.sdiag_protocol = IPPROTO_TCP,
				.idiag_states = ~not_connected,
			},
		},
		.attribute = {
			.nla_len = sizeof(dump.attribute) + sizeof(dump.steps),
			.nla_type = INET_DIAG_REQ_BYTECODE,
		},
		/* One step behind the end says no. */
		.steps = {
			{ .code = INET_DIAG_BC_S_GE, .yes = 2 * STEP, .no = 5 * STEP },
			{ .no = connected->first },
			{ .code = INET_DIAG_BC_S_LE, .yes = 2 * STEP, .no = 3 * STEP },
			{ .no = connected->last },
		},
	};
	int r;

	r = ask(listening, &dump.question.header, sizeof(dump));
	return r < 0 ? r : read_answers(listening, take_connected, connected);
}

int listening_connected(struct listening *listening, uint16_t first, uint16_t last, bool *ret_connected)
{
	struct connected connected = { .first = first, .last = last, .ports = ret_connected };
	int r;

	r = dump_connected(listening, AF_INET, &connected);
	return r < 0 ? r : dump_connected(listening, AF_INET6, &connected);
}

/* ---- all of them ---- */

struct visit {
	int protocol;
	int (*each)(const struct listening_socket *socket, void *context);
	void *context;
	bool stopped;
};

static void read_address(const struct inet_diag_msg *found, struct address *ret_address)
{
	if (found->idiag_family == AF_INET6) {
		memcpy(ret_address->bytes, found->id.idiag_src, sizeof(ret_address->bytes));
		return;
	}
	static const uint8_t mapped[IPV4_START] = { [10] = 0xff, [11] = 0xff };
	memcpy(ret_address->bytes, mapped, sizeof(mapped));
	memcpy(ret_address->bytes + IPV4_START, found->id.idiag_src, 4);
}

static int take_listening(const struct inet_diag_msg *found, void *data)
{
	struct visit *visit = data;
	struct listening_socket one = {
		.port = ntohs(found->id.idiag_sport),
		.protocol = visit->protocol,
		.user = found->idiag_uid,
		.inode = found->idiag_inode,
	};

	if (visit->stopped || one.port == 0) {
		return 0;
	}
	read_address(found, &one.address);
	int r = visit->each(&one, visit->context);
	visit->stopped = r != 0;
	return r < 0 ? r : 0;
}

static int dump_listening(struct listening *listening, uint8_t family, struct visit *visit)
{
	/* A datagram socket that is bound and not connected is "closed" to the kernel. */
	uint32_t states = visit->protocol == IPPROTO_UDP ? 1U << TCP_CLOSE : 1U << TCP_LISTEN;
	struct look_up question = {
		.header = { .nlmsg_flags = NLM_F_DUMP },
		.request = {
			.sdiag_family = family,
			.sdiag_protocol = (uint8_t)visit->protocol,
			.idiag_states = states,
		},
	};
	int r = ask(listening, &question.header, sizeof(question));

	r = r < 0 ? r : read_answers(listening, take_listening, visit);
	return r == -ENOENT || r == -EINVAL ? 0 : r;
}

int listening_each(struct listening *listening, int protocol,
		   int (*each)(const struct listening_socket *socket, void *context), void *context)
{
	struct visit visit = { .protocol = protocol, .each = each, .context = context };
	int r = dump_listening(listening, AF_INET, &visit);

	return r < 0 || visit.stopped ? r : dump_listening(listening, AF_INET6, &visit);
}
