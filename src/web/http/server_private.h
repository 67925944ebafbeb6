/* server_private.h - what the server's own files share: a connection on its way.
 *
 *   waiting   its octets stay in the kernel until the head is whole and was judged (server_connection.c)
 *   served    libmicrohttpd has it: body, handler, answer (server_exchange.c)
 *   draining  answered before everything was read: the rest is thrown away for a moment, because closing at once
 *	       would take the answer back
 *
 * One request a connection: what follows it is never parsed, so nothing can be smuggled in behind it. */
#pragma once

#include <microhttpd.h>
#include <sys/queue.h>
#include <sys/socket.h>

#include "base/address.h"
#include "web/http/body.h"
#include "web/http/server.h"

enum { SOURCES_OF_CONNECTIONS = 4096 /* a power of two */ };

TAILQ_HEAD(connections, connection);
LIST_HEAD(neighbours, connection);

/* A queue of connections that fall due in the order they came in, all after the same time. */
struct waiting {
	struct connections connections;
	uint64_t after_ms;
};

struct connection {
	struct server *server;
	struct loop_source source; /* waiting, draining; -1 while libmicrohttpd has it */
	struct sockaddr_storage name;
	socklen_t name_size;
	uint64_t key; /* what limits count by */
	LIST_ENTRY(connection) same_source;

	TAILQ_ENTRY(connection) all;   /* of server->whole: by when it ends */
	TAILQ_ENTRY(connection) phase; /* of server->silent or server->draining */
	uint64_t ends_ms, phase_ends_ms;
	struct waiting *in_phase; /* NULL: in none */
	size_t seen;		  /* octets of the head so far; draining: octets thrown away */

	struct web_request *request;
	struct body *body;
	size_t reserved; /* of bodies_octets_max */
	unsigned refused;
	int served; /* the descriptor that libmicrohttpd has */
	bool is_begun, is_answered;
	int unread; /* a second descriptor, when the answer came before the body's end; else -1 */
};

struct server {
	struct loop *loop;
	struct MHD_Daemon *daemon;
	struct loop_source listening, daemon_source;
	struct loop_timer daemon_timer, tick;
	struct server_limits limits;
	struct server_handler handler;
	struct server_counters counters;
	const char *trusted_proxy;
	size_t bodies_octets;
	struct waiting whole, silent, draining;
	struct neighbours sources[SOURCES_OF_CONNECTIONS];
	struct connection *adding; /* while it is given to libmicrohttpd */
	bool is_paused;		   /* does not accept for now */
	bool is_quiet;		   /* accepts no more */
};

/* ---- server_connection.c ---- */
void connection_begin(struct server *server, int descriptor, const struct sockaddr_storage *name, socklen_t name_size);
/* libmicrohttpd closed it: gone, or draining. */
void connection_left(struct connection *connection);
/* Those whose time is over. */
void connections_expire(struct server *server, uint64_t now_ms);
/* Those that said nothing yet, or (`all`) every one that libmicrohttpd does not have. */
void connections_end(struct server *server, bool all);

/* ---- server_exchange.c ---- */
enum MHD_Result exchange_handle(void *server, struct MHD_Connection *connection, const char *url, const char *method,
				const char *version, const char *octets, size_t *size, void **ret_context);
void *exchange_begin(void *server, const char *target, struct MHD_Connection *connection);
void exchange_completed(void *server, struct MHD_Connection *connection, void **context,
			enum MHD_RequestTerminationCode how);
size_t exchange_unescape(void *server, struct MHD_Connection *connection, char *text);

/* ---- server_answer.c ---- */
enum MHD_Result answer_send(struct connection *connection, struct MHD_Connection *to);
/* Written to the socket itself, for who never came so far as to be handed to libmicrohttpd. */
void answer_plainly(int descriptor, unsigned status);

/* ---- server.c ---- */
void server_drive(struct server *server);
void server_listen_again(struct server *server);
