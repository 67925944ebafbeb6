/* rules.c - examines a form by every rule (rules.h): the groups one after another, then their findings in order.
 *
 * Called by berth check, berth apply, the process and the pages.  Decides nothing: what refuses is only said. */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "registry/rules/rules_check.h"

enum { QUOTED_OCTETS_MAX = 48, FINDINGS_AT_FIRST = 32 };

/* ---- what groups tell ---- */

static const char *format_text(struct rules_check *check, const char *format, va_list arguments)
	__attribute__((format(printf, 2, 0)));

static const char *format_text(struct rules_check *check, const char *format, va_list arguments)
{
	va_list again;

	va_copy(again, arguments);
	int size = vsnprintf(NULL, 0, format, again);
	va_end(again);
	char *text = size >= 0 ? arena_take(&check->report->arena, (size_t)size + 1) : NULL;
	if (text == NULL) {
		check->no_memory = true;
		return "";
	}
	(void)vsnprintf(text, (size_t)size + 1, format, arguments);
	return text;
}

const char *rules_text(struct rules_check *check, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	const char *text = format_text(check, format, arguments);
	va_end(arguments);
	return text;
}

/* Room for one more finding; false without memory. */
static bool make_room(struct rules_check *check)
{
	struct rule_report *report = check->report;

	if (report->count < check->room) {
		return true;
	}
	size_t room = check->room == 0 ? FINDINGS_AT_FIRST : check->room * 2;
	struct rule_finding *findings = arena_take(&report->arena, room * sizeof(*findings));
	if (findings == NULL) {
		check->no_memory = true;
		return false;
	}
	if (report->count > 0) {
		memcpy(findings, report->findings, report->count * sizeof(*findings));
	}
	report->findings = findings;
	check->room = room;
	return true;
}

void rules_add(struct rules_check *check, const struct rule_finding *finding)
{
	if (make_room(check)) {
		check->report->findings[check->report->count++] = *finding;
	}
}

static unsigned line_of(const struct form *form, const char *key)
{
	int place = form_field_find(key);

	return place >= 0 ? form->lines[place] : 0;
}

static void find_sentence(struct rules_check *check, enum rule_level level, const char *id, const char *field,
			  const char *help, const char *sentence)
{
	const struct rule *rule = rule_find(id);
	const struct rule_finding finding = {
		.id = rule->id,
		.level = level,
		.field = field,
		.line = line_of(check->form, field),
		.sentence = sentence,
		.source = rule->source,
		.help = help,
	};

	rules_add(check, &finding);
}

void rules_find(struct rules_check *check, const char *id, const char *field, const char *help, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	find_sentence(check, rule_find(id)->level, id, field, help, format_text(check, format, arguments));
	va_end(arguments);
}

void rules_find_as(struct rules_check *check, enum rule_level level, const char *id, const char *field,
		   const char *help, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	find_sentence(check, level, id, field, help, format_text(check, format, arguments));
	va_end(arguments);
}

bool rules_has_found(const struct rules_check *check, const char *id)
{
	for (size_t i = 0; i < check->report->count; i++) {
		if (strcmp(check->report->findings[i].id, id) == 0) {
			return true;
		}
	}
	return false;
}

const char *rules_quoted(struct rules_check *check, const char *text)
{
	size_t size = strlen(text);

	if (size <= QUOTED_OCTETS_MAX) {
		return text;
	}
	size = QUOTED_OCTETS_MAX;
	while (size > 0 && (text[size] & 0xc0) == 0x80) {
		size--;
	}
	return rules_text(check, "%.*s...", (int)size, text);
}

const char *rules_answer(const struct rules_check *check, const char *key)
{
	return form_value(check->form, key);
}

/* ---- the examination ---- */

/* An additional transport is for the name and number that are assigned. */
static void read_widened(struct rules_check *check)
{
	struct rules_subject subject = rules_subject(check, "about");
	struct view_row row;

	if (rules_subject_row(check, &subject, &row)) {
		check->port = row.lo;
		check->name = row.columns[ENTRY_NAME];
	} else {
		check->port = subject.port;
		check->name = subject.name;
	}
}

static void read_form(struct rules_check *check)
{
	check->name = rules_answer(check, "short");
	check->port = rules_number(rules_answer(check, "port"));
	check->transports = form_transports(check->form) << ENTRY_TCP;
	if (check->form->kind == FORM_TRANSPORT) {
		read_widened(check);
	}
	check->report->port = check->port;
}

static size_t place_in_table(const struct rule_finding *finding)
{
	size_t place = 0;

	while (rules[place].id != NULL && strcmp(rules[place].id, finding->id) != 0) {
		place++;
	}
	return place;
}

static bool is_before(const struct rule_finding *a, const struct rule_finding *b)
{
	return a->line != b->line ? a->line < b->line : place_in_table(a) < place_in_table(b);
}

/* Of those of one rule in one line, the first that was found stays the first. */
static void sort_findings(struct rule_report *report)
{
	for (size_t i = 1; i < report->count; i++) {
		struct rule_finding finding = report->findings[i];
		size_t place = i;
		for (; place > 0 && is_before(&finding, &report->findings[place - 1]); place--) {
			report->findings[place] = report->findings[place - 1];
		}
		report->findings[place] = finding;
	}
}

int rules_examine(const struct form *form, const struct rules_context *context, struct rule_report *ret_report)
{
	static void (*const groups[])(struct rules_check * check) = {
		rules_check_form,   rules_check_names,	     rules_check_names_beside, rules_check_numbers,
		rules_check_second, rules_check_transports,  rules_check_dccp,	       rules_check_reasons,
		rules_check_doubts, rules_check_description,
	};
	struct rule_report report = { .port = ENTRY_NO_PORT, .has_view = context->view != NULL };
	struct rules_check check = { .form = form, .context = context, .report = &report };

	read_form(&check);
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		groups[i](&check);
	}
	if (check.no_memory) {
		rule_report_finish(&report);
		return -ENOMEM;
	}
	sort_findings(&report);
	for (size_t i = 0; i < report.count; i++) {
		report.counts[report.findings[i].level]++;
	}
	*ret_report = report;
	return 0;
}

void rule_report_finish(struct rule_report *report)
{
	arena_finish(&report->arena);
	*report = (struct rule_report){ .count = 0 };
}
