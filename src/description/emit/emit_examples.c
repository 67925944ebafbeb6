/* emit_examples.c - example messages with every octet explained, which `berth show --examples` prints, and messages
 * with one thing wrong, of `berth show --broken`.
 *
 * Seeds are fixed, so that the same description always gives the same examples. */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "description/emit/emit.h"
#include "description/emit/emit_page.h"
#include "description/emit/emit_words.h"
#include "description/example/example.h"

enum {
	ROOM = 4096,	 /* octets of an example */
	LINE_OCTETS = 8, /* of the dump */
	SHOWN_MAX = 24,	 /* octets of one field; of a longer one the end is left out */
	TEXT_SHOWN_MAX = 40,
	SEED = 1,
	BROKEN = 8, /* different ones of a message */
	BROKEN_TRIES = 32,
};

/* ---- what a field says ---- */

static void put_code(struct words *words, const struct code_set *set, int64_t value)
{
	int64_t place = 0;

	for (const struct code *code = set->codes; code != NULL; code = code->next, place++) {
		if (set->is_text ? place == value : code->number == value) {
			words_put(words, " = %s", code->name);
			if (!set->is_text) {
				words_put(words, " (%" PRId64 ")", value);
			}
			return;
		}
	}
	if (set->is_text) {
		words_put(words, ", another word");
	} else {
		words_put(words, " = %" PRId64, value);
	}
}

/* The fields of bits in these octets. */
static void put_bits(struct words *words, const struct item *item, const uint8_t *octets)
{
	unsigned at = 0;
	const char *gap = "";

	for (const struct bit_field *field = item->bits; field != NULL; field = field->next) {
		uint64_t value = 0;
		for (uint32_t i = 0; i < field->width; i++, at++) {
			value = value << 1 | (octets[at / 8] >> (7 - at % 8) & 1);
		}
		words_put(words, "%s%s = %" PRIu64, gap, field->name, value);
		gap = ", ";
	}
}

/* Readable text as it is, of anything else how much it is. */
static void put_octets(struct words *words, const char *name, const uint8_t *octets, size_t size)
{
	bool readable = size <= TEXT_SHOWN_MAX;

	for (size_t i = 0; i < size; i++) {
		readable = readable && octets[i] >= ' ' && octets[i] <= '~';
	}
	if (readable) {
		words_put(words, "%s = ", name);
		words_octets(words, (struct octets){ .start = octets, .size = size });
	} else {
		words_put(words, "%s, ", name);
		words_count(words, size, "octet", "octets");
	}
}

static void put_text(struct words *words, const struct item *item, const uint8_t *octets, size_t size)
{
	size_t end = item->kind == ITEM_TEXT_OF ? 0 : item->to_eol ? 2 : 1;

	put_octets(words, item->name != NULL ? item->name : "text", octets, size > end ? size - end : 0);
}

static void put_number(struct words *words, const struct item *item, int64_t value)
{
	words_put(words, "%s = %" PRId64, item->name != NULL ? item->name : "number", value);
	if (item->number.kind == NUMBER_U8 && value > ' ' && value <= '~') {
		words_put(words, " ('%c')", (char)value);
	} else if (item->number.kind <= NUMBER_U64 && value > UINT8_MAX) {
		words_put(words, " (0x%0*" PRIX64 ")", (int)number_bits(item->number) / 4, (uint64_t)value);
	}
}

static void put_length(struct words *words, const struct item *item, int64_t value)
{
	if (item->kind == ITEM_SIZED) {
		words_put(words, "%s", item->name != NULL ? item->name : "length");
	} else {
		words_put(words, "%s length",
			  item->name != NULL	       ? item->name
			  : item->kind == ITEM_PAYLOAD ? "payload"
						       : "data");
	}
	words_put(words, " = %" PRId64, value);
}

static void explain(struct words *words, const struct example_mark *mark, const uint8_t *octets)
{
	const struct item *item = mark->item;
	const struct octets text = { .start = octets, .size = mark->size > SHOWN_MAX ? SHOWN_MAX : mark->size };

	words_init(words);
	if (mark->goes_on) {
		words_put(words, "(goes on)");
		return;
	}
	if (mark->kind == MARK_LENGTH) {
		put_length(words, item, mark->value);
		return;
	}
	switch ((int)item->kind) {
	case ITEM_NUMBER:
		put_number(words, item, mark->value);
		break;
	case ITEM_CODE:
		words_put(words, "%s", item->name != NULL ? item->name : item->type_name);
		put_code(words, item->code_set, mark->value);
		break;
	case ITEM_BITS:
		put_bits(words, item, octets);
		break;
	case ITEM_TEXT_TO:
	case ITEM_TEXT_OF:
		put_text(words, item, octets, mark->size);
		break;
	case ITEM_BYTES:
	case ITEM_PAYLOAD:
	case ITEM_ANY_OF:
		put_octets(words,
			   item->name != NULL		? item->name
			   : item->kind == ITEM_PAYLOAD ? "payload"
							: "data",
			   octets, mark->size);
		break;
	case ITEM_EOL:
		words_put(words, "end of line");
		break;
	case ITEM_REPEAT:
		words_put(words, "end of the repetition");
		break;
	default:
		words_octets(words, text);
		break;
	}
}

/* ---- the dump ---- */

static void dump_line(const uint8_t *octets, size_t offset, size_t size, const char *said, FILE *stream)
{
	(void)fprintf(stream, "%*s%04zx ", INDENT, "", offset);
	for (size_t i = 0; i < size; i++) {
		(void)fprintf(stream, " %02x", octets[offset + i]);
	}
	if (said[0] != '\0') {
		(void)fprintf(stream, "%*s", (int)(3 * (LINE_OCTETS - size)) + 2, "");
		unsigned column = INDENT + 5 + 3 * LINE_OCTETS + 2;
		page_paragraph_from(stream, column, column, said);
	} else {
		(void)fputc('\n', stream);
	}
}

static void dump_mark(const struct example *example, const struct example_mark *mark, FILE *stream)
{
	struct words words;
	size_t shown = mark->size > SHOWN_MAX ? SHOWN_MAX : mark->size;

	explain(&words, mark, example->octets + mark->offset);
	const char *said = words_end(&words);
	for (size_t at = 0; at < shown || at == 0; at += LINE_OCTETS) {
		size_t size = shown - at < LINE_OCTETS ? shown - at : LINE_OCTETS;
		dump_line(example->octets, mark->offset + at, size, at == 0 ? said : "", stream);
	}
	if (shown < mark->size) {
		(void)fprintf(stream, "%*s      ... %zu more\n", INDENT, "", mark->size - shown);
	}
}

static void dump(const struct message *message, const struct example *example, const char *size, FILE *stream)
{
	struct words words;

	words_init(&words);
	words_count(&words, example->size, "octet", "octets");
	(void)fprintf(stream, "%s of the %s, %s: %s\n\n", message->name, role_word(message->role), size,
		      words_end(&words));
	for (size_t i = 0; i < example->mark_count; i++) {
		dump_mark(example, &example->marks[i], stream);
	}
	(void)fputc('\n', stream);
}

/* ---- the whole ---- */

static bool is_same(const struct example *left, const struct example *right)
{
	return left->size == right->size && (left->size == 0 || memcmp(left->octets, right->octets, left->size) == 0);
}

int emit_examples_of_message(const struct protocol *protocol, const struct message *message, FILE *stream)
{
	static const char *const sizes[] = {
		[EXAMPLE_SMALLEST] = "smallest",
		[EXAMPLE_TYPICAL] = "typical",
		[EXAMPLE_LARGEST] = "large",
	};
	struct example before = { .size = 0 };
	int r = 0;

	for (enum example_size size = EXAMPLE_SMALLEST; size <= EXAMPLE_LARGEST && r == 0; size++) {
		struct example example;
		r = example_make(protocol, message, SEED, size, ROOM, &example);
		if (r == -EDOM) {
			(void)fprintf(stream, "%s of the %s, %s: no example was found\n\n", message->name,
				      role_word(message->role), sizes[size]);
			r = 0;
			continue;
		}
		if (r == 0 && (size == EXAMPLE_SMALLEST || !is_same(&before, &example))) {
			dump(message, &example, sizes[size], stream);
		}
		if (r == 0) {
			example_finish(&before);
			before = example;
		}
	}
	example_finish(&before);
	return r;
}

int emit_examples(const struct protocol *protocol, FILE *stream)
{
	int r = 0;

	for (const struct message *message = protocol->messages; message != NULL && r == 0; message = message->next) {
		r = emit_examples_of_message(protocol, message, stream);
	}
	return r;
}

/* ---- broken ones ---- */

struct broken {
	uint8_t octets[ROOM];
	size_t size;
};

static void put_broken(const struct message *message, const char *what, const struct broken *broken, FILE *stream)
{
	(void)fprintf(stream, "# %s of the %s: %s\n", message->name, role_word(message->role), what);
	for (size_t i = 0; i < broken->size; i++) {
		(void)fprintf(stream, "%s%02x", i > 0 ? " " : "", broken->octets[i]);
	}
	(void)fputs(broken->size > 0 ? "\n" : "", stream);
}

/* Of these, the last one is not like any before it. */
static bool is_new(const struct broken *all, size_t last)
{
	for (size_t i = 0; i < last; i++) {
		if (all[i].size == all[last].size && memcmp(all[i].octets, all[last].octets, all[i].size) == 0) {
			return false;
		}
	}
	return true;
}

int emit_broken_of_message(const struct protocol *protocol, const struct message *message, FILE *stream)
{
	struct broken all[BROKEN];
	size_t count = 0;

	for (uint64_t seed = SEED; seed < SEED + BROKEN_TRIES && count < BROKEN; seed++) {
		struct broken *broken = &all[count];
		const char *what = NULL;
		int r = example_mutate(protocol, message, seed, ROOM, broken->octets, &broken->size, &what);
		if (r < 0 && r != -EDOM) {
			return r;
		}
		if (r == 0 && is_new(all, count)) {
			put_broken(message, what, broken, stream);
			count++;
		}
	}
	if (count == 0) {
		put_broken(message, "nothing was found that can be wrong with it", &(struct broken){ .size = 0 },
			   stream);
	}
	return 0;
}

int emit_broken(const struct protocol *protocol, FILE *stream)
{
	int r = 0;

	for (const struct message *message = protocol->messages; message != NULL && r == 0; message = message->next) {
		r = emit_broken_of_message(protocol, message, stream);
	}
	return r;
}
