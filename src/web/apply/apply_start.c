/* apply_start.c - /apply: which form is for whom; and /apply/free: names and numbers looked at before any form
 * (apply.h). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registry/lookup/lookup.h"
#include "registry/records/derive.h"
#include "registry/rules/rules.h"
#include "web/apply/apply.h"
#include "web/html/url.h"

enum { NUMBERS = 8 };

/* ---- which form ---- */

static const struct {
	enum form_kind kind;
	const char *label, *whom;
} kinds[] = {
	{ FORM_USER, "A user port, 1024 to 49151",
	  "For a protocol of your own that clients find at a fixed number. Most people want this one." },
	{ FORM_SYSTEM, "A system port, 0 to 1023",
	  "For a protocol with a public specification that the IETF has published, is about to, or could standardize. "
	  "Nothing in it can be confidential." },
	{ FORM_RELOCATION, "A user port beside a privileged one",
	  "For the service of an assigned port below 1024, which takes privilege to open: the IESG allows a second "
	  "one on "
	  "application. The holder of the first is told." },
	{ FORM_NAME, "A service name without a number",
	  "For a service that is found by its name, as with DNS-based service discovery, on whatever port it has." },
	{ FORM_SERVICE_CODE, "A service code of DCCP", "For a protocol over DCCP that needs a code and no port." },
	{ FORM_MODIFICATION, "A change of an assignment",
	  "For the holder of one: another contact or assignee, another description or reference. Those it concerns are "
	  "asked." },
	{ FORM_TRANSPORT, "One more transport",
	  "For a number that you have over one transport and need over another too." },
	{ FORM_RELEASE, "Giving an assignment back", "For the holder of a number that is not in use any more." },
	{ FORM_REVOCATION, "Revocation of an assignment",
	  "For anybody with evidence that an assignment is not in use. There is a public call for comments first." },
	{ FORM_RENEWAL, "Renewal of a temporary assignment", "For the holder of one, once, for a year." },
};

static void put_kinds(struct visit *visit)
{
	struct html *html = visit_html(visit);

	html_print(html, "<h2>Which form</h2>\n<dl class=\"facts\">\n");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		html_print(html, "<div><dt><a href=\"/apply/%s\">%s</a></dt><dd>%s", form_kind_name(kinds[i].kind),
			   kinds[i].label, kinds[i].whom);
		if (kinds[i].kind == FORM_SERVICE_CODE) {
			html_print(html, " <a href=\"/guidelines/dccp\">Read the guidelines for DCCP</a> first.");
		}
		html_print(html, "</dd></div>\n");
	}
	html_print(html, "</dl>\n");
}

/* ---- asked first ---- */

static const struct page_option transports[] = {
	{ "tcp", "TCP", NULL },
	{ "udp", "UDP", NULL },
	{ "sctp", "SCTP", NULL },
	{ "dccp", "DCCP", NULL },
};

static const char *transport_of(const struct visit *visit)
{
	const char *asked = visit_query(visit, "transport");

	for (size_t i = 0; i < sizeof(transports) / sizeof(transports[0]); i++) {
		if (strcmp(transports[i].value, asked) == 0) {
			return asked;
		}
	}
	return "tcp";
}

static void put_bands(struct visit *visit)
{
	const struct view *view = &visit->site->view;
	struct html *html = visit_html(visit);
	const char *chosen = visit_query(visit, "band");
	struct view_band band;
	char label[128];

	html_print(html, "<div class=\"field\">\n<label for=\"band\">Band of numbers</label>\n<select id=\"band\" "
			 "name=\"band\">\n");
	page_select_option(visit, "", "Where numbers are given on request", chosen);
	for (unsigned i = 0; view->size > 0 && i < view_band_count(view); i++) {
		if (view_band(view, i, &band)) {
			(void)snprintf(label, sizeof(label), "%s, %d to %d", band.name, band.lo, band.hi);
			page_select_option(visit, band.name, label, chosen);
		}
	}
	html_print(html, "</select>\n</div>\n");
}

static void put_question(struct visit *visit)
{
	struct html *html = visit_html(visit);
	const struct page_field name = {
		.name = "name",
		.label = "A service name",
		.hint = "Up to 15 letters, digits and hyphens.",
		.value = visit_query(visit, "name"),
		.kind = "text",
		.autocomplete = "off",
		.is_optional = true,
		.is_short = true,
	};
	const struct page_field transport = {
		.name = "transport",
		.label = "Transport",
		.value = transport_of(visit),
	};

	html_print(html, "<form method=\"get\" action=\"/apply/free\" novalidate>\n");
	page_field(visit, &name);
	page_choice(visit, &transport, transports, sizeof(transports) / sizeof(transports[0]), false);
	put_bands(visit);
	html_print(html, "<p><button>Show what is free</button></p>\n</form>\n");
}

void apply_start(struct visit *visit)
{
	page_begin(visit, &(struct page){ .title = "Apply for a port number or a service name", .section = "apply" });
	html_print(
		visit_html(visit),
		"<p class=\"lead\">Ports are scarce, and each application is examined by people. Before you write "
		"one: see "
		"whether the name is free, and whether a function behind a port that you have would do.</p>\n<h2>What "
		"is "
		"free</h2>\n");
	put_question(visit);
	put_kinds(visit);
	page_end(visit);
}

/* ---- answered ---- */

/* What the rules say of this name, had it been applied for.  False when it cannot be had. */
static bool put_findings(struct html *html, const struct rule_report *report)
{
	bool refused = false;

	for (size_t i = 0; i < report->count; i++) {
		refused = refused ||
			  (strcmp(report->findings[i].field, "short") == 0 && report->findings[i].level == RULE_REFUSE);
	}
	html_print(html, "<p><strong>%s</strong></p>\n<ul>\n", refused ? "It cannot be had." : "It is free.");
	for (size_t i = 0; i < report->count; i++) {
		const struct rule_finding *finding = &report->findings[i];
		if (strcmp(finding->field, "short") == 0) {
			html_print(html, "<li>%s (<a href=\"/rules#%s\">rule %s</a>)%s%s\n", finding->sentence,
				   finding->id, finding->id, finding->help[0] != '\0' ? ". " : "", finding->help);
		}
	}
	html_print(html, "</ul>\n");
	return !refused;
}

static void link_form(struct url *url, const char *kind, const char *name, const char *transport, int port)
{
	char number[16];

	(void)snprintf(number, sizeof(number), "%d", port);
	(void)url_path(url, "/apply/", kind);
	(void)url_query(url, "short", name);
	(void)url_query(url, "transport", transport);
	(void)url_query(url, "port", port >= 0 ? number : "");
}

static int examine_name(struct visit *visit, const char *name, struct rule_report *ret_report)
{
	struct form form = { .kind = FORM_USER };
	struct arena arena = { 0 };
	struct rules_pending *pending = NULL;
	struct rules_context context = { .view = visit->site->view.size > 0 ? &visit->site->view : NULL };
	int r = process_pending(visit->site->store, &arena, &pending, &context.pending_count);

	context.pending = pending;
	r = r < 0 ? r : form_set(&form, "short", name);
	r = r < 0 ? r : form_set(&form, "transport", transport_of(visit));
	r = r < 0 ? r : rules_examine(&form, &context, ret_report);
	form_finish(&form);
	arena_finish(&arena);
	return r;
}

static void put_name(struct visit *visit, const char *name)
{
	struct html *html = visit_html(visit);
	struct rule_report report = { .count = 0 };
	struct url url;

	html_print(html, "<h2>The name %s</h2>\n", name);
	if (examine_name(visit, name, &report) < 0) {
		html_print(html, "<p>This is no name that could be looked for: a name has up to 15 letters, digits and "
				 "hyphens.</p>\n");
	} else if (put_findings(html, &report)) {
		link_form(&url, "name", name, "", -1);
		html_print(html, "<p><a href=\"%s\">Apply for the name alone</a></p>\n", url.text);
	}
	rule_report_finish(&report);
}

static void put_number(struct visit *visit, uint16_t port)
{
	struct url url;
	const char *name = visit_query(visit, "name");

	link_form(&url, port < 1024 ? "system" : "user", name, transport_of(visit), port);
	html_print(visit_html(visit), "<li><a href=\"%s\">%u</a>\n", url.text, port);
}

static void put_numbers(struct visit *visit)
{
	struct html *html = visit_html(visit);
	const char *band = visit_query(visit, "band");
	uint16_t ports[NUMBERS];
	int count = visit->site->view.size == 0 ? 0
						: next_free(&visit->site->view, band[0] != '\0' ? band : NULL,
							    entry_transport(transport_of(visit)), 0, NUMBERS, ports);

	html_print(html, "<h2>The next free numbers</h2>\n");
	if (count <= 0) {
		html_print(html, "<p>%s</p>\n",
			   visit->site->view.size == 0 ? "Nothing is published yet, so nobody knows."
			   : count < 0		       ? "There is no band of this name."
						       : "There is none free in this band.");
		return;
	}
	html_print(
		html,
		"<p>Each leads to the form, with the number in it. Or ask for none: the registrar chooses then.</p>\n"
		"<ul class=\"row bare\">\n");
	for (int i = 0; i < count; i++) {
		put_number(visit, ports[i]);
	}
	html_print(html, "</ul>\n");
}

void apply_free(struct visit *visit)
{
	const char *name = visit_query(visit, "name");

	page_begin(visit, &(struct page){ .title = "Free names and numbers", .section = "apply" });
	if (name[0] != '\0') {
		put_name(visit, name);
	}
	put_numbers(visit);
	html_print(visit_html(visit), "<h2>Something else</h2>\n");
	put_question(visit);
	html_print(visit_html(visit), "<p><a href=\"/apply\">All forms</a></p>\n");
	page_end(visit);
}
