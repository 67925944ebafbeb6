/* routes.c - the one table of pages and calls.  Of two patterns that match, the first is meant: words before {}. */
#include "web/routes/routes.h"

#include "web/api/api.h"
#include "web/apply/apply.h"
#include "web/pages/pages.h"
#include "web/staff/staff.h"

/* Shorthands of this table alone. */
enum {
	OPEN = ROUTE_CACHED,
	COSTLY = ROUTE_CACHED | ROUTE_SLOW,
	FORM = ROUTE_KEEPS,
	FORM_FILE = ROUTE_KEEPS | ROUTE_WITH_FILE,
	LINK = ROUTE_SECRET,
	API = ROUTE_API,
	API_OPEN = ROUTE_API | ROUTE_CACHED,
	API_LINK = ROUTE_API | ROUTE_SECRET,
};

const struct route routes[] = {
	/* ---- the registry as everybody reads it ---- */
	{ WEB_GET, "/", 0, page_home, OPEN, "what this is, and the search" },
	{ WEB_GET, "/search", 0, page_search, OPEN, "names, numbers, words" },
	{ WEB_GET, "/port/{}", 0, page_port, OPEN, "one port: its rows, neighbours, history" },
	{ WEB_GET, "/service/{}", 0, page_service, OPEN, "one service name" },
	{ WEB_GET, "/organisation", 0, page_organisation, OPEN, "what one organisation holds" },
	{ WEB_GET, "/map", 0, page_map, OPEN, "all ports as a picture" },
	{ WEB_GET, "/map.svg", 0, page_map_picture, COSTLY, "the picture alone" },
	{ WEB_GET, "/statistics", 0, page_statistics, ROUTE_SLOW, "counts, as IANA publishes them" },
	{ WEB_GET, "/downloads", 0, page_downloads, OPEN, "the registry as files" },
	{ WEB_GET, "/download/{}", 0, page_download, COSTLY, "one file: iana-csv, services, json ..." },
	{ WEB_GET, "/changes", 0, page_changes, COSTLY, "what changed between two days" },
	{ WEB_GET, "/rules", 0, page_rules, OPEN, "the rules of examination" },
	{ WEB_GET, "/guidelines", 0, page_guidelines, OPEN, "how to apply" },
	{ WEB_GET, "/guidelines/{}", 0, page_guidelines, OPEN,
	  "how to ask for a service code; how to write a description" },
	{ WEB_GET, "/audit", 0, page_audit_head, 0, "the head of the chain of changes" },
	{ WEB_GET, "/asset/{}", 0, page_asset, 0, "script and icon" },
	{ WEB_GET, "/robots.txt", 0, page_robots, 0, "what robots should leave alone" },

	/* ---- who applies ---- */
	{ WEB_GET, "/apply", 0, apply_start, 0, "which form" },
	{ WEB_GET, "/apply/free", 0, apply_free, 0, "free names and numbers" },
	{ WEB_GET, "/apply/sent/{}", 0, apply_sent, 0, "we have written to you" },
	{ WEB_GET, "/apply/{}", 0, apply_form, 0, "a form" },
	{ WEB_POST, "/apply/{}", 0, apply_post, FORM_FILE, "check, go back, or send a form" },
	{ WEB_POST, "/apply/{}/report", 0, apply_report, FORM_FILE, "the examiner's report alone" },
	{ WEB_GET, "/calls", 0, page_calls, 0, "what everybody may comment on" },
	{ WEB_GET, "/calls/{}", 0, comment_form, 0, "a comment" },
	{ WEB_POST, "/calls/{}", 0, comment_post, FORM, "a comment is sent" },
	{ WEB_GET, "/appeal", 0, appeal_form, 0, "an appeal against an assignment" },
	{ WEB_POST, "/appeal", 0, appeal_post, FORM, "an appeal is sent" },
	{ WEB_GET, "/remark-sent", 0, remark_sent, 0, "a comment or an appeal waits for its link" },
	{ WEB_GET, "/confirm/{}", 0, apply_confirm, LINK, "the link of the first letter" },
	{ WEB_POST, "/confirm/{}", 0, apply_confirmed, LINK | FORM, "the address is right" },
	{ WEB_GET, "/track/{}", 0, track_show, LINK, "an application, for who sent it" },
	{ WEB_POST, "/track/{}", 0, track_post, LINK | FORM_FILE, "answer, edit, withdraw, appeal" },
	{ WEB_GET, "/consent/{}", 0, consent_show, LINK, "what a holder is asked" },
	{ WEB_POST, "/consent/{}", 0, consent_post, LINK | FORM, "the holder's answer" },

	/* ---- who runs the registry ---- */
	{ WEB_GET, "/staff/sign-in", 0, staff_sign_in, 0, "login, password, code" },
	{ WEB_POST, "/staff/sign-in", 0, staff_sign_in_post, FORM | ROUTE_SLOW, "in" },
	{ WEB_POST, "/staff/sign-out", 0, staff_sign_out, 0, "out" },
	{ WEB_GET, "/staff/enrol/{}", 0, staff_enrol, LINK, "the link of an invitation" },
	{ WEB_POST, "/staff/enrol/{}", 0, staff_enrol_post, LINK | FORM | ROUTE_SLOW,
	  "a password and an authenticator" },
	{ WEB_GET, "/staff", ROLE_STAFF, staff_queue, 0, "what waits, what is open, what was closed last" },
	{ WEB_GET, "/staff/application/{}", ROLE_STAFF, staff_dossier, 0, "all about an application" },
	{ WEB_POST, "/staff/application/{}/{}", ROLE_REGISTRAR | ROLE_EXPERT | ROLE_BOARD, staff_act, FORM_FILE,
	  "an act of the staff" },
	{ WEB_GET, "/staff/statistics", ROLE_STAFF, staff_statistics, 0, "how many came, and how long they took" },
	{ WEB_GET, "/staff/mail", ROLE_ADMINISTRATOR | ROLE_REGISTRAR, staff_mail, 0, "letters" },
	{ WEB_POST, "/staff/mail", ROLE_ADMINISTRATOR | ROLE_REGISTRAR, staff_mail_post, 0, "sent again" },
	{ WEB_GET, "/staff/audit", ROLE_ADMINISTRATOR | ROLE_AUDITOR, staff_audit, 0, "the chain of events" },
	{ WEB_POST, "/staff/audit", ROLE_ADMINISTRATOR | ROLE_AUDITOR, staff_audit_post, 0, "prove it" },
	{ WEB_GET, "/staff/account", ROLE_STAFF, staff_account, 0, "one's own sessions and tokens" },
	{ WEB_POST, "/staff/account", ROLE_STAFF, staff_account_post, FORM | ROUTE_SLOW, "one's own password, tokens" },
	{ WEB_GET, "/staff/people", ROLE_ADMINISTRATOR, staff_people, 0, "who runs the registry" },
	{ WEB_POST, "/staff/people", ROLE_ADMINISTRATOR, staff_people_post, FORM, "add, invite, give roles, retire" },
	{ WEB_GET, "/staff/bands", ROLE_ADMINISTRATOR | ROLE_REGISTRAR, staff_bands, 0, "the number line in bands" },
	{ WEB_POST, "/staff/bands", ROLE_ADMINISTRATOR | ROLE_REGISTRAR, staff_bands_post, FORM, "cut it anew" },
	{ WEB_GET, "/staff/settings", ROLE_ADMINISTRATOR, staff_settings, 0, "the registry's words" },
	{ WEB_POST, "/staff/settings", ROLE_ADMINISTRATOR, staff_settings_post, FORM, "say them anew" },

	/* ---- in JSON ---- */
	{ WEB_GET, "/api/v1/openapi.json", 0, api_openapi, API, "what all calls take and answer" },
	{ WEB_GET, "/api/v1/registry", 0, api_registry, API_OPEN, "day, sources, bands" },
	{ WEB_GET, "/api/v1/ports/{}", 0, api_port, API_OPEN, "entries of a port" },
	{ WEB_GET, "/api/v1/services/{}", 0, api_service, API_OPEN, "entries of a name" },
	{ WEB_GET, "/api/v1/search", 0, api_search, API_OPEN, "entries with all words" },
	{ WEB_GET, "/api/v1/next", 0, api_next, API_OPEN, "free numbers" },
	{ WEB_GET, "/api/v1/history/{}", 0, api_history, API_OPEN | ROUTE_SLOW, "what became of a name or a number" },
	{ WEB_GET, "/api/v1/changes", 0, api_changes, API_OPEN | ROUTE_SLOW, "what changed between two days" },
	{ WEB_GET, "/api/v1/rules", 0, api_rules, API_OPEN, "the rules of examination" },
	{ WEB_GET, "/api/v1/audit", 0, api_audit, API, "the head of the chain of changes" },
	{ WEB_POST, "/api/v1/examine", 0, api_examine, API | ROUTE_WITH_FILE | ROUTE_SLOW,
	  "what rules find in a form" },
	{ WEB_POST, "/api/v1/applications", 0, api_apply, API | ROUTE_WITH_FILE | ROUTE_SLOW, "send an application" },
	{ WEB_GET, "/api/v1/applications", ROLE_STAFF, api_queue, API, "the queue" },
	{ WEB_GET, "/api/v1/applications/{}", ROLE_STAFF, api_dossier, API, "an application" },
	{ WEB_POST, "/api/v1/applications/{}/{}", ROLE_REGISTRAR | ROLE_EXPERT | ROLE_BOARD, api_review, API,
	  "an act of the staff" },
	{ WEB_POST, "/api/v1/confirm/{}", 0, api_confirm, API_LINK, "the address is right" },
	{ WEB_POST, "/api/v1/consent/{}", 0, api_consent, API_LINK, "a holder's answer" },
	{ WEB_GET, "/api/v1/track/{}", 0, api_track, API_LINK, "an application, for who sent it" },
	{ WEB_POST, "/api/v1/track/{}/{}", 0, api_track_act, API_LINK | ROUTE_WITH_FILE, "an act of the applicant" },

	/* ---- of the program itself ---- */
	{ WEB_GET, "/health", 0, page_health, 0, "whether it serves, for a proxy or a watchdog" },
	{ WEB_GET, "/metrics", 0, page_metrics, 0, "its counters; only from the same machine" },
	{ .pattern = NULL },
};

static void write_roles(FILE *stream, unsigned roles)
{
	const char *between = "";

	if (roles == 0 || roles == ROLE_STAFF) {
		(void)fputs(roles == 0 ? "everybody" : "staff", stream);
		return;
	}
	for (const struct role_name *known = role_names; known->name != NULL; known++) {
		if ((roles & known->role) != 0) {
			(void)fprintf(stream, "%s%s", between, known->name);
			between = ",";
		}
	}
}

void routes_write(FILE *stream)
{
	for (const struct route *route = routes; route->pattern != NULL; route++) {
		(void)fprintf(stream, "%-6s %-40s ", web_method_name(route->method), route->pattern);
		write_roles(stream, route->roles);
		(void)fprintf(stream, " - %s\n", route->summary);
	}
}
