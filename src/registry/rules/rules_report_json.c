/* rules_report_json.c - what was found, as JSON (rules.h).  Keys are only ever added:
 *
 * { "file": text or null, "registry": whether one was at hand, "port": asked for or null, "free_near": [numbers],
 *   "counts": { "refuse": n, "warn": n, "human": n },
 *   "findings": [{ "id", "level", "field", "line" (0: none), "sentence", "source", "help" }] } */
#include <errno.h>

#include "registry/words/answers_text.h"
#include "registry/rules/rules.h"

/* The text itself; what is no UTF-8, which only a damaged view has, as people are shown it. */
static json_t *text_of(const char *text)
{
	json_t *string = json_string(text);

	if (string == NULL) {
		char shown[1024];
		shown_text(text, shown, sizeof(shown));
		string = json_string(shown);
	}
	return string;
}

static json_t *finding_of(const struct rule_finding *finding)
{
	return json_pack("{s:s, s:s, s:s, s:I, s:o, s:s, s:o}", "id", finding->id, "level",
			 rule_level_name(finding->level), "field", finding->field, "line", (json_int_t)finding->line,
			 "sentence", text_of(finding->sentence), "source", finding->source, "help",
			 text_of(finding->help));
}

json_t *rule_report_findings(const struct rule_report *report)
{
	json_t *array = json_array();

	for (size_t i = 0; array != NULL && i < report->count; i++) {
		if (json_array_append_new(array, finding_of(&report->findings[i])) < 0) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

static json_t *free_of(const struct rule_report *report)
{
	json_t *array = json_array();

	for (size_t i = 0; array != NULL && i < report->free_count; i++) {
		if (json_array_append_new(array, json_integer(report->free_near[i])) < 0) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

static json_t *counts_of(const struct rule_report *report)
{
	return json_pack("{s:I, s:I, s:I}", "refuse", (json_int_t)report->counts[RULE_REFUSE], "warn",
			 (json_int_t)report->counts[RULE_WARN], "human", (json_int_t)report->counts[RULE_HUMAN]);
}

int rule_report_write_json(const struct rule_report *report, const char *file, FILE *stream)
{
	json_t *port = report->port >= 0 ? json_integer(report->port) : json_null();
	json_t *object = json_pack("{s:o, s:b, s:o, s:o, s:o, s:o}", "file", file != NULL ? text_of(file) : json_null(),
				   "registry", report->has_view, "port", port, "free_near", free_of(report), "counts",
				   counts_of(report), "findings", rule_report_findings(report));
	int r = object != NULL ? 0 : -ENOMEM;

	if (r == 0 && json_dumpf(object, stream, JSON_INDENT(2) | JSON_ENSURE_ASCII) < 0) {
		r = -EIO;
	}
	(void)fputc('\n', stream);
	json_decref(object);
	return r == 0 && ferror(stream) != 0 ? -EIO : r;
}
