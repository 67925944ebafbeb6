/* parse_sequences.c - counters, kept values, states and rules.  Called by parse_file.c. */
#include <string.h>

#include "description/language/parse.h"

static const char rule_help[] = "write client NAME -> state; server NAME -> state; or after 30s -> end;";

/* ---- rules ---- */

static struct assignment *parse_assignments(struct parser *parser)
{
	struct assignment *first = NULL;
	struct assignment **tail = &first;

	do {
		struct assignment *assignment = parse_take(parser, sizeof(*assignment));
		assignment->place = parser->current.place;
		assignment->name = parse_name(parser, "a counter or kept value");
		if (!parser->failed && parse_expect(parser, "=", "'='")) {
			assignment->expression = parse_sum(parser);
		}
		if (!parser->failed) {
			PARSE_APPEND(tail, assignment);
		}
	} while (!parser->failed && parse_take_mark(parser, ","));
	return first;
}

static void parse_target(struct parser *parser, struct rule *rule)
{
	static const struct {
		const char *word;
		enum target_kind kind;
	} targets[] = { { "same", TARGET_SAME }, { "end", TARGET_END }, { "opaque", TARGET_OPAQUE } };

	if (parser->failed || !parse_expect(parser, "->", "\"->\" and the next state")) {
		return;
	}
	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		if (parse_at_word(parser, targets[i].word)) {
			rule->target = targets[i].kind;
		}
	}
	rule->target_place = parser->current.place;
	rule->target_name = parse_name(parser, "a state, \"same\", \"end\" or \"opaque\"");
	parse_semicolon(parser, "");
}

static void parse_after(struct parser *parser, struct rule *rule)
{
	rule->kind = RULE_AFTER;
	parse_advance(parser);
	if (parser->current.kind != TOKEN_TIME) {
		parse_fail(parser, "write 100ms, 30s or 5m", "a time");
		return;
	}
	rule->after_ms = parser->current.number;
	parse_advance(parser);
	struct place place = parser->ahead.place;
	parse_target(parser, rule);
	if (!parser->failed && rule->target != TARGET_END) {
		parse_error(parser, place, "write -> end", "a time limit can only end the conversation");
	}
}

static void parse_message_rule(struct parser *parser, struct rule *rule)
{
	rule->kind = RULE_MESSAGE;
	rule->role = parse_role(parser);
	if (!parser->failed) {
		rule->message_place = parser->current.place;
		rule->message_name = parse_name(parser, "a message or \"close\"");
	}
	if (parser->failed) {
		return;
	}
	if (strcmp(rule->message_name, "close") == 0) {
		rule->kind = RULE_CLOSE;
		rule->message_name = NULL;
	} else {
		rule->late = parse_take_word(parser, "late");
		rule->moved = parse_take_word(parser, "moved");
	}
	if (parse_take_word(parser, "when")) {
		rule->condition = parse_expression(parser);
	}
	if (!parser->failed && parse_take_word(parser, "set")) {
		rule->assignments = parse_assignments(parser);
	}
	if (!parser->failed && !parse_at_mark(parser, "->")) {
		const char *words = rule->kind == RULE_CLOSE ? "when set" : "late moved when set";
		parse_fail(parser, parse_hint(parser, &parser->current, words, rule_help), "\"->\"");
	}
	parse_target(parser, rule);
}

static struct rule *parse_rule(struct parser *parser)
{
	struct rule *rule = parse_take(parser, sizeof(*rule));

	rule->place = parser->current.place;
	if (parse_at_word(parser, "after")) {
		parse_after(parser, rule);
	} else if (parse_at_role(&parser->current)) {
		parse_message_rule(parser, rule);
	} else {
		parse_fail(parser, parse_hint(parser, &parser->current, "client server after", rule_help), "a rule");
	}
	return rule;
}

static void parse_rules(struct parser *parser, struct rule ***tail, const char *what)
{
	struct parse_block block = parse_block_open(parser, LEVEL_RULES, what);

	while (parse_block_more(parser, &block)) {
		struct rule *rule = parse_rule(parser);
		if (!parser->failed) {
			PARSE_APPEND(*tail, rule);
		}
	}
}

/* ---- what stands in the section ---- */

static bool parse_word(struct parser *parser, const char *word)
{
	if (!parser->failed && !parse_take_word(parser, word)) {
		parse_fail(parser, NULL, report_text(parser->report, "\"%s\"", word));
	}
	return !parser->failed;
}

static void parse_variable(struct parser *parser, bool is_counter)
{
	struct variable *variable = parse_take(parser, sizeof(*variable));

	parse_advance(parser);
	variable->is_counter = is_counter;
	variable->place = parser->current.place;
	variable->name = parse_name(parser, is_counter ? "the counter's name" : "the kept value's name");
	if (is_counter && parse_word(parser, "max")) {
		variable->maximum = parse_unsigned(parser, "the counter's largest value");
	} else if (!is_counter && !parser->failed && parse_expect(parser, ":", "':' and the type of the number")) {
		variable->number = parse_number_type(parser);
	}
	parse_semicolon(parser, "");
	if (!parser->failed) {
		PARSE_APPEND(parser->tails.variables, variable);
	}
}

static void parse_state(struct parser *parser)
{
	struct state *state = parse_take(parser, sizeof(*state));
	struct rule **tail = &state->rules;

	parse_advance(parser);
	state->place = parser->current.place;
	state->name = parse_name(parser, "the state's name");
	while (!parser->failed && parser->current.kind == TOKEN_NAME && !parse_at_role(&parser->current)) {
		bool start = parse_at_word(parser, "start");
		if (!start && !parse_at_word(parser, "final")) {
			parse_fail(parser, parse_hint(parser, &parser->current, "start final", NULL),
				   "\"start\", \"final\" or '{'");
			break;
		}
		state->start = state->start || start;
		state->final = state->final || !start;
		parse_advance(parser);
	}
	parse_rules(parser, &tail, "the state");
	if (!parser->failed) {
		PARSE_APPEND(parser->tails.states, state);
	}
}

static void parse_parallel(struct parser *parser)
{
	struct protocol *protocol = parser->protocol;
	struct place place = parser->current.place;

	parse_advance(parser);
	if (protocol->parallel_name != NULL) {
		parse_wrong(parser, "E1", place, "keep one of them", "\"parallel\" stands here a second time");
	}
	if (!parse_word(parser, "by")) {
		return;
	}
	protocol->parallel_place = parser->current.place;
	protocol->parallel_name = parse_name(parser, "the field that tells the copies apart");
	if (parse_word(parser, "max")) {
		place = parser->current.place;
		protocol->parallel_max = parse_unsigned(parser, "how many copies there may be");
		if (!parser->failed && protocol->parallel_max == 0) {
			parse_error(parser, place, "write a number from 1", "there must be room for one copy");
		}
	}
	parse_semicolon(parser, "");
}

static void parse_entry(struct parser *parser)
{
	static const char help[] = "write state, always, counter, keep or parallel";

	if (parse_at_word(parser, "state")) {
		parse_state(parser);
	} else if (parse_take_word(parser, "always")) {
		parse_rules(parser, &parser->tails.always, "\"always\"");
	} else if (parse_at_word(parser, "counter")) {
		parse_variable(parser, true);
	} else if (parse_at_word(parser, "keep")) {
		parse_variable(parser, false);
	} else if (parse_at_word(parser, "parallel")) {
		parse_parallel(parser);
	} else {
		parse_fail(parser, parse_hint(parser, &parser->current, "state always counter keep parallel", help),
			   "a state");
	}
}

void parse_sequences(struct parser *parser, struct parse_block *block)
{
	parser->protocol->has_sequences = true;
	while (parse_block_more(parser, block)) {
		parse_entry(parser);
	}
}
