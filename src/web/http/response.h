/* response.h - what a page answers: a status, headers, octets. */
#pragma once

#include "web/html/html.h"

enum { RESPONSE_HEADERS_MAX = 24, RESPONSE_HEADER_MAX = 2048 };

struct response_header {
	const char *name; /* a literal */
	char value[RESPONSE_HEADER_MAX];
};

struct response {
	unsigned status;  /* 200 when nothing else is said */
	const char *type; /* a literal: "text/html; charset=utf-8" when nothing else is said */
	struct html body;
	struct response_header *headers[RESPONSE_HEADERS_MAX]; /* from malloc */
	size_t header_count;
	bool failed; /* a header did not fit or memory ran out: becomes 500 */
};

void response_finish(struct response *response);

/* Adds, or replaces but for Set-Cookie.  What holds a control character, or does not fit, makes the response fail: no
 * header can be made out of a text. */
void response_header(struct response *response, const char *name, const char *value);

/* 303 See Other: what follows a POST. */
void response_redirect(struct response *response, const char *location);
