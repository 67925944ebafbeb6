/* example_number.c - numbers and bits of an example.  Called by the other files of example_*.c. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "description/example/example_writer.h"

static size_t put_binary(struct number_type type, uint64_t value, uint8_t *octets)
{
	static const size_t sizes[] = { 1, 2, 3, 4, 8 };
	size_t size = sizes[type.kind];

	for (size_t i = 0; i < size; i++) {
		octets[type.little ? i : size - 1 - i] = (uint8_t)(value >> 8 * i);
	}
	return size == 8 || value >> 8 * size == 0 ? size : 0;
}

static size_t put_varint(uint64_t value, uint8_t *octets)
{
	size_t size = 0;

	do {
		octets[size++] = (uint8_t)(value & 0x7F) | (value > 0x7F ? 0x80 : 0);
		value >>= 7;
	} while (value > 0 && size < 5);
	return value == 0 ? size : 0;
}

static size_t put_ber(uint64_t value, uint8_t *octets)
{
	size_t size = 1;

	if (value < 0x80) {
		octets[0] = (uint8_t)value;
		return 1;
	}
	while (size < 4 && value >> 8 * size > 0) {
		size++;
	}
	octets[0] = (uint8_t)(0x80 + size);
	for (size_t i = 0; i < size; i++) {
		octets[size - i] = (uint8_t)(value >> 8 * i);
	}
	return value >> 8 * size == 0 ? size + 1 : 0;
}

size_t number_octets(struct number_type type, int64_t value, uint8_t octets[NUMBER_OCTETS_MAX])
{
	if (value < 0 && type.kind != NUMBER_DECIMAL) {
		return 0;
	}
	switch (type.kind) {
	case NUMBER_DECIMAL:
		return (size_t)snprintf((char *)octets, NUMBER_OCTETS_MAX, "%" PRId64, value);
	case NUMBER_HEX4:
		return value > UINT16_MAX
			       ? 0
			       : (size_t)snprintf((char *)octets, NUMBER_OCTETS_MAX, "%04x", (unsigned)value);
	case NUMBER_VARINT:
		return put_varint((uint64_t)value, octets);
	case NUMBER_BER:
		return put_ber((uint64_t)value, octets);
	case NUMBER_U8:
	case NUMBER_U16:
	case NUMBER_U24:
	case NUMBER_U32:
	case NUMBER_U64:
	default:
		return put_binary(type, (uint64_t)value, octets);
	}
}

/* A digit behind a number in digits would be read as one of it. */
static const uint8_t digits[32] = { [6] = 0xFF, [7] = 0x03 };

int writer_put_number(struct writer *writer, const struct item *item, enum mark_kind kind, struct number_type type,
		      int64_t value)
{
	uint8_t octets[NUMBER_OCTETS_MAX];
	size_t size = number_octets(type, value, octets);
	size_t start = writer->used;
	int r = size == 0 ? -EAGAIN : writer_put(writer, octets, size);

	if (r < 0) {
		return r;
	}
	if (type.kind == NUMBER_DECIMAL) {
		writer->open_text = (struct open_text){ digits, writer->used };
	}
	return writer_mark(writer, item, kind, start, value);
}

/* What is left for others once a number of this type is written. */
struct room room_behind(struct number_type type, struct room room)
{
	uint8_t octets[NUMBER_OCTETS_MAX];
	int64_t size = (int64_t)number_octets(type, 0, octets);

	return (struct room){ room.low - size, room.high - size };
}

int write_number(struct writer *writer, const struct item *item, struct number_type type, struct room room)
{
	int64_t value = choose_value(writer, item, NULL, room_behind(type, room));
	int r = writer_put_number(writer, item, MARK_FIELD, type, value);

	return r < 0 ? r : writer_set_value(writer, item, NULL, value, true);
}

int write_bits(struct writer *writer, const struct item *item, struct room room)
{
	size_t start = writer->used;
	int64_t octets = (int64_t)extent_of_item(&writer->extents, item).minimum;
	struct room behind = { room.low - octets, room.high - octets };
	unsigned octet = 0;
	unsigned bits = 0;
	int r = 0;

	for (const struct bit_field *field = item->bits; field != NULL && r == 0; field = field->next) {
		int64_t value = choose_value(writer, item, field, behind);
		r = writer_set_value(writer, item, field->name, value, true);
		for (uint32_t i = field->width; i > 0 && r == 0; i--) {
			octet = octet << 1 | (i > 63 ? 0 : (unsigned)(value >> (i - 1) & 1));
			bits++;
			if (bits % 8 == 0) {
				const uint8_t whole = (uint8_t)octet;
				r = writer_put(writer, &whole, 1);
			}
		}
	}
	return r < 0 ? r : writer_mark(writer, item, MARK_FIELD, start, 0);
}
