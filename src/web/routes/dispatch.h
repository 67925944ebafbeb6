/* dispatch.h - the way of a request through the table of routes, in steps that can be tested alone. */
#pragma once

#include "web/site/visit.h"

/* The route for the request's path and method, its parameters decoded.  0; 404 no such path, 400 a path that cannot be
 * decoded; 405 with the methods there are, as "GET, HEAD, POST". */
enum { DISPATCH_METHODS_MAX = 64 };
unsigned dispatch_find(const struct route *table, struct web_request *request, const struct route **ret_route,
		       char ret_methods[static DISPATCH_METHODS_MAX]);

/* Whether a browser says that a form of another site sent this.  `own`: "https://ports.example.org". */
bool dispatch_is_foreign(const struct web_request *request, const struct route *route, const char *own);

/* What every answer says, of its policy and whether it may be kept. */
void dispatch_headers(const struct visit *visit);
/* The mark of a page that is the same for everybody; "" when it has none. */
enum { DISPATCH_TAG_MAX = 32 };
void dispatch_tag(const struct visit *visit, char ret_tag[static DISPATCH_TAG_MAX]);
