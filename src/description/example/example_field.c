/* example_field.c - fields of an example: literals, what is carried, and which function writes the rest.  Called by
 * example_block.c. */
#include <errno.h>

#include "description/example/example_writer.h"

static int write_literal(struct writer *writer, const struct item *item)
{
	size_t start = writer->used;
	int r = item->kind == ITEM_EOL ? writer_put(writer, "\r\n", 2)
				       : writer_put(writer, item->text.start, item->text.size);

	for (size_t i = start; r == 0 && item->nocase && writer->size == EXAMPLE_LARGEST && i < writer->used; i++) {
		uint8_t octet = writer->octets[i] | 0x20;
		writer->octets[i] ^= octet >= 'a' && octet <= 'z' && writer_random(writer, 0, 1) == 0 ? 0x20 : 0;
	}
	return r < 0 ? r : writer_mark(writer, item, MARK_FIELD, start, 0);
}

/* ---- what is carried ---- */

/* Marks of the carried message go where its octets go. */
static int carry_marks(struct writer *writer, size_t from, size_t size, size_t to)
{
	const struct writer *carried = writer->carried;
	int r = 0;

	for (size_t i = 0; i < carried->mark_count && r == 0; i++) {
		const struct example_mark *mark = &carried->marks[i];
		size_t begin = mark->offset > from ? mark->offset : from;
		size_t end = mark->offset + mark->size < from + size ? mark->offset + mark->size : from + size;
		if (begin >= end) {
			continue;
		}
		r = writer_mark(writer, mark->item, mark->kind, to + (begin - from), mark->value);
		if (r == 0) {
			writer->marks[writer->mark_count - 1].size = end - begin;
			writer->marks[writer->mark_count - 1].goes_on = begin > mark->offset;
		}
	}
	return r;
}

static int write_body(struct writer *writer, struct room room)
{
	int64_t size = (int64_t)writer->carried_size;
	size_t start = writer->used;

	if (writer->carried == NULL || size < room.low) {
		return -EAGAIN;
	}
	size = size < room.high ? size : room.high;
	int r = writer_put(writer, writer->carried->octets + writer->carried_at, (size_t)size);
	if (r == 0) {
		r = carry_marks(writer, writer->carried_at, (size_t)size, start);
	}
	writer->carried_at += (size_t)size;
	return r;
}

int write_field(struct writer *writer, const struct item *item, struct room room)
{
	switch ((int)item->kind) {
	case ITEM_LITERAL:
	case ITEM_EOL:
		return write_literal(writer, item);
	case ITEM_NUMBER:
		return write_number(writer, item, item->number, room);
	case ITEM_CODE:
		return item->code_set->is_text ? write_word(writer, item, room)
					       : write_number(writer, item, item->code_set->number, room);
	case ITEM_BITS:
		return write_bits(writer, item, room);
	case ITEM_TEXT_TO:
	case ITEM_TEXT_OF:
		return write_text(writer, item, room);
	case ITEM_BYTES:
	case ITEM_PAYLOAD:
		return write_string(writer, item, room);
	case ITEM_ANY_OF:
		return write_any_of(writer, item, room);
	case ITEM_BODY:
		return write_body(writer, room);
	default: /* "sure" and "weak" are nothing on the wire */
		return 0;
	}
}
