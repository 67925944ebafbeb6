/* preview_write.c - the report as people read it (preview.h). */
#include <string.h>

#include "web/apply/preview.h"

struct writing {
	struct html *html;
	const struct form *form;
	bool has_form;
	bool is_unfinished;
};

/* ---- one finding ---- */

static const char *level_words(const char *level)
{
	return strcmp(level, "refuse") == 0 ? "To correct" : strcmp(level, "warn") == 0 ? "Warning" : "For a person";
}

/* Where it is: in a page with the form, a link to it. */
static void put_place(const struct writing *writing, const json_t *finding)
{
	struct html *html = writing->html;
	const char *key = row_text(finding, "field");
	long long line = json_integer_value(json_object_get(finding, "line"));
	int at = form_field_find(key);
	char name[64];

	if (line > 0 && writing->has_form) {
		html_print(html, "<a href=\"#" TYPED_BERTH "\">line %lld of the description</a>: ", line);
	} else if (line > 0) {
		html_print(html, "line %lld of the description: ", line);
	} else if (at >= 0 && writing->has_form) {
		html_print(html, "<a href=\"#%s\">%s</a>: ", typed_control(&form_fields[at], name),
			   form_fields[at].label);
	} else if (at >= 0) {
		html_print(html, "%s: ", form_fields[at].label);
	}
}

static void put_rule(struct html *html, const json_t *finding)
{
	const char *id = row_text(finding, "id");
	const char *source = row_text(finding, "source");

	html_print(html, " <span class=\"source\">");
	if (rule_find(id) != NULL) {
		html_print(html, "<a href=\"/rules#%s\">Rule %s</a>", id, id);
	} else {
		html_print(html, "Check %s", id);
	}
	html_print(html, "%s%s</span>", source[0] != '\0' ? ", " : "", source);
}

/* What to do: a sentence, or a section to paste. */
static void put_help(struct html *html, const char *help)
{
	if (strchr(help, '\n') != NULL) {
		html_print(html, "<pre>%s</pre>\n", help);
	} else if (help[0] != '\0') {
		html_print(html, "<p class=\"help\">%s</p>\n", help);
	}
}

static void put_finding(const struct writing *writing, const json_t *finding)
{
	const char *level = row_text(finding, "level");
	struct html *html = writing->html;

	html_print(html, "<li class=\"finding %s\"><p><strong>%s:</strong> ", level, level_words(level));
	put_place(writing, finding);
	const char *sentence = row_text(finding, "sentence");
	size_t size = strlen(sentence);
	html_print(html, "%s%s", sentence, size > 0 && strchr(".?!", sentence[size - 1]) != NULL ? "" : ".");
	put_rule(html, finding);
	html_print(html, "</p>\n");
	put_help(html, row_text(finding, "help"));
	html_print(html, "</li>\n");
}

/* ---- all of them ---- */

static bool is_unanswered(const struct writing *writing, const json_t *finding)
{
	const char *key = row_text(finding, "field");

	return writing->is_unfinished && key[0] != '\0' && strcmp(row_text(finding, "level"), "refuse") == 0 &&
	       form_value(writing->form, key)[0] == '\0';
}

static void put_count(struct html *html, const char **gap, size_t count, const char *one, const char *many)
{
	if (count > 0) {
		html_print(html, "%s%zu %s", *gap, count, count == 1 ? one : many);
		*gap = ", ";
	}
}

static void put_summary(const struct writing *writing, const struct preview *preview, size_t unanswered)
{
	const char *gap = "";
	struct html *html = writing->html;

	html_print(html, "<p class=\"summary\">");
	put_count(html, &gap, preview_count(preview, "refuse") - unanswered, "thing to correct", "things to correct");
	put_count(html, &gap, preview_count(preview, "warn"), "warning", "warnings");
	put_count(html, &gap, preview_count(preview, "human"), "thing that a person will look at",
		  "things that a person will look at");
	put_count(html, &gap, unanswered, "question not answered yet", "questions not answered yet");
	html_print(html, "%s", gap[0] == '\0' ? "No rule objects." : ".");
	if (!json_is_true(json_object_get(preview->report, "registry"))) {
		html_print(html, " No list is published yet, so what is assigned was not looked at.");
	}
	html_print(html, "</p>\n");
}

static void put_free(struct html *html, const json_t *report, const char *action)
{
	const json_t *near = json_object_get(report, "free_near");
	const json_t *number;
	size_t i;

	if (json_array_size(near) == 0) {
		return;
	}
	html_print(html, "<p>Free and near %lld:\n", (long long)json_integer_value(json_object_get(report, "port")));
	json_array_foreach(near, i, number)
	{
		long long port = json_integer_value(number);
		if (action[0] == '\0') {
			html_print(html, "<a href=\"/port/%lld\">%lld</a>\n", port, port);
		} else {
			html_print(html,
				   "<button class=\"second\" name=\"take-port\" value=\"%lld\" formaction=\"%s#port\">"
				   "<span class=\"hidden\">Take </span>%lld</button>\n",
				   port, action, port);
		}
	}
	html_print(html, "</p>\n");
}

void preview_write(struct html *html, const struct preview *preview, const struct form *form, const char *action,
		   bool is_unfinished)
{
	const struct writing writing = { html, form, action[0] != '\0', is_unfinished };
	const json_t *findings = json_object_get(preview->report, "findings");
	const json_t *finding;
	size_t unanswered = 0;
	size_t i;

	if (preview->report == NULL) {
		html_print(html, "<p class=\"summary\">%s</p>\n", preview->fault);
		return;
	}
	json_array_foreach(findings, i, finding)
	{
		unanswered += is_unanswered(&writing, finding);
	}
	put_summary(&writing, preview, unanswered);
	put_free(html, preview->report, action);
	html_print(html, "<ul class=\"findings\">\n");
	json_array_foreach(findings, i, finding)
	{
		if (!is_unanswered(&writing, finding)) {
			put_finding(&writing, finding);
		}
	}
	html_print(html, "</ul>\n");
}
