/* value.c - values that are one thing: numbers, times, sizes, choices, paths, accounts, names.
 * Called by settings_fill.c through the table of keys. */
#include "config/value.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "config/nearest.h"

/* Long values are shown as far as one can take in. */
enum { SHOWN_MAX = 60, MESSAGE_MAX = 400 };

int value_wrong(const struct value *value, const char *format, ...)
{
	char message[MESSAGE_MAX];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	complain(value->complaints, value->place, "%s = %.*s%s: %s", value->key->name, SHOWN_MAX, value->text,
		 strlen(value->text) > SHOWN_MAX ? "..." : "", message);
	return -EINVAL;
}

static bool is_zero_word(const struct value *value)
{
	return value->key->zero != NULL && strcmp(value->text, value->key->zero) == 0;
}

/* ", or off" where the key has such a word. */
static int wrong_with_zero(const struct value *value, const char *needed)
{
	const char *zero = value->key->zero;

	return value_wrong(value, "must be %s%s%s", needed, zero != NULL ? ", or " : "", zero != NULL ? zero : "");
}

/* ---- numbers ---- */

int number_parse(const char *text, uint64_t low, uint64_t high, uint64_t *ret_number)
{
	uint64_t number = 0;

	if (*text == '\0') {
		return -EINVAL;
	}
	for (; *text != '\0'; text++) {
		uint64_t digit = (uint64_t)(*text - '0');

		if (*text < '0' || *text > '9' || number > (UINT64_MAX - digit) / 10) {
			return -EINVAL;
		}
		number = number * 10 + digit;
	}
	if (number < low || number > high) {
		return -EINVAL;
	}
	*ret_number = number;
	return 0;
}

int read_count(const struct value *value, void *target)
{
	uint32_t *ret_count = target;
	uint64_t number = 0;
	char needed[MESSAGE_MAX];

	if (!is_zero_word(value) &&
	    number_parse(value->text, (uint64_t)value->key->low, (uint64_t)value->key->high, &number) < 0) {
		(void)snprintf(needed, sizeof(needed), "a number from %lld to %lld", (long long)value->key->low,
			       (long long)value->key->high);
		return wrong_with_zero(value, needed);
	}
	*ret_count = (uint32_t)number;
	return 0;
}

int read_signed(const struct value *value, void *target)
{
	int32_t *ret_number = target;
	const char *digits = value->text;
	uint64_t number;
	int64_t with_sign;

	if (*digits == '-' || *digits == '+') {
		digits++;
	}
	if (number_parse(digits, 0, INT32_MAX, &number) == 0) {
		with_sign = *value->text == '-' ? -(int64_t)number : (int64_t)number;
		if (with_sign >= value->key->low && with_sign <= value->key->high) {
			*ret_number = (int32_t)with_sign;
			return 0;
		}
	}
	return value_wrong(value, "must be a number from %lld to %lld", (long long)value->key->low,
			   (long long)value->key->high);
}

int read_mode(const struct value *value, void *target)
{
	uint32_t *ret_mode = target;
	size_t size = strlen(value->text);

	if (size < 3 || size > 4 || strspn(value->text, "01234567") != size ||
	    strtol(value->text, NULL, 8) > value->key->high) {
		return value_wrong(value, "must be a mode of three octal digits, like 0660 or 666");
	}
	*ret_mode = (uint32_t)strtol(value->text, NULL, 8);
	return 0;
}

/* ---- numbers with units ---- */

struct unit {
	const char *word;
	uint64_t size;
};

/* Reads digits and one of the units; the list of units ends with a NULL word. */
static int read_with_unit(const struct value *value, const struct unit *units, uint64_t *ret_number)
{
	size_t digits = strspn(value->text, "0123456789");
	uint64_t number = 0;

	for (size_t i = 0; i < digits; i++) {
		if (number > UINT32_MAX * UINT64_C(1000)) {
			return -ERANGE;
		}
		number = number * 10 + (uint64_t)(value->text[i] - '0');
	}
	for (; digits > 0 && units->word != NULL; units++) {
		if (strcmp(value->text + digits, units->word) != 0) {
			continue;
		}
		if (number > (uint64_t)value->key->high / units->size ||
		    number * units->size < (uint64_t)value->key->low) {
			return -ERANGE;
		}
		*ret_number = number * units->size;
		return 0;
	}
	return -EINVAL;
}

int read_duration(const struct value *value, void *target)
{
	static const struct unit units[] = {
		{ "ms", 1 }, { "s", 1000 }, { "m", UINT64_C(60) * 1000 }, { "h", UINT64_C(3600) * 1000 }, { NULL, 0 }
	};
	uint32_t *ret_duration_ms = target;
	uint64_t duration_ms = 0;
	int r = is_zero_word(value) ? 0 : read_with_unit(value, units, &duration_ms);

	if (r == -EINVAL && value->text[strspn(value->text, "0123456789")] == '\0') {
		return value_wrong(value, "a time needs a unit: ms, s, m or h, like 500ms, 5s, 10m or 2h");
	}
	if (r < 0) {
		return wrong_with_zero(value, value->key->low > 0
						      ? "a time like 500ms, 5s, 10m or 2h, from 1ms to 168h"
						      : "a time like 500ms, 5s, 10m or 2h, from 0s to 168h");
	}
	*ret_duration_ms = (uint32_t)duration_ms;
	return 0;
}

int read_size(const struct value *value, void *target)
{
	static const struct unit units[] = { { "", 1 },
					     { "K", UINT64_C(1) << 10 },
					     { "M", UINT64_C(1) << 20 },
					     { "G", UINT64_C(1) << 30 },
					     { NULL, 0 } };
	uint64_t *ret_size = target;
	uint64_t size = 0;

	if (!is_zero_word(value) && read_with_unit(value, units, &size) < 0) {
		return wrong_with_zero(value, "a size like 65536K, 512M or 2G, from 1M to 16384G");
	}
	*ret_size = size;
	return 0;
}

/* ---- choices ---- */

/* Finds the word in "one|two|three"; returns which one it is, or -1. */
static int find_in_form(const char *form, const char *word, size_t word_size)
{
	for (int index = 0;; index++) {
		size_t size = strcspn(form, "|");

		if (size == word_size && memcmp(form, word, size) == 0) {
			return index;
		}
		if (form[size] == '\0') {
			return -1;
		}
		form += size + 1;
	}
}

/* "one|two|three" as people say it: "one, two or three". */
static const char *say_choices(const char *form, char sentence[MESSAGE_MAX])
{
	struct text text;

	text_init(&text, sentence, MESSAGE_MAX);
	for (;;) {
		size_t size = strcspn(form, "|");

		text_put_bytes(&text, form, size);
		if (form[size] == '\0') {
			return sentence;
		}
		form += size + 1;
		text_put(&text, strchr(form, '|') != NULL ? ", " : " or ");
	}
}

static int wrong_choice(const struct value *value, const char *word)
{
	const char *later = value->key->later;
	char sentence[MESSAGE_MAX];
	char hint[NEAREST_HINT_MAX];
	char words[MESSAGE_MAX];
	struct nearest nearest;

	say_choices(value->key->form, sentence);
	if (later != NULL && strncmp(word, later, strlen(later)) == 0) {
		return value_wrong(value, "\"%s\" is not part of this version; use %s", later, sentence);
	}
	(void)snprintf(words, sizeof(words), "%s", value->key->form);
	nearest_init(&nearest, word);
	for (char *rest = words; rest != NULL;) {
		nearest_try(&nearest, strsep(&rest, "|"));
	}
	return value_wrong(value, "must be %s%s", sentence, nearest_hint(&nearest, hint));
}

int read_choice(const struct value *value, void *target)
{
	int index = find_in_form(value->key->form, value->text, strlen(value->text));
	unsigned choice;

	if (index < 0) {
		return wrong_choice(value, value->text);
	}
	/* Every enum of the settings counts from 0 and is as wide as this. */
	choice = (unsigned)index;
	memcpy(target, &choice, sizeof(choice));
	return 0;
}

int read_choices(const struct value *value, void *target)
{
	unsigned *ret_choices = target;
	unsigned choices = 0;
	struct words words;
	int r = value_split(value, ',', &words);

	if (r < 0) {
		return r;
	}
	for (size_t i = 0; i < words.count; i++) {
		int index = find_in_form(value->key->form, words.items[i], strlen(words.items[i]));
		if (index < 0) {
			r = wrong_choice(value, words.items[i]);
		} else {
			choices |= 1U << index;
		}
	}
	if (r == 0) {
		*ret_choices = choices;
	}
	return r;
}

int read_switch(const struct value *value, void *target)
{
	bool *ret_on = target;
	int index = find_in_form(value->key->form, value->text, strlen(value->text));

	if (index < 0) {
		return wrong_choice(value, value->text);
	}
	*ret_on = index == 0;
	return 0;
}

/* ---- texts ---- */

static int read_word(const struct value *value, const char *needed, char **ret_word)
{
	struct words words;
	int r = value_split(value, ' ', &words);

	if (r == 0 && words.count != 1) {
		r = value_wrong(value, "must be %s; put quotes around one with spaces", needed);
	}
	if (r == 0) {
		*ret_word = words.items[0];
	}
	return r;
}

int read_path(const struct value *value, void *target)
{
	char **ret_path = target;
	char *path;
	int r = read_word(value, "one path", &path);

	if (r == 0 && *path != '/') {
		r = value_wrong(value, "must be a path that starts with /");
	}
	if (r == 0) {
		*ret_path = path;
	}
	return r;
}

int read_store_url(const struct value *value, void *target)
{
	static const char *const schemes[] = { "sqlite:/", "postgresql://", "postgres://", "/" };
	char **ret_url = target;

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		if (strncmp(value->text, schemes[i], strlen(schemes[i])) == 0) {
			*ret_url = arena_text(value->arena, value->text, strlen(value->text));
			return *ret_url != NULL ? 0 : -ENOMEM;
		}
	}
	return value->text[0] == '\0'
		       ? 0
		       : value_wrong(value, "must be sqlite:/FILE, postgresql://... or a path that starts with /");
}

int read_account(const struct value *value, void *target)
{
	char **ret_account = target;

	/* What the system's own files cannot hold; whether the account exists is asked when it is
	 * used. */
	if (value->text[strcspn(value->text, " \t:,/\\'\"")] != '\0') {
		return value_wrong(value, "must be one name of /etc/passwd or /etc/group, or a number");
	}
	*ret_account = arena_text(value->arena, value->text, strlen(value->text));
	return *ret_account != NULL ? 0 : -ENOMEM;
}

int read_silent(const struct value *value, void *target)
{
	char **ret_silent = target;
	struct name name;

	if (name_parse(value->text, strlen(value->text), &name) < 0) {
		return value_wrong(value, "must be the name of one function");
	}
	*ret_silent = arena_text(value->arena, name.text, strlen(name.text));
	return *ret_silent != NULL ? 0 : -ENOMEM;
}
