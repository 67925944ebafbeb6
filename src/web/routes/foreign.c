/* foreign.c - whether a form of another site sent this (dispatch.h).  Pure.
 *
 * Beside the form's token, not instead of it: programs that are no browsers say nothing of where they come from. */
#include <string.h>

#include "web/routes/dispatch.h"

bool dispatch_is_foreign(const struct web_request *request, const struct route *route, const char *own)
{
	const char *site = web_value(&request->headers, "sec-fetch-site");
	const char *origin = web_value(&request->headers, "origin");

	if (site[0] != '\0') {
		return strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0;
	}
	/* A page that is never referred from sends its own forms with "null"; its secret is in its address. */
	bool is_silent = strcmp(origin, "null") == 0 && (route->flags & ROUTE_SECRET) != 0;
	return origin[0] != '\0' && !is_silent && strcmp(origin, own) != 0;
}
