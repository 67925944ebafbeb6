/* rows_history.c - what became of a name or a number, on its page (rows.h). */
#include "web/pages/rows.h"

#include <string.h>

#include "os/log.h"
#include "registry/keep/history.h"

/* A page holds so many; the rest is in the history that can be asked for as JSON. */
enum { LINES_MAX = 40 };

struct telling {
	struct visit *visit;
	size_t count;
};

static int put_line(const struct history_line *line, void *context)
{
	struct telling *telling = context;
	struct html *html = visit_html(telling->visit);

	if (telling->count++ == 0) {
		html_print(html, "<h2>History</h2>\n<dl class=\"facts\">\n");
	}
	if (telling->count > LINES_MAX) {
		return 0;
	}
	html_print(html, "<div><dt><time datetime=\"%s\">%s</time></dt><dd>%s %s %s", line->day, line->day, line->what,
		   line->name, line->ports);
	if (line->detail[0] != '\0') {
		html_print(html, "<br><span class=\"soft\">%s</span>", line->detail);
	}
	html_print(html, "</dd><dd class=\"soft\">%s</dd></div>\n", line->source);
	return 0;
}

void rows_history(struct visit *visit, const struct question *question)
{
	struct telling telling = { .visit = visit };
	int r = history_of(visit->site->store, question, put_line, &telling);

	if (telling.count > 0) {
		html_print(visit_html(visit), "</dl>\n");
	}
	if (telling.count > LINES_MAX) {
		html_print(visit_html(visit), "<p class=\"soft\">The first %d of %zu lines.</p>\n", LINES_MAX,
			   telling.count);
	}
	if (r < 0) {
		log_event(LOG_LEVEL_ERROR, "history-failed", "page", visit->request->path, "error", strerror(-r), NULL);
		html_print(visit_html(visit), "<p>The history cannot be read at the moment.</p>\n");
	}
}
