/* form_field_page.c - one question as a field, by the kind of its answer (form_page.h). */
#include <stdio.h>
#include <string.h>

#include "web/apply/form_page.h"

enum { QUESTION_SIZE = 1024, HINT_SIZE = 1024 };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct page_option transports[] = {
	{ "tcp", "TCP", NULL },
	{ "udp", "UDP", NULL },
	{ "sctp", "SCTP", NULL },
	{ "dccp", "DCCP", NULL },
};

/* The last is not for a system port. */
static const struct page_option documents[] = {
	{ "rfc", "An RFC", NULL },
	{ "draft", "An Internet-Draft that is intended to be published as an RFC", NULL },
	{ "document", "Another document that is permanently and readily available", NULL },
	{ "proprietary", "Proprietary, and not publicly documented", NULL },
};

static const struct page_option yes_no[] = {
	{ "yes", "Yes", NULL },
	{ "no", "No", NULL },
};

/* ---- words beside it ---- */

static bool makes_entry(enum form_kind kind)
{
	return kind == FORM_USER || kind == FORM_SYSTEM || kind == FORM_RELOCATION || kind == FORM_NAME ||
	       kind == FORM_SERVICE_CODE;
}

const char *form_page_visibility(const struct form_field *field, enum form_kind kind)
{
	enum form_visibility visibility = form_visibility_of(field, kind);

	if (strcmp(field->key, "applicant") == 0 && makes_entry(kind)) {
		return "Seen by the registry's staff and you; where no assignee is named, your name stands in the "
		       "public "
		       "entry as the assignee.";
	}
	switch (visibility) {
	case FORM_PUBLIC:
		return "Public, once it is assigned: it becomes part of the entry.";
	case FORM_EXPERT:
		return "Seen by the experts who examine it.";
	case FORM_APPLICANT:
	case FORM_STAFF:
	default:
		return "Seen by the registry's staff, the experts who examine it, and you.";
	}
}

/* The seeds' bracketed examples, and what is accepted beyond them. */
static const char *hint_of(const struct form_field *field, char hint[static HINT_SIZE])
{
	if (field->hint[0] != '\0') {
		(void)snprintf(hint, HINT_SIZE, "[%s]", field->hint);
		return hint;
	}
	if (strcmp(field->key, "short") == 0) {
		return "Letters, digits and hyphens. 15 characters are accepted as well.";
	}
	if (field->answer == FORM_PORT) {
		return "A number, or \"any\".";
	}
	return strcmp(field->key, "service-code") == 0 ? "For DCCP alone: SC:fdpz, SC=1717858426 or SC=x6664707A."
						       : NULL;
}

/* Never "off": what was typed there is gone for who goes back to it. */
static const char *autocomplete_of(const struct form_field *field)
{
	if (strcmp(field->key, "applicant") == 0) {
		return "name";
	}
	return strcmp(field->key, "applicant-email") == 0 ? "email" : NULL;
}

/* "2. What message formats are used?" */
static void put_question(const struct form_field *field, enum form_kind kind, char text[static QUESTION_SIZE])
{
	size_t used = 0;

	if (field->seed > 0) {
		used = (size_t)snprintf(text, QUESTION_SIZE, "%u. ", field->seed);
	}
	form_question(field, kind, text + used, QUESTION_SIZE - used);
}

/* ---- fields ---- */

/* Yes or No, and below it how: the question says both in a row. */
static void put_no_or_text(struct visit *visit, const struct typed *typed, int at, struct page_field *field,
			   char question[static QUESTION_SIZE])
{
	const struct typed_field *answer = &typed->fields[at];
	char name[64];
	char *how = strstr(question, "If yes, ");
	const struct page_field below = {
		.name = form_fields[at].key,
		.label = how != NULL ? how : "If yes, how?",
		.value = answer->text,
	};

	if (how != NULL && how > question) {
		how[-1] = '\0';
	}
	field->name = typed_control(&form_fields[at], name);
	field->value = answer->choice;
	page_choice(visit, field, yes_no, COUNT(yes_no), false);
	page_field(visit, &below);
}

static void put_answer(struct visit *visit, const struct typed *typed, int at, struct page_field *field,
		       char question[static QUESTION_SIZE])
{
	switch (form_fields[at].answer) {
	case FORM_NO_OR_TEXT:
		put_no_or_text(visit, typed, at, field, question);
		break;
	case FORM_TRANSPORTS:
		page_choice(visit, field, transports, COUNT(transports), true);
		break;
	case FORM_DOCUMENT:
		page_choice(visit, field, documents, COUNT(documents) - (typed->form.kind == FORM_SYSTEM), false);
		break;
	case FORM_YES_NO:
		page_choice(visit, field, yes_no, COUNT(yes_no), false);
		break;
	case FORM_TEXT:
		field->size_max = (unsigned)form_fields[at].octets_max;
		page_field(visit, field);
		break;
	case FORM_PORT:
	case FORM_LINE:
		field->kind = typed_is_email(&form_fields[at]) ? "email" : "text";
		field->is_short = form_fields[at].octets_max < 64;
		page_field(visit, field);
		break;
	}
}

void form_page_field(struct visit *visit, const struct typed *typed, int at, const char *error)
{
	const struct form_field *field = &form_fields[at];
	char question[QUESTION_SIZE];
	char hint[HINT_SIZE];
	struct page_field put = {
		.name = field->key,
		.label = question,
		.hint = hint_of(field, hint),
		.visibility = form_page_visibility(field, typed->form.kind),
		.error = error,
		.value = typed->fields[at].text,
		.autocomplete = autocomplete_of(field),
		.is_optional = form_needs(field, typed->form.kind) == FORM_OPTIONAL,
	};

	put_question(field, typed->form.kind, question);
	put_answer(visit, typed, at, &put, question);
}
