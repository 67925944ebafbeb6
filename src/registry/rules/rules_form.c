/* rules_form.c - rules F1 to F6: the form is filled in.  A missing answer is found by the rule that asks for it. */
#include <string.h>

#include "base/utf8.h"
#include "registry/lookup/lookup.h"
#include "registry/rules/rules_words.h"

enum {
	SHORT_OF_THE_FORM = 14,
	SHORT_MAX = 15,
	DESCRIPTION_MAX = 40,
	QUESTION_SIZE = 512,
	COMPLAINT_SIZE = 128,
	PRIVILEGED_MAX = 1023,
};

/* ---- what is missing, and what is too much ---- */

/* Where a rule of its own asks for the answer; F1 asks for all others. */
static const struct {
	const char *key;
	const char *id;
} askers[] = {
	{ "short", "N1" },	     { "transport", "T1" },    { "service-code", "D1" }, { "broadcast", "J3" },
	{ "why-not-dynamic", "J1" }, { "why-not-user", "J2" }, { "congestion", "T4" },
};

static const char *asker_of(const char *key)
{
	for (size_t i = 0; i < sizeof(askers) / sizeof(askers[0]); i++) {
		if (strcmp(askers[i].key, key) == 0) {
			return askers[i].id;
		}
	}
	return "F1";
}

/* What the other answers make an answer to this one needed for. */
static bool hangs_on_transports(const struct rules_check *check, const char *key)
{
	if (strcmp(key, "congestion") == 0 || strcmp(key, "discovery-only") == 0) {
		return (check->transports & 1U << ENTRY_UDP) != 0 && check->form->kind != FORM_NAME;
	}
	if (strcmp(key, "differs") == 0) {
		return __builtin_popcount(check->transports) > 1 && check->form->kind != FORM_NAME;
	}
	return false;
}

static void find_missing(struct rules_check *check, const struct form_field *field)
{
	char question[QUESTION_SIZE];
	const char *hint = field->hint[0] != '\0' ? rules_text(check, "[%s]", field->hint) : "";

	form_question(field, check->form->kind, question, sizeof(question));
	if (field->seed > 0) {
		rules_find(check, asker_of(field->key), field->key, hint, "question %u is not answered: %s",
			   field->seed, question);
	} else {
		rules_find(check, asker_of(field->key), field->key, hint, "\"%s\" is not answered", question);
	}
}

static void check_presence(struct rules_check *check)
{
	for (const struct form_field *field = form_fields; field->key != NULL; field++) {
		enum form_need need = form_needs(field, check->form->kind);
		bool is_answered = rules_answer(check, field->key)[0] != '\0';
		if (is_answered && need == FORM_NEVER) {
			rules_find(check, "F1", field->key, "Take it away, or use the form that asks it.",
				   "the form \"%s\" does not ask for %s", form_kind_name(check->form->kind),
				   field->key);
		} else if (!is_answered && (need == FORM_REQUIRED || hangs_on_transports(check, field->key))) {
			find_missing(check, field);
		}
	}
}

/* ---- the form of answers ---- */

static bool is_address(const char *value)
{
	const char *at = strchr(value, '@');

	return at != NULL && at != value && at[1] != '\0' && strchr(at + 1, '@') == NULL &&
	       strpbrk(value, " ,;<>") == NULL;
}

static bool is_one_of(const char *value, const char *const *words)
{
	for (; *words != NULL; words++) {
		if (strcmp(value, *words) == 0) {
			return true;
		}
	}
	return false;
}

/* NULL when the answer has its form, else what would be right. */
static const char *form_fault_of(const struct form_field *field, const char *value)
{
	static const char *const documents[] = { "rfc", "draft", "document", "proprietary", NULL };
	static const char *const yes_no[] = { "yes", "no", NULL };
	size_t size = strlen(field->key);

	if (size > 6 && strcmp(field->key + size - 6, "-email") == 0) {
		return is_address(value) ? NULL : "an e-mail address like ada@example.org";
	}
	switch (field->answer) {
	case FORM_PORT:
		return rules_number(value) != ENTRY_NO_PORT || strcmp(value, "any") == 0 ? NULL : "one number, or any";
	case FORM_DOCUMENT:
		return is_one_of(value, documents) ? NULL : "rfc, draft, document or proprietary";
	case FORM_YES_NO:
		return is_one_of(value, yes_no) ? NULL : "yes or no";
	case FORM_LINE:
	case FORM_TEXT:
	case FORM_TRANSPORTS:
	case FORM_NO_OR_TEXT:
		break;
	}
	return NULL;
}

static void check_forms_of_answers(struct rules_check *check)
{
	for (const struct form_field *field = form_fields; field->key != NULL; field++) {
		const char *value = rules_answer(check, field->key);
		const char *right = value[0] != '\0' ? form_fault_of(field, value) : NULL;
		if (right != NULL) {
			rules_find(check, "F2", field->key, "", "%s is \"%s\", and takes %s", field->key,
				   rules_quoted(check, value), right);
		}
	}
}

/* ---- lengths ---- */

static void check_lengths(struct rules_check *check)
{
	static const char *const keys[] = { "description", "title" };
	const char *name = rules_answer(check, "short");

	if (utf8_count(name, strlen(name)) == SHORT_MAX) {
		rules_find(check, "F3", "short", "Programs of that time may cut it.",
			   "\"%s\" has %d characters: %d on the form, %d in RFC 6335", rules_quoted(check, name),
			   SHORT_MAX, SHORT_OF_THE_FORM, SHORT_MAX);
	}
	/* What is not answered there is taken from the title. */
	const char *key = keys[rules_answer(check, keys[0])[0] == '\0'];
	const char *description = rules_answer(check, key);
	size_t characters = utf8_count(description, strlen(description));
	if (characters > DESCRIPTION_MAX) {
		rules_find(check, "F4", key, "Shorten it, or give a short description beside it.",
			   "the description has %zu characters; at most %d are advised", characters, DESCRIPTION_MAX);
	}
}

/* ---- what stands in the registry already ---- */

static void check_relocated(struct rules_check *check)
{
	struct rules_subject subject = rules_subject(check, "relocates");
	struct view_row row;

	if (rules_answer(check, "relocates")[0] == '\0') {
		return;
	}
	if (subject.port == ENTRY_NO_PORT || subject.name[0] == '\0') {
		rules_find(check, "F5", "relocates", "Name number and service, like 69 tftp.",
			   "\"%s\" is no assignment", rules_quoted(check, rules_answer(check, "relocates")));
	} else if (subject.port > PRIVILEGED_MAX) {
		rules_find(check, "F5", "relocates", "For a new service there is the form for a user port.",
			   "port %d needs no privilege, only those up to %d do", subject.port, PRIVILEGED_MAX);
	} else if (check->context->view != NULL && !rules_subject_row(check, &subject, &row)) {
		rules_find(check, "F5", "relocates", "", "port %d is not assigned to \"%s\"", subject.port,
			   rules_quoted(check, subject.name));
	}
}

/* One question as look-ups have it, which everybody reads alike: else more could be given back than was meant. */
static bool is_one_assignment(const char *about, struct question *ret_question)
{
	char complaint[COMPLAINT_SIZE];

	return strpbrk(about, " ,;") == NULL && question_read(about, ret_question, complaint, sizeof(complaint)) == 0;
}

/* What is done to it is done to all of a row. */
static void check_whole(struct rules_check *check, const struct rules_subject *subject, const struct view_row *row)
{
	const char *transport = row->columns[ENTRY_TRANSPORT];

	if (subject->port == ENTRY_NO_PORT || (row->lo == subject->port && row->hi == subject->last)) {
		return;
	}
	rules_find(check, "F6", "about",
		   check->form->kind == FORM_TRANSPORT
			   ? "A transport is added to one number, not to a range."
			   : rules_text(check, "Name the whole range: %s%s%s.", row->columns[ENTRY_PORT],
					transport[0] != '\0' ? "/" : "", transport),
		   "\"%s\" is part of %s", rules_quoted(check, rules_answer(check, "about")), rules_row(check, row));
}

static void check_about(struct rules_check *check)
{
	const char *about = rules_answer(check, "about");
	struct rules_subject subject = rules_subject(check, "about");
	struct question question;
	struct view_row row;

	if (about[0] == '\0') {
		return;
	}
	if (!is_one_assignment(about, &question)) {
		rules_find(check, "F6", "about", "Name just one thing, like 5254/tcp or logcabin.",
			   "\"%s\" is not one number or name", rules_quoted(check, about));
	} else if (check->form->kind == FORM_TRANSPORT &&
		   (question.kind != QUESTION_PORTS || question.lo != question.hi)) {
		rules_find(check, "F6", "about", "Name the number that it is for, like 5254/tcp.",
			   "\"%s\" is not one number", rules_quoted(check, about));
	} else if (question.kind == QUESTION_SERVICE_CODE) {
		rules_find(check, "F6", "about", "Name a number or a name, like 5254/tcp or logcabin.",
			   "\"%s\" is a service code; those are neither changed nor given back",
			   rules_quoted(check, about));
	} else if (check->context->view != NULL && !rules_subject_row(check, &subject, &row)) {
		rules_find(check, "F6", "about", "Name what is assigned, like 5254/tcp or logcabin.",
			   "\"%s\" is not assigned", rules_quoted(check, about));
	} else if (check->context->view != NULL) {
		check_whole(check, &subject, &row);
	}
}

void rules_check_form(struct rules_check *check)
{
	check_presence(check);
	check_forms_of_answers(check);
	check_lengths(check);
	check_relocated(check);
	check_about(check);
}
