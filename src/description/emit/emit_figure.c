/* emit_figure.c - blocks become figures: what is counted, optional, repeated, or has alternatives.
 *
 * Called by the emitters that draw messages or list their fields.  Formats are written out where they stand, but for
 * those that may contain themselves.  A hostile description ends at CELLS_MAX and PARTS_MAX, where a figure refers to
 * the format instead. */
#include "description/emit/emit_figure.h"

#include <stdarg.h>
#include <string.h>

#include "description/examine/check_values.h"
#include "description/emit/emit_figure_maker.h"

enum {
	CELLS_MAX = 1000, /* of all figures of one block; then formats are only named */
	PARTS_MAX = 200,
	FORMATS_WITHIN_MAX = 8,
};

static void make_block(struct figure_maker *maker, const struct item *block, bool is_last);

/* ---- texts and cells ---- */

const char *maker_text(struct figure_maker *maker, const char *format, ...)
{
	char text[WORDS_MAX];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	const char *copy = arena_text(maker->arena, text, strlen(text));
	maker->no_memory = maker->no_memory || copy == NULL;
	return copy != NULL ? copy : "";
}

const char *maker_words(struct figure_maker *maker, struct words *words)
{
	return maker_text(maker, "%s", words_end(words));
}

struct cell *maker_cell(struct figure_maker *maker, const char *label, const char *meaning, uint32_t bits)
{
	struct cell *cell = arena_take(maker->arena, sizeof(*cell));
	struct figure *figure = maker->figure;

	if (cell == NULL) {
		maker->no_memory = true;
		return &maker->nowhere;
	}
	*cell = (struct cell){
		.label = label,
		.short_label = label,
		.line_label = label,
		.meaning = meaning,
		.bits = bits,
	};
	if (figure->last_cell != NULL) {
		figure->last_cell->next = cell;
	} else {
		figure->cells = cell;
	}
	figure->last_cell = cell;
	maker->cell_count++;
	return cell;
}

const char *maker_name(struct figure_maker *maker, const struct item *item, enum unnamed kind)
{
	static const char *const words[] = {
		[UNNAMED_LENGTH] = "length",   [UNNAMED_NUMBER] = "number", [UNNAMED_OCTETS] = "data",
		[UNNAMED_PAYLOAD] = "payload", [UNNAMED_TEXT] = "text",
	};

	if (item->name != NULL) {
		return item->name;
	}
	unsigned number = ++maker->unnamed[kind];
	return number == 1 ? words[kind] : maker_text(maker, "%s %u", words[kind], number);
}

void maker_remark(struct figure_maker *maker, const char *text)
{
	struct remark *remark = arena_take(maker->arena, sizeof(*remark));
	struct figure *figure = maker->figure;

	if (remark == NULL) {
		maker->no_memory = true;
		return;
	}
	remark->text = text;
	if (figure->last_remark != NULL) {
		figure->last_remark->next = remark;
	} else {
		figure->remarks = remark;
	}
	figure->last_remark = remark;
}

/* An expression in words; where it says "rest", the figure says what that is. */
const char *maker_expression(struct figure_maker *maker, const struct expression *expression)
{
	static const char rest[] = "\"rest\" is how many octets are left there.";
	const struct remark *remark = maker->figure->remarks;
	struct words words;

	while (remark != NULL && remark->text != rest) {
		remark = remark->next;
	}
	if (remark == NULL && expression_has_rest(expression)) {
		maker_remark(maker, rest);
	}
	words_init(&words);
	words_expression(&words, expression);
	return maker_words(maker, &words);
}

/* ---- parts ---- */

static bool is_empty(const struct item *block)
{
	const struct item *item = block;

	while (item != NULL && (item->kind == ITEM_SURE || item->kind == ITEM_WEAK)) {
		item = item->next;
	}
	return item == NULL;
}

/* "part 2", to be drawn later; "nothing" for a block without fields. */
static const char *add_part(struct figure_maker *maker, const struct item *block, const char *when)
{
	struct part *part = arena_take(maker->arena, sizeof(*part));

	if (is_empty(block)) {
		return "nothing";
	}
	if (part == NULL || maker->part_count == PARTS_MAX) {
		maker->no_memory = maker->no_memory || part == NULL;
		return "more";
	}
	const char *name = maker_text(maker, "part %u", ++maker->part_count);
	part->block = block;
	part->title = maker_text(maker, "%s of %s, %s", name, maker->name, when);
	if (maker->last_part != NULL) {
		maker->last_part->next = part;
	} else {
		maker->parts = part;
	}
	maker->last_part = part;
	return name;
}

static struct cell *make_part_cell(struct figure_maker *maker, const char *part, const char *label, const char *meaning)
{
	struct cell *cell = maker_cell(maker, label, meaning, 0);

	cell->short_label = part;
	cell->line_label = maker_text(maker, "[%s]", part);
	cell->look = CELL_EITHER;
	return cell;
}

static void make_maybe(struct figure_maker *maker, const struct item *item)
{
	const char *part = add_part(maker, item->block, "which may be left out");

	make_part_cell(maker, part, maker_text(maker, "%s, optional", part), "may be left out");
}

static void make_if(struct figure_maker *maker, const struct item *item)
{
	const char *when = maker_expression(maker, item->expression);
	const char *part = add_part(maker, item->block, maker_text(maker, "where %s", when));
	const char *other = item->otherwise == NULL ? NULL
						    : add_part(maker, item->otherwise,
							       maker_text(maker, "where %s does not hold", when));
	const char *meaning = other == NULL ? maker_text(maker, "stands here if %s", when)
					    : maker_text(maker, "%s if %s, otherwise %s", part, when, other);
	make_part_cell(maker, other == NULL ? part : maker_text(maker, "%s or %s", part, other),
		       other == NULL ? maker_text(maker, "%s if %s", part, when)
				     : maker_text(maker, "%s if %s, else %s", part, when, other),
		       meaning);
}

static void make_switch(struct figure_maker *maker, const struct item *item)
{
	struct words meaning;
	struct words label;

	words_init(&meaning);
	words_init(&label);
	for (const struct switch_case *branch = item->cases; branch != NULL; branch = branch->next) {
		struct words values;
		words_init(&values);
		words_ranges(&values, branch->values, item->selector);
		const char *when =
			branch->values == NULL
				? maker_text(maker, "where %s has another value", item->selector_name)
				: maker_text(maker, "where %s is %s", item->selector_name, words_end(&values));
		const char *part = add_part(maker, branch->block, when);
		words_put(&label, "%s%s", branch == item->cases ? "" : branch->next != NULL ? ", " : " or ", part);
		words_put(&meaning, "%s%s %s", branch == item->cases ? "" : "; ", part, when);
	}
	const char *parts = maker_words(maker, &label);
	struct cell *cell = make_part_cell(maker, parts, maker_text(maker, "%s, by %s", parts, item->selector_name),
					   maker_words(maker, &meaning));
	cell->short_label = maker_text(maker, "by %s", item->selector_name);
}

/* ---- repeats ---- */

static const char *how_often(struct figure_maker *maker, const struct item *item)
{
	struct words words;

	words_init(&words);
	switch (item->until) {
	case UNTIL_EOL:
		words_put(&words, "repeated up to CR LF");
		break;
	case UNTIL_LITERAL:
		words_put(&words, "repeated up to ");
		words_octets(&words, item->text);
		break;
	case UNTIL_END:
		words_put(&words, "repeated until nothing is left");
		break;
	case UNTIL_COUNT:
	default:
		words_put(&words, "%s times", maker_expression(maker, item->expression));
		break;
	}
	return maker_words(maker, &words);
}

/* The only field that is repeated, if one cell can show it; else NULL. */
static const struct item *only_field(const struct item *block)
{
	const struct item *only = NULL;

	for (const struct item *item = block; item != NULL; item = item->next) {
		if (item->kind == ITEM_SURE || item->kind == ITEM_WEAK) {
			continue;
		}
		bool is_simple = item->kind == ITEM_NUMBER || item->kind == ITEM_CODE || item->kind == ITEM_TEXT_OF ||
				 item->kind == ITEM_TEXT_TO;
		if (only != NULL || !(is_simple || item->kind == ITEM_FORMAT)) {
			return NULL;
		}
		only = item;
	}
	return only;
}

static void make_format_cell(struct figure_maker *maker, const struct item *item)
{
	maker_cell(maker, item->name != NULL ? item->name : item->type_name,
		   maker_text(maker, "as the format %s says", item->type_name), 0)
		->look = CELL_EITHER;
}

static void make_repeat(struct figure_maker *maker, const struct item *item)
{
	const char *often = how_often(maker, item);
	const struct item *only = only_field(item->block);

	if (only == NULL) {
		const char *part = add_part(maker, item->block, often);
		make_part_cell(maker, part, maker_text(maker, "%s, repeated", part), often);
	} else if (only->kind == ITEM_FORMAT) {
		make_format_cell(maker, only);
	} else {
		make_field(maker, only);
	}
	struct cell *cell = maker->figure->last_cell;
	if (only != NULL && cell != NULL) {
		cell->label = maker_text(maker, "%s, repeated", cell->short_label);
		cell->meaning = maker_text(maker, "%s; %s", cell->meaning, often);
		cell->bits = 0;
		cell->is_plain = false;
	}
	if (cell != NULL) {
		cell->line_label = maker_text(maker, "%s...", cell->line_label);
	}
	if (item->until == UNTIL_EOL || item->until == UNTIL_LITERAL) {
		const struct item end = {
			.kind = item->until == UNTIL_EOL ? ITEM_EOL : ITEM_LITERAL,
			.text = item->text,
		};
		make_field(maker, &end);
	}
}

/* ---- counted blocks ---- */

/* "octets that follow", or from where to where: of the cells behind `before`. */
static const char *extent(struct figure_maker *maker, const struct cell *before, bool is_last)
{
	const struct cell *first = before != NULL ? before->next : maker->figure->cells;
	const struct cell *last = maker->figure->last_cell;

	if (first == NULL) {
		return "nothing follows";
	}
	if (is_last) {
		return "octets that follow";
	}
	return first == last ? maker_text(maker, "octets of %s", first->short_label)
			     : maker_text(maker, "octets from %s to %s", first->short_label, last->short_label);
}

static void make_sized(struct figure_maker *maker, const struct item *item, bool is_last)
{
	struct words meaning;
	unsigned bits = number_bits(item->number);
	const char *name = maker_name(maker, item, UNNAMED_LENGTH);
	struct cell *cell = maker_cell(maker, name, NULL, bits);

	make_block(maker, item->block, is_last);
	words_init(&meaning);
	words_number_type(&meaning, item->number);
	if (item->ranges != NULL) {
		words_put(&meaning, ranges_are_one(item->ranges) ? ", always " : ", ");
		words_ranges(&meaning, item->ranges, NULL);
	}
	words_put(&meaning, ": %s", extent(maker, cell, is_last));
	if (item->adjust < 0 && bits == (uint64_t)-item->adjust * 8) {
		words_put(&meaning, bits == 8 ? ", this one included" : ", these %u included", bits / 8);
	} else if (item->adjust != 0) {
		words_put(&meaning, item->adjust < 0 ? ", plus %llu" : ", minus %llu",
			  (unsigned long long)(item->adjust < 0 ? -item->adjust : item->adjust));
	}
	cell->meaning = maker_words(maker, &meaning);
	cell->look = item->number.kind == NUMBER_DECIMAL || item->number.kind == NUMBER_HEX4 ? CELL_TEXT : CELL_BINARY;
}

static void make_within(struct figure_maker *maker, const struct item *item)
{
	const struct cell *before = maker->figure->last_cell;
	const char *size = maker_expression(maker, item->expression);

	make_block(maker, item->block, false);
	maker_remark(maker, maker_text(maker, "There are %s %s.", size, extent(maker, before, false)));
}

static void make_format(struct figure_maker *maker, const struct item *item, bool is_last)
{
	if (item->format == NULL || item->format->nested > 0 || maker->depth == FORMATS_WITHIN_MAX ||
	    maker->cell_count >= CELLS_MAX) {
		make_format_cell(maker, item);
		return;
	}
	maker->depth++;
	make_block(maker, item->format->block, is_last);
	maker->depth--;
}

/* ---- the whole ---- */

static void make_item(struct figure_maker *maker, const struct item *item, bool is_last)
{
	switch ((int)item->kind) {
	case ITEM_MAYBE:
		make_maybe(maker, item);
		break;
	case ITEM_SIZED:
		make_sized(maker, item, is_last);
		break;
	case ITEM_WITHIN:
		make_within(maker, item);
		break;
	case ITEM_FORMAT:
		make_format(maker, item, is_last);
		break;
	case ITEM_REPEAT:
		make_repeat(maker, item);
		break;
	case ITEM_SWITCH:
		make_switch(maker, item);
		break;
	case ITEM_IF:
		make_if(maker, item);
		break;
	default:
		make_field(maker, item);
		break;
	}
}

/* `is_last`: nothing stands behind this block in its figure. */
static void make_block(struct figure_maker *maker, const struct item *block, bool is_last)
{
	for (const struct item *item = block; item != NULL; item = item->next) {
		make_item(maker, item, is_last && is_empty(item->next));
	}
}

static void make_figure(struct figure_maker *maker, const char *title, const struct item *block)
{
	struct figure *figure = arena_take(maker->arena, sizeof(*figure));

	if (figure == NULL) {
		maker->no_memory = true;
		return;
	}
	figure->title = title;
	if (maker->figure != NULL) {
		maker->figure->next = figure;
	} else {
		maker->first = figure;
	}
	maker->figure = figure;
	make_block(maker, block, true);
}

struct figure *figures_of(struct arena *arena, const char *name, const struct item *block)
{
	struct figure_maker maker = { .arena = arena, .name = name };

	make_figure(&maker, NULL, block);
	for (const struct part *part = maker.parts; part != NULL && !maker.no_memory; part = part->next) {
		make_figure(&maker, part->title, part->block);
	}
	return maker.no_memory ? NULL : maker.first;
}

bool figure_is_text(const struct figure *figure)
{
	bool text = false;

	for (const struct cell *cell = figure->cells; cell != NULL; cell = cell->next) {
		if (cell->look == CELL_BINARY) {
			return false;
		}
		text = text || cell->look == CELL_TEXT;
	}
	return text;
}
