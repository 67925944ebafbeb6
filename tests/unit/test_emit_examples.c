/* test_emit_examples.c - example messages against the exact reader, which shares no code with their writer: what was
 * written is read as that message to its last octet, and what has one thing wrong is not. */
#include "description_files.h"
#include "example_octets.h"

#include "description/emit/emit.h"
#include "description/example/example.h"
#include "description/machine/reader.h"

enum { ROOM = 4096, SEEDS = 100 };

struct subject {
	struct outcome outcome;
	const struct protocol *protocol;
	struct program *program;
};

static struct subject compile(struct outcome outcome)
{
	struct subject subject = { .outcome = outcome, .protocol = outcome.tree->protocols };
	struct report report = { .first = NULL };
	int r = program_compile(subject.protocol, &report, &subject.program);

	report_print(&report, stderr);
	report_finish(&report);
	assert_int_equal(r, 0);
	return subject;
}

static void release(struct subject *subject)
{
	free(subject->program);
	finish(&subject->outcome);
}

/* True when the octets are this message, all of them. */
static bool is_message(const struct subject *subject, const struct message *message, const uint8_t *octets, size_t size)
{
	static struct reader reader;
	int index = program_message_find(subject->program, message->role, message->name);

	assert_true(index >= 0);
	reader_start(&reader, subject->program, (unsigned)index);
	enum reader_verdict verdict = reader_feed(&reader, octets, size);
	return (verdict == READER_COMPLETE && reader.offset == size) ||
	       (verdict == READER_MORE && reader.complete_at == size);
}

/* In memory of exactly the room, so that the sanitizer sees a write behind it. */
static uint8_t *room_for(size_t room)
{
	uint8_t *octets = malloc(room > 0 ? room : 1);

	assert_non_null(octets);
	return octets;
}

static void check_examples(const struct subject *subject, const struct message *message, enum example_size size)
{
	uint8_t *octets = room_for(ROOM);

	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		size_t used = 0;
		int r = example_write(subject->protocol, message, seed, size, ROOM, octets, &used);
		if (r < 0 || !is_message(subject, message, octets, used)) {
			fail_msg("%s %s, size %d, seed %d: %d", subject->protocol->name, message->name, (int)size,
				 (int)seed, r);
		}
	}
	free(octets);
}

static void check_mutations(const struct subject *subject, const struct message *message)
{
	uint8_t *octets = room_for(ROOM);

	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		size_t used = 0;
		const char *what = "";
		int r = example_mutate(subject->protocol, message, seed, ROOM, octets, &used, &what);
		if (r < 0 || is_message(subject, message, octets, used)) {
			fail_msg("%s %s, seed %d, %s: %d", subject->protocol->name, message->name, (int)seed, what, r);
		}
	}
	free(octets);
}

static void check_subject(struct subject *subject)
{
	for (const struct message *message = subject->protocol->messages; message != NULL; message = message->next) {
		check_examples(subject, message, EXAMPLE_SMALLEST);
		check_examples(subject, message, EXAMPLE_TYPICAL);
		check_examples(subject, message, EXAMPLE_LARGEST);
		check_mutations(subject, message);
	}
	release(subject);
}

static void what_is_written_is_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < GOLDEN_NAMES; i++) {
		struct subject subject = compile(accept_golden(golden_names[i]));
		check_subject(&subject);
	}
}

/* Blocks whose parts depend on each other in every way that the language has. */
static void dependent_parts_fit_each_other(void **state)
{
	static const char *const blocks[] = {
		"sized u32 in 100 { n: u8; payload[n]; }",
		"sized u16 - 2 in 40 { x\"00\"; n: u8; m: u8; bytes[n]; bytes[m - 3]; }",
		"n: sized u16 in 14,42,54 { a: u64; "
		"switch n { case 14: { } case 42: { bytes[20]; } case 54: { bytes[32]; } } "
		"if n < 50 { c: u32; } if n = 54 { d: u32; } bytes[2]; if n = 42 { e: u64; } if n = 54 { bytes[8]; } }",
		"sized u8 { sized u8 { sized u8 in 7 { text[99] to x\"00\"; payload[rest]; } } any of x\"0102\"; }",
		"sized varint in 130..140 { v: varint in 128..300; sized ber in 100..200 { payload[rest]; } "
		"payload[rest]; }",
		"d: decimal in -20..20; \" \"; "
		"if d < 0 { x\"01\"; payload[0 - d]; } else { x\"02\"; payload[d * 2 + 1]; }",
		"n: u8 in 2..9; within n { \"a\"; text[99] of \"b-z\"; } eol;",
		"sized u8 { n: u8 in 0..3; repeat n { sized u8 in 1..4 { payload[rest]; } } bytes[rest - 1]; u8 = 7; }",
		"bits { z: 1 bit; size: 7 bits in 0..20; big: 1 bit; y: 7 bits = 0; } "
		"if big = 1 { l: u16 in 1..9; payload[l]; } else { payload[size]; }",
		"\"x\"; repeat until \"end\" { a: u8 in 'a'..'g'; b: u8; } u8;",
		"text[1..9] of \"0-9\"; maybe { \".\"; text[1..3] of \"0-9\"; } \"\\n\";",
		"sized hex4 - 4 in 12..20 { repeat until end { u16; } }",
		"sized u16 le + 3 in 0..10 { payload[rest]; }",
		"k: u8 in 1..3,200; switch k { case 1,200: { sized u8 in 3 { u24; } } case 2,3: { u8; } }",
	};
	char text[2048];

	(void)state;
	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
		(void)snprintf(text, sizeof(text), "protocol b%zu { types { client request M { x\"55\"; %s } } }", i,
			       blocks[i]);
		struct subject subject = compile(accept_text(text));
		check_subject(&subject);
	}
}

static void the_largest_has_its_most_and_the_smallest_its_least(void **state)
{
	struct outcome outcome = accept_golden("exfiles");
	const struct message *message = message_of(&outcome, ROLE_CLIENT, "Request");
	static const uint8_t smallest[] = { 0, 5, 1, 0, 0, 'a', 0 };
	static const uint8_t largest[] = { 1, 3, 4, 0xFF, 0xFF };
	uint8_t octets[ROOM];
	size_t size = 0;

	(void)state;
	assert_int_equal(example_write(outcome.tree->protocols, message, 1, EXAMPLE_SMALLEST, ROOM, octets, &size), 0);
	assert_int_equal(size, sizeof(smallest));
	assert_memory_equal(octets, smallest, sizeof(smallest));
	assert_int_equal(example_write(outcome.tree->protocols, message, 1, EXAMPLE_LARGEST, ROOM, octets, &size), 0);
	assert_int_equal(size, 261);
	assert_memory_equal(octets, largest, sizeof(largest));
	finish(&outcome);
}

static void a_seed_always_gives_the_same(void **state)
{
	struct outcome outcome = accept_golden("tls");
	const struct message *message = outcome.tree->protocols->messages;
	uint8_t octets[2][ROOM];
	size_t sizes[2] = { 0, 0 };

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(example_write(outcome.tree->protocols, message, 99, EXAMPLE_TYPICAL, ROOM, octets[i],
					       &sizes[i]),
				 0);
	}
	assert_int_equal(sizes[0], sizes[1]);
	assert_memory_equal(octets[0], octets[1], sizes[0]);
	assert_int_equal(
		example_write(outcome.tree->protocols, message, 100, EXAMPLE_TYPICAL, ROOM, octets[1], &sizes[1]), 0);
	assert_true(sizes[0] != sizes[1] || memcmp(octets[0], octets[1], sizes[0]) != 0);
	finish(&outcome);
}

/* A message carried in two records: the marks still say which octets are what. */
static void marks_cover_every_octet_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < GOLDEN_NAMES; i++) {
		struct outcome outcome = accept_golden(golden_names[i]);
		const struct message *message = outcome.tree->protocols->messages;
		for (; message != NULL; message = message->next) {
			struct example example;
			size_t at = 0;
			assert_int_equal(
				example_make(outcome.tree->protocols, message, 7, EXAMPLE_LARGEST, ROOM, &example), 0);
			for (size_t k = 0; k < example.mark_count; k++) {
				assert_int_equal(example.marks[k].offset, at);
				at += example.marks[k].size;
			}
			assert_int_equal(at, example.size);
			example_finish(&example);
		}
		finish(&outcome);
	}
}

static void no_room_is_no_message(void **state)
{
	struct subject subject = compile(accept_golden("constructs"));

	(void)state;
	for (const struct message *message = subject.protocol->messages; message != NULL; message = message->next) {
		for (size_t room = 0; room < 60; room++) {
			uint8_t *octets = room_for(room);
			size_t used = 0;
			int r = example_write(subject.protocol, message, room, EXAMPLE_LARGEST, room, octets, &used);
			assert_true(r == -EDOM ||
				    (r == 0 && used <= room && is_message(&subject, message, octets, used)));
			free(octets);
		}
	}
	release(&subject);
}

/* None of these can be met, or only at a price that nobody pays. */
static void what_cannot_be_written_is_given_up_soon(void **state)
{
	static const char *const blocks[] = {
		"n: u8; if n < 300 { sized u8 in 200 { u8; } }",
		"n: u8 in 5; sized u8 in 9 { within n { u64; } }",
		"n: u32 in 1000000..2000000; repeat n { u64; }",
		"payload[u32 in 100000..200000];",
		"sized u8 in 7 { repeat until end { u16; } }",
		"T;",
		"L30;",
	};
	char text[8192];

	(void)state;
	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
		size_t used = (size_t)snprintf(text, sizeof(text),
					       "protocol t { formats { format T nested 2 { u8; T; } "
					       "format L0 { u8; } ");
		for (int k = 1; k <= 30; k++) {
			used += (size_t)snprintf(text + used, sizeof(text) - used,
						 "format L%d { repeat until x\"00\" { L%d; L%d; } } ", k, k - 1, k - 1);
		}
		(void)snprintf(text + used, sizeof(text) - used, "} types { client request M { %s } } }", blocks[i]);
		struct outcome outcome = accept_text(text);
		uint8_t octets[ROOM];
		size_t size = 0;
		int r = example_write(outcome.tree->protocols, outcome.tree->protocols->messages, 3, EXAMPLE_LARGEST,
				      ROOM, octets, &size);
		assert_true(r == -EDOM || r == 0);
		assert_true(i >= 6 || r == -EDOM);
		finish(&outcome);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(dependent_parts_fit_each_other),
		cmocka_unit_test(the_largest_has_its_most_and_the_smallest_its_least),
		cmocka_unit_test(a_seed_always_gives_the_same),
		cmocka_unit_test(marks_cover_every_octet_once),
		cmocka_unit_test(no_room_is_no_message),
		cmocka_unit_test(what_cannot_be_written_is_given_up_soon),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
