/* describer_twins.c - functions that are for the very same calls: one description, and conditions that the same values
 * fit.  Only one of them would ever be called, so a priority must say which. */
#include "rendezvous/describer.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COMBINATIONS_MAX = 64, KEY_OCTETS_MAX = 4096 };

/* One combination of values that a function is for. */
struct twin {
	char *key;
	const struct classifier_function *function;
};

struct twins {
	struct twin *items;
	size_t count;
	size_t room;
};

static int add_twin(struct twins *twins, const char *key, const struct classifier_function *function)
{
	if (twins->count == twins->room) {
		size_t room = twins->room == 0 ? 64 : twins->room * 2;
		struct twin *moved = reallocarray(twins->items, room, sizeof(struct twin));
		if (moved == NULL) {
			return -ENOMEM;
		}
		twins->items = moved;
		twins->room = room;
	}
	char *copy = strdup(key);
	if (copy == NULL) {
		return -ENOMEM;
	}
	twins->items[twins->count++] = (struct twin){ .key = copy, .function = function };
	return 0;
}

static size_t combinations_of(const struct classifier_function *function)
{
	size_t combinations = 1;

	for (size_t i = 0; i < function->condition_count && combinations <= COMBINATIONS_MAX; i++) {
		combinations *= function->conditions[i].value_count;
	}
	return combinations < COMBINATIONS_MAX ? combinations : COMBINATIONS_MAX;
}

/* Domain names are the same in upper and lower case. */
static void put_value(struct text *text, const char *selector, const char *value)
{
	bool fold = strcmp(selector, "sni") == 0 || strcmp(selector, "host") == 0;

	for (; *value != '\0'; value++) {
		text_put_char(text, fold ? (char)tolower((unsigned char)*value) : *value);
	}
}

/* The protocol, and of each condition the value that this combination has. */
static void write_key(const struct classifier_function *function, size_t combination, char key[KEY_OCTETS_MAX])
{
	struct text text;

	text_init(&text, key, KEY_OCTETS_MAX);
	text_put_unsigned(&text, function->protocol);
	for (size_t i = 0; i < function->condition_count; i++) {
		const struct classifier_condition *condition = &function->conditions[i];
		text_put_char(&text, ' ');
		text_put(&text, condition->selector);
		text_put(&text, " = ");
		put_value(&text, condition->selector, condition->values[combination % condition->value_count]);
		combination /= condition->value_count;
	}
}

static int add_function(struct twins *twins, const struct classifier_function *function)
{
	char key[KEY_OCTETS_MAX];
	int r = 0;

	for (size_t i = 0; i < combinations_of(function) && r == 0; i++) {
		write_key(function, i, key);
		r = add_twin(twins, key, function);
	}
	return r;
}

static int by_key(const void *left, const void *right)
{
	const struct twin *a = left;
	const struct twin *b = right;
	int order = strcmp(a->key, b->key);

	return order != 0 ? order : (a->function->id > b->function->id) - (a->function->id < b->function->id);
}

static void complain_of_twins(struct describer *describer, const struct listening *listening, const struct twin *first,
			      const struct twin *second)
{
	const struct plan_function *other = plan_function(describer->plan, first->function->id);
	const char *conditions = strchr(second->key, ' ');
	char example[WITNESS_TEXT_MAX];
	char sentence[KEY_OCTETS_MAX + WITNESS_TEXT_MAX + 256];

	describer_example(listening->sources[second->function->protocol], example, sizeof(example));
	(void)snprintf(sentence, sizeof(sentence),
		       "is for the same calls as [function %s] at [listen %s]: %s%s%s, for example \"%s\"; tell them "
		       "apart by a condition, or give the one that shall have them a higher priority",
		       other->name.text, listening->listen->name, listening->sources[second->function->protocol]->name,
		       conditions != NULL ? " with" : "", conditions != NULL ? conditions : "", example);
	describer_say_of_function(describer, second->function->id, sentence);
}

static void compare(struct describer *describer, const struct listening *listening, const struct twins *twins)
{
	for (size_t i = 1; i < twins->count; i++) {
		const struct twin *first = &twins->items[i - 1];
		const struct twin *second = &twins->items[i];
		if (strcmp(first->key, second->key) == 0 && first->function != second->function &&
		    first->function->priority == second->function->priority) {
			complain_of_twins(describer, listening, first, second);
		}
	}
}

int find_twins(struct describer *describer, const struct listening *listening)
{
	struct twins twins = { .items = NULL };
	int r = 0;

	for (size_t i = 0; i < listening->function_count && r == 0; i++) {
		r = add_function(&twins, &listening->functions[i]);
	}
	if (r == 0 && twins.count > 1) {
		qsort(twins.items, twins.count, sizeof(struct twin), by_key);
		compare(describer, listening, &twins);
	}
	for (size_t i = 0; i < twins.count; i++) {
		free(twins.items[i].key);
	}
	free(twins.items);
	return r;
}
