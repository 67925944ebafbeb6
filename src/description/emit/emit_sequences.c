/* emit_sequences.c - who may say what when, in words: the answer to question 5 of the form.  Called by emit_form.c. */
#include "description/emit/emit_sequences.h"

#include <inttypes.h>
#include <stdarg.h>

#include "description/emit/emit_page.h"
#include "description/emit/emit_words.h"

/* ---- one rule ---- */

static void put_event(struct words *words, const struct rule *rule)
{
	const char *role = role_word(rule->role);

	if (rule->kind == RULE_AFTER) {
		words_put(words, "nothing comes for ");
		words_time(words, rule->after_ms);
	} else if (rule->kind == RULE_CLOSE) {
		words_put(words, "the %s closes the connection", role);
	} else if (rule->late) {
		words_put(words, "a late %s of the %s may arrive", rule->message_name, role);
	} else {
		words_put(words, "the %s sends %s", role, rule->message_name);
	}
	words_put(words, rule->moved ? " from a new port" : "");
}

static void put_next(struct words *words, const struct rule *rule, const struct state *state)
{
	switch (rule->target) {
	case TARGET_END:
		words_put(words, "; that is the end");
		break;
	case TARGET_OPAQUE:
		words_put(words, "; what follows is not described");
		break;
	case TARGET_SAME:
		words_put(words, "; nothing changes");
		break;
	case TARGET_STATE:
	default:
		words_put(words, rule->state == state ? "; still %s" : "; then %s", rule->target_name);
		break;
	}
}

static void say_rules(const struct rule *rules, const struct state *state, FILE *stream, unsigned indent)
{
	for (const struct rule *rule = rules; rule != NULL; rule = rule->next) {
		struct words words;
		words_init(&words);
		put_event(&words, rule);
		if (rule->condition != NULL) {
			words_put(&words, ", where ");
			words_expression(&words, rule->condition);
		}
		for (const struct assignment *set = rule->assignments; set != NULL; set = set->next) {
			words_put(&words, "; %s becomes ", set->name);
			words_expression(&words, set->expression);
		}
		put_next(&words, rule, state);
		(void)fprintf(stream, "%*s- ", (int)indent, "");
		page_paragraph_from(stream, indent + 2, indent + 2, words_end(&words));
	}
}

/* ---- the whole ---- */

static void say(FILE *stream, unsigned indent, const char *format, ...) __attribute__((format(printf, 3, 4)));

static void say(FILE *stream, unsigned indent, const char *format, ...)
{
	char text[512];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	page_paragraph(stream, indent, text);
}

static void say_variables(const struct protocol *protocol, FILE *stream, unsigned indent)
{
	if (protocol->parallel_name != NULL) {
		say(stream, indent, "Each %s has a conversation of its own; at most %" PRIu64 " at one time.",
		    protocol->parallel_name, protocol->parallel_max);
	}
	for (const struct variable *variable = protocol->variables; variable != NULL; variable = variable->next) {
		if (variable->is_counter) {
			say(stream, indent, "%s counts from 0 to at most %" PRIu64 ".", variable->name,
			    variable->maximum);
		} else {
			say(stream, indent, "%s is a number that both sides keep.", variable->name);
		}
	}
	if (protocol->parallel_name != NULL || protocol->variables != NULL) {
		(void)fputc('\n', stream);
	}
}

/* Without sequences any message of the client comes first. */
static void say_default(const struct protocol *protocol, FILE *stream, unsigned indent)
{
	say(stream, indent, "The client begins with any of its messages. %s",
	    protocol->has_rendezvous ? "The server answers with one of its own. What follows is not described."
				     : "What follows is not described.");
	(void)fputc('\n', stream);
}

void say_sequences(const struct protocol *protocol, FILE *stream, unsigned indent)
{
	if (!protocol->has_sequences) {
		say_default(protocol, stream, indent);
		return;
	}
	say_variables(protocol, stream, indent);
	for (const struct state *state = protocol->states; state != NULL; state = state->next) {
		say(stream, indent, "%s%s%s:", state->name, state->start ? ", where it begins" : "",
		    state->final ? state->start ? " and may end" : ", where it may end" : "");
		say_rules(state->rules, state, stream, indent);
		(void)fputc('\n', stream);
	}
	if (protocol->always != NULL) {
		say(stream, indent, "At any time:");
		say_rules(protocol->always, NULL, stream, indent);
		(void)fputc('\n', stream);
	}
}
