/* server.h - HTTP/1.1 by libmicrohttpd, inside berth's own loop: connections in, requests to one function, answers out.
 *
 * One request a connection: what follows a request is never parsed, so nothing can be hidden behind it, and what a head
 * must look like is judged by head.h before anything else reads it.
 *
 * One thread.  Connections that are slow, many or large cost what the limits say and no more: each limit has a name, a
 * default, an answer and a counter. */
#pragma once

#include <stdint.h>

#include "loop/loop.h"
#include "web/http/request.h"
#include "web/http/response.h"

/* What may be asked of a request before its body is read. */
struct server_verdict {
	unsigned status; /* 0: go on; else what it is refused with: 404, 405, 413, 429 ... */
	size_t body_max;
};

struct server_handler {
	/* The request has method, path, query, headers, cookies and source; no body yet. */
	struct server_verdict (*begin)(struct web_request *request, void *context);
	/* Whole.  `refused`: 0, or the status that begin or the reading of the body refused it with; the answer is then
	 * only that. */
	void (*answer)(struct web_request *request, unsigned refused, struct response *response, void *context);
	void *context;
};

struct server_limits {
	unsigned connections_max;	     /* 8192, or what descriptors allow; more wait in the kernel's queue */
	unsigned connections_per_source_max; /* 0: no limit, as behind a proxy */
	unsigned idle_timeout_s;	     /* 15: without an octet */
	unsigned request_timeout_s;	     /* 60: for one request, however its octets drip */
	size_t bodies_octets_max;	     /* 64 MiB: of all bodies being read; more are told 503 */
};
extern const struct server_limits server_limits_default;

struct server_counters {
	uint64_t requests, refused_by_status[6]; /* by hundreds */
	uint64_t timed_out, bodies_refused, failed;
	uint64_t connections_refused; /* of a source that has too many */
	unsigned connections;
};

struct server;

/* Serves an already listening socket, which becomes the server's.  `trusted_proxy`: addresses whose
 * X-Forwarded-For says who calls (its last), "127.0.0.1 ::1 unix"; NULL nobody.  0 or -errno. */
int server_create(struct loop *loop, int listening, const struct server_limits *limits, const char *trusted_proxy,
		  const struct server_handler *handler, struct server **ret_server);
/* The beginning of an end: no new connections; those whose request has begun go on. */
void server_quiet(struct server *server);
/* Ends: no new connections, and those there are closed. */
struct server *server_destroy(struct server *server);
const struct server_counters *server_counters(const struct server *server);
