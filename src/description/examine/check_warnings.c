/* check_warnings.c - E14: what is allowed and seldom meant. */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/name.h"
#include "description/examine/check.h"
#include "description/examine/check_extent.h"
#include "description/examine/check_guards.h"
#include "description/examine/check_walk.h"

struct warnings {
	const struct protocol *protocol;
	struct report *report;
	struct arena arena;
	struct extents extents;
	bool *repeated;		   /* formats that stand in a repeat */
	struct numbering reported; /* op-code sets */
};

#define WARN(report, source, place, help, ...) \
	report_add((report), (source), FINDING_WARNING, "E14", (place), NULL, (help), __VA_ARGS__)

/* ---- who speaks first ---- */

/* True if the rule's condition may hold before any message, when all counters are 0. */
static bool may_be_first(const struct rule *rule)
{
	struct guards guards = { .messages = { rule->message }, .fresh = true };

	guards_claim(&guards, rule->condition, false, 0, 0);
	return guards_may_hold(&guards);
}

/* Rules of "always" are notices that may come at any time; they do not make the server the first to speak. */
static void check_first(const struct protocol *protocol, struct report *report)
{
	const struct state *start = protocol->states;

	while (start != NULL && !start->start) {
		start = start->next;
	}
	for (const struct rule *rule = start != NULL ? start->rules : NULL; rule != NULL; rule = rule->next) {
		if (rule->kind == RULE_MESSAGE && rule->role == ROLE_SERVER && !rule->late && may_be_first(rule)) {
			WARN(report, protocol->source, start->place,
			     "it can be the only function of a port, or its default",
			     "the server may speak first (%s in state %s), so no first message selects this protocol",
			     rule->message->name, start->name);
			return;
		}
	}
}

/* ---- names ---- */

static void check_short_name(const struct source *source, const struct entry *entries, struct report *report)
{
	const struct entry *entry = entry_find(entries, "short");
	struct name name;

	if (entry == NULL || entry->answers->kind != ANSWER_TEXT || entry->answers->text.size > FUNCTION_NAME_MAX) {
		return;
	}
	if (name_parse((const char *)entry->answers->text.start, entry->answers->text.size, &name) < 0) {
		WARN(report, source, entry->place, "letters, digits and single hyphens within, one letter at least",
		     "the short name \"%s\" is no service name of RFC 6335", (const char *)entry->answers->text.start);
	}
}

static void check_functions(const struct protocol *protocol, struct report *report)
{
	static const struct name help = { .text = "help" };
	struct name name;

	for (const struct function *function = protocol->functions; function != NULL; function = function->next) {
		if (name_parse(function->name, strlen(function->name), &name) < 0) {
			WARN(report, protocol->source, function->place,
			     "at most 15 letters and digits, one letter at least",
			     "%s is no service name of RFC 6335, so nobody can call it by name", function->name);
		} else if (name_equal(&name, &help)) {
			WARN(report, protocol->source, function->place, "choose another name",
			     "%s is reserved: it asks a rendezvous port for its functions (RFC 1078)", function->name);
		}
	}
}

/* ---- passwords ---- */

/* True if the name, in lower case and without '_', is like a word for a password. */
static bool is_like_password(const char *name)
{
	static const char *const words[] = { "password", "passwd", "passphrase", "passcode", "pwd" };
	char plain[NAME_OCTETS_MAX + 1] = "";
	size_t size = 0;

	for (; *name != '\0' && size < NAME_OCTETS_MAX; name++) {
		if (*name != '_') {
			plain[size++] = (char)tolower((unsigned char)*name);
		}
	}
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strstr(plain, words[i]) != NULL) {
			return true;
		}
	}
	return strcmp(plain, "pass") == 0;
}

static void check_field_name(const struct item *item, void *context)
{
	struct warnings *warnings = context;

	if (item->name != NULL && is_like_password(item->name)) {
		WARN(warnings->report, warnings->protocol->source, item->name_place,
		     "send a proof instead, or say under \"security\" what protects it",
		     "%s goes over the wire in clear text", item->name);
	}
}

/* ---- closed sets of types in repeated type-length-value items ---- */

static void mark_format(const struct item *item, void *context)
{
	struct warnings *warnings = context;

	if (item->kind == ITEM_FORMAT) {
		warnings->repeated[numbering_find(&warnings->extents.numbering, item->format)] = true;
	}
}

static bool is_length(const struct item *item)
{
	return item != NULL && (item->kind == ITEM_SIZED || ((item->kind == ITEM_BYTES || item->kind == ITEM_PAYLOAD) &&
							     item->count == COUNT_NUMBER));
}

/* A code, then a length: who does not know the code could go on behind it, if the set let him. */
static void check_type_length(const struct item *block, void *context)
{
	struct warnings *warnings = context;

	for (const struct item *item = block; item != NULL; item = item->next) {
		if (item->kind != ITEM_CODE || item->code_set->open || !is_length(item->next) ||
		    numbering_find(&warnings->reported, item->code_set) != NOT_NUMBERED) {
			continue;
		}
		(void)numbering_add(&warnings->reported, item->code_set);
		WARN(warnings->report, warnings->protocol->source, item->code_set->place,
		     "add \"...\" so that types that come later can be skipped",
		     "%s is a closed set, but its codes are types in a list of types, lengths and values (line %u)",
		     item->code_set->name, item->place.line);
	}
}

static void check_repeat(const struct item *item, void *context)
{
	if (item->kind == ITEM_REPEAT) {
		walk_block(item->block, mark_format, context);
		check_type_length(item->block, context);
	}
}

static int check_types(struct warnings *warnings)
{
	int r = extents_init(&warnings->extents, &warnings->arena, warnings->protocol->formats, NULL);

	if (r < 0) {
		return r;
	}
	warnings->reported.arena = &warnings->arena;
	warnings->repeated = arena_take(&warnings->arena, warnings->extents.numbering.count + (size_t)1);
	if (warnings->repeated == NULL) {
		return -ENOMEM;
	}
	walk_protocol(warnings->protocol, check_repeat, warnings);
	for (uint32_t i = 0; i < warnings->extents.numbering.count; i++) {
		if (warnings->repeated[i]) {
			check_type_length(warnings->extents.formats[i]->block, warnings);
		}
	}
	return 0;
}

static int check_protocol(const struct protocol *protocol, struct report *report)
{
	struct warnings warnings = { .protocol = protocol, .report = report };

	check_first(protocol, report);
	check_short_name(protocol->source, protocol->headers, report);
	check_functions(protocol, report);
	walk_protocol(protocol, check_field_name, &warnings);
	int r = check_types(&warnings);
	arena_finish(&warnings.arena);
	return r;
}

int check_warnings(const struct tree *tree, struct report *report)
{
	int r = 0;

	for (const struct application *at = tree->applications; at != NULL; at = at->next) {
		check_short_name(at->source, at->entries, report);
	}
	for (const struct protocol *at = tree->protocols; at != NULL && r == 0; at = at->next) {
		r = check_protocol(at, report);
	}
	return r;
}
