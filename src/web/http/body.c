/* body.c - a request's body on its way into the request (body.h). */
#include "web/http/body.h"

#include <errno.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "web/html/html.h"

enum { PARTS_BUFFER = 4096 }; /* also bounds a part's own headers */

enum body_kind { BODY_FORM, BODY_PARTS, BODY_OTHER };

struct body {
	struct web_request *request;
	enum body_kind kind;
	size_t left; /* that may still come */
	unsigned refused;
	struct html octets; /* the whole body; of BODY_PARTS, the part's so far */
	struct MHD_PostProcessor *parts;
	const char *part; /* the field's name; NULL before the first */
	bool part_is_file;
};

static unsigned status_of(int error)
{
	return error == 0 ? 0 : error == -E2BIG ? 413 : error == -ENOMEM ? 500 : 400;
}

/* ---- parts ---- */

static int end_part(struct body *body)
{
	struct web_values *values = body->part_is_file ? &body->request->files : &body->request->form;
	int r = 0;

	if (body->octets.failed) {
		return -ENOMEM;
	}
	if (body->part != NULL) {
		r = web_value_add(body->request, values, body->part, body->octets.size > 0 ? body->octets.octets : "",
				  body->octets.size);
	}
	if (r == -EILSEQ && body->part_is_file) {
		body->request->has_unreadable_file = true; /* what was typed beside it goes on */
		r = 0;
	}
	body->part = NULL;
	body->octets.size = 0;
	return r;
}

static enum MHD_Result take_part(void *data, enum MHD_ValueKind kind, const char *name, const char *file_name,
				 const char *type, const char *encoding, const char *octets, uint64_t offset,
				 size_t size)
{
	struct body *body = data;
	int r = 0;

	(void)kind;
	(void)type;
	(void)encoding;
	if (offset == 0) {
		r = end_part(body);
		body->part = arena_text(&body->request->arena, name, strlen(name));
		body->part_is_file = file_name != NULL;
	}
	if (r == 0 && body->part == NULL) {
		r = -ENOMEM;
	}
	html_octets(&body->octets, octets, size);
	body->refused = status_of(r);
	return body->refused == 0 ? MHD_YES : MHD_NO;
}

/* ---- all kinds ---- */

static bool is_type(const char *header, const char *type)
{
	size_t size = strcspn(header, "; \t");

	return size == strlen(type) && strncasecmp(header, type, size) == 0;
}

int body_begin(struct web_request *request, struct MHD_Connection *connection, size_t octets_max,
	       struct body **ret_body)
{
	const char *type = web_value(&request->headers, "content-type");
	struct body *body = calloc(1, sizeof(*body));

	if (body == NULL) {
		return -ENOMEM;
	}
	body->request = request;
	body->left = octets_max;
	body->kind = is_type(type, "application/x-www-form-urlencoded") ? BODY_FORM
		     : is_type(type, "multipart/form-data")		? BODY_PARTS
									: BODY_OTHER;
	if (body->kind == BODY_PARTS) {
		body->parts = MHD_create_post_processor(connection, PARTS_BUFFER, take_part, body);
		if (body->parts == NULL) {
			free(body);
			return -EINVAL; /* no boundary */
		}
	}
	*ret_body = body;
	return 0;
}

unsigned body_take(struct body *body, const char *octets, size_t size)
{
	if (body->refused == 0 && size > body->left) {
		body->refused = 413;
	}
	if (body->refused != 0) {
		return body->refused;
	}
	body->left -= size;
	if (body->kind != BODY_PARTS) {
		html_octets(&body->octets, octets, size);
	} else if (MHD_post_process(body->parts, octets, size) != MHD_YES && body->refused == 0) {
		body->refused = 400;
	}
	return body->refused;
}

/* The last part ends with its closing boundary: a body that was cut has none. */
static unsigned end_parts(struct body *body)
{
	bool is_whole = MHD_destroy_post_processor(body->parts) == MHD_YES;

	body->parts = NULL;
	return !is_whole ? 400 : status_of(end_part(body));
}

static unsigned end_octets(struct body *body)
{
	struct web_request *request = body->request;
	size_t size = body->octets.size;
	char *text = arena_text(&request->arena, size > 0 ? body->octets.octets : "", size);

	if (text == NULL || body->octets.failed) {
		return 500;
	}
	if (body->kind == BODY_OTHER) {
		request->body = text;
		request->body_size = size;
		return 0;
	}
	return strlen(text) != size ? 400 : status_of(web_pairs_read(request, &request->form, text));
}

unsigned body_end(struct body *body)
{
	if (body->refused == 0) {
		body->refused = body->kind == BODY_PARTS ? end_parts(body) : end_octets(body);
	}
	return body->refused;
}

struct body *body_finish(struct body *body)
{
	if (body != NULL) {
		if (body->parts != NULL) {
			(void)MHD_destroy_post_processor(body->parts);
		}
		html_finish(&body->octets);
		free(body);
	}
	return NULL;
}
