/* resolve_names.c - entering and finding names, and what is said about missing ones.  Called by all of the resolver. */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "description/language/resolver.h"

enum { TEXT_MAX = 512, TRIES_MAX = 1000 }; /* candidates that a wrong name is compared with */

void *resolver_take(struct resolver *resolver, size_t size)
{
	void *piece = arena_take(&resolver->scratch, size);

	if (piece == NULL) {
		resolver->error = -ENOMEM;
	}
	return piece;
}

void resolver_limit(struct resolver *resolver, struct place place, const char *help, const char *text, int maximum)
{
	if (resolver->error == 0) {
		report_add(resolver->report, &resolver->tree->source, FINDING_ERROR, "E1", place, NULL, help,
			   "%s (at most %d)", text, maximum);
		resolver->error = -E2BIG;
	}
}

__attribute__((format(printf, 5, 0))) static void add_error(struct resolver *resolver, const char *id,
							    struct place place, const char *help, const char *format,
							    va_list arguments)
{
	char text[TEXT_MAX];

	(void)vsnprintf(text, sizeof(text), format, arguments);
	report_add(resolver->report, &resolver->tree->source, FINDING_ERROR, id, place, NULL, help, "%s", text);
}

void resolver_wrong(struct resolver *resolver, struct place place, const char *help, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	add_error(resolver, "E1", place, help, format, arguments);
	va_end(arguments);
}

void resolver_misfit(struct resolver *resolver, struct place place, const char *help, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	add_error(resolver, "E4", place, help, format, arguments);
	va_end(arguments);
}

bool resolver_enter(struct resolver *resolver, const void *scope, const void *key, size_t size, void *value,
		    void **ret_other)
{
	void *other = NULL;

	if (symbols_add(&resolver->symbols, scope, key, size, value, &other) < 0) {
		resolver->error = -ENOMEM;
		return true;
	}
	if (other != NULL && ret_other != NULL) {
		*ret_other = other;
	}
	return other == NULL;
}

void *resolver_find(const struct resolver *resolver, const void *scope, const char *name)
{
	return symbols_find(&resolver->symbols, scope, name, strlen(name));
}

bool resolver_misses(struct resolver *resolver, const char *name)
{
	size_t size = strlen(name);

	return symbols_find(resolver->damaged, NULL, name, size) == NULL &&
	       resolver_enter(resolver, &resolver->scopes[SCOPE_COMPLAINED], name, size, resolver, NULL);
}

void guess_init(struct guess *guess, const struct resolver *resolver, const char *word)
{
	nearest_init(&guess->nearest, word);
	/* Nobody reads the help of an error that is not shown. */
	guess->tries = resolver->report->counts[FINDING_ERROR] < FINDINGS_MAX ? TRIES_MAX : 0;
}

void guess_try(struct guess *guess, const char *name)
{
	if (guess->tries > 0) {
		guess->tries--;
		nearest_try(&guess->nearest, name);
	}
}

const char *guess_help(struct resolver *resolver, const struct guess *guess, const char *otherwise)
{
	const char *best = guess->nearest.best;

	return best != NULL ? report_text(resolver->report, "did you mean \"%s\"?", best) : otherwise;
}

static const struct {
	const char *word;
	int64_t low;
	int64_t high;
} numbers[] = {
	[NUMBER_U8] = { "u8", 0, UINT8_MAX },	   [NUMBER_U16] = { "u16", 0, UINT16_MAX },
	[NUMBER_U24] = { "u24", 0, 0xFFFFFF },	   [NUMBER_U32] = { "u32", 0, UINT32_MAX },
	[NUMBER_U64] = { "u64", 0, INT64_MAX },	   [NUMBER_DECIMAL] = { "decimal", INT64_MIN, INT64_MAX },
	[NUMBER_HEX4] = { "hex4", 0, UINT16_MAX }, [NUMBER_VARINT] = { "varint", 0, 0x7FFFFFFFF },
	[NUMBER_BER] = { "ber", 0, UINT32_MAX },
};

const char *number_word(enum number_kind kind)
{
	return numbers[kind].word;
}

void number_limits(enum number_kind kind, int64_t *ret_low, int64_t *ret_high)
{
	*ret_low = numbers[kind].low;
	*ret_high = numbers[kind].high;
}
