/* rows.c - the rows of one file, and the octets that no text of theirs may hold (rows.h, rows_text.h). */
#include "registry/records/rows.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"
#include "registry/records/derive.h"
#include "registry/records/rows_text.h"

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

/* ---- octets ---- */

const char *octets_fault(const char *octets, size_t size, size_t *ret_at)
{
	const char *fault = NULL;
	size_t at = 0;

	while (at < size && fault == NULL) {
		uint32_t character = 0;
		size_t length = utf8_read(octets + at, size - at, &character);

		if (length == 0) {
			fault = "octets that are no UTF-8";
		} else if (character < ' ' && character != '\t' && character != '\n' && character != '\r') {
			fault = character == 0 ? "a NUL octet" : "a control character";
		}
		at += fault == NULL ? length : 0;
	}
	*ret_at = at;
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
