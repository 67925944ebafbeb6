/* server_exchange.c - one request in the hands of libmicrohttpd: its names and values, its body, then the handler.
 *
 * libmicrohttpd calls us once for the target, once for the head, for pieces of the body and once at its end. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "os/log.h"
#include "web/http/server_private.h"

/* What libmicrohttpd takes for decoded is left as it came: pages decode segment by segment. */
size_t exchange_unescape(void *server, struct MHD_Connection *connection, char *text)
{
	(void)server;
	(void)connection;
	return strlen(text);
}

static struct connection *connection_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info->socket_context;
}

/* ---- the target ---- */

static int read_target(struct web_request *request, const char *target)
{
	size_t path_size = strcspn(target, "?");

	request->path = arena_text(&request->arena, target, path_size);
	if (request->path == NULL) {
		return -ENOMEM;
	}
	return target[path_size] == '\0' ? 0 : web_pairs_read(request, &request->query, target + path_size + 1);
}

static unsigned status_of(int error)
{
	return error == 0 ? 0 : error == -ENOMEM ? 500 : error == -E2BIG ? 431 : 400;
}

void *exchange_begin(void *server, const char *target, struct MHD_Connection *mhd_connection)
{
	struct connection *connection = connection_of(mhd_connection);

	(void)server;
	connection->request = calloc(1, sizeof(*connection->request));
	if (connection->request != NULL) {
		connection->refused = status_of(read_target(connection->request, target));
	}
	return connection;
}

/* ---- the head ---- */

static enum web_method method_of(const char *method)
{
	return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0 ? WEB_GET
	       : strcmp(method, "POST") == 0				 ? WEB_POST
									 : WEB_OTHER;
}

static int add_header(struct web_request *request, const char *name, size_t name_size, const char *value, size_t size)
{
	char lower[128];

	if (name_size >= sizeof(lower)) {
		return -E2BIG;
	}
	for (size_t i = 0; i <= name_size; i++) {
		lower[i] = name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] - 'A' + 'a') : name[i];
	}
	while (size > 0 && (value[size - 1] == ' ' || value[size - 1] == '\t')) {
		size--;
	}
	int r = web_value_add(request, &request->headers, lower, value, size);
	if (r == 0 && strcmp(lower, "cookie") == 0) {
		r = web_cookies_read(request, request->headers.items[request->headers.count - 1].value);
	}
	return r;
}

static enum MHD_Result take_header(void *data, enum MHD_ValueKind kind, const char *name, size_t name_size,
				   const char *value, size_t value_size)
{
	struct connection *connection = data;

	(void)kind;
	int r = add_header(connection->request, name, name_size, value != NULL ? value : "", value_size);
	if (r < 0 && connection->refused == 0) {
		connection->refused = status_of(r);
	}
	return MHD_YES;
}

/* ---- who calls ---- */

static bool is_trusted(const char *list, const char *peer)
{
	size_t size = strlen(peer);

	while (list != NULL && *list != '\0') {
		size_t word = strcspn(list, " ,");
		if (word == size && memcmp(list, peer, size) == 0) {
			return true;
		}
		list += word + strspn(list + word, " ,");
	}
	return false;
}

/* What the nearest proxy wrote: the last address of the last such header.  NULL when it is none. */
static const char *told_source(struct web_request *request)
{
	char text[ADDRESS_TEXT_MAX];
	struct prefix prefix;
	const char *header = NULL;

	for (size_t i = 0; i < request->headers.count; i++) {
		if (strcmp(request->headers.items[i].name, "x-forwarded-for") == 0) {
			header = request->headers.items[i].value;
		}
	}
	if (header == NULL) {
		return NULL;
	}
	const char *comma = strrchr(header, ',');
	const char *last = comma != NULL ? comma + 1 : header;
	last += strspn(last, " \t");
	if (strchr(last, '/') != NULL || prefix_parse(last, &prefix) < 0) {
		return NULL;
	}
	address_text(&prefix.address, text);
	return arena_text(&request->arena, text, strlen(text));
}

static int tell_source(struct connection *connection)
{
	struct web_request *request = connection->request;
	struct address address;
	char peer[ADDRESS_TEXT_MAX] = "unix";

	if (address_from_socket(&connection->name, &address, NULL) == 0) {
		address_text(&address, peer);
	}
	const char *told = is_trusted(connection->server->trusted_proxy, peer) ? told_source(request) : NULL;
	request->source = told != NULL ? told : arena_text(&request->arena, peer, strlen(peer));
	return request->source == NULL ? -ENOMEM : 0;
}

/* ---- the body ---- */

/* Room is taken for what may come before anything of it is read. */
static unsigned reserve(struct connection *connection, size_t octets_max)
{
	struct server *server = connection->server;
	const char *length = web_value(&connection->request->headers, "content-length");
	size_t octets = length[0] != '\0' ? strtoull(length, NULL, 10) : octets_max;

	if (octets > octets_max) {
		return 413;
	}
	if (octets > server->limits.bodies_octets_max - server->bodies_octets) {
		server->counters.bodies_refused++;
		return 503;
	}
	connection->reserved = octets;
	server->bodies_octets += octets;
	return 0;
}

static bool has_body(const struct web_request *request)
{
	return web_value(&request->headers, "transfer-encoding")[0] != '\0' ||
	       strtoull(web_value(&request->headers, "content-length"), NULL, 10) > 0;
}

static void begin_body(struct connection *connection, struct MHD_Connection *mhd_connection, size_t octets_max)
{
	connection->refused = reserve(connection, octets_max);
	if (connection->refused == 0) {
		int r = body_begin(connection->request, mhd_connection, octets_max, &connection->body);
		connection->refused = status_of(r);
	}
}

/* ---- the way of a request ---- */

/* Answered before its body was read: a second descriptor keeps the connection until that is thrown away. */
static enum MHD_Result answer_early(struct connection *connection, struct MHD_Connection *mhd_connection)
{
	if (has_body(connection->request)) {
		connection->unread = fcntl(connection->served, F_DUPFD_CLOEXEC, 3);
	}
	return answer_send(connection, mhd_connection);
}

static enum MHD_Result begin(struct connection *connection, struct MHD_Connection *mhd_connection, const char *method)
{
	struct server *server = connection->server;
	struct web_request *request = connection->request;
	struct server_verdict verdict = { 0 };

	server->counters.requests++;
	request->method = method_of(method);
	(void)MHD_get_connection_values_n(mhd_connection, MHD_HEADER_KIND, take_header, connection);
	if (tell_source(connection) < 0) {
		return MHD_NO;
	}
	if (connection->refused == 0) {
		verdict = server->handler.begin(request, server->handler.context);
		connection->refused = verdict.status;
	}
	if (connection->refused == 0 && has_body(request)) {
		begin_body(connection, mhd_connection, verdict.body_max);
	}
	return connection->refused == 0 ? MHD_YES : answer_early(connection, mhd_connection);
}

/* What was refused in its middle is thrown away to its end, or as long as the time for one request lasts. */
static void take(struct connection *connection, const char *octets, size_t *size)
{
	if (connection->body != NULL && connection->refused == 0) {
		connection->refused = body_take(connection->body, octets, *size);
	}
	*size = 0;
}

enum MHD_Result exchange_handle(void *server, struct MHD_Connection *mhd_connection, const char *url,
				const char *method, const char *version, const char *octets, size_t *size,
				void **context)
{
	struct connection *connection = *context;

	(void)server;
	(void)url;
	(void)version;
	if (connection->request == NULL || connection->request->path == NULL) {
		return MHD_NO; /* out of memory */
	}
	if (!connection->is_begun) {
		connection->is_begun = true;
		return begin(connection, mhd_connection, method);
	}
	if (*size > 0) {
		take(connection, octets, size);
		return MHD_YES;
	}
	if (connection->body != NULL && connection->refused == 0) {
		connection->refused = body_end(connection->body);
	}
	return answer_send(connection, mhd_connection);
}

void exchange_completed(void *server, struct MHD_Connection *mhd_connection, void **context,
			enum MHD_RequestTerminationCode how)
{
	struct connection *connection = *context;

	(void)server;
	(void)mhd_connection;
	connection->server->counters.timed_out += how == MHD_REQUEST_TERMINATED_TIMEOUT_REACHED ? 1 : 0;
	connection->body = body_finish(connection->body);
	if (connection->request != NULL) {
		arena_finish(&connection->request->arena);
		free(connection->request);
		connection->request = NULL;
	}
	connection->server->bodies_octets -= connection->reserved;
	connection->reserved = 0;
	*context = NULL;
}
