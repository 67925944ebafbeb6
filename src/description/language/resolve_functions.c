/* resolve_functions.c - functions and their selectors, and the rendezvous section.  Called by resolve.c. */
#include <string.h>

#include "description/language/resolver.h"

enum { SELECTORS_SHOWN = 12 };

/* ---- selectors ---- */

static struct owner *owner_of(struct resolver *resolver, const struct message *message)
{
	return resolver_find(resolver, &resolver->scopes[message->role == ROLE_CLIENT ? SCOPE_CLIENT : SCOPE_SERVER],
			     message->name);
}

/* The field of a client message, or of `only` if it is not NULL; a selector, if one of that name is. */
static const struct field *find_in_messages(struct resolver *resolver, const struct message *only, const char *name)
{
	const struct field *found = NULL;

	for (const struct message *message = resolver->protocol->messages; message != NULL; message = message->next) {
		if (message->role != ROLE_CLIENT || (only != NULL && message != only)) {
			continue;
		}
		const struct field *selector = message_selector(resolver, owner_of(resolver, message), name);
		if (selector != NULL) {
			return selector;
		}
		found = found == NULL ? message_field(resolver, owner_of(resolver, message), name) : found;
	}
	return found;
}

struct selectors {
	const char *names[SELECTORS_SHOWN];
	size_t count;
};

static void add_selector(struct selectors *selectors, const struct field *field)
{
	for (size_t i = 0; i < selectors->count; i++) {
		if (strcmp(selectors->names[i], field->name) == 0) {
			return;
		}
	}
	if (selectors->count < SELECTORS_SHOWN && is_selector(field)) {
		selectors->names[selectors->count++] = field->name;
	}
}

static void add_selectors(struct resolver *resolver, struct selectors *selectors, const struct message *message)
{
	for (const struct owner *owner = reach_first(resolver, owner_of(resolver, message));
	     owner != NULL && selectors->count < SELECTORS_SHOWN; owner = reach_next(resolver)) {
		for (const struct field *field = owner->fields; field != NULL; field = field->next) {
			add_selector(selectors, field);
		}
	}
}

/* The names of the selectors, as a help. */
static const char *list_selectors(struct resolver *resolver, const struct message *only)
{
	struct selectors selectors = { .count = 0 };
	const char *list = "selectors:";

	if (resolver->report->counts[FINDING_ERROR] >= FINDINGS_MAX) {
		return NULL;
	}
	for (const struct message *message = resolver->protocol->messages; message != NULL; message = message->next) {
		if (message->role == ROLE_CLIENT && (only == NULL || message == only)) {
			add_selectors(resolver, &selectors, message);
		}
	}
	for (size_t i = 0; i < selectors.count; i++) {
		list = report_text(resolver->report, "%s%s %s", list, i > 0 ? "," : "", selectors.names[i]);
	}
	return selectors.count > 0 ? list
				   : "there is none: give a text, bytes or op-code field of a client message a name";
}

static void check_condition(struct resolver *resolver, const struct message *only, const struct condition *condition)
{
	const struct field *field = find_in_messages(resolver, only, condition->selector_name);

	if (field != NULL && is_selector(field)) {
		return;
	}
	if (field != NULL) {
		resolver_wrong(resolver, condition->place, list_selectors(resolver, only),
			       "%s is %s, so it cannot choose a function", condition->selector_name,
			       field->bits != NULL ? "a field of bits" : item_word(field->item));
	} else if (resolver_misses(resolver, condition->selector_name)) {
		const char *where = only != NULL ? only->name : "client messages";
		resolver_wrong(resolver, condition->place, list_selectors(resolver, only), "there is no field %s in %s",
			       condition->selector_name, where);
	}
}

void resolve_functions(struct resolver *resolver)
{
	for (struct function *function = resolver->protocol->functions; function != NULL && resolver->error == 0;
	     function = function->next) {
		if (function->message_name != NULL) {
			struct owner *owner = resolver_message(resolver, ROLE_CLIENT, function->message_name,
							       function->message_place);
			function->message = owner != NULL ? owner->message : NULL;
		}
		if (function->message_name != NULL && function->message == NULL) {
			continue;
		}
		for (const struct condition *at = function->conditions; at != NULL; at = at->next) {
			check_condition(resolver, function->message, at);
		}
	}
}

/* ---- rendezvous ---- */

static void check_name_fields(struct resolver *resolver, const struct rendezvous_line *line)
{
	for (const struct word *word = line->words; word != NULL; word = word->next) {
		const struct field *field = find_in_messages(resolver, NULL, word->text);
		if (field != NULL && !is_selector(field)) {
			resolver_wrong(resolver, word->place, list_selectors(resolver, NULL),
				       "%s is %s, so it cannot name a function", word->text,
				       field->bits != NULL ? "a field of bits" : item_word(field->item));
		} else if (field == NULL && resolver_misses(resolver, word->text)) {
			resolver_wrong(resolver, word->place, list_selectors(resolver, NULL),
				       "there is no field %s in client messages", word->text);
		}
	}
}

static void miss_field(struct resolver *resolver, struct owner *message, const char *name, struct place place)
{
	struct guess guess;

	if (!resolver_misses(resolver, name)) {
		return;
	}
	guess_init(&guess, resolver, name);
	guess_fields(resolver, &guess, message);
	resolver_wrong(resolver, place, guess_help(resolver, &guess, "give the field that is meant a name"),
		       "%s has no field %s", message->name, name);
}

/* The source of a value: a code of the field it goes into, of another set, or a field of a client message. */
static void check_source(struct resolver *resolver, const struct fill *fill, const struct field *target)
{
	const struct item *item = target->item;
	struct value value = { .place = fill->place, .set_name = fill->message_name, .name = fill->name };

	if (fill->message_name == NULL) {
		struct range range = { .low = value, .high = value };
		const struct code_set *set = item->kind == ITEM_CODE ? item->code_set : NULL;
		resolve_ranges(resolver, &range, set, 0, 0, set != NULL ? set->name : fill->field_name);
		return;
	}
	if (resolver_find(resolver, &resolver->scopes[SCOPE_SETS], fill->message_name) != NULL) {
		(void)resolve_full_code(resolver, &value);
		return;
	}
	struct owner *message = resolver_message(resolver, ROLE_CLIENT, fill->message_name, fill->place);
	if (message != NULL && message_field(resolver, message, fill->name) == NULL) {
		miss_field(resolver, message, fill->name, fill->place);
	}
}

static void check_fills(struct resolver *resolver, struct owner *message, struct fill *fills)
{
	for (struct fill *fill = fills; fill != NULL && resolver->error == 0; fill = fill->next) {
		const struct field *field = message_field(resolver, message, fill->field_name);
		if (!resolver_enter(resolver, fills, fill->field_name, strlen(fill->field_name), fill, NULL)) {
			resolver_wrong(resolver, fill->field_place, "keep one of them",
				       "%s is filled here a second time", fill->field_name);
		}
		if (field == NULL) {
			miss_field(resolver, message, fill->field_name, fill->field_place);
		} else if (fill->kind == FILL_FIELD) {
			check_source(resolver, fill, field);
		}
	}
}

static void resolve_line(struct resolver *resolver, const struct rendezvous_line *line)
{
	if (line->kind == LINE_NAME) {
		check_name_fields(resolver, line);
	}
	if (line->on_name != NULL) {
		(void)resolver_message(resolver, ROLE_CLIENT, line->on_name, line->on_place);
	}
	if (line->message_name != NULL) {
		struct owner *message =
			resolver_message(resolver, ROLE_SERVER, line->message_name, line->message_place);
		if (message != NULL) {
			check_fills(resolver, message, line->fills);
		}
	}
}

void resolve_rendezvous(struct resolver *resolver)
{
	for (const struct rendezvous_line *line = resolver->protocol->rendezvous; line != NULL && resolver->error == 0;
	     line = line->next) {
		resolve_line(resolver, line);
	}
}
