/* routes.h - the one table of pages and calls, and the way of a request through it. */
#pragma once

#include <stdio.h>

#include "web/http/server.h"
#include "web/site/visit.h"

extern const struct route routes[]; /* pattern NULL behind the last */

/* The server's handler: finds the route, asks who calls, checks the form's token, and calls the page. */
struct server_handler routes_handler(struct site *site);

/* "GET /port/{} everybody ..." a line each. */
void routes_write(FILE *stream);
