/* check_use.c - E2: what is declared and never used.  "Op codes and types never used" are what examiners look for
 * first: they are either forgotten or described nowhere.
 *
 * An op code is used where a field may hold it; rules and functions that ask for it do not count, because they
 * could ask in vain. */
#include <errno.h>
#include <string.h>

#include "description/examine/check.h"
#include "description/examine/check_extent.h"
#include "description/examine/check_numbering.h"
#include "description/examine/check_walk.h"

struct set_use {
	uint32_t first_code; /* in code_used */
	bool used;
	bool all_used; /* some field may hold any code */
};

struct use {
	const struct protocol *protocol;
	struct report *report;
	struct arena arena;
	struct extents extents;
	struct numbering sets;
	struct set_use *set_uses; /* by the set's number */
	bool *code_used;	  /* of all sets, one after the other */
	uint32_t *ways;		  /* how formats were reached from messages */
};

static void add_finding(struct use *use, enum finding_level level, struct place place, const char *help,
			const char *what, const char *name)
{
	report_add(use->report, use->protocol->source, level, "E2", place, NULL, help, "%s %s is never used", what,
		   name);
}

/* ---- op codes ---- */

static bool may_hold(const struct item *item, const struct code *code)
{
	for (const struct range *range = item->ranges; range != NULL; range = range->next) {
		bool is_text = item->code_set->is_text;
		if (is_text ? range->low.code == code
			    : code->number >= range->low.number && code->number <= range->high.number) {
			return true;
		}
	}
	return item->ranges == NULL;
}

/* The codes of a set have their numbers in their order. */
static void mark_codes(const struct item *item, void *context)
{
	struct use *use = context;

	if (item->kind != ITEM_CODE) {
		return;
	}
	struct set_use *set = &use->set_uses[numbering_find(&use->sets, item->code_set)];
	uint32_t number = set->first_code;
	set->used = true;
	set->all_used = set->all_used || item->ranges == NULL;
	for (const struct code *code = item->code_set->codes; code != NULL && !set->all_used; code = code->next) {
		use->code_used[number] = use->code_used[number] || may_hold(item, code);
		number++;
	}
}

static int number_codes(struct use *use)
{
	uint32_t codes = 0;
	uint32_t set_number = 0;

	for (const struct code_set *set = use->protocol->code_sets; set != NULL; set = set->next) {
		if (numbering_add(&use->sets, set) < 0) {
			return -ENOMEM;
		}
	}
	use->set_uses = arena_take(&use->arena, (use->sets.count + (size_t)1) * sizeof(*use->set_uses));
	if (use->set_uses == NULL) {
		return -ENOMEM;
	}
	for (const struct code_set *set = use->protocol->code_sets; set != NULL; set = set->next) {
		use->set_uses[set_number++].first_code = codes;
		for (const struct code *code = set->codes; code != NULL; code = code->next) {
			codes++;
		}
	}
	use->code_used = arena_take(&use->arena, codes + (size_t)1);
	return use->code_used == NULL ? -ENOMEM : 0;
}

/* Of an open set some codes may be there for the reader only. */
static void check_codes(struct use *use, const struct code_set *set, uint32_t number)
{
	enum finding_level level = set->open ? FINDING_WARNING : FINDING_ERROR;

	for (const struct code *code = set->codes; code != NULL; code = code->next) {
		if (!use->code_used[number++]) {
			add_finding(use, level, code->place, "let a field of some message hold it, or take it away",
				    "the op code", report_text(use->report, "%s.%s", set->name, code->name));
		}
	}
}

static void check_sets(struct use *use)
{
	const struct set_use *known = use->set_uses;

	walk_protocol(use->protocol, mark_codes, use);
	for (const struct code_set *set = use->protocol->code_sets; set != NULL; set = set->next, known++) {
		if (!known->used) {
			add_finding(use, FINDING_ERROR, set->place, "let a field have this type, or take the set away",
				    "the op-code set", set->name);
		} else if (!known->all_used) {
			check_codes(use, set, known->first_code);
		}
	}
}

/* ---- formats ---- */

static void reach_format(struct use *use, const struct format *format)
{
	graph_reach(&use->extents.graph, FORWARD, numbering_find(&use->extents.numbering, format), use->ways);
}

static void reach_item(const struct item *item, void *context)
{
	if (item->kind == ITEM_FORMAT) {
		reach_format(context, item->format);
	}
}

/* Of formats that only unused formats use, none is reported: they come back with those. */
static int check_formats(struct use *use)
{
	uint32_t nodes = use->extents.graph.nodes;
	bool *unused = arena_take(&use->arena, nodes + (size_t)1);
	uint32_t *roots = arena_take(&use->arena, (nodes + (size_t)1) * sizeof(*roots));

	if (unused == NULL || roots == NULL) {
		return -ENOMEM;
	}
	for (const struct message *message = use->protocol->messages; message != NULL; message = message->next) {
		walk_block(message->block, reach_item, use);
		if (message->over != NULL) {
			reach_format(use, message->over);
		}
	}
	for (uint32_t i = 0; i < nodes; i++) {
		unused[i] = use->ways[i] == NOT_REACHED;
	}
	int count = graph_roots(&use->extents.graph, FORWARD, unused, roots);
	for (int i = 0; i < count; i++) {
		const struct format *format = use->extents.formats[roots[i]];
		add_finding(use, FINDING_ERROR, format->place, "use it in a message, or take it away", "the format",
			    format->name);
	}
	return count < 0 ? count : 0;
}

/* ---- messages, counters and kept values ---- */

static int mark_variables(struct numbering *mentioned, const struct expression *expression)
{
	int r = 0;

	if (expression == NULL) {
		return 0;
	}
	if (expression->variable != NULL) {
		r = numbering_add(mentioned, expression->variable);
	}
	if (r == 0) {
		r = mark_variables(mentioned, expression->left);
	}
	return r == 0 ? mark_variables(mentioned, expression->right) : r;
}

static int mark_rules(struct numbering *mentioned, const struct rule *rules)
{
	int r = 0;

	for (const struct rule *rule = rules; rule != NULL && r == 0; rule = rule->next) {
		r = rule->message != NULL ? numbering_add(mentioned, rule->message) : 0;
		if (r == 0) {
			r = mark_variables(mentioned, rule->condition);
		}
	}
	return r;
}

static int mark_all(const struct protocol *protocol, struct numbering *mentioned)
{
	int r = mark_rules(mentioned, protocol->always);

	for (const struct state *state = protocol->states; state != NULL && r == 0; state = state->next) {
		r = mark_rules(mentioned, state->rules);
	}
	return r;
}

/* One that is only set changes nothing. */
static void check_variables(struct use *use, const struct numbering *mentioned)
{
	for (const struct variable *at = use->protocol->variables; at != NULL; at = at->next) {
		if (numbering_find(mentioned, at) == NOT_NUMBERED) {
			add_finding(use, FINDING_WARNING, at->place, "ask for it in a condition, or take it away",
				    at->is_counter ? "the counter" : "the kept value", at->name);
		}
	}
}

/* Without sequences a client may send any message, and the server what "rendezvous" makes it send. */
static bool is_written(const struct protocol *protocol, const struct message *message)
{
	bool found = false;

	for (const struct rendezvous_line *line = protocol->rendezvous; line != NULL; line = line->next) {
		found = found || (line->message_name != NULL && strcmp(line->message_name, message->name) == 0);
	}
	return found;
}

static int check_messages(struct use *use)
{
	const struct protocol *protocol = use->protocol;
	struct numbering mentioned = { .arena = &use->arena };
	int r = mark_all(protocol, &mentioned);

	for (const struct message *message = protocol->messages; message != NULL && r == 0; message = message->next) {
		const char *what = report_text(use->report, "the %s message", role_word(message->role));
		if (protocol->has_sequences && numbering_find(&mentioned, message) == NOT_NUMBERED) {
			add_finding(use, FINDING_ERROR, message->place,
				    "let a rule of some state send it, or take it away", what, message->name);
		} else if (!protocol->has_sequences && message->role == ROLE_SERVER && !is_written(protocol, message)) {
			add_finding(use, FINDING_WARNING, message->place,
				    "without sequences the server sends only what \"rendezvous\" says", what,
				    message->name);
		}
	}
	if (r == 0) {
		check_variables(use, &mentioned);
	}
	return r;
}

int check_use(const struct protocol *protocol, struct report *report)
{
	struct use use = { .protocol = protocol, .report = report };

	use.sets.arena = &use.arena;
	int r = extents_init(&use.extents, &use.arena, protocol->formats, NULL);
	use.ways = r == 0 ? graph_ways(&use.extents.graph) : NULL;
	r = use.ways == NULL ? -ENOMEM : number_codes(&use);
	if (r == 0) {
		check_sets(&use);
		r = check_formats(&use);
	}
	if (r == 0) {
		r = check_messages(&use);
	}
	arena_finish(&use.arena);
	return r;
}
