/* describer_listen.c - from the functions of a listener to its classifier. */
#include "rendezvous/describer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The line dialect, as far as it takes to tell it from others: then it is read by wire/line.c. */
static const char line_dialect[] = "protocol line {\n"
				   "  types { client request Name { weak; text[1..15] of \"A-Za-z0-9-\";\n"
				   "    maybe { \" key=\"; text[1..32] of \"A-Za-z0-9._-\"; } eol; } }\n"
				   "}\n";

/* ---- what a listener has ---- */

static const char *description_of(const struct describer *describer, const struct plan_function *function)
{
	return plan_text(describer->plan, function->description_at);
}

static const struct source_read *source_named(const struct describer *describer, const char *name)
{
	const struct source_read *source = describer->sources;

	while (strcmp(source->name, name) != 0) {
		source++;
	}
	return source;
}

static uint32_t protocol_index(struct listening *listening, const struct source_read *source)
{
	for (uint32_t i = 0; i < listening->protocol_count; i++) {
		if (listening->sources[i] == source) {
			return i;
		}
	}
	listening->sources[listening->protocol_count] = source;
	listening->protocols[listening->protocol_count] = (struct classifier_protocol){ .program = source->program };
	return (uint32_t)listening->protocol_count++;
}

static void list_selectors(const struct program *program, struct text *text)
{
	const struct program_selector *selectors = program_selectors(program);

	for (uint32_t i = 0; i < program->selectors.count; i++) {
		text_put(text, i == 0 ? "" : i + 1 < program->selectors.count ? ", " : " and ");
		text_put(text, selectors[i].name);
	}
	if (program->selectors.count == 0) {
		text_put(text, "no selectors");
	}
}

static void complain_selector(struct describer *describer, uint32_t index, const char *selector,
			      const struct source_read *source)
{
	char sentence[1024];
	struct text text;

	text_init(&text, sentence, sizeof(sentence));
	text_put(&text, selector);
	text_put(&text, ": the description ");
	text_put(&text, source->name);
	text_put(&text, " has no such selector; it has ");
	list_selectors(source->program, &text);
	describer_say_of_function(describer, index, sentence);
}

/* The plan's words, as pointers. */
static const char *const *values_of(const struct plan *plan, struct plan_array values)
{
	const char **texts = calloc(values.count + 1, sizeof(char *));

	for (uint32_t i = 0; texts != NULL && i < values.count; i++) {
		texts[i] = plan_word(plan, values, i);
	}
	return (const char *const *)texts;
}

static int add_function(struct describer *describer, struct listening *listening, uint32_t index)
{
	const struct plan *plan = describer->plan;
	const struct plan_function *function = plan_function(plan, index);
	const struct plan_condition *conditions = plan_items(plan, function->conditions);
	const struct source_read *source = source_named(describer, description_of(describer, function));
	struct classifier_condition *added = calloc(function->conditions.count + 1, sizeof(*added));

	if (added == NULL) {
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < function->conditions.count; i++) {
		added[i].selector = plan_text(plan, conditions[i].selector_at);
		added[i].values = values_of(plan, conditions[i].values);
		added[i].value_count = conditions[i].values.count;
		if (program_selector_find(source->program, added[i].selector) < 0) {
			complain_selector(describer, index, added[i].selector, source);
		}
	}
	listening->functions[listening->function_count++] = (struct classifier_function){
		.id = index,
		.protocol = protocol_index(listening, source),
		.priority = function->priority,
		.conditions = added,
		.condition_count = function->conditions.count,
	};
	return 0;
}

/* Where a function stands in the order that decides between equals. */
struct rank {
	int32_t priority;
	uint32_t index;
};

static int by_rank(const void *left, const void *right)
{
	const struct rank *a = left;
	const struct rank *b = right;

	if (a->priority != b->priority) {
		return a->priority > b->priority ? -1 : 1;
	}
	return (a->index > b->index) - (a->index < b->index);
}

/* By priority, and then in the order of the configuration. */
static int add_functions(struct describer *describer, struct listening *listening)
{
	uint32_t count = listening->listen->functions.count;
	const uint32_t *indexes = plan_items(describer->plan, listening->listen->functions);
	struct rank *ranks = calloc(count + 1, sizeof(struct rank));
	int r = ranks == NULL ? -ENOMEM : 0;

	for (uint32_t i = 0; i < count && r == 0; i++) {
		ranks[i].index = indexes[i];
		ranks[i].priority = plan_function(describer->plan, indexes[i])->priority;
	}
	if (r == 0) {
		qsort(ranks, count, sizeof(struct rank), by_rank);
	}
	for (uint32_t i = 0; i < count && r == 0; i++) {
		if (*description_of(describer, plan_function(describer->plan, ranks[i].index)) != '\0') {
			r = add_function(describer, listening, ranks[i].index);
		}
	}
	free(ranks);
	return r;
}

/* The line dialect as one more protocol. */
static int add_line(struct listening *listening)
{
	struct report report = { .first = NULL };
	struct program *program = NULL;
	struct tree *tree = NULL;
	int r = tree_read("line dialect", line_dialect, strlen(line_dialect), &report, &tree);

	if (r == 0) {
		r = program_compile(tree->protocols, &report, &program);
	}
	if (r == 0) {
		listening->sources[listening->protocol_count] = NULL;
		listening->protocols[listening->protocol_count++] =
			(struct classifier_protocol){ .program = program, .at_once = true };
	}
	report_finish(&report);
	tree_destroy(tree);
	return r;
}

/* ---- the classifier ---- */

/* A function that is called by name must not be taken for somebody else's first message. */
static void find_shadowed_names(struct describer *describer, const struct listening *listening,
				const struct classifier *classifier)
{
	const uint32_t *indexes = plan_items(describer->plan, listening->listen->functions);

	for (uint32_t i = 0; i < listening->listen->functions.count; i++) {
		const struct plan_function *function = plan_function(describer->plan, indexes[i]);
		struct classifier_flow flow = { 0 };
		struct classifier_answer answer;
		char line[FUNCTION_NAME_MAX + 3];
		char sentence[512];
		int size = snprintf(line, sizeof(line), "%s\r\n", function->name.text);
		enum classifier_verdict verdict =
			classifier_settle(classifier, &flow, (const uint8_t *)line, (size_t)size, &answer);
		if (verdict == CLASSIFIER_FUNCTION && listening->sources[answer.protocol] != NULL) {
			(void)snprintf(
				sentence, sizeof(sentence),
				"at [listen %s] its name is also a first message of %s, which would have the call; "
				"give it another name",
				listening->listen->name, listening->sources[answer.protocol]->name);
			describer_say_of_function(describer, indexes[i], sentence);
		}
	}
}

static int write_all(int descriptor, const void *octets, size_t size)
{
	const char *next = octets;

	while (size > 0) {
		ssize_t written = write(descriptor, next, size);
		if (written < 0 && errno != EINTR) {
			return -errno;
		}
		next += written > 0 ? written : 0;
		size -= written > 0 ? (size_t)written : 0;
	}
	return 0;
}

static int build(struct describer *describer, struct listening *listening)
{
	char offender[64];
	struct text text;
	struct classifier *classifier = NULL;
	struct classifier_costs costs;

	text_init(&text, offender, sizeof(offender));
	int r = classifier_build(listening->protocols, listening->protocol_count, listening->functions,
				 listening->function_count, &text, &costs, &classifier);
	if (r == -E2BIG) {
		describer_say_of_listen(describer, listening->index,
					"its descriptions need too large a table together; leave out the costliest "
					"(`berth check` says what each costs)");
		return 0;
	}
	if (r < 0) {
		return r;
	}
	if ((listening->listen->dialects & 1U << SETTING_LINE) != 0) {
		find_shadowed_names(describer, listening, classifier);
	}
	r = write_all(describer->classifiers[listening->index], classifier, classifier_size(classifier));
	free(classifier);
	return r;
}

int describe_listen(struct describer *describer, uint32_t index)
{
	struct listening listening = { .listen = plan_listen(describer->plan, index), .index = index };
	uint32_t sources = describer->described->source_count;

	listening.protocols = calloc(sources + 2, sizeof(struct classifier_protocol));
	listening.sources = calloc(sources + 2, sizeof(struct source_read *));
	listening.functions = calloc(listening.listen->functions.count + 1, sizeof(struct classifier_function));
	int r = listening.protocols == NULL || listening.sources == NULL || listening.functions == NULL ? -ENOMEM : 0;
	r = r < 0 ? r : add_functions(describer, &listening);
	if (r == 0 && (listening.listen->dialects & 1U << SETTING_LINE) != 0) {
		r = add_line(&listening);
	}
	if (r == 0 && listening.function_count == 0 && (listening.listen->dialects & 1U << SETTING_LINE) == 0 &&
	    listening.listen->silent == PLAN_NONE) {
		describer_say_of_listen(describer, index,
					"dialects = detect, but none of its functions has a description, so nobody "
					"could call; add \"description = PROTOCOL\" to one");
	}
	r = r < 0 ? r : find_twins(describer, &listening);
	r = r < 0 ? r : find_collisions(describer, &listening);
	return r < 0 || describer->wrong ? r : build(describer, &listening);
}
