/* rules_description.c - what the examiner of descriptions found, as findings beside those of the rules.  Called by
 * rules_examine. */
#include <string.h>

#include "registry/rules/rules_check.h"

/* What the rules say themselves, with their own ids: that answers are missing or have another form, and that the short
 * name is none. */
static bool is_said_by_rules(const struct finding *finding)
{
	static const char *const said[] = {
		" is not answered",  "belongs to transport", "has no place in this application",
		" takes ",	     " ports are ",	     "need privilege",
		"open to everybody", "the description has ", "the short name has ",
		"the short name \"",
	};

	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		if (strstr(finding->text, said[i]) != NULL) {
			return strcmp(finding->id, "E13") == 0 || strncmp(said[i], "the short", 9) == 0;
		}
	}
	return false;
}

static void add_described(struct rules_check *check, const struct finding *from)
{
	const struct rule_finding finding = {
		.id = rules_text(check, "%s", from->id),
		.level = from->level == FINDING_ERROR ? RULE_REFUSE : RULE_WARN,
		.field = "",
		.line = from->place.line,
		.sentence = from->trace != NULL ? rules_text(check, "%s (%s)", from->text, from->trace)
						: rules_text(check, "%s", from->text),
		.source = "berth-language(5)",
		.help = rules_text(check, "%s", from->help != NULL ? from->help : ""),
	};

	rules_add(check, &finding);
}

void rules_check_description(struct rules_check *check)
{
	const struct report *description = check->context->description;

	for (const struct finding *at = description != NULL ? description->first : NULL; at != NULL; at = at->next) {
		if (at->level != FINDING_NOTE && !is_said_by_rules(at)) {
			add_described(check, at);
		}
	}
}
