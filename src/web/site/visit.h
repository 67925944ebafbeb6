/* visit.h - one request on its way through a page: who asks, what for, and the answer as it grows. */
#pragma once

#include <jansson.h>

#include "web/http/request.h"
#include "web/http/response.h"
#include "web/site/site.h"

enum role {
	ROLE_REGISTRAR = 1 << 0,
	ROLE_EXPERT = 1 << 1,
	ROLE_BOARD = 1 << 2,
	ROLE_ADMINISTRATOR = 1 << 3,
	ROLE_AUDITOR = 1 << 4,
	ROLE_STAFF = 0x1f, /* any of them */
};

/* As the store writes them; name NULL behind the last. */
struct role_name {
	enum role role;
	const char *name;
};
extern const struct role_name role_names[];

/* Who signed in; staff 0: nobody. */
struct session {
	int64_t staff;
	unsigned roles;
	char login[128];
	char name[256];
	char hash[65]; /* of its token, "" none */
	bool is_api;   /* by a bearer token, not by a cookie */
};

struct visit;

/* One page or API call.  It is reached only by who may, with a checked form token; it answers into visit->response. */
typedef void page_handler(struct visit *visit);

enum route_flag {
	ROUTE_API = 1 << 0,	  /* answers JSON; errors are RFC 9457 problems; no cookies, no form tokens */
	ROUTE_SECRET = 1 << 1,	  /* a secret stands in its address: never kept, never referred from */
	ROUTE_WITH_FILE = 1 << 2, /* the body may be WEB_BODY_WITH_FILE_MAX */
	ROUTE_SLOW = 1 << 3,	  /* costs much: counted by the source's stricter limit (site/limit.h) */
	/* Its handler is reached with a bad form token too: it looks at visit->token first and changes nothing then, so
	 * that what was typed can be shown again. */
	ROUTE_KEEPS = 1 << 5,
	ROUTE_CACHED = 1 << 4, /* public, and the same for everybody while the view is the same: ETag */
};

struct route {
	enum web_method method;
	const char *pattern; /* "/port/{}": each {} is one segment, decoded into request->parameters */
	unsigned roles;	     /* 0: everybody; else bits of enum role, one of which is needed */
	page_handler *handle;
	unsigned flags;
	const char *summary; /* one line, for --routes and the OpenAPI document's check */
};

struct visit {
	struct site *site;
	struct web_request *request;
	struct response *response;
	const struct route *route;
	struct session session;
	int token;	  /* of a form: 0; -EACCES none or another's, -ETIMEDOUT too old (ROUTE_KEEPS) */
	long token_age_s; /* how long ago the form was shown */
};

/* Shorthands of pages. */
const char *visit_query(const struct visit *visit, const char *name); /* "" when not there */
const char *visit_field(const struct visit *visit, const char *name); /* of the form; "" when not there */
struct html *visit_html(struct visit *visit);
/* The published view; NULL: there is none, and the visitor was told. */
const struct view *visit_view(struct visit *visit);
/* The query "transport": ENTRY_TCP ..., 0 when it was not asked for.  False: it is none, and the visitor was told. */
bool visit_transport(struct visit *visit, int *ret_transport);

/* JSON, whose reference is taken. */
void visit_json(struct visit *visit, unsigned status, json_t *json);
/* An error in the form of the route: a whole page, or application/problem+json (RFC 9457).  `sentence` says what is
 * wrong and what would be right. */
void visit_problem(struct visit *visit, unsigned status, const char *title, const char *sentence);
/* What an act was refused with (process.h): -EPERM 403, -ENOENT 404, -EEXIST 409, -EINVAL 400, else 500 (then the
 * sentence goes to the log alone). */
void visit_refused(struct visit *visit, int error, const struct complaint *complaint);
/* 303 to one of our own paths. */
void visit_go(struct visit *visit, const char *path);
