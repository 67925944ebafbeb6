/* form.c - an application as its answers (form.h).  Called by what reads and writes forms, rules, store, pages. */
#include "registry/form/form.h"

#include <errno.h>
#include <string.h>

#include "registry/words/complain.h"
#include "registry/records/derive.h"
#include "registry/form/form_private.h"
#include "registry/records/rows_text.h"

void form_finish(struct form *form)
{
	arena_finish(&form->arena);
	*form = (struct form){ .kind = form->kind };
}

const char *form_value(const struct form *form, const char *key)
{
	int at = form_field_find(key);

	return at >= 0 && form->values[at] != NULL ? form->values[at] : "";
}

static bool may_stand(const struct form_field *field, const char *value)
{
	bool is_text = field->answer == FORM_TEXT || field->answer == FORM_NO_OR_TEXT;
	size_t at;

	return octets_fault(value, strlen(value), &at) == NULL &&
	       strpbrk(value, is_text ? "\r\x7f" : "\r\n\t\x7f") == NULL;
}

int form_set_at(struct form *form, int at, const char *value)
{
	const struct form_field *field = &form_fields[at];

	if (value == NULL) {
		form->values[at] = NULL;
		return 0;
	}
	if (!may_stand(field, value)) {
		return -EILSEQ;
	}
	char *copy = arena_take(&form->arena, strlen(value) + 1 + FORM_SETTLE_ROOM);
	if (copy == NULL) {
		return -ENOMEM;
	}
	memcpy(copy, value, strlen(value));
	form_answer_settle(field->answer, copy);
	if (strlen(copy) > field->octets_max) {
		return -E2BIG;
	}
	form->values[at] = copy[0] != '\0' ? copy : NULL;
	return 0;
}

int form_set(struct form *form, const char *key, const char *value)
{
	int at = form_field_find(key);

	return at < 0 ? -EINVAL : form_set_at(form, at, value);
}

void form_fault(int at, int error, char *ret_text, size_t size)
{
	const struct form_field *field = &form_fields[at];
	bool is_text = field->answer == FORM_TEXT || field->answer == FORM_NO_OR_TEXT;

	if (error == -E2BIG) {
		(void)snprintf(ret_text, size, "is longer than %zu octets", field->octets_max);
	} else if (error == -EILSEQ) {
		(void)snprintf(ret_text, size, "holds octets that are no UTF-8, or control characters%s",
			       is_text ? "" : "; it is one line");
	} else {
		(void)snprintf(ret_text, size, "%s", strerror(-error));
	}
}

size_t form_mark_size(const char *octets, size_t size)
{
	static const char mark[] = { '\xEF', '\xBB', '\xBF' };

	return size >= sizeof(mark) && memcmp(octets, mark, sizeof(mark)) == 0 ? sizeof(mark) : 0;
}

int form_check_octets(const char *name, const char *octets, size_t size, struct complaint *complaint)
{
	size_t at;
	const char *fault = octets_fault(octets, size, &at);

	if (fault == NULL) {
		return 0;
	}
	return complain_of(complaint, -EBADMSG, "%s:%zu: %s; a text is UTF-8 without control characters", name,
			   octets_line_ends(octets, at) + 1, fault);
}

unsigned form_transports(const struct form *form)
{
	const char *at = form_value(form, "transport");
	unsigned transports = 0;

	while (*at != '\0') {
		char word[8];
		size_t size = strcspn(at, " ");
		(void)snprintf(word, sizeof(word), "%.*s", (int)(size < sizeof(word) ? size : sizeof(word) - 1), at);
		int transport = entry_transport(word);
		if (transport < ENTRY_TCP || transport > ENTRY_DCCP) {
			return 0;
		}
		transports |= 1U << (transport - ENTRY_TCP);
		at += size + strspn(at + size, " ");
	}
	return transports;
}
