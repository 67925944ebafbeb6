/* example_text.c - strings of an example: words, text, octets.  Called by example_field.c. */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "description/example/example_writer.h"

enum { WORD_OCTETS_MAX = 12 }; /* of a word that is no code */

/* The sizes that both allow; -EAGAIN when there is none. */
static int choose_octets(struct writer *writer, uint64_t minimum, uint64_t maximum, struct room room, int64_t *ret_size)
{
	int64_t low = minimum > (uint64_t)ROOM_MAX ? ROOM_MAX : (int64_t)minimum;
	int64_t high = maximum > (uint64_t)ROOM_MAX ? ROOM_MAX : (int64_t)maximum;
	int64_t added = writer->size == EXAMPLE_TYPICAL ? OCTETS_ADDED_TYPICAL : OCTETS_ADDED_MAX;

	low = low > room.low ? low : room.low;
	high = high < room.high ? high : room.high;
	if (low > high) {
		return -EAGAIN;
	}
	*ret_size = writer_pick(writer, low, high - low > added ? low + added : high);
	return 0;
}

/* ---- words ---- */

static bool is_code(const struct code_set *set, const char *word, size_t size)
{
	for (const struct code *code = set->codes; code != NULL; code = code->next) {
		if (code->text.size == size && strncasecmp((const char *)code->text.start, word, size) == 0) {
			return true;
		}
	}
	return false;
}

static bool begins_code(const struct code_set *set, char letter)
{
	for (const struct code *code = set->codes; code != NULL; code = code->next) {
		if (code->text.size > 0 && strncasecmp((const char *)code->text.start, &letter, 1) == 0) {
			return true;
		}
	}
	return false;
}

/* A word that is no code of the set, and begins like none. */
static int write_other_word(struct writer *writer, const struct item *item, struct room room)
{
	static const char letters[] = "XQZJKVWYHUBOFNRLDGIMTPCEAS";
	char word[OCTETS_ADDED_MAX];
	size_t first = 0;
	int64_t size;
	int r = choose_octets(writer, 1, writer->size == EXAMPLE_LARGEST ? WORD_OCTETS_MAX : sizeof(word), room, &size);

	while (letters[first] != '\0' && begins_code(item->code_set, letters[first])) {
		first++;
	}
	if (r < 0 || letters[first] == '\0' || (size_t)size > sizeof(word)) {
		return -EAGAIN;
	}
	for (int64_t i = 0; i < size; i++) {
		word[i] = i == 0 ? letters[first] : letters[writer_random(writer, 0, 25)];
	}
	return is_code(item->code_set, word, (size_t)size) ? -EAGAIN : writer_put(writer, word, (size_t)size);
}

/* As expressions and switches know it. */
static int64_t value_of_code(const struct item *item, const struct code *code)
{
	return field_value((struct field){ .item = item }, &(struct value){ .code = code });
}

/* A code of a fitting size; NULL when there is none. */
static const struct code *choose_code(struct writer *writer, const struct item *item, struct room room,
				      int64_t *ret_place)
{
	const struct code *chosen = NULL;
	int64_t place = 0;
	int64_t count = 0;

	for (const struct code *code = item->code_set->codes; code != NULL; code = code->next, place++) {
		if ((int64_t)code->text.size < room.low || (int64_t)code->text.size > room.high ||
		    !value_is_legal(item, NULL, value_of_code(item, code))) {
			continue;
		}
		count++;
		bool take = writer->is_first_try && writer->size != EXAMPLE_TYPICAL
				    ? count == 1 || writer->size == EXAMPLE_LARGEST
				    : writer_random(writer, 1, count) == 1;
		if (take) {
			chosen = code;
			*ret_place = place;
		}
	}
	return chosen;
}

int write_word(struct writer *writer, const struct item *item, struct room room)
{
	const struct code_set *set = item->code_set;
	size_t start = writer->used;
	int64_t place = -1;
	const struct code *code = choose_code(writer, item, room, &place);
	bool others = set->open && item->ranges == NULL;
	bool other = others && (code == NULL || (writer->size == EXAMPLE_LARGEST && writer_random(writer, 0, 3) == 0));
	int r = -EAGAIN;

	if (other) {
		r = write_other_word(writer, item, room);
	} else if (code != NULL) {
		r = writer_put(writer, code->text.start, code->text.size);
	}
	if (r == 0) {
		r = writer_mark(writer, item, MARK_FIELD, start, other ? -1 : place);
	}
	return r < 0 ? r : writer_set_value(writer, item, NULL, other ? 0 : value_of_code(item, code), true);
}

/* ---- strings ---- */

static bool set_has(const uint8_t set[32], unsigned octet)
{
	return (set[octet >> 3] >> (octet & 7) & 1) != 0;
}

/* The octets that may stand in the text. */
static void allowed_octets(const struct item *item, uint8_t ret_set[32])
{
	if (item->kind == ITEM_TEXT_OF) {
		memcpy(ret_set, item->set, 32);
		return;
	}
	memset(ret_set, 0xFF, 32);
	bool nul = !item->to_eol && item->text.start[0] == '\0';
	const uint8_t barred[] = { '\0', nul ? '\0' : '\r', nul ? '\0' : '\n',
				   item->to_eol ? '\0' : item->text.start[0] };
	for (size_t i = 0; i < sizeof(barred); i++) {
		ret_set[barred[i] >> 3] &= (uint8_t) ~(1U << (barred[i] & 7));
	}
}

/* The next octet of the set from `octet` on, round about; -1: the set is empty. */
static int next_allowed(const uint8_t set[32], unsigned octet)
{
	for (unsigned i = 0; i < 256; i++) {
		if (set_has(set, (octet + i) & 0xFF)) {
			return (int)((octet + i) & 0xFF);
		}
	}
	return -1;
}

/* Any octet of the set; -1: it is empty. */
static int any_allowed(struct writer *writer, const uint8_t set[32])
{
	int octet = -1;
	int64_t count = 0;

	for (int i = 0; i < 256; i++) {
		if (set_has(set, (unsigned)i) && writer_random(writer, 0, count++) == 0) {
			octet = i;
		}
	}
	return octet;
}

/* Typical text says the name of the field. */
static uint8_t natural_octet(const struct item *item, size_t at)
{
	const char *name = item->name != NULL ? item->name : "text";
	size_t size = strlen(name) + 1;

	return at % size == size - 1 ? '-' : (uint8_t)name[at % size];
}

/* The smallest is "aaa", the largest has whatever is allowed. */
static int put_text(struct writer *writer, const struct item *item, size_t size)
{
	uint8_t set[32];
	int r = 0;

	allowed_octets(item, set);
	for (size_t i = 0; i < size && r == 0; i++) {
		int octet =
			writer->size == EXAMPLE_LARGEST
				? any_allowed(writer, set)
				: next_allowed(set, writer->size == EXAMPLE_SMALLEST ? 'a' : natural_octet(item, i));
		const uint8_t allowed = (uint8_t)octet;
		r = octet < 0 ? -EAGAIN : writer_put(writer, &allowed, 1);
	}
	return r;
}

/* A typical text has the size of the field's name, where that is legal. */
static int choose_text_size(struct writer *writer, const struct item *item, struct room room, int64_t *ret_size)
{
	uint64_t natural = item->name != NULL ? strlen(item->name) : strlen("text");

	if (writer->size == EXAMPLE_TYPICAL && writer->is_first_try && natural >= item->text_min &&
	    natural <= item->text_max && choose_octets(writer, natural, natural, room, ret_size) == 0) {
		return 0;
	}
	return choose_octets(writer, item->text_min, item->text_max, room, ret_size);
}

int write_text(struct writer *writer, const struct item *item, struct room room)
{
	int64_t end = item->kind == ITEM_TEXT_OF ? 0 : item->to_eol ? 2 : 1;
	size_t start = writer->used;
	int64_t size = 0;
	int r = choose_text_size(writer, item, (struct room){ room.low - end, room.high - end }, &size);

	if (r == 0) {
		r = put_text(writer, item, (size_t)size);
	}
	if (r == 0 && end > 0) {
		r = item->to_eol ? writer_put(writer, "\r\n", 2) : writer_put(writer, item->text.start, 1);
	} else if ((uint64_t)size < item->text_max) {
		writer->open_text = (struct open_text){ item->set, writer->used };
	}
	return r < 0 ? r : writer_mark(writer, item, MARK_FIELD, start, 0);
}

/* Selectors are text more often than not. */
static int put_filling(struct writer *writer, const struct item *item, size_t size)
{
	bool is_selector = item->kind == ITEM_BYTES && item->name != NULL && item->count == COUNT_NUMBER;
	int r = 0;

	for (size_t i = 0; i < size && r == 0; i++) {
		const uint8_t octet = writer->size == EXAMPLE_SMALLEST	? 0
				      : writer->size == EXAMPLE_LARGEST ? 0xFF
				      : is_selector			? natural_octet(item, i)
									: (uint8_t)writer_random(writer, 0, 255);
		r = writer_put(writer, &octet, 1);
	}
	return r;
}

/* The length before a string, which must be one of those that are legal. */
static int put_count(struct writer *writer, const struct item *item, struct room room, int64_t *ret_size)
{
	struct room behind = room_behind(item->number, room);
	int64_t added = writer->size == EXAMPLE_TYPICAL ? OCTETS_ADDED_TYPICAL : OCTETS_ADDED_MAX;
	struct pieces pieces = pieces_of((struct field){ .item = item });
	struct interval piece;
	int64_t count = 0;
	int64_t natural = item->name != NULL ? (int64_t)strlen(item->name) : -1;

	while (pieces_next(&pieces, &piece)) {
		int64_t low = piece.low > behind.low ? piece.low : behind.low;
		int64_t high = piece.high < behind.high ? piece.high : behind.high;
		if (low <= high && writer_random(writer, 0, count++) == 0) {
			*ret_size = writer_pick(writer, low, high - low > added ? low + added : high);
		}
	}
	if (writer->size == EXAMPLE_TYPICAL && writer->is_first_try && natural >= behind.low &&
	    natural <= behind.high && value_is_legal(item, NULL, natural)) {
		*ret_size = natural;
	}
	return count == 0 ? -EAGAIN : writer_put_number(writer, item, MARK_LENGTH, item->number, *ret_size);
}

int write_string(struct writer *writer, const struct item *item, struct room room)
{
	int64_t size = 0;
	int r = 0;

	if (item->count == COUNT_NUMBER) {
		r = put_count(writer, item, room, &size);
	} else if (item->count == COUNT_EXPRESSION) {
		r = writer_evaluate(writer, item->expression, &size);
	} else {
		r = choose_octets(writer, 0, UINT64_MAX, room, &size);
	}
	size_t start = writer->used;
	if (r == 0) {
		r = size < 0 || size > room.high ? -EAGAIN : put_filling(writer, item, (size_t)size);
	}
	return r < 0 ? r : writer_mark(writer, item, MARK_FIELD, start, 0);
}

/* All that is left; one octet of it at least is in the literal. */
int write_any_of(struct writer *writer, const struct item *item, struct room room)
{
	size_t start = writer->used;
	int64_t size = 0;
	int r = choose_octets(writer, 1, UINT64_MAX, room, &size);

	if (r == 0) {
		r = put_filling(writer, item, (size_t)size);
	}
	if (r < 0) {
		return r;
	}
	size_t at = start + (size_t)writer_random(writer, 0, size - 1);
	writer->octets[at] = item->text.start[writer_random(writer, 0, (int64_t)item->text.size - 1)];
	return writer_mark(writer, item, MARK_FIELD, start, 0);
}
