/* example_mutate.c - messages with one thing wrong: beginnings for fuzzing, and proofs that a reader refuses
 * them.
 *
 * A good message is made, and then some of its octets are changed so that no reading of them can be legal any
 * more.  What might still be legal (a text that ends elsewhere, a shorter payload) is left alone. */
#include <errno.h>
#include <string.h>

#include "description/examine/check_walk.h"
#include "description/example/example.h"
#include "description/example/example_writer.h"

enum { BREAKS_MAX = 64 }; /* tries */

/* A field that decides whether what it begins is there at all, or what stands before it. */
struct entrance {
	struct entrance *next;
	const struct item *item;
};

struct mutation {
	struct writer chooser; /* for its random numbers */
	struct extents extents;
	struct entrance *entrances;
	const struct example_mark *marks; /* of the message that was good */
	bool no_memory;
	uint8_t *octets;
	size_t size;
	const char *what;
};

/* ---- entrances ---- */

/* The first fields of the block, those of formats too; blocks without a field are passed by. */
static void add_entrance(struct mutation *mutation, const struct item *block, unsigned within)
{
	const struct item *item = block;

	while (item != NULL && (item->kind == ITEM_SURE || item->kind == ITEM_WEAK)) {
		item = item->next;
	}
	if (item == NULL || within == WITHIN_MAX) {
		return;
	}
	if (item->kind == ITEM_FORMAT) {
		add_entrance(mutation, item->format->block, within + 1);
		return;
	}
	struct entrance *entrance = arena_take(mutation->extents.arena, sizeof(*entrance));
	if (entrance == NULL) {
		mutation->no_memory = true;
		return;
	}
	*entrance = (struct entrance){ mutation->entrances, item };
	mutation->entrances = entrance;
}

/* The octet that a literal begins with, of lines and letters one form; -1: not known. */
static int first_octet(const struct item *item)
{
	if (item == NULL || (item->kind != ITEM_LITERAL && item->kind != ITEM_EOL)) {
		return -1;
	}
	uint8_t octet = item->kind == ITEM_EOL ? '\n' : item->text.start[0];
	bool capital = octet >= 'A' && octet <= 'Z';
	return octet == '\r' ? '\n' : capital ? octet + 'a' - 'A' : octet;
}

/* What was broken behind something optional might be read as if that were not there. */
static bool may_begin_alike(const struct item *optional, const struct item *behind)
{
	int octet = first_octet(optional);

	return octet < 0 || first_octet(behind) < 0 || octet == first_octet(behind);
}

static void collect_entrances(const struct item *item, void *context)
{
	bool has_end = item->kind == ITEM_REPEAT && (item->until == UNTIL_LITERAL || item->until == UNTIL_EOL);

	if (has_end || item->kind == ITEM_MAYBE) {
		add_entrance(context, item->block, 0);
	}
	if (item->kind == ITEM_MAYBE && may_begin_alike(item->block, item->next)) {
		add_entrance(context, item->next, 0);
	}
}

static bool is_entrance(const struct mutation *mutation, const struct item *item)
{
	const struct entrance *entrance = mutation->entrances;

	while (entrance != NULL && entrance->item != item) {
		entrance = entrance->next;
	}
	return entrance != NULL;
}

/* ---- breaking ---- */

static const struct number_type *number_of(const struct example_mark *mark)
{
	const struct item *item = mark->item;

	if (mark->kind == MARK_FIELD && item->kind == ITEM_CODE) {
		return item->code_set->is_text ? NULL : &item->code_set->number;
	}
	return mark->kind == MARK_LENGTH || item->kind == ITEM_NUMBER ? &item->number : NULL;
}

/* Writes another value over a number, if it has as many octets. */
static bool put_value(struct mutation *mutation, const struct example_mark *mark, int64_t value)
{
	uint8_t octets[NUMBER_OCTETS_MAX];
	const struct number_type *type = number_of(mark);

	if (type == NULL || number_octets(*type, value, octets) != mark->size) {
		return false;
	}
	memcpy(mutation->octets + mark->offset, octets, mark->size);
	return true;
}

/* One below, or one above, one of the pieces that are legal. */
static bool break_number(struct mutation *mutation, const struct example_mark *mark)
{
	struct pieces pieces = pieces_of((struct field){ .item = mark->item });
	struct interval piece;
	int64_t count = 0;
	int64_t wrong = 0;

	while (pieces_next(&pieces, &piece)) {
		int64_t beside[] = { piece.low, piece.high };
		beside[0] -= piece.low > INT64_MIN;
		beside[1] += piece.high < INT64_MAX;
		for (size_t i = 0; i < 2; i++) {
			if (!value_is_legal(mark->item, NULL, beside[i]) &&
			    writer_random(&mutation->chooser, 0, count++) == 0) {
				wrong = beside[i];
			}
		}
	}
	mutation->what = mark->item->kind == ITEM_CODE ? "an unknown code" : "a number out of its range";
	return count > 0 && put_value(mutation, mark, wrong);
}

/* What carries a message may go on with another one. */
static bool holds_body(const struct item *item)
{
	const struct item *inner = item->block;

	while (inner != NULL && inner->kind != ITEM_BODY) {
		inner = inner->next;
	}
	return inner != NULL;
}

/* A block that reaches beyond the end of the message, or has not even room for the least that must stand in it. */
static bool break_length(struct mutation *mutation, const struct example_mark *mark)
{
	const struct item *item = mark->item;
	int64_t adjust = item->kind == ITEM_SIZED ? item->adjust : 0;
	int64_t beyond = (int64_t)(mutation->size - mark->offset - mark->size) + 1;
	int64_t least =
		item->kind == ITEM_SIZED ? (int64_t)extent_of_block(&mutation->extents, item->block).minimum : 0;

	if (least > 0 && writer_random(&mutation->chooser, 0, 1) == 0) {
		mutation->what = "a length that is too small";
		return put_value(mutation, mark, least - 1 - adjust);
	}
	mutation->what = "a length that is too large";
	return !holds_body(item) && put_value(mutation, mark, beyond - adjust);
}

/* True when the octet could be read as more of a text that ends before the mark. */
static bool goes_on_with(const struct mutation *mutation, const struct example_mark *mark, uint8_t octet)
{
	const struct example_mark *before = mark > mutation->marks ? mark - 1 : NULL;

	while (before != NULL && before->size == 0 && before > mutation->marks) {
		before--;
	}
	return before != NULL && before->item->kind == ITEM_TEXT_OF &&
	       (before->item->set[octet >> 3] >> (octet & 7) & 1) != 0;
}

static bool break_literal(struct mutation *mutation, const struct example_mark *mark)
{
	int64_t last = (int64_t)mark->size - 1;
	/* A line may end in LF alone, so it is this that must be wrong. */
	size_t at =
		mark->offset + (size_t)writer_random(&mutation->chooser, mark->item->kind == ITEM_EOL ? last : 0, last);
	uint8_t good = mutation->octets[at];

	mutation->what = "a wrong literal";
	for (unsigned i = 0; i < 256; i++) {
		uint8_t octet = (uint8_t)((good ^ 0x80U) + i);
		bool is_other = octet != good && octet != (good ^ 0x20U);
		if (is_other && !goes_on_with(mutation, mark, octet)) {
			mutation->octets[at] = octet;
			return true;
		}
	}
	return false;
}

/* Text may hold NUL nowhere, and before NUL it has no end. */
static bool break_text(struct mutation *mutation, const struct example_mark *mark)
{
	const struct item *item = mark->item;
	int64_t size = (int64_t)mark->size - (item->to_eol ? 2 : 1);

	if (size == 0 || (!item->to_eol && item->text.start[0] == '\0')) {
		return false;
	}
	mutation->octets[mark->offset + (size_t)writer_random(&mutation->chooser, 0, size - 1)] = '\0';
	mutation->what = "an octet that no text has";
	return true;
}

/* Within a field that must be whole. */
static bool cut(struct mutation *mutation, const struct example_mark *mark)
{
	if (mark->size < 2) {
		return false;
	}
	mutation->size = mark->offset + (size_t)writer_random(&mutation->chooser, 1, (int64_t)mark->size - 1);
	mutation->what = "cut short";
	return true;
}

static bool break_mark(struct mutation *mutation, const struct example_mark *mark)
{
	bool is_literal = mark->item->kind == ITEM_LITERAL || mark->item->kind == ITEM_EOL;
	bool is_number = number_of(mark) != NULL;

	if (mark->kind == MARK_FIELD && mark->item->kind == ITEM_TEXT_TO && !mark->goes_on) {
		return break_text(mutation, mark);
	}
	if (mark->size == 0 || mark->goes_on || !(is_literal || is_number) || is_entrance(mutation, mark->item)) {
		return false;
	}
	if (writer_random(&mutation->chooser, 0, 5) == 0) {
		return cut(mutation, mark);
	}
	if (is_literal) {
		return break_literal(mutation, mark);
	}
	return mark->kind == MARK_LENGTH ? break_length(mutation, mark) : break_number(mutation, mark);
}

static int mutate(struct mutation *mutation, const struct example *example)
{
	for (unsigned i = 0; i < BREAKS_MAX && example->mark_count > 0; i++) {
		int64_t last = (int64_t)example->mark_count - 1;
		if (break_mark(mutation, &example->marks[writer_random(&mutation->chooser, 0, last)])) {
			return 0;
		}
	}
	return -EDOM;
}

int example_mutate(const struct protocol *protocol, const struct message *message, uint64_t seed, size_t room,
		   uint8_t *ret_octets, size_t *ret_size, const char **ret_what)
{
	struct mutation mutation = { .chooser = { .random = seed }, .octets = ret_octets };
	struct example example;
	int r = example_make(protocol, message, seed, EXAMPLE_TYPICAL, room, &example);

	if (r < 0) {
		return r;
	}
	if (example.size > 0) {
		memcpy(ret_octets, example.octets, example.size);
	}
	mutation.size = example.size;
	mutation.marks = example.marks;
	r = extents_init(&mutation.extents, &example.arena, protocol->formats, message->block);
	if (r == 0) {
		walk_protocol(protocol, collect_entrances, &mutation);
		r = mutation.no_memory ? -ENOMEM : mutate(&mutation, &example);
	}
	if (r == 0) {
		*ret_size = mutation.size;
		*ret_what = mutation.what;
	}
	example_finish(&example);
	return r;
}
