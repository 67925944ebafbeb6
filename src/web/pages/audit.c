/* audit.c - the head of the chain of events, for who keeps it elsewhere: what is told today can be held against what is
 * told tomorrow. */
#include "store/audit.h"

#include "web/pages/pages.h"

void page_audit_head(struct visit *visit)
{
	struct html *html = visit_html(visit);
	struct audit_head head;
	int r = audit_head(visit->site->store, &head);

	if (r < 0) {
		visit_refused(visit, r, &(struct complaint){ "" });
		return;
	}
	page_begin(visit, &(struct page){ .title = "The chain of events", .section = "statistics" });
	html_print(html,
		   "<p>Every change of this registry is an event that seals the one before it. Who keeps the number "
		   "and the hash below can prove later that nothing before it was altered: "
		   "<code>berth audit verify --anchor FILE</code>.</p>\n");
	html_print(html, "<dl class=\"facts\">\n<div><dt>Event</dt><dd class=\"number\">%lld</dd></div>\n",
		   (long long)head.event);
	html_print(html, "<div><dt>Hash</dt><dd><code>%s</code></dd></div>\n", head.hash);
	html_print(html, "<div><dt>At</dt><dd>%s</dd></div>\n</dl>\n", visit->site->now);
	page_end(visit);
}
