/* form_question.c - questions and kinds in the words of description/language/application.c, the only place where they
 * stand.  Called by whoever asks them. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "description/language/application.h"
#include "registry/form/form.h"

_Static_assert((int)FORM_KINDS == (int)APPLICATION_KINDS && (int)FORM_RELOCATION == (int)APPLICATION_RELOCATION &&
		       (int)FORM_SERVICE_CODE == (int)APPLICATION_SERVICE_CODE &&
		       (int)FORM_RENEWAL == (int)APPLICATION_RENEWAL,
	       "kinds are numbered alike");

/* Name and e-mail of a person are one question. */
static const struct question *question_of(const struct form_field *field)
{
	static const char email[] = "-email";
	const struct question *question = question_find(field->key);
	size_t length = strlen(field->key);
	char person[32];

	if (question != NULL || length < sizeof(email) || length >= sizeof(person)) {
		return question;
	}
	(void)snprintf(person, sizeof(person), "%.*s", (int)(length - (sizeof(email) - 1)), field->key);
	return question_find(person);
}

enum form_need form_needs(const struct form_field *field, enum form_kind kind)
{
	const struct question *question = question_of(field);

	switch (question != NULL ? question->needs[kind] : NEED_NEVER) {
	case NEED_REQUIRED:
		return FORM_REQUIRED;
	case NEED_OPTIONAL:
	case NEED_OVER_DCCP:
	case NEED_OVER_UDP:
	case NEED_OVER_SEVERAL:
		return FORM_OPTIONAL;
	case NEED_NEVER:
	default:
		return FORM_NEVER;
	}
}

void form_question(const struct form_field *field, enum form_kind kind, char *ret_text, size_t size)
{
	const struct question *question = question_find(field->key);
	struct text text;

	text_init(&text, ret_text, size);
	if (question == NULL || question->form == ANSWER_IS_PERSON) {
		text_put(&text, field->label); /* name and e-mail are asked for one by one */
		return;
	}
	question_put(question, (enum application_kind)kind, &text);
	char *hint = size > 0 ? strstr(ret_text, " [") : NULL;
	if (hint != NULL) {
		*hint = '\0';
	}
}

const char *form_kind_name(enum form_kind kind)
{
	return application_kind_word((enum application_kind)kind);
}

const char *form_title(enum form_kind kind)
{
	return application_title((enum application_kind)kind);
}

int form_kind_of(const char *name, enum form_kind *ret_kind)
{
	for (int kind = 0; kind < FORM_KINDS; kind++) {
		if (strcmp(form_kind_name((enum form_kind)kind), name) == 0) {
			*ret_kind = (enum form_kind)kind;
			return 0;
		}
	}
	return -EINVAL;
}
