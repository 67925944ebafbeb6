/* rules.c - the rules by which applications are examined, each with its level and source; reports link to them. */
#include "registry/rules/rules.h"

#include "web/pages/pages.h"

/* What each level means to who applies. */
static const char *meaning_of(enum rule_level level)
{
	switch (level) {
	case RULE_REFUSE:
		return "goes back to the applicant";
	case RULE_WARN:
		return "the examiner is told";
	case RULE_HUMAN:
		return "a person must record a finding";
	case RULE_AUTOMATIC:
		return "done by the registry itself";
	}
	return "";
}

static void put_rule(struct html *html, const struct rule *rule)
{
	html_print(html, "<tr id=\"%s\"><th scope=\"row\">%s</th>", rule->id, rule->id);
	html_print(html, "<td data-label=\"Rule\">%s</td>", rule->text);
	html_print(html, "<td data-label=\"Level\">%s: %s</td>", rule_level_name(rule->level), meaning_of(rule->level));
	html_print(html, "<td data-label=\"Source\">%s</td></tr>\n", rule->source);
}

void page_rules(struct visit *visit)
{
	static const char *const columns[] = { "Id", "Rule", "Level", "Source" };

	page_begin(visit, &(struct page){ .title = "Rules", .section = "apply" });
	html_print(
		visit_html(visit),
		"<p class=\"lead\">An application is held against these rules before it is sent, and the examiner sees "
		"the same report. A refusal names rules.</p>\n");
	page_table_begin(visit, "rules", "All rules, in the order of the report", columns, 4);
	for (const struct rule *rule = rules; rule->id != NULL; rule++) {
		put_rule(visit_html(visit), rule);
	}
	page_table_end(visit);
	page_end(visit);
}
