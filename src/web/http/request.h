/* request.h - a request as pages see it: method, path, names and values, all of them bounded and decoded.
 *
 * Made by server.c out of libmicrohttpd's callbacks; nothing here trusts a proxy's headers. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "config/arena.h"

enum web_method { WEB_GET, WEB_POST, WEB_OTHER }; /* HEAD comes as GET, its body is left away */

enum {
	WEB_VALUES_MAX = 256,
	WEB_PARAMETERS_MAX = 4,
	WEB_BODY_MAX = 64 * 1024,		  /* of most requests */
	WEB_BODY_WITH_FILE_MAX = 2 * 1024 * 1024, /* where a route says so: a form and a description */
};

/* Names and values: of the query, a form's fields, cookies.  UTF-8, no NUL; of a name that comes twice, the first. */
struct web_value {
	const char *name;
	const char *value;
};
struct web_values {
	struct web_value items[WEB_VALUES_MAX];
	size_t count;
};

struct web_request {
	struct arena arena; /* holds all texts; lives as long as the request */
	enum web_method method;
	const char *path;			    /* as it came: "/service/x%2Fy" */
	const char *parameters[WEB_PARAMETERS_MAX]; /* what stood for each {} of the route, decoded */
	struct web_values query;
	struct web_values form;	  /* of application/x-www-form-urlencoded and multipart/form-data */
	struct web_values files;  /* of a form's files: the field's name, the whole text */
	bool has_unreadable_file; /* one came that is no text: it is not among them */
	struct web_values cookies;
	struct web_values headers; /* names in lower case */
	const char *source;	   /* who calls: an address in its one form; "unix" without one */
	const char *body;	   /* of any other type, ended by NUL; NULL none */
	size_t body_size;
};

const char *web_method_name(enum web_method method); /* "GET", "POST", "OTHER" */

/* "" when there is none by that name. */
const char *web_value(const struct web_values *values, const char *name);
bool web_value_is(const struct web_values *values, const char *name, const char *value);

/* Both copied into the request.  0, -E2BIG too many, -EILSEQ no UTF-8 or a NUL, -ENOMEM. */
int web_value_add(struct web_request *request, struct web_values *values, const char *name, const char *value,
		  size_t size);

/* "a=1&b=2+3%2B4": a query, or a form's body.  As web_value_add; -EINVAL a wrong escape. */
int web_pairs_read(struct web_request *request, struct web_values *values, const char *text);

/* A cookie header's pairs (RFC 6265, 5.4); what is no pair is passed over. */
int web_cookies_read(struct web_request *request, const char *header);
