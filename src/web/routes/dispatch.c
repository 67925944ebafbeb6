/* dispatch.c - the way of each request: limits, route, who calls, the form's token, the page, headers (routes.h).
 *
 * Pages rely on it: none is reached by who may not, and none sets a header of security itself. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "os/clock.h"
#include "os/log.h"
#include "web/html/url.h"
#include "web/routes/dispatch.h"
#include "web/routes/kept.h"
#include "web/routes/routes.h"
#include "web/site/limit.h"
#include "web/site/session.h"

/* ---- before the body ---- */

static bool is_too_often(struct site *site, const struct web_request *request, const struct route *route)
{
	uint64_t now_ns = clock_now_ns();

	return ((route->flags & ROUTE_SLOW) != 0 &&
		limit_take(site->limits, LIMIT_SLOW, request->source, now_ns) > 0) ||
	       (route->method != WEB_GET && limit_take(site->limits, LIMIT_POSTS, request->source, now_ns) > 0);
}

static struct server_verdict begin(struct web_request *request, void *context)
{
	struct site *site = context;
	const struct route *route = NULL;
	char methods[DISPATCH_METHODS_MAX];

	if (limit_take(site->limits, LIMIT_REQUESTS, request->source, clock_now_ns()) > 0) {
		return (struct server_verdict){ .status = 429 };
	}
	unsigned refused = dispatch_find(routes, request, &route, methods);
	if (refused != 0) {
		return (struct server_verdict){ .status = refused };
	}
	if (is_too_often(site, request, route)) {
		return (struct server_verdict){ .status = 429 };
	}
	if (route->method != WEB_GET && (route->flags & ROUTE_API) == 0 &&
	    dispatch_is_foreign(request, route, site->settings.url)) {
		return (struct server_verdict){ .status = 403 };
	}
	return (struct server_verdict){ .body_max = (route->flags & ROUTE_WITH_FILE) != 0 ? WEB_BODY_WITH_FILE_MAX
											  : WEB_BODY_MAX };
}

/* ---- refusals ---- */

struct refusal {
	unsigned status;
	const char *title;
	const char *sentence;
};

static const struct refusal refusals[] = {
	{ 400, "This cannot be read",
	  "The request holds what is no text (UTF-8), or an escape or a form that breaks off. What you typed is still "
	  "in your browser: go back to it." },
	{ 403, "This form is not from here",
	  "Your browser says that the form was sent from another site. Go to the page on this site and send it from "
	  "there." },
	{ 404, "Not found", "There is no page at this address." },
	{ 405, "Not that way", "This address is not reached with this method." },
	{ 413, "Too long",
	  "The form and its file are longer than this page takes: 64 KiB, or 2 MiB where a file can be attached. What "
	  "you typed is still in your browser: go back to it." },
	{ 429, "Too many requests",
	  "More requests came from your network than this site answers. Wait a little; what you typed is still in your "
	  "browser." },
	{ 431, "Too long", "The address asks too many questions at once: at most 256." },
	{ 503, "Busy",
	  "The site is busy with other people's forms. Nothing was changed; send it again in a few seconds." },
	{ 500, "This did not work", "Something went wrong on our side. Nothing was changed." },
};

static void refuse(struct visit *visit, unsigned status, const char *methods)
{
	const struct refusal *refusal = refusals;

	while (refusal->status != status && refusal->status != 500) {
		refusal++;
	}
	if (status == 405) {
		response_header(visit->response, "Allow", methods);
	}
	if (status == 429 || status == 503) {
		response_header(visit->response, "Retry-After", status == 429 ? "30" : "5");
	}
	visit_problem(visit, refusal->status, refusal->title, refusal->sentence);
}

/* ---- who calls ---- */

/* To the sign-in and back; what was typed into a form stays in the browser that sent it. */
static void ask_to_sign_in(struct visit *visit)
{
	struct url url;

	if ((visit->route->flags & ROUTE_API) != 0) {
		response_header(visit->response, "WWW-Authenticate", "Bearer");
		visit_problem(visit, 401, "A token is needed",
			      "This call is for the staff: send the header \"Authorization: Bearer TOKEN\".");
		return;
	}
	if (visit->request->method != WEB_GET) {
		visit_problem(visit, 403, "You are signed out",
			      "Nothing was changed, and what you typed is still in your browser: sign in in another "
			      "window, then go back to the form and send it again.");
		return;
	}
	(void)url_path(&url, "/staff/sign-in", "");
	visit_go(visit, url_query(&url, "to", visit->request->path));
}

static bool may_see(struct visit *visit)
{
	char subject[256];

	if (visit->route->roles == 0 || (visit->session.roles & visit->route->roles) != 0) {
		return true;
	}
	if (visit->session.staff == 0) {
		ask_to_sign_in(visit);
		return false;
	}
	(void)snprintf(subject, sizeof(subject), "%s %s", web_method_name(visit->request->method),
		       visit->route->pattern);
	session_refused(visit, subject, "the role for it is missing");
	visit_problem(visit, 403, "Not yours to do",
		      "Your roles do not reach this page. An administrator gives roles, under People.");
	return false;
}

/* ---- the form's token ---- */

static bool is_form(const struct visit *visit)
{
	return visit->route->method != WEB_GET && (visit->route->flags & ROUTE_API) == 0;
}

static bool has_token(struct visit *visit)
{
	if (!is_form(visit)) {
		return true;
	}
	visit->token = session_form_check(visit, visit_field(visit, "token"), &visit->token_age_s);
	if (visit->token == 0 || (visit->route->flags & ROUTE_KEEPS) != 0) {
		return true;
	}
	visit_problem(visit, 403, visit->token == -ETIMEDOUT ? "This form is too old" : "This form is not from here",
		      "Nothing was changed. What you typed is still in your browser: go back, load the form again in "
		      "another window, and send it from there.");
	return false;
}

/* ---- the page ---- */

/* The same for everybody: who has it is told so, and for the others it is made once for many. */
static void answer_open_page(struct visit *visit)
{
	const char *known = web_value(&visit->request->headers, "if-none-match");
	uint64_t now_ns = clock_now_ns();
	char tag[DISPATCH_TAG_MAX];

	dispatch_tag(visit, tag);
	if (tag[0] != '\0' && strstr(known, tag) != NULL) {
		visit->response->status = 304;
	} else if (tag[0] == '\0' || !kept_answer(visit->site->kept, visit, tag, now_ns)) {
		visit->route->handle(visit);
		if (tag[0] != '\0') {
			kept_put(visit->site->kept, visit, tag, now_ns);
		}
	}
}

static void call_page(struct visit *visit)
{
	if ((visit->route->flags & ROUTE_CACHED) != 0) {
		answer_open_page(visit);
		return;
	}
	if (session_read(visit) < 0 && (visit->route->flags & ROUTE_API) != 0) {
		ask_to_sign_in(visit);
		return;
	}
	if (may_see(visit) && has_token(visit)) {
		visit->route->handle(visit);
	}
}

/* What the log says of an address: no query, no secret, and of what is no page of ours only how it begins, because a
 * secret that was copied wrongly may stand behind. */
static const char *logged_path(const struct visit *visit, char *buffer, size_t size)
{
	const char *path = visit->request->path;

	if (visit->route == NULL) {
		(void)snprintf(buffer, size, "%.*s", (int)(strcspn(path + 1, "/") + 1), path);
		return buffer;
	}
	return (visit->route->flags & ROUTE_SECRET) != 0 ? visit->route->pattern : path;
}

static void log_request(const struct visit *visit, size_t size, uint64_t began_ns)
{
	const struct web_request *request = visit->request;
	char path[64];

	log_event(LOG_LEVEL_INFO, request->method == WEB_GET ? "request" : "request-to-change", "method",
		  web_method_name(request->method), "path", logged_path(visit, path, sizeof(path)), "status",
		  LOG_NUMBER(visit->response->status), "octets", LOG_NUMBER(size), "microseconds",
		  LOG_NUMBER((clock_now_ns() - began_ns) / 1000), "source", request->source,
		  visit->session.staff != 0 ? "login" : NULL, visit->session.login, NULL);
}

static void answer(struct web_request *request, unsigned refused, struct response *response, void *context)
{
	uint64_t began_ns = clock_now_ns();
	struct site *site = context;
	char methods[DISPATCH_METHODS_MAX] = "";
	struct visit visit = { .site = site, .request = request, .response = response };

	(void)dispatch_find(routes, request, &visit.route, methods);
	site_refresh(site);
	if (refused != 0) {
		refuse(&visit, refused, methods);
	} else {
		call_page(&visit);
	}
	dispatch_headers(&visit);
	log_request(&visit, response->body.size, began_ns);
}

struct server_handler routes_handler(struct site *site)
{
	return (struct server_handler){ .begin = begin, .answer = answer, .context = site };
}
