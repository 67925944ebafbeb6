/* test_emit_boxes.c - packet diagrams, word for word. */
#include "description_files.h"

#include "description/emit/emit.h"

#define PROTOCOL(formats, block) "protocol t { formats { " formats " } types { client request M { " block " } } }"

#define RULER                                                              \
	" 0                   1                   2                   3\n" \
	" 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1\n"

#define BORDER_8 "+-+-+-+-+-+-+-+-+\n"
#define BORDER_16 "+-+-+-+-+-+-+-+-" BORDER_8
#define BORDER_24 "+-+-+-+-+-+-+-+-" BORDER_16
#define BORDER "+-+-+-+-+-+-+-+-" BORDER_24

/* What is said about the only message. */
static void assert_drawn(const char *text, const char *drawing)
{
	struct outcome outcome = accept_text(text);
	char *printed = document_of(emit_boxes, outcome.tree->protocols);

	assert_non_null(printed);
	if (strstr(printed, drawing) == NULL) {
		fail_msg("drawn:\n%s\nmissing:\n%s", printed, drawing);
	}
	free(printed);
	finish(&outcome);
}

static void the_example_of_the_language(void **state)
{
	struct outcome outcome = accept_golden("exfiles");
	char *printed = document_of(emit_boxes, outcome.tree->protocols);
	static const char begin[] = "Request (request of the client)\n\n" RULER
				    "+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+\n"
				    "|             length            |       op      |    argument   |\n"
				    "+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+\n"
				    "|   (argument)  |\n"
				    "+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+\n"
				    "|                   filename, 0-terminated ...                  |\n"
				    "+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+\n"
				    "\n"
				    "   length    16 bits, 5 to 259: octets that follow\n"
				    "   op        8 bits, read (1) to restore (4)\n"
				    "   argument  16 bits\n"
				    "   filename  text of at most 255 octets, then an octet 0\n";

	(void)state;
	assert_int_equal(strncmp(printed, begin, sizeof(begin) - 1), 0);
	free(printed);
	finish(&outcome);
}

static void narrow_fields_have_their_names_downwards(void **state)
{
	(void)state;
	assert_drawn(PROTOCOL("", "bits { urg: 1 bit; ack: 1 bit = 1; len: 4 bits; bits: 2 bits; }"),
		     RULER BORDER_8 "|u|a|       |bit|\n"
				    "|r|c|  len  | s |\n"
				    "|g|k|       |   |\n" BORDER_8);
}

static void a_wide_field_goes_on_in_parentheses(void **state)
{
	(void)state;
	assert_drawn(PROTOCOL("", "u8 = 7; id: u64; last: bytes[3];"),
		     RULER BORDER "|       7       |                       id                      |\n" BORDER
				  "|                              (id)                             |\n" BORDER
				  "|      (id)     |                      last                     |\n" BORDER);
}

static void a_literal_is_cut_where_the_row_ends(void **state)
{
	(void)state;
	assert_drawn(PROTOCOL("", "x\"00\"; \"CONNECT\"; x\"0102\";"),
		     RULER BORDER "|      0x00     |                     \"CON\"                     |\n" BORDER
				  "|                            (\"NECT\")                           |\n" BORDER
				  "|             0x0102            |\n" BORDER_16);
}

static void what_has_no_fixed_size_is_a_row(void **state)
{
	(void)state;
	assert_drawn(PROTOCOL("", "a: u8; key: bytes[u8 in 1..9]; b: u16; hash: bytes[20]; payload[a + 1];"),
		     BORDER_16 "|       a       |   key length  |\n" BORDER
			       "|                            key ...                            |\n" BORDER
			       "|               b               |\n" BORDER
			       "|                      hash, 20 octets ...                      |\n" BORDER
			       "|                          payload ...                          |\n" BORDER "\n"
			       "   a           8 bits\n"
			       "   key length  8 bits, 1 to 9: octets of key\n"
			       "   key         key length octets\n"
			       "   b           16 bits\n"
			       "   hash        20 octets\n"
			       "   payload     a + 1 octets\n");
}

static void text_is_written_as_a_line(void **state)
{
	(void)state;
	assert_drawn(
		PROTOCOL("",
			 "\"GET \"; path: text[99] to \" \"; \"HTTP/1.\"; decimal in 0..1; eol; maybe { \"x\"; } eol;"),
		"M (request of the client)\n\n"
		"   \"GET \" path \" \" \"HTTP/1.\" number CR LF [part 1] CR LF\n\n"
		"   path    text of at most 99 octets, then \" \"\n"
		"   number  decimal number, 0 to 1\n"
		"   part 1  may be left out\n\n"
		"part 1 of M, which may be left out:\n\n"
		"   \"x\"\n\n");
}

static void parts_are_drawn_one_by_one(void **state)
{
	(void)state;
	assert_drawn(PROTOCOL("", "k: u8 in 1..3; switch k { case 1: { } case 2,3: { v: u16; } default: { w: u8; } } "
				  "if k > 1 { x: u8; } else { y: u8; }"),
		     "|              nothing, part 1 or part 2, by k ...              |\n" BORDER
		     "|                part 3 if k > 1, else part 4 ...               |\n");
}

static void a_counted_block_says_what_it_counts(void **state)
{
	static const char text[] = PROTOCOL(
		"", "sized u16 - 2 { a: u8; b: u8; } sized u8 - 3 { c: u8; } sized u8 + 1 { d: u8; } sized ber { }");

	(void)state;
	assert_drawn(text, "   length    16 bits: octets from a to b, these 2 included\n");
	assert_drawn(text, "   length 2  8 bits: octets of c, plus 3\n");
	assert_drawn(text, "   length 3  8 bits: octets of d, minus 1\n");
	assert_drawn(text, "   length 4  length as in BER: nothing follows\n");
}

static void a_format_within_itself_is_only_named(void **state)
{
	(void)state;
	assert_drawn("protocol t { formats { format T nested 4 { k: u8 in 0..1; if k = 1 { T; T; } } } "
		     "types { client request M { T; } } }",
		     "T (a format that may contain itself, at most 4 deep)\n");
}

/* Written out, the last of these formats has 2^30 fields. */
static void formats_that_double_come_to_an_end(void **state)
{
	char text[4096] = "protocol t { formats { format F0 { a: u8; } ";
	size_t used = strlen(text);

	(void)state;
	for (int i = 1; i <= 30; i++) {
		used += (size_t)snprintf(text + used, sizeof(text) - used, "format F%d { F%d; F%d; } ", i, i - 1,
					 i - 1);
	}
	(void)snprintf(text + used, sizeof(text) - used, "} types { client request M { F30; } } }");
	assert_drawn(text, "as the format F");
}

static void a_message_without_octets(void **state)
{
	(void)state;
	assert_drawn(PROTOCOL("", ""), "M (request of the client)\n\n   (no octets)\n\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_of_the_language),
		cmocka_unit_test(narrow_fields_have_their_names_downwards),
		cmocka_unit_test(a_wide_field_goes_on_in_parentheses),
		cmocka_unit_test(a_literal_is_cut_where_the_row_ends),
		cmocka_unit_test(what_has_no_fixed_size_is_a_row),
		cmocka_unit_test(text_is_written_as_a_line),
		cmocka_unit_test(parts_are_drawn_one_by_one),
		cmocka_unit_test(a_counted_block_says_what_it_counts),
		cmocka_unit_test(a_format_within_itself_is_only_named),
		cmocka_unit_test(formats_that_double_come_to_an_end),
		cmocka_unit_test(a_message_without_octets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
