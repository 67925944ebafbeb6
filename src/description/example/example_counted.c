/* example_counted.c - counted blocks of an example: written first, their length put before them.  Called by
 * example_block.c. */
#include <errno.h>
#include <string.h>

#include "description/example/example_writer.h"

enum {
	LENGTH_OCTETS_MAX = 5,	  /* of a length without a fixed size */
	BLOCK_ADDED_TYPICAL = 40, /* octets of a block whose size is settled first, above its least */
};

static struct room common(struct room left, struct room right)
{
	return (struct room){
		.low = left.low > right.low ? left.low : right.low,
		.high = left.high < right.high ? left.high : right.high,
	};
}

/* Writes the block so that it has one of the sizes; its end is known to what stands in it only if there is one size. */
static int write_counted(struct writer *writer, const struct item *block, struct room sizes)
{
	int64_t outer_end = writer->block_end;

	writer->block_end = sizes.low == sizes.high ? (int64_t)writer->used + sizes.low : -1;
	int r = write_block(writer, block, sizes);
	writer->block_end = outer_end;
	writer->open_text.set = NULL;
	return r;
}

/* The sizes of one piece of what the length may be, as far as they are possible here. */
static struct room sizes_of_piece(struct writer *writer, const struct item *item, struct interval piece,
				  struct room room)
{
	struct extent extent = measure_block(writer, item->block);
	struct interval sizes = block_sizes(item, piece);
	struct room possible = {
		as_size(extent.minimum),
		extent.maximum < extent.minimum ? -1 : as_size(extent.maximum),
	};

	possible = common(possible, room);
	return common(possible, (struct room){ sizes.low, sizes.high < ROOM_MAX ? sizes.high : ROOM_MAX });
}

/* One of the pieces that are possible: the first, the last, or by lot. */
static int choose_sizes(struct writer *writer, const struct item *item, struct room room, struct room *ret_sizes)
{
	struct pieces pieces = pieces_of((struct field){ .item = item });
	struct interval piece;
	struct room chosen = { 0, -1 };
	int64_t count = 0;

	while (pieces_next(&pieces, &piece)) {
		struct room sizes = sizes_of_piece(writer, item, piece, room);
		if (sizes.low > sizes.high) {
			continue;
		}
		count++;
		bool take = writer->is_first_try && writer->size != EXAMPLE_TYPICAL
				    ? count == 1 || writer->size == EXAMPLE_LARGEST
				    : writer_random(writer, 1, count) == 1;
		chosen = take ? sizes : chosen;
	}
	if (count == 0) {
		return -EAGAIN;
	}
	*ret_sizes = chosen;
	return 0;
}

/* Some one size, not far above the least. */
static struct room one_size(struct writer *writer, struct room sizes)
{
	int64_t added = writer->size == EXAMPLE_TYPICAL ? BLOCK_ADDED_TYPICAL : OCTETS_ADDED_MAX;
	int64_t high = sizes.high - sizes.low > added ? sizes.low + added : sizes.high;
	int64_t size = writer_pick(writer, sizes.low, high);

	return (struct room){ size, size };
}

/* Puts the length before the block that was written from `start` on. */
static int put_length(struct writer *writer, const struct item *item, size_t start, size_t mark, int64_t length)
{
	uint8_t octets[NUMBER_OCTETS_MAX];
	size_t size = number_octets(item->number, length, octets);
	int r = size == 0 ? -EAGAIN : writer_put(writer, NULL, size);

	if (r < 0) {
		return r;
	}
	memmove(writer->octets + start + size, writer->octets + start, writer->used - size - start);
	memcpy(writer->octets + start, octets, size);
	for (size_t i = mark + 1; i < writer->mark_count; i++) {
		writer->marks[i].offset += size;
	}
	writer->marks[mark].size = size;
	writer->marks[mark].value = length;
	return 0;
}

/* How many octets the length before a block in this room takes: known, the most, or on later tries a guess. */
static int64_t length_size(struct writer *writer, const struct item *item, struct room room)
{
	uint8_t octets[NUMBER_OCTETS_MAX];
	bool is_fixed = item->number.kind <= NUMBER_U64 || item->number.kind == NUMBER_HEX4;
	int64_t most = (int64_t)number_octets(item->number, is_fixed ? 0 : room.high, octets);

	if (most == 0) {
		most = LENGTH_OCTETS_MAX;
	}
	return is_fixed || writer->is_first_try ? most : writer_random(writer, 1, most);
}

static int write_sized_once(struct writer *writer, const struct item *item, struct room room, bool one)
{
	size_t start = writer->used;
	size_t mark = writer->mark_count;
	int64_t prefix = length_size(writer, item, room);
	struct room sizes = { room.low - prefix, room.high - prefix };
	int r = choose_sizes(writer, item, sizes, &sizes);
	if (r < 0) {
		return r;
	}
	sizes = one ? one_size(writer, sizes) : sizes;
	r = writer_mark(writer, item, MARK_LENGTH, start, 0);
	if (r == 0) {
		r = writer_set_value(writer, item, NULL, sizes.low - item->adjust, sizes.low == sizes.high);
	}
	if (r == 0) {
		/* The length will stand before the block, behind whatever text was open. */
		struct open_text open = writer->open_text;
		writer->open_text.set = NULL;
		r = write_counted(writer, item->block, sizes);
		writer->open_text = open;
	}
	int64_t length = written_since(writer, start) - item->adjust;
	if (r < 0 || !value_is_legal(item, NULL, length)) {
		return r < 0 ? r : -EAGAIN;
	}
	r = put_length(writer, item, start, mark, length);
	if (r == 0) {
		r = writer_set_value(writer, item, NULL, length, true);
	}
	return r < 0 || fits(written_since(writer, start), room) ? r : -EAGAIN;
}

/* At first the block may have any size that is allowed; what stands in it may need to know which one, though. */
int write_sized(struct writer *writer, const struct item *item, struct room room)
{
	struct writer_place place = writer_here(writer);
	bool is_first_try = writer->is_first_try;
	int r = -EAGAIN;

	for (unsigned i = 0; i < BLOCK_TRIES && r == -EAGAIN; i++) {
		writer_back(writer, place);
		r = write_sized_once(writer, item, room, i % 2 == 1);
		writer->is_first_try = is_first_try && i < 1;
	}
	writer->is_first_try = is_first_try;
	return r;
}

int write_within(struct writer *writer, const struct item *item, struct room room)
{
	int64_t size;
	int r = writer_evaluate(writer, item->expression, &size);

	if (r < 0 || !fits(size, room)) {
		return r < 0 ? r : -EAGAIN;
	}
	return write_counted(writer, item->block, (struct room){ size, size });
}
