/* audit.c - /staff/audit: the chain of events, its newest first; its head, its anchors, and the whole of it proved.
 *
 * Events hold digests where tables hold what is personal: so nothing is hidden here. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/newest.h"
#include "web/html/url.h"
#include "web/site/verification.h"
#include "web/staff/names.h"
#include "web/staff/typed_number.h"
#include "web/staff/staff.h"

enum { EVENTS_SHOWN = 50, ANCHORS_SHOWN = 10, NUMBER_SIZE = 24 };

/* ---- the head and its proof ---- */

static void put_head(struct visit *visit)
{
	struct html *html = visit_html(visit);
	struct audit_head head = { 0 };

	if (audit_head(visit->site->store, &head) < 0) {
		html_print(html, "<p class=\"warning\">The head of the chain could not be read.</p>\n");
		return;
	}
	html_print(html, "<dl class=\"facts\">\n<div><dt>Events</dt><dd>%lld</dd></div>\n", (long long)head.event);
	html_print(html, "<div><dt>Hash of the last</dt><dd><code>%s</code></dd></div>\n</dl>\n", head.hash);
}

static void put_faults(struct html *html, const json_t *faults, long long count)
{
	json_t *fault;
	size_t i;

	html_print(html, "<ul>\n");
	json_array_foreach(faults, i, fault)
	{
		html_print(html, "<li>%s\n", json_string_value(fault));
	}
	html_print(html, "</ul>\n");
	if (count > (long long)json_array_size(faults)) {
		html_print(html, "<p>These are the first: <code>berth audit verify</code> tells all.</p>\n");
	}
}

static void put_result(struct html *html, const json_t *result, const char *at)
{
	long long events = json_integer_value(json_object_get(result, "events"));
	long long faults = json_integer_value(json_object_get(result, "fault_count"));

	if (faults == 0) {
		html_print(html,
			   "<p class=\"note\">Of %s: %lld events, the chain is whole, and the tables equal their "
			   "replay.</p>\n",
			   at, events);
		return;
	}
	html_print(html, "<p class=\"warning\">Of %s: %lld fault%s in %lld events and their tables.</p>\n", at, faults,
		   faults == 1 ? "" : "s", events);
	put_faults(html, json_object_get(result, "faults"), faults);
}

static void put_verification(struct visit *visit)
{
	struct html *html = visit_html(visit);
	const json_t *result = NULL;
	const char *at = "";
	enum verification_state state = verification_look(visit->site, &result, &at);

	html_print(html, "<h2 id=\"proof\">Proof</h2>\n");
	switch (state) {
	case VERIFICATION_RUNS:
		html_print(html,
			   "<p class=\"note\" role=\"status\">The proof begun at %s is under way. "
			   "<a href=\"/staff/audit#proof\">Look again</a></p>\n",
			   at);
		return;
	case VERIFICATION_DONE:
		put_result(html, result, at);
		break;
	case VERIFICATION_FAILED:
		html_print(html,
			   "<p class=\"warning\">The proof begun at %s did not come to an end: run <code>berth audit "
			   "verify</code> where the registry runs.</p>\n",
			   at);
		break;
	case VERIFICATION_NONE:
	default:
		html_print(html,
			   "<p>Each event against the one before it, and each table against its replay: this takes "
			   "from seconds to minutes.</p>\n");
		break;
	}
	page_form_begin(visit, "/staff/audit", false);
	html_print(html, "<button>Verify now</button>\n");
	page_form_end(visit);
}

/* ---- anchors ---- */

struct anchors {
	struct visit *visit;
	size_t count;
};

static int put_anchor(const struct newest_anchor *anchor, void *context)
{
	static const char *const columns[] = { "Event", "When", "Told to", "Hash" };
	struct anchors *anchors = context;
	struct html *html = visit_html(anchors->visit);

	if (anchors->count++ == 0) {
		page_table_begin(anchors->visit, "anchors", "What was told to a witness, the newest first", columns, 4);
	}
	html_print(html, "<tr><th scope=\"row\">%lld</th><td data-label=\"When\">%s</td>",
		   (long long)anchor->anchor.event, anchor->anchor.at);
	html_print(html, "<td data-label=\"Told to\">%s</td><td data-label=\"Hash\"><code>%s</code></td></tr>\n",
		   anchor->witness, anchor->anchor.hash);
	return 0;
}

static void put_anchors(struct visit *visit)
{
	struct anchors anchors = { .visit = visit };

	html_print(visit_html(visit), "<h2>Anchors</h2>\n");
	(void)newest_anchors(visit->site->store, ANCHORS_SHOWN, put_anchor, &anchors);
	if (anchors.count > 0) {
		page_table_end(visit);
	} else {
		html_print(visit_html(visit), "<p>None yet: <code>berth audit anchor</code> makes one.</p>\n");
	}
}

/* ---- events ---- */

struct listing {
	struct visit *visit;
	int64_t last;
};

static int put_row(const struct audit_event *event, void *context)
{
	struct listing *listing = context;
	struct html *html = visit_html(listing->visit);

	listing->last = event->n;
	html_print(html,
		   "<tr><th scope=\"row\"><a href=\"/staff/audit?event=%lld\">%lld</a></th>"
		   "<td data-label=\"When\">%s</td><td data-label=\"Who\">%s</td>",
		   (long long)event->n, (long long)event->n, event->at, names_of_login(event->login));
	html_print(
		html,
		"<td data-label=\"Act\">%s</td><td data-label=\"Subject\">%s</td><td data-label=\"Why\">%s</td></tr>\n",
		event->act, event->subject, event->why);
	return 0;
}

static void put_filter(struct visit *visit, const char *name, const char *label, const char *hint)
{
	const struct page_field field = {
		.name = name,
		.label = label,
		.hint = hint,
		.value = visit_query(visit, name),
		.kind = "text",
		.autocomplete = "off",
		.is_optional = true,
		.is_short = true,
	};

	page_field(visit, &field);
}

static void put_filters(struct visit *visit)
{
	html_print(visit_html(visit),
		   "<form method=\"get\" action=\"/staff/audit\" novalidate>\n<div class=\"row\">\n");
	put_filter(visit, "who", "Login", NULL);
	put_filter(visit, "act", "Act", "Like \xe2\x80\x9cvote\xe2\x80\x9d or \xe2\x80\x9crefused\xe2\x80\x9d.");
	put_filter(visit, "subject", "Subject",
		   "Whole, or its first words: \xe2\x80\x9c"
		   "application\xe2\x80\x9d.");
	html_print(visit_html(visit), "<div><button>Filter</button></div>\n</div>\n</form>\n");
}

static void put_older(struct visit *visit, int64_t last)
{
	static const char *const kept[] = { "who", "act", "subject" };
	char number[NUMBER_SIZE];
	struct url url;

	(void)url_path(&url, "/staff/audit", "");
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		(void)url_query(&url, kept[i], visit_query(visit, kept[i]));
	}
	(void)snprintf(number, sizeof(number), "%lld", (long long)last);
	html_print(visit_html(visit), "<p><a href=\"%s\">Older events</a></p>\n", url_query(&url, "before", number));
}

static void put_events(struct visit *visit)
{
	static const char *const columns[] = { "Event", "When", "Who", "Act", "Subject", "Why" };
	struct listing listing = { .visit = visit };
	const struct newest_filter filter = {
		.login = visit_query(visit, "who"),
		.act = visit_query(visit, "act"),
		.subject = visit_query(visit, "subject"),
	};

	html_print(visit_html(visit), "<h2>Events</h2>\n");
	put_filters(visit);
	page_table_begin(visit, "events", "Events, the newest first", columns, 6);
	int count = newest_events(visit->site->store, &filter, staff_number_typed(visit_query(visit, "before")),
				  EVENTS_SHOWN, put_row, &listing);
	page_table_end(visit);
	if (count == EVENTS_SHOWN) {
		put_older(visit, listing.last);
	} else if (count <= 0) {
		html_print(visit_html(visit), "<p>%s</p>\n", count == 0 ? "There is none." : "They could not be read.");
	}
}

/* ---- one event ---- */

static int put_event(const struct audit_event *event, void *context)
{
	struct visit *visit = context;

	html_print(visit_html(visit), "<dl class=\"facts\">\n");
	page_fact(visit, "When", event->at);
	page_fact(visit, "Who", names_of_login(event->login));
	page_fact(visit, "Act", event->act);
	page_fact(visit, "Subject", event->subject);
	page_fact(visit, "Why", event->why[0] != '\0' ? event->why : "-");
	page_fact(visit, "Hash", event->hash);
	html_print(visit_html(visit), "</dl>\n<h2>What it wrote</h2>\n<pre>%s</pre>\n", event->body);
	return 0;
}

static void show_event(struct visit *visit, int64_t n)
{
	static const struct newest_filter any = { "", "", "" };
	struct complaint complaint = { "" };
	struct audit_head head = { 0 };
	char title[NUMBER_SIZE + 16];
	int r = audit_head(visit->site->store, &head);

	if (r < 0 || n > head.event) {
		(void)complain_of(&complaint, r, "There is no event %lld.", (long long)n);
		visit_refused(visit, r < 0 ? r : -ENOENT, &complaint);
		return;
	}
	(void)snprintf(title, sizeof(title), "Event %lld", (long long)n);
	page_begin(visit, &(struct page){ .title = title, .section = "staff", .is_private = true });
	r = newest_events(visit->site->store, &any, n + 1, 1, put_event, visit);
	if (r < 0) {
		visit_refused(visit, r, &complaint);
		return;
	}
	html_print(visit_html(visit), "<p><a href=\"/staff/audit\">All events</a></p>\n");
	page_end(visit);
}

void staff_audit(struct visit *visit)
{
	static const struct page page = { .title = "Audit", .section = "staff", .is_private = true, .is_wide = true };
	int64_t event = staff_number_typed(visit_query(visit, "event"));

	if (event != 0) {
		show_event(visit, event);
		return;
	}
	page_begin(visit, &page);
	put_head(visit);
	put_verification(visit);
	put_anchors(visit);
	put_events(visit);
	page_end(visit);
}

void staff_audit_post(struct visit *visit)
{
	struct complaint complaint = { "" };
	int r = verification_begin(visit->site);

	if (r < 0 && r != -EALREADY) {
		(void)complain_of(&complaint, r, "the verification does not start: %s", strerror(-r));
		visit_refused(visit, r, &complaint);
		return;
	}
	visit_go(visit, "/staff/audit#proof");
}
