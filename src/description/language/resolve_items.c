/* resolve_items.c - blocks: types of fields, switches, and what is visible where.  Called by resolve.c.
 *
 * A name is visible from its declaration to the end of its branch (the message, a case, an if, a maybe or a repeat), so
 * also behind the counted block it was declared in. */
#include <string.h>

#include "description/language/resolver.h"

struct walk {
	struct resolver *resolver;
	struct owner *owner;
	struct branch *branch;
};

static void resolve_block(const struct walk *walk, struct item *items);

const char *item_word(const struct item *item)
{
	switch (item->kind) {
	case ITEM_NUMBER:
	case ITEM_SIZED:
		return "a number";
	case ITEM_CODE:
		return item->code_set->is_text ? "a code of a text set" : "an op code";
	case ITEM_FORMAT:
		return "a format";
	case ITEM_BYTES:
		return "a string of bytes";
	case ITEM_PAYLOAD:
	case ITEM_BODY:
		return "payload, which is never looked at";
	case ITEM_TEXT_TO:
	case ITEM_TEXT_OF:
		return "a text";
	case ITEM_BITS:
		return "a group of bits";
	case ITEM_LITERAL:
	case ITEM_EOL:
	case ITEM_SURE:
	case ITEM_WEAK:
	case ITEM_ANY_OF:
	case ITEM_MAYBE:
	case ITEM_WITHIN:
	case ITEM_REPEAT:
	case ITEM_SWITCH:
	case ITEM_IF:
		break;
	}
	return "no field";
}

bool is_selector(const struct field *field)
{
	enum item_kind kind = field->item->kind;

	return field->bits == NULL &&
	       (kind == ITEM_CODE || kind == ITEM_BYTES || kind == ITEM_TEXT_TO || kind == ITEM_TEXT_OF);
}

/* ---- names ---- */

static void declare(const struct walk *walk, const struct item *item, const struct bit_field *bits, bool divided)
{
	struct resolver *resolver = walk->resolver;
	const char *name = bits != NULL ? bits->name : item->name;
	struct place place = bits != NULL ? bits->place : item->name_place;
	void *other = NULL;
	struct field *field = resolver_take(resolver, sizeof(*field));

	if (field == NULL) {
		return;
	}
	*field = (struct field){ .name = name, .item = item, .bits = bits, .divided = divided };
	*walk->owner->fields_tail = field;
	walk->owner->fields_tail = &field->next;
	if (!resolver_enter(resolver, walk->branch, name, strlen(name), field, &other)) {
		const struct field *first = other;
		struct place there = first->bits != NULL ? first->bits->place : first->item->name_place;
		resolver_wrong(resolver, place, "give one of them another name",
			       "a field %s stands in this block already, in line %u", name, (unsigned)there.line);
	}
	(void)resolver_enter(resolver, walk->owner, name, strlen(name), field, NULL);
	if (is_selector(field)) {
		(void)resolver_enter(resolver, &walk->owner->fields, name, strlen(name), field, NULL);
	}
}

static void declare_bits(const struct walk *walk, struct item *item)
{
	uint64_t offset = 0;

	for (struct bit_field *bits = item->bits; bits != NULL; bits = bits->next) {
		int64_t high = (INT64_C(1) << bits->width) - 1;
		const char *what = report_text(walk->resolver->report, "%u bit%s", (unsigned)bits->width,
					       bits->width == 1 ? "" : "s");
		resolve_ranges(walk->resolver, bits->ranges, NULL, 0, high, what);
		declare(walk, item, bits, offset / 8 != (offset + bits->width - 1) / 8);
		offset += bits->width;
	}
}

/* ---- types ---- */

static void set_order(const struct walk *walk, struct number_type *type)
{
	type->little = type->order_given ? type->little : walk->resolver->protocol->little;
}

static void miss_type(const struct walk *walk, const struct item *item)
{
	static const char *const words[] = { "u8",     "u16",  "u24",  "u32",	"u64",	"decimal", "hex4",
					     "varint", "ber",  "eol",  "sure",	"weak", "bytes",   "payload",
					     "body",   "text", "bits", "maybe", "sized" };
	struct resolver *resolver = walk->resolver;
	struct guess guess;

	if (!resolver_misses(resolver, item->type_name)) {
		return;
	}
	guess_init(&guess, resolver, item->type_name);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		guess_try(&guess, words[i]);
	}
	for (const struct code_set *set = resolver->protocol->code_sets; set != NULL && guess.tries > 0;
	     set = set->next) {
		guess_try(&guess, set->name);
	}
	for (const struct format *format = resolver->protocol->formats; format != NULL && guess.tries > 0;
	     format = format->next) {
		guess_try(&guess, format->name);
	}
	resolver_wrong(resolver, item->type_place,
		       guess_help(resolver, &guess,
				  "types: u8 to u64, decimal, hex4, varint, ber, bytes[..], payload[..], text[..], "
				  "or declare it in \"formats\" or \"opcodes\""),
		       "there is no type, format or op-code set %s", item->type_name);
}

static void include(const struct walk *walk, struct item *item, struct owner *format)
{
	struct inclusion *inclusion = resolver_take(walk->resolver, sizeof(*inclusion));

	item->format = format->format;
	if (item->ranges != NULL) {
		resolver_wrong(walk->resolver, item->ranges->low.place, "take the values away",
			       "%s is a format; only numbers and op codes have values", item->type_name);
	}
	if (inclusion != NULL) {
		*inclusion = (struct inclusion){ .owner = format, .place = item->type_place };
		*walk->owner->inclusions_tail = inclusion;
		walk->owner->inclusions_tail = &inclusion->next;
	}
}

static void resolve_type_name(const struct walk *walk, struct item *item)
{
	struct resolver *resolver = walk->resolver;
	const struct code_set *set = resolver_find(resolver, &resolver->scopes[SCOPE_SETS], item->type_name);
	struct owner *format = resolver_find(resolver, &resolver->scopes[SCOPE_FORMATS], item->type_name);

	if (set != NULL) {
		int64_t low;
		int64_t high;
		number_limits(set->number.kind, &low, &high);
		item->kind = ITEM_CODE;
		item->code_set = set;
		resolve_ranges(resolver, item->ranges, set, low, high, set->name);
	} else if (format != NULL) {
		include(walk, item, format);
	} else {
		miss_type(walk, item);
	}
}

static void resolve_item_expression(const struct walk *walk, struct expression *expression, enum operand needed)
{
	const struct view view = { .resolver = walk->resolver, .owner = walk->owner, .branch = walk->branch };

	resolve_expression(&view, expression, needed);
}

/* Everything about the item but its blocks. */
static void resolve_own(const struct walk *walk, struct item *item)
{
	switch (item->kind) {
	case ITEM_FORMAT:
		resolve_type_name(walk, item);
		break;
	case ITEM_NUMBER:
	case ITEM_SIZED:
		set_order(walk, &item->number);
		resolve_number_ranges(walk->resolver, item->ranges, item->number);
		break;
	case ITEM_BYTES:
	case ITEM_PAYLOAD:
		if (item->count == COUNT_NUMBER) {
			set_order(walk, &item->number);
			resolve_number_ranges(walk->resolver, item->ranges, item->number);
		} else if (item->count == COUNT_EXPRESSION) {
			resolve_item_expression(walk, item->expression, OPERAND_NUMBER);
		}
		break;
	case ITEM_WITHIN:
		resolve_item_expression(walk, item->expression, OPERAND_NUMBER);
		break;
	case ITEM_REPEAT:
		if (item->until == UNTIL_COUNT) {
			resolve_item_expression(walk, item->expression, OPERAND_NUMBER);
		}
		break;
	case ITEM_IF:
		resolve_item_expression(walk, item->expression, OPERAND_CONDITION);
		break;
	case ITEM_SURE:
		walk->owner->sure = true;
		break;
	case ITEM_WEAK:
		walk->owner->weak = true;
		break;
	case ITEM_BODY:
		walk->owner->body = walk->owner->bodies++ == 0 ? item->place : walk->owner->body;
		break;
	case ITEM_BITS:
		declare_bits(walk, item);
		break;
	case ITEM_LITERAL:
	case ITEM_EOL:
	case ITEM_ANY_OF:
	case ITEM_MAYBE:
	case ITEM_CODE:
	case ITEM_TEXT_TO:
	case ITEM_TEXT_OF:
	case ITEM_SWITCH:
		break;
	}
}

/* ---- switch ---- */

static const struct field *find_visible(const struct walk *walk, const char *name)
{
	const struct field *field = NULL;

	for (const struct branch *branch = walk->branch; branch != NULL && field == NULL; branch = branch->outer) {
		field = resolver_find(walk->resolver, branch, name);
	}
	return field;
}

static void link_selector(const struct walk *walk, struct item *item)
{
	const struct field *field = find_visible(walk, item->selector_name);

	if (field == NULL) {
		if (resolver_misses(walk->resolver, item->selector_name)) {
			resolver_wrong(walk->resolver, item->selector_place,
				       "the field must stand before the switch, in the same block or one around it",
				       "there is no field %s before this switch", item->selector_name);
		}
		return;
	}
	item->selector = field->item;
	item->selector_bits = field->bits;
}

static void resolve_case_values(const struct walk *walk, const struct item *item, struct switch_case *branch)
{
	const struct item *selector = item->selector;
	int64_t low = 0;
	int64_t high = 0;

	if (item->selector_bits != NULL) {
		high = (INT64_C(1) << item->selector_bits->width) - 1;
		resolve_ranges(walk->resolver, branch->values, NULL, low, high, item->selector_name);
	} else if (selector->kind == ITEM_CODE) {
		number_limits(selector->code_set->number.kind, &low, &high);
		resolve_ranges(walk->resolver, branch->values, selector->code_set, low, high, selector->code_set->name);
	} else if (selector->kind == ITEM_NUMBER || selector->kind == ITEM_SIZED) {
		resolve_number_ranges(walk->resolver, branch->values, selector->number);
	}
}

static bool can_select(const struct walk *walk, const struct item *item)
{
	const struct item *selector = item->selector;

	if (selector == NULL || item->selector_bits != NULL || selector->kind == ITEM_CODE ||
	    selector->kind == ITEM_NUMBER || selector->kind == ITEM_SIZED) {
		return selector != NULL;
	}
	/* A type that is not known was complained about. */
	if (selector->kind != ITEM_FORMAT || selector->format != NULL) {
		resolver_wrong(walk->resolver, item->selector_place,
			       "switch on a number, an op code or a field of bits", "%s is %s", item->selector_name,
			       item_word(selector));
	}
	return false;
}

static void resolve_branch(const struct walk *walk, struct item *items)
{
	struct walk inner = *walk;

	inner.branch = resolver_take(walk->resolver, sizeof(*inner.branch));
	if (inner.branch != NULL) {
		inner.branch->outer = walk->branch;
		resolve_block(&inner, items);
	}
}

static void resolve_switch(const struct walk *walk, struct item *item)
{
	link_selector(walk, item);
	bool selects = can_select(walk, item);
	for (struct switch_case *branch = item->cases; branch != NULL; branch = branch->next) {
		if (selects) {
			resolve_case_values(walk, item, branch);
		}
		resolve_branch(walk, branch->block);
	}
}

/* ---- blocks ---- */

static void resolve_inner(const struct walk *walk, struct item *item)
{
	bool is_branch = item->kind == ITEM_MAYBE || item->kind == ITEM_REPEAT || item->kind == ITEM_IF;

	if (item->kind == ITEM_SWITCH) {
		resolve_switch(walk, item);
	} else if (is_branch) {
		resolve_branch(walk, item->block);
		resolve_branch(walk, item->otherwise);
	} else {
		resolve_block(walk, item->block);
	}
}

static void resolve_block(const struct walk *walk, struct item *items)
{
	for (struct item *item = items; item != NULL && walk->resolver->error == 0; item = item->next) {
		resolve_own(walk, item);
		if (item->name != NULL) {
			declare(walk, item, NULL, false);
		}
		resolve_inner(walk, item);
	}
}

void resolve_owner(struct resolver *resolver, struct owner *owner)
{
	const struct walk walk = { .resolver = resolver, .owner = owner };

	resolve_branch(&walk, owner->block);
}
