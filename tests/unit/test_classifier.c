/* test_classifier.c - the rules by which a first message is taken for one of several protocols. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <errno.h>
#include <stdint.h>

#include <cmocka.h>

#include "classified.h"

#define OCTETS(text) (text), sizeof(text) - 1
#define P(name, block) "protocol " name " { types { client request M { " block " } } } "
#define EXPECT(octets, expected) assert_outcome(&classified, OCTETS(octets), expected)

/* ---- rules 1 to 3 ---- */

static void one_left_needs_evidence(void **state)
{
	struct classified classified = classify(P("alpha", "x\"01 02 04 08 10\"; payload[9];") P(
		"beta", "x\"21\"; payload[9];") P("gamma", "\"abcdefgh\"; payload[9];"));

	(void)state;
	EXPECT("\x01\x02\x04\x08", "alpha 3");
	EXPECT("\x01\x02", "- 0...");
	EXPECT("\x21\x02\x04\x08\x10\x20\x40\x80\x01\x02", "- 0..."); /* whole, with 8 bits */
	EXPECT("abcdefgh", "gamma 5");				      /* letters are worth 5 bits */
	EXPECT("abcd", "- 0...");
	EXPECT("\x02", "- 0");
	classified_finish(&classified);
}

static void zeros_and_repeats_are_worth_little(void **state)
{
	struct classified classified = classify(P("zeros", "x\"00 00 00 00 00 00 00 00 00 00 00 00\"; payload[9];") P(
		"fill", "x\"81 81 81 81 81 81 81 81 81 81 81\"; payload[9];"));

	(void)state;
	EXPECT("\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "zeros 12");
	EXPECT("\x81\x81\x81\x81\x81\x81\x81\x81\x81\x81\x81", "fill 9");
	classified_finish(&classified);
}

static void whole_message_needs_less(void **state)
{
	struct classified classified =
		classify(P("short", "x\"01 02\";") P("shorter", "x\"03\";") P("weak", "weak; x\"05 06 07 08 09\";"));

	(void)state;
	EXPECT("\x01\x02", "short 2");
	EXPECT("\x01\x02\x03", "short 2");
	EXPECT("\x03", "- 0...");
	EXPECT("\x05\x06\x07\x08", "- 0...");
	EXPECT("\x05\x06\x07\x08\x09", "weak 5");
	classified_finish(&classified);
}

static void alone_on_its_port(void **state)
{
	struct classified classified = classify(P("only", "u8 in 1..100; payload[2];"));

	(void)state;
	EXPECT("\x01\x02\x03", "only 3");
	EXPECT("\x01\x02", "- 0...");
	EXPECT("\xFF\x02\x03", "- 0");
	classified_finish(&classified);
	classified = classify(P("only", "u8 in 1..100; payload[99];"));
	char octets[100] = { 1 };
	assert_outcome(&classified, octets, sizeof(octets), "only 100");
	classified_finish(&classified);
}

static void sure_beats_those_without(void **state)
{
	struct classified classified = classify(P("line", "text[200] of \" -~\"; eol;") P(
		"http", "\"GET \"; text[99] to \" \"; \"HTTP/\"; sure; text[99] to eol;"));

	(void)state;
	EXPECT("GET / HTTP/1.0\r\n", "http 11");
	EXPECT("GET / HTTX/1.0\r\n", "line 16");
	EXPECT("GET / HTTP", "- 0...");
	classified_finish(&classified);
}

static void sure_is_needed_by_who_has_one(void **state)
{
	struct classified classified = classify(P("a", "\"12345678\"; sure; payload[9];") P("b", "\"z\"; payload[9];"));

	(void)state;
	EXPECT("1234567", "- 0...");
	EXPECT("12345678", "a 8");
	classified_finish(&classified);
}

static void two_are_sure(void **state)
{
	static const char text[] = P("a", "x\"10 20\"; sure; u8; x\"01\"; payload[9];")
		P("b", "x\"10 20\"; sure; u8; x\"02\"; payload[9];");
	const struct classifier_function functions[] = { { .id = 7, .protocol = 0 },
							 { .id = 8, .protocol = 1, .priority = 3 } };
	struct classified classified = classify(text);

	(void)state;
	EXPECT("\x10\x20\x30", "- 0...");
	EXPECT("\x10\x20\x30\x01", "a 4");
	EXPECT("\x10\x20\x30\x02", "b 4");
	classified_finish(&classified);
	classified_read(&classified, text);
	classified_build(&classified, functions, 2);
	EXPECT("\x10\x20\x30", "b 2");
	classified_finish(&classified);
}

/* Only one of two readings has passed it. */
static void sure_in_a_maybe(void **state)
{
	struct classified classified = classify(P("a", "maybe { \"ab\"; sure; } text[20] of \"a-z\"; \"!\";")
							P("b", "text[30] of \"a-z\"; \"?\";"));

	(void)state;
	EXPECT("abc?", "b 4");
	classified_finish(&classified);
}

/* ---- many alike ---- */

static void sure_among_many(void **state)
{
	struct classified classified = classify(P("a", "\"VERB \"; text[99] to \" \"; \"A/1\"; sure; eol;") P(
		"b", "\"VERB \"; text[99] to \" \"; \"B/1\"; sure; eol;") P("c", "\"VERB \"; text[40] of \" -~\"; eol;")
							P("d", "\"VERB \"; text[50] of \" -~\"; eol;")
								P("e", "\"VERB \"; text[60] of \" -~\"; eol;") P(
									"f", "\"VERB \"; text[70] of \" -~\"; eol;")
									P("g", "\"VERB \"; text[80] of \" -~\"; eol;"));

	(void)state;
	EXPECT("VERB x A/1\r\n", "a 10");
	EXPECT("VERB x B/1\r\n", "b 10");
	EXPECT("VERB x C/1\r\n", "- 0...");
	classified_finish(&classified);
}

/* Five know it is them after three octets, and only the fourth tells who it is not. */
static void proved_ones_die_too(void **state)
{
	struct classified classified = classify(P("a", "x\"01 02 04 08 11\"; payload[200];") P(
		"b", "x\"01 02 04\"; u8 in 0..9; x\"12 13 14\"; payload[200];"));

	(void)state;
	EXPECT("\x01\x02\x04\x08\x11", "a 5");
	EXPECT("\x01\x02\x04\x08\x12", "b 5");
	EXPECT("\x01\x02\x04\x07", "b 4");
	EXPECT("\x01\x02\x04\x08\x13", "- 0");
	EXPECT("\x01\x02\x04\x08", "- 0...");
	classified_finish(&classified);
}

/* ---- rule 4: behind the window ---- */

static void sure_behind_the_window(void **state)
{
	struct classified classified = classify(P("line", "\"GET \"; text[400] of \" -~\"; eol;") P(
		"http", "\"GET \"; text[300] to \" \"; \"HTTP/1.\"; sure; decimal; eol; eol;"));
	char octets[400];

	(void)state;
	for (unsigned length = 20; length < 300; length += 13) {
		char expected[32];
		int size = snprintf(octets, sizeof(octets), "GET /%0*d HTTP/1.1\r\n\r\n", (int)length, 7);
		(void)snprintf(expected, sizeof(expected), "http %u", length + 13);
		assert_outcome(&classified, octets, (size_t)size, expected);
		octets[length + 7] = 'X'; /* HTTP becomes HXTP */
		(void)snprintf(expected, sizeof(expected), "line %u", length + 8);
		assert_outcome(&classified, octets, length + 16, expected);
		octets[length + 7] = 'T';
		octets[length + 15] = '?'; /* decided before that is seen */
		(void)snprintf(expected, sizeof(expected), "http %u", length + 13);
		assert_outcome(&classified, octets, length + 16, expected);
	}
	classified_finish(&classified);
}

/* The last of two dies after the other has become whole, or sure: what was decided on the way counts. */
static void order_of_events_behind_the_window(void **state)
{
	struct classified classified =
		classify(P("a", "x\"01\"; payload[59]; \"A\"; sure; payload[20]; \"B\"; payload[20];")
				 P("b", "x\"01\"; payload[69]; \"C\"; payload[20];"));
	uint8_t octets[120] = { 1 };

	(void)state;
	octets[60] = 'A';
	octets[70] = 'C';
	octets[81] = 'B';
	assert_outcome(&classified, octets, sizeof(octets), "a 61");
	octets[81] = 'X';
	assert_outcome(&classified, octets, sizeof(octets), "a 61");
	octets[60] = 'X';
	assert_outcome(&classified, octets, 80, "- 0...");
	classified_finish(&classified);
	classified = classify(P("a", "x\"01 02 03 04\"; payload[56]; \"A\";")
				      P("b", "x\"01 02 03 04\"; payload[66]; \"C\"; payload[20];"));
	memcpy(octets, "\x01\x02\x03\x04", 4);
	octets[60] = 'A';
	assert_outcome(&classified, octets, 61, "a 61...");
	assert_outcome(&classified, octets, sizeof(octets), "b 62"); /* the only one that has so many */
	classified_finish(&classified);
}

static void message_without_end(void **state)
{
	struct classified classified = classify(P("a", "x\"01 02\"; payload[rest];") P(
		"b", "x\"01\"; u16 in 0x0200..0x02FF; sized u32 { payload[rest]; } sure;"));
	uint8_t *octets = calloc(1, CLASSIFIER_OCTETS_MAX);

	(void)state;
	assert_non_null(octets);
	memcpy(octets, "\x01\x02\x03\x7F\x01\x02\x03", 7);
	assert_outcome(&classified, octets, 6, "a 6...");
	assert_outcome(&classified, octets, 5000, "a 5000...");
	struct classifier_flow flow = { .state = 0 };
	struct classifier_answer answer;
	assert_int_equal(classifier_feed(classified.classifier, &flow, octets, CLASSIFIER_OCTETS_MAX - 1, &answer),
			 CLASSIFIER_MORE);
	assert_int_equal(classifier_feed(classified.classifier, &flow, octets, CLASSIFIER_OCTETS_MAX, &answer),
			 CLASSIFIER_NOBODY);
	free(octets);
	classified_finish(&classified);
}

/* ---- rule 5: remembered ---- */

static void whole_while_others_live(void **state)
{
	struct classified classified = classify(P("short", "x\"11 12 13\";") P("long", "x\"11 12 13 14 15\";"));

	(void)state;
	EXPECT("\x11\x12\x13", "short 3...");
	EXPECT("\x11\x12\x13\x1F", "short 3");
	EXPECT("\x11\x12\x13\x14", "long 4");
	classified_finish(&classified);
	classified = classify(P("short", "x\"11 12 13\";")
				      P("long", "u8 in 0x10..0x18; u8 in 0x10..0x18; u8; u8; x\"15\";"));
	EXPECT("\x11\x12\x13\x14\x1F", "short 3");
	EXPECT("\x11\x12\x13\x14\x15", "long 5");
	EXPECT("\x11\x12\x13\x14", "- 0...");
	classified_finish(&classified);
	classified = classify(P("short", "x\"11 12\";") P("long", "x\"11 12\"; u8 in 0..9; x\"15\";"));
	EXPECT("\x11\x12\xFF", "- 0"); /* 16 bits are enough only when nobody else was there */
	classified_finish(&classified);
}

static void two_whole_at_once(void **state)
{
	static const char text[] = P("a", "x\"11 12 13 14\";") P("b", "x\"11 12 13\"; u8;")
		P("c", "u8 in 0x10..0x18; u8 in 0x10..0x18; u8; u8; x\"15\";");
	const struct classifier_function functions[] = { { .id = 0, .protocol = 0 },
							 { .id = 1, .protocol = 1, .priority = 1 },
							 { .id = 2, .protocol = 2 } };
	struct classified classified = classify(text);

	(void)state;
	EXPECT("\x11\x12\x13\x14\x51", "- 0");
	EXPECT("\x11\x12\x13\x14", "- 0...");
	EXPECT("\x11\x12\x13\x1F", "b 4...");
	EXPECT("\x11\x12\x13\x1F\x51", "b 4");
	EXPECT("\x11\x12\x13\x1F\x15", "c 5");
	classified_finish(&classified);
	classified_read(&classified, text);
	classified_build(&classified, functions, 3);
	EXPECT("\x11\x12\x13\x14\x51", "b 4");
	EXPECT("\x11\x12\x13\x14", "b 4...");
	classified_finish(&classified);
}

/* The deciding table remembers what dies before few are left. */
static void remembered_by_the_table(void **state)
{
	struct classified classified = classify(
		P("hello", "\"abcdefgh\";") P("a", "\"abcdefgh\"; \"1\"; payload[9];")
			P("b", "\"abcdefgh\"; \"2\"; payload[9];") P("c", "\"abcdefgh\"; \"3\"; payload[9];")
				P("d", "\"abcdefgh\"; \"4\"; payload[9];") P("e", "\"abcdefgh\"; \"5\"; payload[9];"));

	(void)state;
	EXPECT("abcdefgh", "hello 8...");
	EXPECT("abcdefghX", "hello 8");
	EXPECT("abcdefgh3", "c 9");
	classified_finish(&classified);
}

/* ---- silence ---- */

static void silence_and_priority(void **state)
{
	static const char text[] = P("a", "text[1..40] of \"a-z\"; eol;") P("b", "text[1..50] of \"a-z\"; eol;")
		P("c", "text[1..50] of \"a-z\"; \"\\n\"; \"more\";");
	const struct classifier_function functions[] = { { .id = 0, .protocol = 0 },
							 { .id = 1, .protocol = 1, .priority = -2 },
							 { .id = 2, .protocol = 2 } };
	struct classified classified = classify(text);

	(void)state;
	EXPECT("abcdefghijklmn\n", "- 0...");
	EXPECT("abcdefghijklmn\nmo", "c 16");
	classified_finish(&classified);
	classified_read(&classified, text);
	classified_build(&classified, functions, 3);
	EXPECT("abcdefghijklmn\n", "a 15...");
	classified_finish(&classified);
}

static void at_once(void **state)
{
	struct classifier_function functions[2] = { { .id = 0, .protocol = 0 }, { .id = 1, .protocol = 1 } };
	struct classified classified;

	(void)state;
	classified_read(
		&classified,
		P("http", "\"GET /\"; text[99] to eol;")
			P("line", "weak; text[1..15] of \"A-Za-z0-9-\"; maybe { \" \"; text[50] of \" -~\"; } eol;"));
	classified.protocols[1].at_once = true;
	classified_build(&classified, functions, 2);
	EXPECT("help", "line 1");
	EXPECT("GE", "- 0...");
	EXPECT("GES", "line 3");
	EXPECT("GET /abcdef\r\n", "http 13...");
	EXPECT("GET /abcdef\n", "http 12...");
	EXPECT("!", "- 0");
	classified_finish(&classified);
}

static void weak_lengths_must_be_exact(void **state)
{
	struct classified classified = classify(
		P("a",
		  "weak; n: u8 in 1..9; x\"50\"; m: u8 in 1..9; payload[n]; payload[m]; if n = m { x\"01\"; } else { "
		  "x\"02\"; }") P("b", "x\"FF\"; payload[2];"));

	(void)state;
	EXPECT("\x01\x50\x02zzz\x02", "a 7");
	EXPECT("\x02\x50\x02zzzz\x01", "a 8");
	classified_finish(&classified);
}

static void nothing_is_described(void **state)
{
	struct classified classified = classify(P("a", "\"abcdefgh\";"));
	struct classifier_costs costs;
	struct classifier *empty = NULL;
	struct classifier_flow flow = { .state = 0 };
	struct classifier_answer answer;
	char room[16];
	struct text offender;

	(void)state;
	text_init(&offender, room, sizeof(room));
	assert_int_equal(classifier_build(NULL, 0, NULL, 0, &offender, &costs, &empty), 0);
	assert_int_equal(classifier_feed(empty, &flow, (const uint8_t *)"x", 1, &answer), CLASSIFIER_NOBODY);
	free(empty);
	assert_int_equal(classifier_check(classified.classifier, classifier_size(classified.classifier)), 0);
	assert_int_equal(classifier_check(classified.classifier, classifier_size(classified.classifier) - 1), -EBADMSG);
	flow = (struct classifier_flow){ .state = 0 };
	assert_int_equal(classifier_feed(classified.classifier, &flow, (const uint8_t *)"", 0, &answer),
			 CLASSIFIER_MORE);
	assert_int_equal(classifier_settle(classified.classifier, &flow, (const uint8_t *)"", 0, &answer),
			 CLASSIFIER_NOBODY);
	assert_int_equal(sizeof(struct classifier_flow), 8);
	classified_finish(&classified);
}

/* ---- blocks of somebody else's ---- */

/* A little of everything that a block can hold. */
static const char everything[] =
	"protocol a { opcodes { Verb : text nocase { get = \"GET\", go = \"GO\", ... } Op : u8 { one = 1, two = 2 } }"
	" formats { format Line nested 2 { \"<\"; maybe { Line; } \">\"; } }"
	" types { client request M { verb: Verb; \" \"; n: decimal in 1..40; eol; within n {"
	"   name: text[1..9] of \"a-z\"; Line; repeat until end { u8 in 65..90; } } \"end\"; sure; }"
	" client request N { x\"01\"; op: Op; bits { v: 4 bits = 3; w: 4 bits; } k: u16 in 1..9; sized u16 - 2 {"
	"   switch op { case one: { host: bytes[k]; } default: { payload[k + 1]; } }"
	"   if k > 3 { any of x\"00\"; } else { payload[rest]; } } repeat k { u8; } sure; } } } "
	"protocol b { types { client request M { x\"02 03 04\"; size: u8 in 1..20;"
	"   within size { text[9] to x\"00\"; } } } }";

static void use(const struct classifier *classifier, const void *octets, size_t size)
{
	struct classifier_flow flow = { .state = 0 };
	struct classifier_answer answer;

	if (classifier_feed(classifier, &flow, octets, size / 2, &answer) == CLASSIFIER_MORE &&
	    classifier_feed(classifier, &flow, octets, size, &answer) == CLASSIFIER_MORE) {
		(void)classifier_settle(classifier, &flow, octets, size, &answer);
	}
	for (uint32_t i = 0; i < classifier_message_count(classifier); i++) {
		struct classifier_standing standing;
		classifier_hold(classifier, i, octets, size, &standing);
	}
}

static void use_all(const struct classifier *classifier)
{
	use(classifier, OCTETS("GET 13\r\nabc<<>>ABCDEend"));
	use(classifier, OCTETS("\x01\x01\x35\x00\x04\x00\x08wxyz\x00zabcd"));
	use(classifier, OCTETS("\x01\x02\x35\x00\x02\x00\x07wxyab"));
	use(classifier, OCTETS("\x02\x03\x04\x05seal\x00"));
	use(classifier, OCTETS("gopher\n"));
}

/* Whatever is changed in it: it is refused, or nobody is led out of it. */
static void damaged_blocks(void **state)
{
	static const char *const hosts[] = { "wxyz", "*.example.org" };
	static const char *const verbs[] = { "get" };
	static const struct classifier_condition conditions[] = { { "host", hosts, 2 }, { "verb", verbs, 1 } };
	static const struct classifier_function functions[] = {
		{ .id = 1, .protocol = 0, .conditions = conditions, .condition_count = 1 },
		{ .id = 2, .protocol = 0, .conditions = conditions + 1, .condition_count = 1 },
		{ .id = 3, .protocol = 0, .message = "N" },
		{ .id = 4, .protocol = 1 },
	};
	const unsigned rounds = getenv("BERTH_LONG") != NULL ? 200000 : 3000;
	struct classified classified;
	unsigned refused = 0;

	(void)state;
	classified_read(&classified, everything);
	classified_build(&classified, functions, 4);
	assert_int_equal(classified.error, 0);
	size_t size = classifier_size(classified.classifier);
	assert_int_equal(classifier_check(classified.classifier, size), 0);
	use_all(classified.classifier);
	for (unsigned i = 0; i < rounds; i++) {
		uint8_t *damaged = malloc(size); /* nobody may look behind it */
		assert_non_null(damaged);
		memcpy(damaged, classified.classifier, size);
		damaged[(size_t)rand() % size] = (uint8_t)(i % 2 == 0 ? rand() : 0xFF); /* the same in every run */
		if (classifier_check(damaged, size) == 0) {
			use_all((const struct classifier *)(const void *)damaged);
		} else {
			refused++;
		}
		free(damaged);
	}
	assert_true(refused > rounds / 20);
	classified_finish(&classified);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_left_needs_evidence),
		cmocka_unit_test(zeros_and_repeats_are_worth_little),
		cmocka_unit_test(whole_message_needs_less),
		cmocka_unit_test(alone_on_its_port),
		cmocka_unit_test(sure_beats_those_without),
		cmocka_unit_test(sure_is_needed_by_who_has_one),
		cmocka_unit_test(two_are_sure),
		cmocka_unit_test(sure_in_a_maybe),
		cmocka_unit_test(sure_among_many),
		cmocka_unit_test(proved_ones_die_too),
		cmocka_unit_test(sure_behind_the_window),
		cmocka_unit_test(order_of_events_behind_the_window),
		cmocka_unit_test(message_without_end),
		cmocka_unit_test(whole_while_others_live),
		cmocka_unit_test(two_whole_at_once),
		cmocka_unit_test(remembered_by_the_table),
		cmocka_unit_test(silence_and_priority),
		cmocka_unit_test(at_once),
		cmocka_unit_test(weak_lengths_must_be_exact),
		cmocka_unit_test(nothing_is_described),
		cmocka_unit_test(damaged_blocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
