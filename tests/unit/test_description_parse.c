/* test_description_parse.c - descriptions without a mistake: what the tree holds, and what its names are linked to. */
#include "description_outcome.h"

#include "description/language/application.h"

#define ITEMS(text) "protocol a { types { client request A { " text " } } }"

/* ---- the form's own protocol ---- */

static const char exfiles[] =
	"protocol exfiles {\n"
	"  title \"Example file service\";  short \"exfiles\";\n"
	"  reference \"https://example.org/exfiles.txt\";\n"
	"  transport tcp;\n"
	"  opcodes {\n"
	"    Op : u8 { read = 1, write = 2, delete = 3, restore = 4, cancel = 5, interrupt = 6, answer = 7 }\n"
	"    Status : u8 { ok = 0, cancelled = 1, nofile = 2, denied = 3, ... }\n"
	"  }\n"
	"  types {\n"
	"    client request   Request   { weak; sized u16 in 5..259 { op: Op in read..restore; argument: u16; "
	"filename: text[255] to x\"00\"; } }\n"
	"    client cancel    Cancel    { sized u16 in 1 { op: Op = cancel; } }\n"
	"    server reply     Reply     { sized u16 in 4..65535 { op: Op = answer; status: Status; argument: u16; "
	"payload[rest]; } }\n"
	"    server interrupt Interrupt { sized u16 in 3 { op: Op = interrupt; reason: u16; } }\n"
	"  }\n"
	"  sequences {\n"
	"    state idle start final { client Request -> waiting; client close -> end; client Cancel late -> idle; }\n"
	"    state waiting          { server Reply -> idle; client Cancel -> cancelling; after 30s -> end; }\n"
	"    state cancelling       { server Reply -> idle; }\n"
	"    always                 { server Interrupt -> same; }\n"
	"  }\n"
	"  functions { function files \"read, write, delete and restore files\"; }\n"
	"  broadcast no;\n"
	"}\n";

static void the_parts_of_a_protocol(void **state)
{
	struct outcome outcome = accept_text(exfiles);
	const struct protocol *protocol = outcome.tree->protocols;

	(void)state;
	assert_string_equal(protocol->name, "exfiles");
	assert_null(protocol->next);
	assert_int_equal(protocol->transports, TRANSPORT_TCP);
	assert_string_equal(entry_find(protocol->headers, "short")->answers->text.start, "exfiles");
	assert_int_equal(entry_find(protocol->headers, "broadcast")->answers->kind, ANSWER_NAME);
	assert_null(entry_find(protocol->headers, "contact"));
	assert_string_equal(protocol->code_sets->name, "Op");
	assert_false(protocol->code_sets->open);
	assert_true(protocol->code_sets->next->open);
	assert_string_equal(protocol->functions->name, "files");
	assert_string_equal(protocol->functions->description, "read, write, delete and restore files");
	assert_true(protocol->has_sequences && protocol->has_functions && !protocol->has_rendezvous);
	finish(&outcome);
}

static void the_block_of_a_message(void **state)
{
	struct outcome outcome = accept_text(exfiles);
	const struct message *request = message_of(&outcome, ROLE_CLIENT, "Request");
	const struct item *sized = item_at(request->block, 1);

	(void)state;
	assert_int_equal(request->kind, KIND_REQUEST);
	assert_int_equal(request->place.line, 10);
	assert_true(request->weak && !request->sure);
	assert_int_equal(request->block->kind, ITEM_WEAK);
	assert_int_equal(sized->kind, ITEM_SIZED);
	assert_int_equal(sized->number.kind, NUMBER_U16);
	assert_range(sized->ranges, 5, 259);
	assert_int_equal(sized->block->kind, ITEM_CODE);
	assert_string_equal(sized->block->name, "op");
	assert_ptr_equal(sized->block->code_set, outcome.tree->protocols->code_sets);
	assert_range(sized->block->ranges, 1, 4);
	assert_string_equal(sized->block->ranges->high.code->name, "restore");
	const struct item *filename = item_at(sized->block, 2);
	assert_int_equal(filename->kind, ITEM_TEXT_TO);
	assert_int_equal(filename->text_max, 255);
	assert_octets(filename->text, "", 1);
	assert_false(filename->to_eol);
	finish(&outcome);
}

static void states_and_rules(void **state)
{
	struct outcome outcome = accept_text(exfiles);
	const struct protocol *protocol = outcome.tree->protocols;
	const struct state *idle = protocol->states;
	const struct rule *rule = idle->rules;

	(void)state;
	assert_true(idle->start && idle->final);
	assert_false(idle->next->start || idle->next->final);
	assert_ptr_equal(rule->message, message_of(&outcome, ROLE_CLIENT, "Request"));
	assert_ptr_equal(rule->state, idle->next);
	assert_int_equal(rule->next->kind, RULE_CLOSE);
	assert_int_equal(rule->next->target, TARGET_END);
	assert_true(rule->next->next->late);
	rule = idle->next->rules->next->next;
	assert_int_equal(rule->kind, RULE_AFTER);
	assert_int_equal(rule->after_ms, 30000);
	assert_int_equal(protocol->always->target, TARGET_SAME);
	assert_ptr_equal(protocol->always->message, message_of(&outcome, ROLE_SERVER, "Interrupt"));
	finish(&outcome);
}

static void first_messages(void **state)
{
	struct outcome outcome = accept_text(exfiles);
	const struct protocol *protocol = outcome.tree->protocols;

	(void)state;
	assert_true(message_is_first(protocol, message_of(&outcome, ROLE_CLIENT, "Request")));
	assert_false(message_is_first(protocol, message_of(&outcome, ROLE_CLIENT, "Cancel")));
	assert_false(message_is_first(protocol, message_of(&outcome, ROLE_SERVER, "Interrupt")));
	finish(&outcome);

	outcome = accept_text("protocol a { types { client data A { } server data B { } } }");
	assert_true(message_is_first(outcome.tree->protocols, message_of(&outcome, ROLE_CLIENT, "A")));
	assert_false(message_is_first(outcome.tree->protocols, message_of(&outcome, ROLE_SERVER, "B")));
	finish(&outcome);

	outcome = accept_text("protocol a { types { client data A { } } sequences { state s start { } "
			      "always { client A -> same; } } }");
	assert_true(message_is_first(outcome.tree->protocols, message_of(&outcome, ROLE_CLIENT, "A")));
	finish(&outcome);
}

static void words_of_the_language(void **state)
{
	(void)state;
	assert_string_equal(message_kind_word(KIND_REQUEST), "request");
	assert_string_equal(message_kind_word(KIND_DATA), "data");
	assert_string_equal(role_word(ROLE_CLIENT), "client");
	assert_string_equal(role_word(ROLE_SERVER), "server");
}

/* ---- tokens ---- */

static void strings_and_numbers(void **state)
{
	struct outcome outcome = accept_text(
		ITEMS("\"a\\n\\r\\t\\0\\\\\\\"\\'\\x41\\xff\"; x\"0D 0a 00\"; /* one */ \"GET\" nocase; // two\n"
		      "u32 = 0xFFFFFFFF; u8 = 'A'; u8 = '\\n'; u8 = '\\x7f'; u8 = '\\'';"
		      "decimal in -9223372036854775808..9223372036854775807;"));
	const struct item *block = first_block(&outcome);

	(void)state;
	assert_octets(block->text, "a\n\r\t\0\\\"'A\xff", 10);
	assert_octets(item_at(block, 1)->text, "\r\n", 3);
	assert_false(item_at(block, 1)->nocase);
	assert_true(item_at(block, 2)->nocase);
	assert_range(item_at(block, 3)->ranges, UINT32_MAX, UINT32_MAX);
	assert_range(item_at(block, 4)->ranges, 'A', 'A');
	assert_range(item_at(block, 5)->ranges, '\n', '\n');
	assert_range(item_at(block, 6)->ranges, 0x7f, 0x7f);
	assert_range(item_at(block, 7)->ranges, '\'', '\'');
	assert_range(item_at(block, 8)->ranges, INT64_MIN, INT64_MAX);
	finish(&outcome);
}

static void times(void **state)
{
	struct outcome outcome =
		accept_text("protocol a { sequences { state s start { after 100ms -> end; after 5m -> end; "
			    "after 2s -> end; } } }");
	const struct rule *rule = outcome.tree->protocols->states->rules;

	(void)state;
	assert_int_equal(rule->after_ms, 100);
	assert_int_equal(rule->next->after_ms, 300000);
	assert_int_equal(rule->next->next->after_ms, 2000);
	finish(&outcome);
}

/* Windows line ends, and no line end at all. */
static void line_ends(void **state)
{
	struct outcome outcome = accept_text("protocol a {\r\n// one\r\ntypes { client data A { eol; } }\r\n}//");

	(void)state;
	assert_int_equal(message_of(&outcome, ROLE_CLIENT, "A")->place.line, 3);
	assert_int_equal(message_of(&outcome, ROLE_CLIENT, "A")->place.column, 21);
	finish(&outcome);
}

/* ---- types of fields ---- */

static void numbers_and_their_order(void **state)
{
	struct outcome outcome =
		accept_text("protocol a { types { client data A { u16; u16 be; u24 le; u32; u64; hex4; varint; "
			    "sized ber { } } } byteorder little; }");
	const struct item *block = first_block(&outcome);

	(void)state;
	assert_true(outcome.tree->protocols->little);
	assert_true(block->number.little && !block->number.order_given);
	assert_false(item_at(block, 1)->number.little);
	assert_int_equal(item_at(block, 2)->number.kind, NUMBER_U24);
	assert_true(item_at(block, 3)->number.little);
	assert_int_equal(item_at(block, 4)->number.kind, NUMBER_U64);
	assert_int_equal(item_at(block, 5)->number.kind, NUMBER_HEX4);
	assert_int_equal(item_at(block, 6)->number.kind, NUMBER_VARINT);
	assert_int_equal(item_at(block, 7)->number.kind, NUMBER_BER);
	finish(&outcome);
}

static void sizes(void **state)
{
	struct outcome outcome =
		accept_text(ITEMS("n: sized u16 - 2 in 3,5..9 { payload[rest]; } sized u8 + 1 { } bytes[u16 in 1..9]; "
				  "b: bytes[n - 1]; payload[20]; within n { }"));
	const struct item *block = first_block(&outcome);

	(void)state;
	assert_string_equal(block->name, "n");
	assert_int_equal(block->adjust, -2);
	assert_range(block->ranges, 3, 3);
	assert_range(block->ranges->next, 5, 9);
	assert_int_equal(block->block->count, COUNT_REST);
	assert_int_equal(item_at(block, 1)->adjust, 1);
	assert_int_equal(item_at(block, 2)->count, COUNT_NUMBER);
	assert_range(item_at(block, 2)->ranges, 1, 9);
	assert_int_equal(item_at(block, 3)->count, COUNT_EXPRESSION);
	assert_int_equal(item_at(block, 3)->expression->kind, EXPRESSION_SUBTRACT);
	assert_ptr_equal(item_at(block, 3)->expression->left->field, block);
	assert_int_equal(item_at(block, 4)->expression->value.number, 20);
	assert_ptr_equal(item_at(block, 5)->expression->field, block);
	finish(&outcome);
}

static bool in_set(const struct item *item, unsigned octet)
{
	return (item->set[octet >> 3] & (1U << (octet & 7))) != 0;
}

static void texts(void **state)
{
	struct outcome outcome = accept_text(
		ITEMS("text[9] to eol; text[1..8] of \"a-c-\"; text[3..4] to \" \"; text[5] of \"\\x01-\\xFF\"; "
		      "any of \"\\0\\xff\";"));
	const struct item *block = first_block(&outcome);

	(void)state;
	assert_true(block->to_eol);
	assert_int_equal(block->text_min, 0);
	const struct item *set = item_at(block, 1);
	assert_int_equal(set->kind, ITEM_TEXT_OF);
	assert_int_equal(set->text_min, 1);
	assert_int_equal(set->text_max, 8);
	assert_true(in_set(set, 'a') && in_set(set, 'b') && in_set(set, 'c') && in_set(set, '-'));
	assert_false(in_set(set, 'd') || in_set(set, '`') || in_set(set, 0));
	assert_int_equal(item_at(block, 2)->text_min, 3);
	assert_octets(item_at(block, 2)->text, " ", 1);
	assert_false(in_set(item_at(block, 3), 0));
	assert_true(in_set(item_at(block, 3), 1) && in_set(item_at(block, 3), 255));
	assert_octets(item_at(block, 4)->text, "\0\xff", 2);
	finish(&outcome);
}

static void bits(void **state)
{
	struct outcome outcome =
		accept_text(ITEMS("bits { qr: 1 bit = 1; op: 4 bits in 0..5; z: 3 bits; } bits { all: 8 bits; }; "
				  "if op = 2 { u8; } switch z { case 1: { } default: { u8; } }"));
	const struct item *block = first_block(&outcome);
	const struct item *selecting = item_at(block, 3);

	(void)state;
	assert_int_equal(block->bits->width, 1);
	assert_range(block->bits->ranges, 1, 1);
	assert_range(block->bits->next->ranges, 0, 5);
	const struct expression *op = item_at(block, 2)->expression->left;
	assert_ptr_equal(op->field, block);
	assert_string_equal(op->name, "op");
	assert_ptr_equal(selecting->selector, block);
	assert_string_equal(selecting->selector_bits->name, "z");
	assert_range(selecting->cases->values, 1, 1);
	assert_null(selecting->cases->next->values);
	assert_non_null(selecting->cases->next->block);
	finish(&outcome);
}

static void repeats_and_branches(void **state)
{
	struct outcome outcome = accept_text(
		ITEMS("n: u8; repeat until end { u8; } repeat until eol { u8; } repeat until x\"00\" { u8; } "
		      "repeat n - 1 { u8; } maybe { u16; } if n > 1 { u8; } else { u16; } repeat n { }"));
	const struct item *block = first_block(&outcome);

	(void)state;
	assert_int_equal(item_at(block, 1)->until, UNTIL_END);
	assert_int_equal(item_at(block, 2)->until, UNTIL_EOL);
	assert_int_equal(item_at(block, 3)->until, UNTIL_LITERAL);
	assert_octets(item_at(block, 3)->text, "", 1);
	assert_int_equal(item_at(block, 4)->until, UNTIL_COUNT);
	assert_ptr_equal(item_at(block, 4)->expression->left->field, block);
	assert_int_equal(item_at(block, 5)->block->number.kind, NUMBER_U16);
	assert_int_equal(item_at(block, 6)->block->number.kind, NUMBER_U8);
	assert_int_equal(item_at(block, 6)->otherwise->number.kind, NUMBER_U16);
	assert_null(item_at(block, 7)->block);
	finish(&outcome);
}

/* Keywords are names where a name can stand. */
static void keywords_as_names(void **state)
{
	struct outcome outcome = accept_text(
		"protocol types { opcodes { Op : u8 { end = 1, case = 2, text = 3, in = 4 } } "
		"formats { format format { u8; } } "
		"types { client request client { length: u8; version: u8; type: u8; title: u8; port: u8; data: u8; "
		"end: u8; text: u8; eol: u8; sized: sized u8 { } if: u8; repeat: u8; switch: Op; until: u8; u8: u8; "
		"bits: bits { bit: 8 bits; } "
		"repeat until { u8; } within length { } switch switch { case end, case: { } "
		"case text: { } default: { } } "
		"if if = 1 { format; } payload[length]; } server data server { } } "
		"sequences { counter counter max 1; keep keep : u8; state start start { client client -> always; } "
		"state always { server server late moved when keep = 1 -> start; } } "
		"functions { function function \"a\" on client; } }");
	(void)state;
	finish(&outcome);
}

/* ---- headers, answers ---- */

static void headers(void **state)
{
	struct outcome outcome = accept_text(
		"protocol a { transport udp, sctp; version 1.0; port 69; contact \"Ada\" \"ada@example.org\"; "
		"multicast 224.0.1.x \"what for\"; multicast \"ff02::1\"; }");
	const struct protocol *protocol = outcome.tree->protocols;
	const struct entry *multicast = entry_find(protocol->headers, "multicast");

	(void)state;
	assert_int_equal(protocol->transports, TRANSPORT_UDP | TRANSPORT_SCTP);
	assert_string_equal(entry_find(protocol->headers, "version")->answers->text.start, "1.0");
	assert_int_equal(entry_find(protocol->headers, "port")->answers->number, 69);
	assert_string_equal(entry_find(protocol->headers, "contact")->answers->next->text.start, "ada@example.org");
	assert_string_equal(multicast->answers->text.start, "224.0.1.x");
	assert_string_equal(multicast->answers->next->text.start, "what for");
	assert_string_equal(multicast->next->answers->text.start, "ff02::1");
	finish(&outcome);
}

static void applications_of_every_kind(void **state)
{
	(void)state;
	for (int kind = 0; kind < APPLICATION_KINDS; kind++) {
		char text[64];
		(void)snprintf(text, sizeof(text), "application %s { }",
			       application_kind_word((enum application_kind)kind));
		struct outcome outcome = accept_text(text);
		assert_int_equal((int)outcome.tree->applications->kind, kind);
		finish(&outcome);
	}
	struct outcome outcome = read_text("application service { }");
	assert_int_equal(outcome.report.counts[FINDING_ERROR], 1);
	finish(&outcome);
	outcome = read_text("application users { }");
	assert_non_null(strstr(outcome.report.first->help, "\"user\""));
	finish(&outcome);
}

static void answers_of_an_application(void **state)
{
	struct outcome outcome =
		accept_text("application relocation {\n"
			    "  applicant \"Ada Example\" \"ada@example.org\"; transport tcp, udp; port any;\n"
			    "  why-not-dynamic \"\"\"\r\n"
			    "    One,\r\n"
			    "      two \\n\r\n"
			    "\r\n"
			    "    three.\r\n"
			    "    \"\"\"; relocates 111 sunrpc;\n"
			    "  notes \"\"\"a \"quoted\" word\"\"\"; security \"\"\"\"\"\";\n"
			    "}\napplication name { }\n");
	const struct application *application = outcome.tree->applications;
	const struct entry *entries = application->entries;

	(void)state;
	assert_int_equal(application->kind, APPLICATION_RELOCATION);
	assert_int_equal(application->next->kind, APPLICATION_NAME);
	assert_null(outcome.tree->protocols);
	assert_string_equal(entries->answers->text.start, "Ada Example");
	assert_string_equal(entries->answers->next->text.start, "ada@example.org");
	assert_string_equal(entry_find(entries, "transport")->answers->next->text.start, "udp");
	assert_int_equal(entry_find(entries, "port")->answers->kind, ANSWER_NAME);
	assert_string_equal(entry_find(entries, "why-not-dynamic")->answers->text.start, "One,\n  two \\n\n\nthree.");
	assert_int_equal(entry_find(entries, "relocates")->answers->number, 111);
	assert_string_equal(entry_find(entries, "relocates")->answers->next->text.start, "sunrpc");
	assert_string_equal(entry_find(entries, "notes")->answers->text.start, "a \"quoted\" word");
	assert_int_equal(entry_find(entries, "security")->answers->text.size, 0);
	finish(&outcome);
}

/* The tree has its own copy of the text, and any number of protocols. */
static void the_text_is_copied(void **state)
{
	char *text = strdup("protocol a { types { client data A { \"one\"; u8; } } } protocol b { }");
	struct outcome outcome = accept_text(text);

	(void)state;
	memset(text, 'x', strlen(text));
	free(text);
	assert_octets(first_block(&outcome)->text, "one", 3);
	assert_string_equal(outcome.tree->protocols->next->name, "b");
	assert_ptr_equal(outcome.tree->protocols->source, &outcome.tree->source);
	assert_string_equal(outcome.tree->source.name, "t.berth");
	finish(&outcome);
	assert_null(tree_destroy(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_parts_of_a_protocol),
		cmocka_unit_test(the_block_of_a_message),
		cmocka_unit_test(states_and_rules),
		cmocka_unit_test(first_messages),
		cmocka_unit_test(words_of_the_language),
		cmocka_unit_test(strings_and_numbers),
		cmocka_unit_test(times),
		cmocka_unit_test(line_ends),
		cmocka_unit_test(numbers_and_their_order),
		cmocka_unit_test(sizes),
		cmocka_unit_test(texts),
		cmocka_unit_test(bits),
		cmocka_unit_test(repeats_and_branches),
		cmocka_unit_test(keywords_as_names),
		cmocka_unit_test(headers),
		cmocka_unit_test(applications_of_every_kind),
		cmocka_unit_test(answers_of_an_application),
		cmocka_unit_test(the_text_is_copied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
