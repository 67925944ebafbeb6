/* value_detect.c - values that say which calls a function is for: its description, and conditions on selectors.
 * Called by fill.c through the table of keys.  Whether a description has such a selector is found when it is read. */
#include "config/value.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

enum { NAME_SIZE_MAX = 63, VALUE_SIZE_MAX = 1024 };

static bool is_name(const char *text)
{
	size_t size = 0;

	for (; text[size] != '\0'; size++) {
		if (!isalnum((unsigned char)text[size]) && text[size] != '_' && text[size] != '-') {
			return false;
		}
	}
	return size > 0 && size <= NAME_SIZE_MAX && isalpha((unsigned char)text[0]);
}

int read_description(const struct value *value, void *target)
{
	char **ret_name = target;

	if (!is_name(value->text)) {
		return value_wrong(value,
				   "must be the name of a protocol, like tls; its description is the file tls.berth "
				   "in a folder of descriptions");
	}
	*ret_name = arena_text(value->arena, value->text, strlen(value->text));
	return *ret_name == NULL ? -ENOMEM : 0;
}

/* A star stands for something in two places only. */
static bool star_is_well(const char *key, const char *text)
{
	const char *star = strchr(text, '*');
	bool domain = strcmp(key, "sni") == 0 || strcmp(key, "host") == 0;
	bool path = strcmp(key, "path") == 0;

	if (star == NULL || (!domain && !path)) {
		return true;
	}
	if (domain) {
		return star == text && text[1] == '.' && text[2] != '\0' && strchr(text + 1, '*') == NULL;
	}
	return star > text && star[-1] == '/' && star[1] == '\0' && text[0] == '/';
}

static int check_stars(const struct value *value, const struct words *values)
{
	for (size_t i = 0; i < values->count; i++) {
		if (!star_is_well(value->key->name, values->items[i])) {
			return value_wrong(value,
					   "in \"%s\" the star means nothing; it stands for names below a domain "
					   "(*.example.org) or for a path below a folder (/api/*)",
					   values->items[i]);
		}
	}
	return 0;
}

static int check_values(const struct value *value, const struct words *values)
{
	for (size_t i = 0; i < values->count; i++) {
		if (strlen(values->items[i]) > VALUE_SIZE_MAX) {
			return value_wrong(value, "a value has more than %d octets", VALUE_SIZE_MAX);
		}
	}
	return 0;
}

static int add_condition(const struct value *value, struct function_settings *function, const char *selector,
			 const struct words *values)
{
	size_t count = function->condition_count;
	struct condition_settings *conditions = arena_take(value->arena, (count + 1) * sizeof(*conditions));

	if (conditions == NULL) {
		return -ENOMEM;
	}
	if (count > 0) {
		memcpy(conditions, function->conditions, count * sizeof(*conditions));
	}
	conditions[count] = (struct condition_settings){ .selector = selector, .values = *values };
	function->conditions = conditions;
	function->condition_count++;
	return 0;
}

int read_selector(const struct value *value, void *target)
{
	struct words values;
	int r = value_split(value, ',', &values);

	if (r == 0) {
		r = check_values(value, &values);
	}
	if (r == 0) {
		r = check_stars(value, &values);
	}
	return r < 0 ? r : add_condition(value, target, value->key->name, &values);
}

/* One "SELECTOR = VALUE" of the words, from `at`; returns how many words it has. */
static int read_comparison(const struct value *value, const struct words *words, size_t at,
			   struct function_settings *function)
{
	struct words one = { .items = &words->items[at + 2], .count = 1 };

	if (at + 3 > words->count || strcmp(words->items[at + 1], "=") != 0 || !is_name(words->items[at])) {
		return value_wrong(value,
				   "must be SELECTOR = VALUE, or several with \"and\" between them, like user = ada");
	}
	return add_condition(value, function, words->items[at], &one);
}

int read_when(const struct value *value, void *target)
{
	struct words words;
	int r = value_split(value, ' ', &words);

	for (size_t at = 0; r == 0 && at < words.count; at += 4) {
		r = read_comparison(value, &words, at, target);
		if (r == 0 && at + 3 < words.count &&
		    (strcmp(words.items[at + 3], "and") != 0 || at + 4 == words.count)) {
			return value_wrong(value,
					   "behind \"%s\" there must be nothing, or \"and\" and another comparison",
					   words.items[at + 2]);
		}
	}
	return r < 0 ? r : check_values(value, &words);
}
