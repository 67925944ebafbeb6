/* example_block.c - blocks of an example: optional, repeated, with alternatives; and all items in their order.
 *
 * A block is given the room that it must fill.  Each item in it is given what the least and the most of the items
 * behind it leave. */
#include <errno.h>
#include <string.h>

#include "description/examine/check_walk.h"
#include "description/example/example_writer.h"

enum {
	REPEATS_MAX = 64,	 /* more are never written */
	REPEATS_TYPICAL_MAX = 2, /* where as many as one likes may stand */
	REPEATS_LARGEST = 3,
};

/* ---- sizes ---- */

static void count_item(const struct item *item, void *context)
{
	unsigned *count = context;

	(void)item;
	(*count)++;
}

/* Measuring costs as much as there are items, and is paid for in steps. */
struct extent measure_block(struct writer *writer, const struct item *block)
{
	walk_block(block, count_item, &writer->steps);
	return extent_of_block(&writer->extents, block);
}

static struct extent measure_item(struct writer *writer, const struct item *item)
{
	walk_block(item->block, count_item, &writer->steps);
	walk_block(item->otherwise, count_item, &writer->steps);
	for (const struct switch_case *branch = item->cases; branch != NULL; branch = branch->next) {
		walk_block(branch->block, count_item, &writer->steps);
	}
	return extent_of_item(&writer->extents, item);
}

/* What some items take; those without an end are only counted. */
struct sum {
	int64_t least;
	int64_t most;
	unsigned endless;
};

static void add_item(struct writer *writer, struct sum *sum, const struct item *item, int sign)
{
	struct extent extent = measure_item(writer, item);
	bool endless = extent.maximum >= (uint64_t)ROOM_MAX;

	sum->least += sign * as_size(extent.minimum);
	sum->most += endless ? 0 : sign * as_size(extent.maximum);
	sum->endless += (unsigned)(endless ? sign : 0);
}

/* ---- repetitions ---- */

static bool starts_with_end(const struct writer *writer, const struct item *item, size_t start)
{
	const uint8_t *octets = writer->octets + start;
	size_t size = writer->used - start;

	if (item->until == UNTIL_EOL) {
		return size > 0 && (octets[0] == '\n' || (octets[0] == '\r' && size > 1 && octets[1] == '\n'));
	}
	return item->until == UNTIL_LITERAL && size >= item->text.size &&
	       memcmp(octets, item->text.start, item->text.size) == 0;
}

/* One time, which must not look like the end. */
static int write_one(struct writer *writer, const struct item *item, struct room room)
{
	struct writer_place place = writer_here(writer);
	bool is_first_try = writer->is_first_try;
	int r = -EAGAIN;

	for (unsigned i = 0; i < BLOCK_TRIES && r == -EAGAIN; i++) {
		writer_back(writer, place);
		r = write_block(writer, item->block, room);
		if (r == 0 && (writer->used == place.used || starts_with_end(writer, item, place.used))) {
			r = -EAGAIN;
		}
		writer->is_first_try = false;
	}
	writer->is_first_try = is_first_try;
	return r;
}

static int write_times(struct writer *writer, const struct item *item, struct room room)
{
	int64_t least = as_size(measure_block(writer, item->block).minimum);
	size_t start = writer->used;
	int64_t times;
	int r = writer_evaluate(writer, item->expression, &times);

	if (r == 0 && times > REPEATS_MAX) {
		r = -EAGAIN;
	}
	for (int64_t i = 0; r == 0 && i < times; i++) {
		int64_t done = written_since(writer, start);
		bool last = i + 1 == times;
		r = write_block(
			writer, item->block,
			(struct room){ last ? room.low - done : 0, room.high - done - (times - i - 1) * least });
	}
	return r;
}

/* Until the end of the block, or until what ends the repetition. */
static int write_until(struct writer *writer, const struct item *item, struct room room)
{
	static const int64_t repeats[] = {
		[EXAMPLE_SMALLEST] = 0,
		[EXAMPLE_TYPICAL] = REPEATS_TYPICAL_MAX,
		[EXAMPLE_LARGEST] = REPEATS_LARGEST,
	};
	struct extent body = measure_block(writer, item->block);
	int64_t wanted =
		writer->size == EXAMPLE_TYPICAL ? writer_random(writer, 1, REPEATS_TYPICAL_MAX) : repeats[writer->size];
	size_t start = writer->used;
	int r = 0;

	for (int64_t i = 0; r == 0 && i < REPEATS_MAX; i++) {
		int64_t done = written_since(writer, start);
		bool enough = done >= room.low;
		if (enough && (i >= wanted || as_size(body.minimum) > room.high - done)) {
			break;
		}
		bool last = i + 1 >= wanted && as_size(body.maximum) >= room.low - done;
		r = write_one(writer, item, (struct room){ last ? room.low - done : 0, room.high - done });
	}
	return r;
}

static int write_end(struct writer *writer, const struct item *item)
{
	size_t start = writer->used;
	int r = item->until == UNTIL_EOL ? writer_put(writer, "\r\n", 2)
					 : writer_put(writer, item->text.start, item->text.size);

	return r < 0 ? r : writer_mark(writer, item, MARK_END, start, 0);
}

static int write_repeat(struct writer *writer, const struct item *item, struct room room)
{
	int64_t end = item->until == UNTIL_EOL ? 2 : item->until == UNTIL_LITERAL ? (int64_t)item->text.size : 0;

	if (item->until == UNTIL_COUNT) {
		return write_times(writer, item, room);
	}
	int r = write_until(writer, item, (struct room){ room.low - end, room.high - end });
	return r < 0 || item->until == UNTIL_END ? r : write_end(writer, item);
}

/* ---- choices ---- */

static int write_maybe(struct writer *writer, const struct item *item, struct room room)
{
	int64_t least = as_size(measure_block(writer, item->block).minimum);
	bool must = room.low > 0;
	bool may = least <= room.high;

	if (must || (may && writer_pick(writer, 0, 1) == 1)) {
		return write_block(writer, item->block, room);
	}
	return 0;
}

static int write_if(struct writer *writer, const struct item *item, struct room room)
{
	int64_t truth;
	int r = writer_evaluate(writer, item->expression, &truth);

	return r < 0 ? r : write_block(writer, truth != 0 ? item->block : item->otherwise, room);
}

static bool case_has(const struct item *item, const struct switch_case *branch, int64_t value)
{
	struct field field = { .item = item->selector, .bits = item->selector_bits };

	for (const struct range *range = branch->values; range != NULL; range = range->next) {
		struct interval interval = field_range(field, range);
		if (value >= interval.low && value <= interval.high) {
			return true;
		}
	}
	return false;
}

static int write_switch(struct writer *writer, const struct item *item, struct room room)
{
	const char *bit_name = item->selector_bits != NULL ? item->selector_bits->name : NULL;
	const struct switch_case *chosen = NULL;
	int64_t value;
	int r = writer_value_of(writer, item->selector, bit_name, &value);

	if (r < 0) {
		return r;
	}
	for (const struct switch_case *branch = item->cases; branch != NULL; branch = branch->next) {
		if (case_has(item, branch, value)) {
			return write_block(writer, branch->block, room);
		}
		chosen = branch->values == NULL ? branch : chosen;
	}
	return chosen == NULL ? -EAGAIN : write_block(writer, chosen->block, room);
}

/* ---- formats ---- */

static unsigned times_active(const struct writer *writer, const struct format *format)
{
	unsigned count = 0;

	for (const struct active_format *active = writer->formats; active != NULL; active = active->outer) {
		count += active->format == format;
	}
	return count;
}

/* What is within itself is as small as it can be, so that it comes to an end. */
static int write_format(struct writer *writer, const struct item *item, struct room room)
{
	struct active_format active = { writer->formats, item->format };
	enum example_size size = writer->size;
	unsigned times = times_active(writer, item->format);

	if (times > 0 && times >= item->format->nested) {
		return -EAGAIN;
	}
	writer->formats = &active;
	writer->size = times > 0 ? EXAMPLE_SMALLEST : size;
	int r = write_block(writer, item->format->block, room);
	writer->size = size;
	writer->formats = active.outer;
	return r;
}

/* ---- all items ---- */

static int write_item(struct writer *writer, const struct item *item, struct room room)
{
	switch ((int)item->kind) {
	case ITEM_SIZED:
		return write_sized(writer, item, room);
	case ITEM_WITHIN:
		return write_within(writer, item, room);
	case ITEM_REPEAT:
		return write_repeat(writer, item, room);
	case ITEM_MAYBE:
		return write_maybe(writer, item, room);
	case ITEM_IF:
		return write_if(writer, item, room);
	case ITEM_SWITCH:
		return write_switch(writer, item, room);
	case ITEM_FORMAT:
		return write_format(writer, item, room);
	default:
		return write_field(writer, item, room);
	}
}

/* False when the octet at `start` would be read as more of the text before it. */
static bool closes_text(struct writer *writer, struct open_text before, size_t start)
{
	if (before.set == NULL || before.end != start || writer->used == start) {
		return true;
	}
	if (writer->open_text.end == before.end) {
		writer->open_text.set = NULL;
	}
	uint8_t octet = writer->octets[start];
	return (before.set[octet >> 3] >> (octet & 7) & 1) == 0;
}

static int write_items(struct writer *writer, const struct item *block, struct room room)
{
	struct sum rest = { 0 };
	size_t start = writer->used;

	for (const struct item *item = block; item != NULL; item = item->next) {
		add_item(writer, &rest, item, 1);
	}
	for (const struct item *item = block; item != NULL; item = item->next) {
		size_t before = writer->used;
		struct open_text open = writer->open_text;
		int64_t done = written_since(writer, start);
		add_item(writer, &rest, item, -1);
		struct room own = {
			rest.endless > 0 ? 0 : room.low - done - rest.most,
			room.high - done - rest.least,
		};
		own.low = own.low < 0 ? 0 : own.low;
		if (++writer->steps > STEPS_MAX) {
			return -EDOM;
		}
		int r = own.high < own.low ? -EAGAIN : write_item(writer, item, own);
		if (r < 0 || !fits(written_since(writer, before), own) || !closes_text(writer, open, before)) {
			return r < 0 ? r : -EAGAIN;
		}
	}
	return fits(written_since(writer, start), room) ? 0 : -EAGAIN;
}

int write_block(struct writer *writer, const struct item *block, struct room room)
{
	if (writer->within == WITHIN_MAX) {
		return -EAGAIN;
	}
	writer->within++;
	int r = write_items(writer, block, room);
	writer->within--;
	return r;
}
