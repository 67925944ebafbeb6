/* track_parts.c - what was sent, what became of it, and why: the parts of an application's page that only tell
 * (track_page.h). */
#include <string.h>

#include "web/apply/preview.h"
#include "web/apply/track_page.h"
#include "registry/words/process_words.h"

/* "2026-11-21 16:04" */
static void put_time(struct html *html, const char *at)
{
	char day[11] = "";
	char time[6] = "";

	if (strlen(at) >= 16) {
		memcpy(day, at, 10);
		memcpy(time, at + 11, 5);
	}
	html_print(html, "<time datetime=\"%s\">%s %s</time>", at, day, time);
}

void track_put_steps(struct visit *visit, const json_t *dossier)
{
	static const char *const columns[] = { "When (UTC)", "What", "Then it was" };
	struct html *html = visit_html(visit);
	const json_t *step;
	size_t i;

	page_table_begin(visit, "steps", "The steps so far", columns, sizeof(columns) / sizeof(columns[0]));
	json_array_foreach(json_object_get(dossier, "steps"), i, step)
	{
		html_print(html, "<tr><td>");
		put_time(html, row_text(step, "at"));
		html_print(html, "</td><th scope=\"row\">%s</th><td>%s</td></tr>\n",
			   words_of_act(row_text(step, "act")), words_of_state(row_text(step, "to_state")));
	}
	page_table_end(visit);
}

void track_put_answers(struct visit *visit, const json_t *dossier)
{
	struct html *html = visit_html(visit);
	const char *berth = row_text(dossier, "berth");
	const json_t *answer;
	size_t i;

	html_print(html, "<h2>The form as you sent it</h2>\n<p>Version %lld.</p>\n<dl class=\"facts\">\n",
		   (long long)json_integer_value(json_object_get(dossier, "version")));
	json_array_foreach(json_object_get(dossier, "form"), i, answer)
	{
		long long number = json_integer_value(json_object_get(answer, "number"));
		html_print(html, "<div><dt>");
		if (number > 0) {
			html_print(html, "%lld. ", number);
		}
		html_print(html, "%s</dt><dd>%s<p class=\"seen\">%s</p></dd></div>\n", row_text(answer, "question"),
			   row_text(answer, "answer"),
			   json_is_true(json_object_get(answer, "public")) ? "Public, once it is assigned."
									   : "Seen by the staff, the experts and you.");
	}
	if (berth[0] != '\0') {
		html_print(html, "<div><dt>The description</dt><dd><pre>%s</pre></dd></div>\n", berth);
	}
	html_print(html, "</dl>\n");
}

/* ---- decided ---- */

/* "J6,P9", each with its text. */
static void put_rules(struct html *html, const char *ids)
{
	char id[16];

	html_print(html, "<ul>\n");
	while (*ids != '\0') {
		size_t size = strcspn(ids, ", ");
		(void)snprintf(id, sizeof(id), "%.*s", (int)(size < sizeof(id) ? size : sizeof(id) - 1), ids);
		const struct rule *rule = rule_find(id);
		if (rule != NULL) {
			html_print(html, "<li><a href=\"/rules#%s\">Rule %s</a>: %s (%s)\n", id, id, rule->text,
				   rule->source);
		}
		ids += size;
		ids += strspn(ids, ", ");
	}
	html_print(html, "</ul>\n");
}

void track_put_decisions(struct visit *visit, const json_t *dossier)
{
	struct html *html = visit_html(visit);
	const json_t *decision;
	size_t i;

	if (json_array_size(json_object_get(dossier, "decisions")) == 0) {
		return;
	}
	html_print(html, "<h2>The decision</h2>\n");
	json_array_foreach(json_object_get(dossier, "decisions"), i, decision)
	{
		html_print(html, "<p><strong>%s</strong>, ", words_of_verdict(row_text(decision, "verdict")));
		put_time(html, row_text(decision, "at"));
		html_print(html, "</p>\n");
		if (row_text(decision, "reasons")[0] != '\0') {
			html_print(html, "<p>The reasons:</p>\n<pre>%s</pre>\n", row_text(decision, "reasons"));
		}
		if (row_text(decision, "rules")[0] != '\0') {
			html_print(html, "<p>The rules that this rests on:</p>\n");
			put_rules(html, row_text(decision, "rules"));
		}
	}
}

/* ---- examined ---- */

/* Of what is decided the rules would only say that it is taken: by itself. */
static bool is_open(const char *state)
{
	static const char *const ended[] = { "assigned", "done", "refused", "withdrawn", "lapsed", "de-assigned" };

	for (size_t i = 0; i < sizeof(ended) / sizeof(ended[0]); i++) {
		if (strcmp(ended[i], state) == 0) {
			return false;
		}
	}
	return true;
}

/* The dossier has the findings; the page of the form shows them with their counts. */
static json_t *report_of(const json_t *dossier)
{
	static const char *const levels[] = { "refuse", "warn", "human" };
	json_t *counts = json_object();
	const json_t *finding;
	size_t i;

	for (size_t k = 0; k < sizeof(levels) / sizeof(levels[0]); k++) {
		int count = 0;
		json_array_foreach(json_object_get(dossier, "report"), i, finding)
		{
			count += strcmp(row_text(finding, "level"), levels[k]) == 0;
		}
		(void)json_object_set_new(counts, levels[k], json_integer(count));
	}
	return json_pack("{s:O, s:o, s:b}", "findings", json_object_get(dossier, "report"), "counts", counts,
			 "registry", true);
}

void track_put_report(struct visit *visit, const json_t *dossier)
{
	struct preview preview = { .fault = "The rules could not be asked just now." };
	const struct form none = { .berth = NULL };

	if (!is_open(row_text(dossier, "state"))) {
		return;
	}
	preview.report = report_of(dossier);
	html_print(visit_html(visit), "<h2>What the examiner sees</h2>\n");
	preview_write(visit_html(visit), &preview, &none, "", false);
	preview_finish(&preview);
}
