/* resolve.c - declares all names of a protocol, then has every part of it linked.  Called by tree.c.
 *
 * Names may be used before they are declared; so all declarations come first. */
#include "description/language/resolve.h"

#include <stdlib.h>
#include <string.h>

#include "description/language/resolver.h"

/* ---- declarations ---- */

static void declare(struct resolver *resolver, enum scope scope, const char *name, void *value, struct place place,
		    const char *what, const char *reserved)
{
	const void *key = &resolver->scopes[scope];
	char padded[NAME_OCTETS_MAX + 3];

	(void)snprintf(padded, sizeof(padded), " %s ", name);
	if (strstr(reserved, padded) != NULL) {
		resolver_wrong(resolver, place, "choose another name",
			       "%s is a word of the language here, so %s cannot have it as a name", name, what);
	}
	if (!resolver_enter(resolver, key, name, strlen(name), value, NULL)) {
		resolver_wrong(resolver, place, "each name stands for one thing: choose another",
			       "%s %s is declared a second time", what, name);
	}
}

static const char type_words[] =
	" u8 u16 u24 u32 u64 decimal hex4 varint ber bytes payload body text bits eol sure weak any maybe sized within "
	"repeat switch if ";

static void declare_key(struct resolver *resolver, const struct code_set *set, const void *scope, const void *key,
			size_t size, struct code *code)
{
	void *other = NULL;

	if (!resolver_enter(resolver, scope, key, size, code, &other)) {
		const struct code *first = other;
		resolver_wrong(resolver, code->place, "give one of them another value",
			       "%s has the same value as %s in the op-code set %s", code->name, first->name, set->name);
	}
}

static void declare_number(struct resolver *resolver, const struct code_set *set, struct code *code)
{
	int64_t low;
	int64_t high;

	number_limits(set->number.kind, &low, &high);
	if (code->number < low || code->number > high) {
		resolver_misfit(resolver, code->place,
				report_text(resolver->report, "write %jd to %jd", (intmax_t)low, (intmax_t)high),
				"the value of %s does not fit into %s", code->name, number_word(set->number.kind));
	}
	declare_key(resolver, set, &set->number, &code->number, sizeof(code->number), code);
}

/* Without regard to case where the set has none. */
static void declare_text(struct resolver *resolver, const struct code_set *set, struct code *code)
{
	uint8_t *key = resolver_take(resolver, code->text.size + 1);

	if (key == NULL) {
		return;
	}
	for (size_t i = 0; i < code->text.size; i++) {
		uint8_t octet = code->text.start[i];
		key[i] = set->nocase && octet >= 'A' && octet <= 'Z' ? (uint8_t)(octet | 0x20) : octet;
	}
	if (code->text.size == 0) {
		resolver_wrong(resolver, code->place, "write the text it stands for", "the code %s is an empty text",
			       code->name);
	}
	declare_key(resolver, set, &set->is_text, key, code->text.size, code);
}

static void declare_codes(struct resolver *resolver, const struct code_set *set)
{
	for (struct code *code = set->codes; code != NULL && resolver->error == 0; code = code->next) {
		if (!resolver_enter(resolver, set, code->name, strlen(code->name), code, NULL)) {
			resolver_wrong(resolver, code->place, "give one of them another name",
				       "the code %s stands in %s already", code->name, set->name);
		} else if (set->is_text && code->text.start != NULL) {
			declare_text(resolver, set, code);
		} else if (!set->is_text && code->text.start == NULL) {
			declare_number(resolver, set, code);
		}
	}
}

static void declare_sets(struct resolver *resolver)
{
	for (struct code_set *set = resolver->protocol->code_sets; set != NULL && resolver->error == 0;
	     set = set->next) {
		set->number.little = set->number.order_given ? set->number.little : resolver->protocol->little;
		declare(resolver, SCOPE_SETS, set->name, set, set->place, "the op-code set", type_words);
		declare_codes(resolver, set);
	}
}

static struct owner *add_owner(struct resolver *resolver, const char *name, struct place place, struct item *block)
{
	struct owner *owner = resolver_take(resolver, sizeof(*owner));

	if (owner == NULL) {
		return NULL;
	}
	*owner = (struct owner){ .name = name, .place = place, .block = block };
	owner->fields_tail = &owner->fields;
	owner->inclusions_tail = &owner->inclusions;
	*resolver->tail = owner;
	resolver->tail = &owner->next;
	return owner;
}

static void declare_formats(struct resolver *resolver)
{
	for (struct format *format = resolver->protocol->formats; format != NULL; format = format->next) {
		struct owner *owner = add_owner(resolver, format->name, format->place, format->block);
		if (owner == NULL) {
			return;
		}
		owner->format = format;
		declare(resolver, SCOPE_FORMATS, format->name, owner, format->place, "the format", type_words);
		if (resolver_find(resolver, &resolver->scopes[SCOPE_SETS], format->name) != NULL) {
			resolver_wrong(resolver, format->place, "choose another name for one of them",
				       "%s is the name of an op-code set and of a format", format->name);
		}
	}
}

static void declare_messages(struct resolver *resolver)
{
	for (struct message *message = resolver->protocol->messages; message != NULL; message = message->next) {
		struct owner *owner = add_owner(resolver, message->name, message->place, message->block);
		if (owner == NULL) {
			return;
		}
		owner->message = message;
		declare(resolver, message->role == ROLE_CLIENT ? SCOPE_CLIENT : SCOPE_SERVER, message->name, owner,
			message->place, message->role == ROLE_CLIENT ? "the client message" : "the server message",
			" close nothing moved ");
	}
}

static void declare_others(struct resolver *resolver)
{
	struct protocol *protocol = resolver->protocol;

	for (struct state *state = protocol->states; state != NULL; state = state->next) {
		declare(resolver, SCOPE_STATES, state->name, state, state->place, "the state", " same end opaque ");
	}
	for (struct variable *variable = protocol->variables; variable != NULL; variable = variable->next) {
		declare(resolver, SCOPE_VARIABLES, variable->name, variable, variable->place,
			variable->is_counter ? "the counter" : "the kept value", " rest ");
	}
	for (struct function *function = protocol->functions; function != NULL; function = function->next) {
		declare(resolver, SCOPE_FUNCTIONS, function->name, function, function->place, "the function", "");
	}
}

/* ---- links ---- */

static void link_carrier(struct resolver *resolver, struct owner *owner)
{
	struct message *message = owner->message;
	struct guess guess;

	if (message == NULL || message->over_name == NULL) {
		return;
	}
	owner->carrier = resolver_find(resolver, &resolver->scopes[SCOPE_FORMATS], message->over_name);
	if (owner->carrier != NULL) {
		message->over = owner->carrier->format;
		return;
	}
	if (!resolver_misses(resolver, message->over_name)) {
		return;
	}
	guess_init(&guess, resolver, message->over_name);
	for (const struct format *format = resolver->protocol->formats; format != NULL && guess.tries > 0;
	     format = format->next) {
		guess_try(&guess, format->name);
	}
	resolver_wrong(resolver, message->over_place, guess_help(resolver, &guess, "declare it in \"formats\""),
		       "there is no format %s", message->over_name);
}

static void resolve_owners(struct resolver *resolver)
{
	for (struct owner *owner = resolver->owners; owner != NULL && resolver->error == 0; owner = owner->next) {
		link_carrier(resolver, owner);
		resolve_owner(resolver, owner);
	}
	resolve_formats(resolver);
	for (struct owner *owner = resolver->owners; owner != NULL && resolver->error == 0; owner = owner->next) {
		if (owner->message != NULL) {
			resolve_message(resolver, owner);
		}
	}
}

static void resolve_links(struct resolver *resolver)
{
	void (*const parts[])(struct resolver * resolver) = { resolve_headers, resolve_owners, resolve_sequences,
							      resolve_functions, resolve_rendezvous };

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && resolver->error == 0; i++) {
		parts[i](resolver);
	}
}

static int resolve_protocol(struct tree *tree, struct protocol *protocol, struct report *report,
			    const struct symbols *damaged)
{
	struct resolver resolver = { .tree = tree, .protocol = protocol, .report = report, .damaged = damaged };

	resolver.tail = &resolver.owners;
	symbols_init(&resolver.symbols, &resolver.scratch);
	declare_sets(&resolver);
	declare_formats(&resolver);
	declare_messages(&resolver);
	declare_others(&resolver);
	if (resolver.error == 0) {
		resolve_links(&resolver);
	}
	symbols_finish(&resolver.symbols);
	arena_finish(&resolver.scratch);
	return resolver.error;
}

/* Names of protocols, and answers. */
static int resolve_file(struct tree *tree, struct report *report, const struct symbols *damaged)
{
	struct resolver resolver = { .tree = tree, .report = report, .damaged = damaged };

	symbols_init(&resolver.symbols, &resolver.scratch);
	for (struct protocol *protocol = tree->protocols; protocol != NULL; protocol = protocol->next) {
		declare(&resolver, SCOPE_PROTOCOLS, protocol->name, protocol, protocol->place, "the protocol", "");
	}
	for (const struct application *at = tree->applications; at != NULL && resolver.error == 0; at = at->next) {
		resolve_answers(&resolver, at);
	}
	symbols_finish(&resolver.symbols);
	arena_finish(&resolver.scratch);
	return resolver.error;
}

int resolve_tree(struct tree *tree, struct report *report, const struct symbols *damaged)
{
	int r = resolve_file(tree, report, damaged);

	for (struct protocol *protocol = tree->protocols; protocol != NULL && r == 0; protocol = protocol->next) {
		r = resolve_protocol(tree, protocol, report, damaged);
	}
	return r;
}
