/* compile_bits.c - bits { } become sets of octets, an octet of the fields after the other. */
#include "description/machine/compile.h"

/* The bits of one field that lie in one octet: from bit `shift`, `width` of them. */
struct bit_piece {
	const struct bit_field *field;
	unsigned shift;
	unsigned width;
	bool whole;
	unsigned rest; /* bits of the field behind this octet */
};

static bool piece_allows(const struct bit_piece *piece, unsigned octet)
{
	int64_t value = octet >> piece->shift & ((1U << piece->width) - 1);

	for (const struct range *range = piece->field->ranges; range != NULL; range = range->next) {
		int64_t low = range->low.number;
		int64_t high = range->high.number;
		if (!piece->whole) {
			low = low >> piece->rest & ((1 << piece->width) - 1);
			high = low;
		}
		if (value >= low && value <= high) {
			return true;
		}
	}
	return piece->field->ranges == NULL;
}

/* The pieces of the octet that begins `from` bits into the fields; returns how many. */
static unsigned pieces_of(const struct bit_field *fields, unsigned from, struct bit_piece pieces[8])
{
	unsigned count = 0;
	unsigned at = 0;

	for (const struct bit_field *field = fields; field != NULL; at += field->width, field = field->next) {
		unsigned end = at + field->width;
		unsigned first = at > from ? at : from;
		unsigned last = end < from + 8 ? end : from + 8;
		if (first < last && count < 8) {
			pieces[count++] = (struct bit_piece){
				.field = field,
				.shift = from + 8 - last,
				.width = last - first,
				.whole = first == at && last == end,
				.rest = end - last,
			};
		}
	}
	return count;
}

static void refuse_cut(struct builder *builder, const struct bit_piece *piece)
{
	const struct range *ranges = piece->field->ranges;
	bool one_value = ranges == NULL || (ranges->next == NULL && ranges->low.number == ranges->high.number);

	if (!piece->whole && !one_value) {
		builder_refuse(builder, piece->field->place, "E4", "cut the field at the octet, or give it one value",
			       "a field of bits with a range must lie within one octet");
	}
}

static void take_bits_octet(struct builder *builder, const struct item *item, unsigned from)
{
	struct bit_piece pieces[8];
	const struct bit_piece *needed = NULL;
	unsigned count = pieces_of(item->bits, from, pieces);
	uint8_t octets[32] = { 0 };

	for (unsigned octet = 0; octet < 256; octet++) {
		bool allowed = true;
		for (unsigned i = 0; i < count; i++) {
			allowed = allowed && piece_allows(&pieces[i], octet);
		}
		if (allowed) {
			set_put(octets, octet);
		}
	}
	for (unsigned i = 0; i < count; i++) {
		refuse_cut(builder, &pieces[i]);
		if (pieces[i].field->name != NULL && block_needs(builder->root, item, pieces[i].field->name)) {
			if (needed != NULL || !pieces[i].whole) {
				builder_refuse(builder, pieces[i].field->place, "E4", "cut the field at the octet",
					       "a field of bits that is needed later must lie within one octet, "
					       "and be the only one there");
			}
			needed = &pieces[i];
		}
	}
	uint32_t set = compile_set(builder, octets);
	if (needed == NULL) {
		emit(builder, item, TAKE_SET, set, 0, 0);
	} else {
		emit(builder, item, TAKE_BITS, set, needed->shift, (1 << needed->width) - 1);
		held_store(builder, item, needed->field->name);
	}
}

void compile_bits(struct builder *builder, const struct item *item)
{
	unsigned width = 0;

	for (const struct bit_field *field = item->bits; field != NULL; field = field->next) {
		width += field->width;
	}
	for (unsigned from = 0; from + 8 <= width; from += 8) {
		take_bits_octet(builder, item, from);
	}
}
