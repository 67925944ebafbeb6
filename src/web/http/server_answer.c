/* server_answer.c - answers on their way out: a page's by libmicrohttpd, and a sentence for who has no page. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "web/http/server_private.h"

/* What even the shortest answer says of itself. */
#define PLAIN_HEADERS                                                             \
	"Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n" \
	"X-Content-Type-Options: nosniff\r\n"                                     \
	"Cache-Control: no-store\r\n"

void answer_plainly(int descriptor, unsigned status)
{
	char answer[512];
	const char *words = MHD_get_reason_phrase_for(status);
	int size = snprintf(answer, sizeof(answer),
			    "HTTP/1.1 %u %s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %zu\r\n"
			    "Connection: close\r\n" PLAIN_HEADERS "\r\n%s.\n",
			    status, words, strlen(words) + 2, words);

	(void)send(descriptor, answer, (size_t)size, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* When memory ran out, or a header could not be made: nothing of what was written may go out. */
static void fail(struct connection *connection, struct response *response)
{
	static const char sentence[] = "Something went wrong on our side.\n";

	connection->server->counters.failed++;
	response_finish(response);
	response->status = 500;
	response->type = "text/plain; charset=utf-8";
	response_header(response, "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
	response_header(response, "X-Content-Type-Options", "nosniff");
	response_header(response, "Cache-Control", "no-store");
	html_octets(&response->body, sentence, sizeof(sentence) - 1);
}

/* Statuses that have no body (RFC 9110, 6.4.1) have none of a type either. */
static bool has_content(unsigned status)
{
	return status >= 200 && status != 204 && status != 304;
}

static struct MHD_Response *made_of(struct response *response)
{
	struct MHD_Response *made =
		MHD_create_response_from_buffer(response->body.size, response->body.octets, MHD_RESPMEM_MUST_FREE);

	if (made == NULL) {
		return NULL;
	}
	response->body = (struct html){ 0 }; /* libmicrohttpd frees it */
	bool done = MHD_add_response_header(made, "Connection", "close") == MHD_YES;
	if (has_content(response->status)) {
		done = done && MHD_add_response_header(made, "Content-Type", response->type) == MHD_YES;
	}
	for (size_t i = 0; i < response->header_count && done; i++) {
		done = MHD_add_response_header(made, response->headers[i]->name, response->headers[i]->value) ==
		       MHD_YES;
	}
	if (!done) {
		MHD_destroy_response(made);
		return NULL;
	}
	return made;
}

enum MHD_Result answer_send(struct connection *connection, struct MHD_Connection *to)
{
	struct server *server = connection->server;
	struct response response = { .status = 200, .type = "text/html; charset=utf-8" };

	server->handler.answer(connection->request, connection->refused, &response, server->handler.context);
	if (response.failed || response.body.failed) {
		fail(connection, &response);
	}
	if (response.status >= 400 && response.status < 600) {
		server->counters.refused_by_status[response.status / 100]++;
	}
	struct MHD_Response *made = made_of(&response);
	enum MHD_Result result = made != NULL ? MHD_queue_response(to, response.status, made) : MHD_NO;
	if (made != NULL) {
		MHD_destroy_response(made);
	}
	connection->is_answered = true;
	response_finish(&response);
	return result;
}
