/* compile_fields.c - items that hold no others become instructions: numbers, codes, strings. */
#include <string.h>

#include "description/machine/compile.h"

/* What a strand can count. */
enum { LITERAL_MAX = 32768, WORD_NODES_MAX = 65535 };

/* ---- sets ---- */

uint32_t compile_set(struct builder *builder, const uint8_t octets[32])
{
	struct octet_set set = { .bits = { 0 } };

	for (unsigned octet = 0; octet < 256; octet++) {
		if ((octets[octet >> 3] >> (octet & 7) & 1) != 0) {
			set.bits[octet >> 6] |= UINT64_C(1) << (octet & 63);
		}
	}
	return ADD(builder, sets, &set);
}

void set_put(uint8_t octets[32], unsigned octet)
{
	octets[octet >> 3] |= (uint8_t)(1U << (octet & 7));
}

/* ---- selectors ---- */

static bool is_selector(const struct builder *builder, const struct item *item)
{
	return item->name != NULL && !builder->in_carrier;
}

static uint32_t selector_index(struct builder *builder, const char *name, struct place place)
{
	const struct list *list = &builder->lists[LIST_selectors];
	const struct program_selector *known = list->items;
	struct program_selector selector = { .name = "" };

	for (uint32_t i = 0; i < list->count; i++) {
		if (strcmp(known[i].name, name) == 0) {
			return i;
		}
	}
	memcpy(selector.name, name, strnlen(name, NAME_OCTETS_MAX));
	if (list->count == SELECTORS_MAX) {
		builder_refuse(builder, place, "E5", "give names only to fields that functions are chosen by",
			       "too many named texts, bytes and codes");
		return 0;
	}
	return ADD(builder, selectors, &selector);
}

void select_begin(struct builder *builder, const struct item *item)
{
	if (is_selector(builder, item)) {
		emit(builder, item, DO_SELECT, selector_index(builder, item->name, item->place), 0, 0);
	}
}

void select_end(struct builder *builder, const struct item *item)
{
	if (is_selector(builder, item)) {
		emit(builder, item, DO_SELECTED, selector_index(builder, item->name, item->place), 0, 0);
	}
}
/* ---- numbers and codes ---- */

static unsigned number_octets(struct number_type type)
{
	static const unsigned octets[] = { 1, 2, 3, 4, 8 };

	return type.kind <= NUMBER_U64 ? octets[type.kind] : 0;
}

static void take_number(struct builder *builder, const struct item *item, struct number_type type)
{
	if (number_octets(type) > 0 && number_is_blank(builder, item)) {
		struct term term = { .kind = TERM_NUMBER, .number = number_octets(type) };
		struct span span = { .first = builder->lists[LIST_terms].count, .count = 1 };
		ADD(builder, terms, &term);
		emit(builder, item, DO_VALUE, ADD(builder, expressions, &span), 0, 0);
		emit(builder, item, TAKE_SKIP, 0, 0, 0);
		return;
	}
	emit(builder, item, TAKE_NUMBER, compile_number(builder, item, type, NULL), 0, 0);
}

static bool allows_code(const struct item *item, const struct code *code)
{
	for (const struct range *range = item->ranges; range != NULL; range = range->next) {
		if (range->low.code == code || range->high.code == code) {
			return true;
		}
	}
	return item->ranges == NULL;
}

static uint32_t node_child(struct builder *builder, struct span nodes, uint32_t parent, uint8_t octet)
{
	struct word_node *all = (struct word_node *)builder->lists[LIST_nodes].items + nodes.first;

	for (uint32_t child = all[parent].child; child != 0; child = all[child].sibling) {
		if (all[child].octet == octet) {
			return child;
		}
	}
	struct word_node node = { .octet = octet, .sibling = all[parent].child };
	uint32_t child = ADD(builder, nodes, &node) - nodes.first;
	if (builder->failed < 0) {
		return 0;
	}
	all = (struct word_node *)builder->lists[LIST_nodes].items + nodes.first;
	all[parent].child = child;
	return child;
}

static void add_word(struct builder *builder, struct span nodes, const struct code *code, uint32_t index, bool nocase)
{
	uint32_t at = 0;

	for (size_t i = 0; i < code->text.size && builder->failed == 0; i++) {
		uint8_t octet = code->text.start[i];
		bool fold = nocase && octet >= 'A' && octet <= 'Z';
		at = node_child(builder, nodes, at, fold ? (uint8_t)(octet + 32) : octet);
	}
	if (builder->failed == 0) {
		((struct word_node *)builder->lists[LIST_nodes].items)[nodes.first + at].code = index;
	}
}

static void take_word(struct builder *builder, const struct item *item)
{
	const struct code_set *set = item->code_set;
	struct word_spec spec = { .nocase = set->nocase,
				  .open = set->open,
				  .others = set->open && item->ranges == NULL };
	struct word_node root = { .octet = 0 };
	uint32_t index = 0;

	spec.nodes.first = ADD(builder, nodes, &root);
	for (const struct code *code = set->codes; code != NULL; code = code->next) {
		index++;
		if (allows_code(item, code)) {
			add_word(builder, spec.nodes, code, index, set->nocase);
		}
	}
	spec.nodes.count = builder->lists[LIST_nodes].count - spec.nodes.first;
	if (spec.nodes.count > WORD_NODES_MAX) {
		builder_refuse(builder, item->place, "E5", "make the set smaller", "the codes of the set are too long");
	}
	select_begin(builder, item);
	emit(builder, item, TAKE_WORD, ADD(builder, words, &spec), 0, 0);
	select_end(builder, item);
	held_store_if_needed(builder, item);
}

static void name_code(struct builder *builder, const struct item *item)
{
	uint32_t first = builder->lists[LIST_code_names].count;
	int64_t count = 0;

	for (const struct code *code = item->code_set->codes; code != NULL; code = code->next, count++) {
		struct code_name name = { .number = code->number };
		memcpy(name.name, code->name, strnlen(code->name, NAME_OCTETS_MAX));
		ADD(builder, code_names, &name);
	}
	emit(builder, item, DO_CODE, selector_index(builder, item->name, item->place), first, count);
}

void compile_code(struct builder *builder, const struct item *item)
{
	if (item->code_set->is_text) {
		take_word(builder, item);
		return;
	}
	if (is_selector(builder, item)) {
		emit(builder, item, TAKE_NUMBER, compile_number(builder, item, item->code_set->number, NULL), 0, 0);
		name_code(builder, item);
	} else {
		take_number(builder, item, item->code_set->number);
	}
	held_store_if_needed(builder, item);
}

void compile_number_item(struct builder *builder, const struct item *item)
{
	take_number(builder, item, item->number);
	held_store_if_needed(builder, item);
}

/* ---- strings ---- */

void compile_literal(struct builder *builder, const struct item *item)
{
	uint32_t first = builder->lists[LIST_data].count;

	for (size_t i = 0; i < item->text.size; i++) {
		ADD(builder, data, &item->text.start[i]);
	}
	for (size_t done = 0; done < item->text.size; done += LITERAL_MAX) {
		size_t left = item->text.size - done;
		emit(builder, item, TAKE_LITERAL, first + (uint32_t)done,
		     (uint32_t)(left < LITERAL_MAX ? left : LITERAL_MAX), 0);
	}
}

static uint32_t clamped(uint64_t count)
{
	return count >= UINT32_MAX ? UINT32_MAX : (uint32_t)count;
}

void compile_text(struct builder *builder, const struct item *item)
{
	struct text_spec spec = { .minimum = clamped(item->text_min), .maximum = clamped(item->text_max) };
	enum operation operation = TAKE_TEXT_TO;

	if (item->kind == ITEM_TEXT_OF) {
		operation = TAKE_TEXT_OF;
		spec.set = compile_set(builder, item->set);
	} else {
		spec.delimiter = item->to_eol || item->text.size == 0 ? DELIMITER_EOL : item->text.start[0];
	}
	select_begin(builder, item);
	emit(builder, item, operation, ADD(builder, texts, &spec), 0, 0);
	select_end(builder, item);
}

void compile_any_of(struct builder *builder, const struct item *item)
{
	uint8_t octets[32] = { 0 };

	for (size_t i = 0; i < item->text.size; i++) {
		set_put(octets, item->text.start[i]);
	}
	emit(builder, item, TAKE_ANY_OF, compile_set(builder, octets), 0, 0);
}
