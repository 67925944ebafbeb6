/* test_description_links.c - what the names in a description are linked to, and how expressions are read. */
#include "description_outcome.h"

#define ITEMS(text) "protocol a { types { client request A { " text " } } }"

/* ---- names ---- */

static void formats_and_carriers(void **state)
{
	struct outcome outcome = accept_text(
		"protocol a { types { client request A over Record { Param; maybe { Value; } } } formats { "
		"format Record { sized u16 { body[rest]; } } format Param { key: text[64] to x\"00\"; sure; } "
		"format Value nested 8 { tag: u8; switch tag { case 1: { Value; } default: { } } } } }");
	const struct message *message = message_of(&outcome, ROLE_CLIENT, "A");
	const struct format *formats = outcome.tree->protocols->formats;

	(void)state;
	assert_ptr_equal(message->over, formats);
	assert_true(message->sure);
	assert_int_equal(message->block->kind, ITEM_FORMAT);
	assert_ptr_equal(message->block->format, formats->next);
	const struct format *value = formats->next->next;
	assert_int_equal(value->nested, 8);
	assert_ptr_equal(item_at(value->block, 1)->cases->block->format, value);
	finish(&outcome);
}

/* The length of a TNS redirect stands before the counted block of its second packet. */
static void names_reach_across_counted_blocks(void **state)
{
	struct outcome outcome = accept_text(ITEMS(
		"sized u8 { m: u16; } sized u16 - 2 { x\"06\"; maybe { bytes[m]; } } if m > 1 { n: u8; payload[n]; } "
		"else { n: u16; payload[n]; }"));
	const struct item *block = first_block(&outcome);
	const struct item *m = block->block;
	const struct item *condition = item_at(block, 2);

	(void)state;
	assert_ptr_equal(item_at(block, 1)->block->next->block->expression->field, m);
	assert_ptr_equal(condition->expression->left->field, m);
	assert_ptr_equal(condition->block->next->expression->field, condition->block);
	assert_ptr_equal(condition->otherwise->next->expression->field, condition->otherwise);
	finish(&outcome);
}

static void codes_belong_to_what_they_are_compared_with(void **state)
{
	struct outcome outcome = accept_text(
		"protocol a { opcodes { Op : u8 { read = 1, op = 7 } Err : u8 { read = 9, full = 3 } "
		"Verb : text nocase { get = \"GET\", put = \"PUT\" } } "
		"types { client data A { op: Op = read; err: Err in read, full; verb: Verb in get, put; u8 = Err.read; "
		"if op = op { } if err = read { } if read != op { } if verb = put { } if op = Err.full { } "
		"sized u16 in Op.op..Err.read { } switch err { case read: { } case Err.full: { } } } } }");
	const struct item *block = first_block(&outcome);

	(void)state;
	assert_range(block->ranges, 1, 1);
	assert_range(item_at(block, 1)->ranges, 9, 9);
	assert_string_equal(item_at(block, 2)->ranges->next->low.code->name, "put");
	assert_range(item_at(block, 3)->ranges, 9, 9);
	const struct expression *same = item_at(block, 4)->expression;
	assert_int_equal(same->left->kind, EXPRESSION_NAME);
	assert_int_equal(same->right->kind, EXPRESSION_CODE);
	assert_int_equal(same->right->value.number, 7);
	assert_int_equal(item_at(block, 5)->expression->right->value.number, 9);
	assert_int_equal(item_at(block, 6)->expression->left->value.number, 1);
	assert_octets(item_at(block, 7)->expression->right->value.code->text, "PUT", 3);
	assert_int_equal(item_at(block, 8)->expression->right->value.number, 3);
	assert_range(item_at(block, 9)->ranges, 7, 9);
	assert_range(item_at(block, 10)->cases->values, 9, 9);
	assert_range(item_at(block, 10)->cases->next->values, 3, 3);
	finish(&outcome);
}

static void rules_see_the_fields_of_their_message(void **state)
{
	struct outcome outcome = accept_text(
		"protocol a { opcodes { Verb : text { quit = \"QUIT\", ... } } formats { format Block { block: u16; } "
		"format Carrier { id: u32; body[rest]; } } "
		"types { client data A over Carrier { maybe { verb: Verb; } Block; name: text[9] to eol; } } "
		"sequences { counter pending max 9; keep n : u16; state s start { "
		"client A when block = n and verb = quit and name = \"x\" and id > 0 and length of A = 516 "
		"set n = n + 1, pending = 0 -> s; } } }");
	const struct protocol *protocol = outcome.tree->protocols;
	const struct rule *rule = protocol->states->rules;
	const struct expression *last = rule->condition;
	const struct expression *first = last->left->left->left->left;

	(void)state;
	assert_true(protocol->variables->is_counter);
	assert_int_equal(protocol->variables->maximum, 9);
	assert_int_equal(last->right->left->kind, EXPRESSION_LENGTH);
	assert_int_equal(first->kind, EXPRESSION_EQUAL);
	assert_ptr_equal(first->left->field, protocol->formats->block);
	assert_ptr_equal(first->right->variable, protocol->variables->next);
	assert_null(first->right->field);
	assert_int_equal(last->left->left->left->right->right->kind, EXPRESSION_CODE);
	assert_int_equal(last->left->left->right->right->kind, EXPRESSION_TEXT);
	assert_ptr_equal(last->left->right->left->field, protocol->formats->next->block);
	assert_ptr_equal(rule->assignments->variable, protocol->variables->next);
	assert_int_equal(rule->assignments->expression->kind, EXPRESSION_ADD);
	assert_ptr_equal(rule->assignments->next->variable, protocol->variables);
	finish(&outcome);
}

/* ---- expressions ---- */

static void print_expression(const struct expression *expression, FILE *stream)
{
	static const char *const words[] = {
		[EXPRESSION_OR] = "or",		[EXPRESSION_AND] = "and",	   [EXPRESSION_EQUAL] = "=",
		[EXPRESSION_UNEQUAL] = "!=",	[EXPRESSION_LESS] = "<",	   [EXPRESSION_LESS_EQUAL] = "<=",
		[EXPRESSION_GREATER] = ">",	[EXPRESSION_GREATER_EQUAL] = ">=", [EXPRESSION_ADD] = "+",
		[EXPRESSION_SUBTRACT] = "-",	[EXPRESSION_MULTIPLY] = "*",	   [EXPRESSION_BIT_AND] = "&",
		[EXPRESSION_SHIFT_LEFT] = "<<", [EXPRESSION_SHIFT_RIGHT] = ">>",
	};

	if (expression->kind == EXPRESSION_NUMBER) {
		(void)fprintf(stream, "%jd", (intmax_t)expression->value.number);
		return;
	}
	if (expression->left == NULL) {
		(void)fputs(expression->kind == EXPRESSION_REST ? "REST" : expression->name, stream);
		return;
	}
	(void)fputc('(', stream);
	print_expression(expression->left, stream);
	(void)fprintf(stream, " %s ", words[expression->kind]);
	print_expression(expression->right, stream);
	(void)fputc(')', stream);
}

static void assert_expression(const char *text, const char *expected)
{
	char *printed = NULL;
	size_t size = 0;
	char description[256];
	FILE *stream = open_memstream(&printed, &size);

	assert_non_null(stream);
	(void)snprintf(description, sizeof(description), ITEMS("a: u8; b: u8; if %s { }"), text);
	struct outcome outcome = accept_text(description);
	print_expression(item_at(first_block(&outcome), 2)->expression, stream);
	(void)fclose(stream);
	assert_string_equal(printed, expected);
	free(printed);
	finish(&outcome);
}

static void precedence(void **state)
{
	(void)state;
	assert_expression("a = 1 or b = 2 and a = 3", "((a = 1) or ((b = 2) and (a = 3)))");
	assert_expression("a - 1 - b = -1", "(((a - 1) - b) = -1)");
	assert_expression("a + b * 2 >= a & 1 + b", "((a + (b * 2)) >= ((a & 1) + b))");
	assert_expression("(a = 1 or b = 2) and (a + b) << 2 != a >> 1",
			  "(((a = 1) or (b = 2)) and (((a + b) << 2) != (a >> 1)))");
	assert_expression("rest > a-1", "(REST > (a - 1))");
	assert_expression("a<b and a<=b", "((a < b) and (a <= b))");
}

/* ---- functions, rendezvous ---- */

static void functions_and_selectors(void **state)
{
	struct outcome outcome = accept_text(
		"protocol a { formats { format Name { sni: bytes[u8]; } } opcodes { Verb : text { get = \"GET\" } } "
		"types { client request A { Name; verb: Verb; } client data B { key: text[9] to eol; } } "
		"functions { function web \"pages\" when sni = \"www\" and verb = \"GET\"; "
		"function git-mirror on B when key = \"\\0\"; function other; } }");
	const struct function *web = outcome.tree->protocols->functions;

	(void)state;
	assert_string_equal(web->conditions->selector_name, "sni");
	assert_octets(web->conditions->next->text, "GET", 3);
	assert_null(web->message);
	assert_string_equal(web->next->name, "git-mirror");
	assert_null(web->next->description);
	assert_ptr_equal(web->next->message, message_of(&outcome, ROLE_CLIENT, "B"));
	assert_octets(web->next->conditions->text, "", 1);
	assert_null(web->next->next->conditions);
	finish(&outcome);
}

static void rendezvous_lines(void **state)
{
	struct outcome outcome = accept_text(
		"protocol a { opcodes { Status : u8 { ok = 0, no = 1 } } "
		"types { client request Ask { id: u8; name: text[15] to eol; } "
		"server reply Answer { id: u8; status: Status; why: text[80] to eol; } } rendezvous { name name; "
		"say Answer { status = ok; id = Ask.id; } accept on Ask Answer { status = Status.ok; }; "
		"accept nothing; "
		"refuse unknown, not-here on Ask Answer { why = \"{reason}\"; status = 1; } "
		"refuse Answer; redirect moved; } }");
	const struct rendezvous_line *line = outcome.tree->protocols->rendezvous;

	(void)state;
	assert_int_equal(line->kind, LINE_NAME);
	assert_string_equal(line->words->text, "name");
	line = line->next;
	assert_int_equal(line->kind, LINE_SAY);
	assert_string_equal(line->message_name, "Answer");
	assert_int_equal(line->fills->kind, FILL_FIELD);
	assert_null(line->fills->message_name);
	assert_string_equal(line->fills->next->message_name, "Ask");
	assert_string_equal(line->fills->next->name, "id");
	line = line->next;
	assert_int_equal(line->kind, LINE_ACCEPT);
	assert_string_equal(line->on_name, "Ask");
	line = line->next;
	assert_null(line->message_name);
	line = line->next;
	assert_int_equal(line->kind, LINE_REFUSE);
	assert_string_equal(line->words->next->text, "not-here");
	assert_int_equal(line->fills->kind, FILL_TEXT);
	assert_int_equal(line->fills->next->kind, FILL_NUMBER);
	line = line->next;
	assert_null(line->words);
	assert_true(line->next->moved);
	assert_null(line->next->message_name);
	finish(&outcome);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats_and_carriers),
		cmocka_unit_test(names_reach_across_counted_blocks),
		cmocka_unit_test(codes_belong_to_what_they_are_compared_with),
		cmocka_unit_test(rules_see_the_fields_of_their_message),
		cmocka_unit_test(precedence),
		cmocka_unit_test(functions_and_selectors),
		cmocka_unit_test(rendezvous_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
