/* value_list.c - values that are several things: words of a command, variables, paths, function
 * names.  Called by settings_fill.c through the table of keys. */
#include "config/value.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/quote.h"

/* ---- splitting ---- */

struct splitter {
	const struct value *value;
	const char *next;
	char separator;
	char *write; /* where the next octet of a word goes; words are written one behind the other
		      */
};

static bool is_blank(char octet)
{
	return octet == ' ' || octet == '\t';
}

/* Copies one word without its quotes. */
static void take_word(struct splitter *splitter)
{
	enum quote quote = QUOTE_NONE;

	for (; *splitter->next != '\0'; splitter->next++) {
		char octet = *splitter->next;
		enum quote after = quote_next(quote, octet);

		if (quote == QUOTE_NONE && (is_blank(octet) || octet == splitter->separator)) {
			break;
		}
		/* In double quotes a backslash stands for itself unless it is needed, as in a
		 * shell. */
		if (quote == QUOTE_BACKSLASH_IN_DOUBLE && octet != '"' && octet != '\\') {
			*splitter->write++ = '\\';
		}
		if (!quote_is_mark(quote, after)) {
			*splitter->write++ = octet;
		}
		quote = after;
	}
	*splitter->write++ = '\0';
}

static void skip_blanks(struct splitter *splitter)
{
	while (is_blank(*splitter->next)) {
		splitter->next++;
	}
}

/* Steps over what separates two words; sets *ret_more when another one must follow. */
static int take_separator(struct splitter *splitter, bool *ret_more)
{
	skip_blanks(splitter);
	*ret_more = *splitter->next != '\0';
	if (*splitter->next == '\0' || is_blank(splitter->separator)) {
		return 0;
	}
	if (*splitter->next != splitter->separator) {
		return value_wrong(splitter->value,
				   "write a comma between the entries, or quotes around one with spaces");
	}
	splitter->next++;
	skip_blanks(splitter);
	if (*splitter->next == '\0' || *splitter->next == splitter->separator) {
		return value_wrong(splitter->value, "an entry is empty; take the needless comma out");
	}
	return 0;
}

static int list_words(struct arena *arena, char *octets, size_t count, struct words *ret_words)
{
	char **items = arena_take(arena, (count + 1) * sizeof(*items));

	if (items == NULL) {
		return -ENOMEM;
	}
	for (size_t i = 0; i < count; i++) {
		items[i] = octets;
		octets += strlen(octets) + 1;
	}
	*ret_words = (struct words){ .items = items, .count = count };
	return 0;
}

int value_split(const struct value *value, char separator, struct words *ret_words)
{
	/* No word is longer than its text, and the NUL behind it takes the place of a separator;
	 * only a backslash that stands for itself needs a second look, and it was an octet of the
	 * text too. */
	char *octets = arena_take(value->arena, strlen(value->text) + 1);
	struct splitter splitter = { value, value->text, separator, octets };
	bool more = true;
	size_t count = 0;

	if (octets == NULL) {
		return -ENOMEM;
	}
	skip_blanks(&splitter);
	if (*splitter.next == separator) {
		(void)value_wrong(value, "an entry is empty; take the needless comma out");
		return -EINVAL;
	}
	for (; more; count++) {
		take_word(&splitter);
		if (take_separator(&splitter, &more) < 0) {
			return -EINVAL;
		}
	}
	return list_words(value->arena, octets, count, ret_words);
}

/* ---- commands, variables, paths ---- */

int read_command(const struct value *value, void *target)
{
	struct words *ret_words = target;
	struct words words;
	int r = value_split(value, ' ', &words);

	if (r < 0) {
		return r;
	}
	if (*words.items[0] != '/') {
		return value_wrong(value, "must start with the whole path of the program, like /usr/bin/%s",
				   *words.items[0] != '\0' ? words.items[0] : "cat");
	}
	if (words.count > ARGUMENTS_MAX) {
		return value_wrong(value, "has %zu words; at most %d", words.count, ARGUMENTS_MAX);
	}
	*ret_words = words;
	return 0;
}

/* The rest of a process's variables is for those that berthd sets. */
enum { VARIABLES_MAX = ENVIRONMENT_MAX / 2, VARIABLE_BYTES_MAX = ENVIRONMENT_BYTES / 2 };

/* The length of the variable's name, or 0 when this is no variable. */
static size_t variable_name_size(const char *variable)
{
	size_t size = strcspn(variable, "=");

	if (variable[size] != '=' || isdigit((unsigned char)*variable)) {
		return 0;
	}
	for (size_t i = 0; i < size; i++) {
		if (!isalnum((unsigned char)variable[i]) && variable[i] != '_') {
			return 0;
		}
	}
	return size;
}

static int check_variable(const struct value *value, const struct words *words, size_t index)
{
	const char *variable = words->items[index];
	size_t name_size = variable_name_size(variable);

	if (name_size == 0) {
		return value_wrong(value, "\"%s\" is no variable; write NAME=value, and quotes around one with spaces",
				   variable);
	}
	for (size_t i = 0; i < index; i++) {
		if (strncmp(words->items[i], variable, name_size + 1) == 0) {
			return value_wrong(value, "%.*s is set twice; keep one", (int)name_size, variable);
		}
	}
	return 0;
}

static int check_variables(const struct value *value, const struct words *words)
{
	size_t bytes = 0;
	int r = 0;

	if (words->count > VARIABLES_MAX) {
		return value_wrong(value, "sets %zu variables; at most %d", words->count, VARIABLES_MAX);
	}
	for (size_t i = 0; i < words->count; i++) {
		if (check_variable(value, words, i) < 0) {
			r = -EINVAL;
		}
		bytes += strlen(words->items[i]) + 1;
	}
	if (bytes > VARIABLE_BYTES_MAX) {
		return value_wrong(value, "takes %zu octets; at most %d", bytes, VARIABLE_BYTES_MAX);
	}
	return r;
}

int read_environment(const struct value *value, void *target)
{
	struct words *ret_words = target;
	struct words words;
	int r = value_split(value, ' ', &words);

	if (r == 0) {
		r = check_variables(value, &words);
	}
	if (r == 0) {
		*ret_words = words;
	}
	return r;
}

int read_paths(const struct value *value, void *target)
{
	struct words *ret_words = target;
	struct words words;
	int r = value_split(value, ',', &words);

	if (r < 0) {
		return r;
	}
	for (size_t i = 0; i < words.count; i++) {
		if (*words.items[i] != '/') {
			r = value_wrong(value, "\"%s\" is no path that starts with /", words.items[i]);
		}
	}
	if (r == 0) {
		*ret_words = words;
	}
	return r;
}

/* ---- function names ---- */

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sorts the names, so that what stands twice stands together. */
static int refuse_twice(const struct value *value, struct words *words)
{
	qsort(words->items, words->count, sizeof(*words->items), compare_texts);
	for (size_t i = 1; i < words->count; i++) {
		if (strcmp(words->items[i - 1], words->items[i]) == 0) {
			return value_wrong(value, "\"%s\" stands twice; keep one", words->items[i]);
		}
	}
	return 0;
}

/* Turns each into the one form of names. */
static int check_names(const struct value *value, struct words *words)
{
	struct name name;
	int r = 0;

	for (size_t i = 0; i < words->count; i++) {
		char *item = words->items[i];

		if (name_parse(item, strlen(item), &name) < 0) {
			r = value_wrong(value, "\"%s\" is no name of a function; write names, or * for all", item);
		} else {
			memcpy(item, name.text, strlen(name.text));
		}
	}
	return r;
}

int read_functions(const struct value *value, void *target)
{
	struct listen_settings *listen = target;
	struct words words;
	int r;

	listen->all_functions = strcmp(value->text, "*") == 0;
	if (listen->all_functions) {
		return 0;
	}
	r = value_split(value, ',', &words);
	if (r == 0) {
		r = check_names(value, &words);
	}
	if (r == 0) {
		r = refuse_twice(value, &words);
	}
	if (r == 0) {
		listen->functions = words;
	}
	return r;
}
