/* fuzz_description.c - any text is read or refused, with places that exist; what is read without an error is linked.
 *
 * The text stands in memory of exactly its size, so that a look behind the end is found. */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "description/language/tree.h"

#define REQUIRE(condition)          \
	do {                        \
		if (!(condition)) { \
			abort();    \
		}                   \
	} while (0)

static void check_expression(const struct expression *expression)
{
	if (expression == NULL) {
		return;
	}
	REQUIRE(expression->kind != EXPRESSION_CODE || expression->value.code != NULL);
	REQUIRE(expression->kind != EXPRESSION_NAME || expression->field != NULL || expression->variable != NULL);
	check_expression(expression->left);
	check_expression(expression->right);
}

static void check_ranges(const struct range *ranges)
{
	for (const struct range *range = ranges; range != NULL; range = range->next) {
		REQUIRE(range->low.name == NULL || range->low.code != NULL);
		REQUIRE(range->high.name == NULL || range->high.code != NULL);
		REQUIRE(range->low.number <= range->high.number);
	}
}

static void check_block(const struct item *items)
{
	for (const struct item *item = items; item != NULL; item = item->next) {
		REQUIRE(item->kind != ITEM_CODE || item->code_set != NULL);
		REQUIRE(item->kind != ITEM_FORMAT || item->format != NULL);
		REQUIRE(item->kind != ITEM_SWITCH || item->selector != NULL);
		REQUIRE(item->kind != ITEM_LITERAL || item->text.size > 0);
		check_ranges(item->ranges);
		check_expression(item->expression);
		check_block(item->block);
		check_block(item->otherwise);
		for (const struct switch_case *branch = item->cases; branch != NULL; branch = branch->next) {
			check_ranges(branch->values);
			check_block(branch->block);
		}
	}
}

static void check_rules(const struct rule *rules)
{
	for (const struct rule *rule = rules; rule != NULL; rule = rule->next) {
		REQUIRE(rule->kind != RULE_MESSAGE || (rule->message != NULL && rule->message->role == rule->role));
		REQUIRE(rule->target != TARGET_STATE || rule->state != NULL);
		check_expression(rule->condition);
		for (const struct assignment *at = rule->assignments; at != NULL; at = at->next) {
			REQUIRE(at->variable != NULL);
			check_expression(at->expression);
		}
	}
}

static void check_protocol(const struct protocol *protocol)
{
	REQUIRE(protocol->transports != 0 && protocol->source != NULL);
	for (const struct format *format = protocol->formats; format != NULL; format = format->next) {
		check_block(format->block);
	}
	for (const struct message *message = protocol->messages; message != NULL; message = message->next) {
		REQUIRE((message->over_name == NULL) == (message->over == NULL));
		REQUIRE(!message->sure || !message->weak);
		REQUIRE(!message_is_first(protocol, message) || message->role == ROLE_CLIENT);
		check_block(message->block);
	}
	for (const struct state *state = protocol->states; state != NULL; state = state->next) {
		check_rules(state->rules);
	}
	check_rules(protocol->always);
	for (const struct function *function = protocol->functions; function != NULL; function = function->next) {
		REQUIRE((function->message_name == NULL) == (function->message == NULL));
	}
}

static void check_report(const struct report *report, size_t size)
{
	char *printed = NULL;
	size_t printed_size = 0;
	FILE *stream = open_memstream(&printed, &printed_size);

	REQUIRE(stream != NULL && !report->no_memory);
	for (const struct finding *finding = report->first; finding != NULL; finding = finding->next) {
		REQUIRE(finding->source != NULL && finding->text[0] != '\0');
		REQUIRE(finding->place.line <= size + 1 && finding->place.column <= size + 1);
	}
	report_print(report, stream);
	(void)fclose(stream);
	free(printed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct report report = { 0 };
	struct tree *tree = NULL;
	int r = tree_read("fuzz.berth", (const char *)data, size, &report, &tree);

	REQUIRE((r == 0 && tree != NULL) || (r == -E2BIG && tree == NULL && report.counts[FINDING_ERROR] > 0));
	check_report(&report, size);
	if (report.counts[FINDING_ERROR] == 0) {
		for (const struct protocol *protocol = tree->protocols; protocol != NULL; protocol = protocol->next) {
			check_protocol(protocol);
		}
	}
	report_finish(&report);
	tree = tree_destroy(tree);
	return 0;
}
