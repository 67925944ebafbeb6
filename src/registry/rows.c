/* rows.c - the rows of one file, and the octets that no text of theirs may hold (rows.h, rows_text.h). */
#include "registry/rows.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "registry/derive.h"
#include "registry/rows_text.h"

void rows_finish(struct rows *rows)
{
	arena_finish(&rows->arena);
	*rows = (struct rows){ 0 };
}

int rows_complete(struct arena *arena, struct entry *entry)
{
	const char *name = entry->columns[ENTRY_NAME];

	entry->fold = name;
	if (name[strcspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")] != '\0') {
		char *fold = arena_take(arena, strlen(name) + 1);

		if (fold == NULL) {
			return -ENOMEM;
		}
		entry_fold(name, fold);
		entry->fold = fold;
	}
	entry_derive(entry);
	return 0;
}

/* ---- UTF-8 ---- */

static bool is_continuation(unsigned char octet)
{
	return (octet & 0xc0) == 0x80;
}

/* Octets of the character that begins with these, or 0: the second octet tells overlong forms, surrogates and what is
 * above U+10FFFF. */
static size_t character_size(const unsigned char *octets, size_t size)
{
	unsigned char first = octets[0];
	size_t length = first < 0x80   ? 1
			: first < 0xc2 ? 0
			: first < 0xe0 ? 2
			: first < 0xf0 ? 3
			: first < 0xf5 ? 4
				       : 0;

	if (length == 0 || length > size) {
		return 0;
	}
	for (size_t i = 1; i < length; i++) {
		if (!is_continuation(octets[i])) {
			return 0;
		}
	}
	if ((first == 0xe0 && octets[1] < 0xa0) || (first == 0xed && octets[1] > 0x9f) ||
	    (first == 0xf0 && octets[1] < 0x90) || (first == 0xf4 && octets[1] > 0x8f)) {
		return 0;
	}
	return length;
}

const char *octets_fault(const char *octets, size_t size, size_t *ret_at)
{
	const unsigned char *at = (const unsigned char *)octets;
	const unsigned char *end = at + size;
	const char *fault = NULL;

	while (at < end && fault == NULL) {
		size_t length = 1;

		if (*at >= 0x80) {
			length = character_size(at, (size_t)(end - at));
			fault = length == 0 ? "octets that are no UTF-8" : NULL;
		} else if (*at < ' ' && *at != '\t' && *at != '\n' && *at != '\r') {
			fault = *at == 0 ? "a NUL octet" : "a control character";
		}
		at += fault == NULL ? length : 0;
	}
	*ret_at = (size_t)(at - (const unsigned char *)octets);
	return fault;
}

size_t octets_line_ends(const char *octets, size_t size)
{
	size_t count = 0;

	for (size_t i = 0; i < size; i++) {
		bool lone_return = octets[i] == '\r' && (i + 1 == size || octets[i + 1] != '\n');
		count += octets[i] == '\n' || lone_return;
	}
	return count;
}

void *array_grow(void *array, size_t count, size_t *capacity, size_t item_size)
{
	if (count < *capacity) {
		return array;
	}
	size_t more = *capacity == 0 ? 64 : *capacity * 2;
	void *grown = reallocarray(array, more, item_size);
	if (grown != NULL) {
		*capacity = more;
	}
	return grown;
}
