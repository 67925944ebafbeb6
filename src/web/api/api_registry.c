/* api_registry.c - the registry itself: what it is, what changed, its rules, its chain. */
#include <errno.h>
#include <string.h>

#include "registry/compare/diff.h"
#include "registry/keep/history.h"
#include "registry/rules/rules.h"
#include "store/audit.h"
#include "web/api/api_json.h"
#include "web/pages/days.h"

static json_t *list_sources(const struct view *view)
{
	json_t *list = json_array();
	struct view_source source;

	for (unsigned i = 0; i < view_source_count(view); i++) {
		if (view_source(view, i, &source)) {
			(void)json_array_append_new(list, json_pack("{s:s, s:s, s:i}", "name", source.name, "day",
								    source.dated, "entries", (int)source.rows));
		}
	}
	return list;
}

static json_t *list_bands(const struct view *view)
{
	json_t *list = json_array();
	struct view_band band;

	for (unsigned i = 0; i < view_band_count(view); i++) {
		if (view_band(view, i, &band)) {
			(void)json_array_append_new(list, json_pack("{s:s, s:i, s:i, s:s, s:s}", "name", band.name,
								    "port", band.lo, "port_end", band.hi, "kind",
								    band.kind, "decides", band.decides));
		}
	}
	return list;
}

void api_registry(struct visit *visit)
{
	const struct view *view = visit_view(visit);

	if (view != NULL) {
		visit_json(visit, 200,
			   api_about(visit, view,
				     json_pack("{s:i, s:o, s:o}", "entries", (int)view_count(view), "sources",
					       list_sources(view), "bands", list_bands(view))));
	}
}

void api_audit(struct visit *visit)
{
	const struct view *view = visit_view(visit);
	struct audit_head head;
	int r = view == NULL ? 0 : audit_head(visit->site->store, &head);

	if (r < 0) {
		visit_refused(visit, r, &(struct complaint){ "" });
	} else if (view != NULL) {
		visit_json(visit, 200,
			   api_about(visit, view,
				     json_pack("{s:I, s:s}", "event", (json_int_t)head.event, "hash", head.hash)));
	}
}

void api_rules(struct visit *visit)
{
	json_t *list = json_array();

	for (const struct rule *rule = rules; rule->id != NULL; rule++) {
		(void)json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s}", "id", rule->id, "level",
							    rule_level_name(rule->level), "text", rule->text, "source",
							    rule->source));
	}
	visit_json(visit, 200, json_pack("{s:o}", "rules", list));
}

/* ---- over the days ---- */

static int keep_line(const struct history_line *line, void *context)
{
	json_t *item = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "day", line->day, "what", line->what, "ports",
				 line->ports, "name", line->name, "detail", line->detail, "source", line->source);

	return json_array_append_new(context, item) < 0 ? -ENOMEM : 0;
}

void api_history(struct visit *visit)
{
	const struct view *view = visit_view(visit);
	struct complaint complaint = { "" };
	struct question question;
	json_t *lines = json_array();

	int r = view == NULL ? -ENODATA
			     : question_read(visit->request->parameters[0], &question, complaint.sentence,
					     sizeof(complaint.sentence));
	if (r == 0) {
		r = history_of(visit->site->store, &question, keep_line, lines);
	}
	if (r > 0) {
		visit_json(visit, 200, api_about(visit, view, json_pack("{s:O}", "history", lines)));
	} else if (r == 0) {
		visit_problem(visit, 404, "Not found",
			      "No day that this registry knows has anything by that name or number.");
	} else if (r != -ENODATA) {
		visit_refused(visit, r, &complaint);
	}
	json_decref(lines);
}

void api_changes(struct visit *visit)
{
	const struct view *old_view = NULL;
	const struct view *new_view = NULL;
	struct diff diff;
	struct api_output output;
	json_t *json = NULL;

	if (visit_query(visit, "from")[0] == '\0') {
		visit_problem(visit, 400, "Nothing asked",
			      "?from= takes the older day, ?to= the newer (today without it).");
		return;
	}
	if (!days_view(visit, "from", &old_view) || !days_view(visit, "to", &new_view)) {
		return;
	}
	int r = diff_views(old_view, new_view, NULL, &diff);
	if (r < 0) {
		visit_refused(visit, r, &(struct complaint){ "" });
		return;
	}
	if (api_output_begin(&output)) {
		r = diff_write_json(output.stream, old_view, new_view, &diff);
		json = api_output_end(&output);
	}
	diff_finish(&diff);
	visit_json(visit, 200,
		   r < 0 || json == NULL ? NULL : api_about(visit, new_view, json_pack("{s:o}", "changes", json)));
}
