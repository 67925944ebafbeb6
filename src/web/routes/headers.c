/* headers.c - what every answer says of itself: its policy, and whether it may be kept (dispatch.h). */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "web/routes/dispatch.h"
#include "web/site/assets.h"

static bool has_header(const struct response *response, const char *name)
{
	for (size_t i = 0; i < response->header_count; i++) {
		if (strcmp(response->headers[i]->name, name) == 0) {
			return true;
		}
	}
	return false;
}

static unsigned flags_of(const struct visit *visit)
{
	return visit->route != NULL ? visit->route->flags : 0;
}

static void set_policy(const struct visit *visit)
{
	char policy[512];

	if (has_header(visit->response, "Content-Security-Policy")) {
		return; /* a picture's own, stricter or for its one style */
	}
	(void)snprintf(
		policy, sizeof(policy),
		"default-src 'none'; style-src '%s'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
		"form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
		asset_style.digest);
	response_header(visit->response, "Content-Security-Policy",
			(flags_of(visit) & ROUTE_API) != 0 ? "default-src 'none'; frame-ancestors 'none'" : policy);
}

static void set_keeping(const struct visit *visit, bool is_open)
{
	struct response *response = visit->response;
	char tag[DISPATCH_TAG_MAX];

	dispatch_tag(visit, tag);
	if (!is_open) {
		response_header(response, "Cache-Control", "no-store");
	} else if (tag[0] != '\0' && (response->status == 200 || response->status == 304)) {
		response_header(response, "ETag", tag);
		response_header(response, "Cache-Control", "no-cache"); /* kept, but asked for again each time */
	} else if (!has_header(response, "Cache-Control")) {
		response_header(response, "Cache-Control", "no-store");
	}
}

void dispatch_headers(const struct visit *visit)
{
	struct response *response = visit->response;
	const struct route *route = visit->route;
	bool is_secret = (flags_of(visit) & ROUTE_SECRET) != 0;
	bool is_open = route != NULL && route->roles == 0 && route->method == WEB_GET && !is_secret &&
		       visit->session.staff == 0;

	set_policy(visit);
	set_keeping(visit, is_open);
	response_header(response, "X-Content-Type-Options", "nosniff");
	response_header(response, "Referrer-Policy", is_secret ? "no-referrer" : "same-origin");
	response_header(response, "Cross-Origin-Opener-Policy", "same-origin");
	response_header(response, "Cross-Origin-Resource-Policy", "same-origin");
	response_header(response, "Permissions-Policy",
			"camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()");
	if (is_secret || (route != NULL && route->roles != 0)) {
		response_header(response, "X-Robots-Tag", "noindex");
	}
	if (strncmp(visit->site->settings.url, "https://", 8) == 0) {
		response_header(response, "Strict-Transport-Security", "max-age=31536000; includeSubDomains");
	}
}

/* ---- pages that are the same for everybody ---- */

/* FNV-1a with the text's end, so that two texts are not one. */
static uint64_t add(uint64_t hash, const char *text)
{
	do {
		hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	} while (*text++ != '\0');
	return hash;
}

void dispatch_tag(const struct visit *visit, char ret_tag[static DISPATCH_TAG_MAX])
{
	const struct site *site = visit->site;
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	ret_tag[0] = '\0';
	if ((flags_of(visit) & ROUTE_CACHED) == 0 || site->view.size == 0) {
		return;
	}
	const char *const parts[] = { BERTH_VERSION,	     asset_style.digest,   view_event_hash(&site->view),
				      view_day(&site->view), site->words.name,	   site->words.motto,
				      site->words.licence,   site->words.comments, site->words.edition,
				      site->words.notice,    visit->request->path };
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		hash = add(hash, parts[i]);
	}
	for (size_t i = 0; i < visit->request->query.count; i++) {
		hash = add(add(hash, visit->request->query.items[i].name), visit->request->query.items[i].value);
	}
	char day[11] = { 0 };
	memcpy(day, site->now, sizeof(day) - 1);
	(void)snprintf(ret_tag, DISPATCH_TAG_MAX, "W/\"%016" PRIx64 "\"", add(hash, day));
}
