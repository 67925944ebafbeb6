/* own_list_names.c - names that stand twice in an own list (own_list_parts.h).  Called when all its rows are there. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "registry/records/derive.h"
#include "registry/records/own_list_parts.h"

struct named {
	const struct entry *entry;
	int transport;
	size_t line;
};

static int compare_named(const void *a, const void *b)
{
	const struct named *left = a;
	const struct named *right = b;
	int order = strcmp(left->entry->fold, right->entry->fold);

	order = order != 0 ? order : left->transport - right->transport;
	order = order != 0 ? order : left->entry->lo - right->entry->lo;
	return order != 0 ? order : left->line < right->line ? -1 : left->line > right->line;
}

static int compare_neighbours(struct own_list_reader *reader, const struct named *first, const struct named *second)
{
	const char *name = second->entry->columns[ENTRY_NAME];
	size_t before = first->line < second->line ? first->line : second->line;
	size_t behind = first->line < second->line ? second->line : first->line;

	if (first->transport != second->transport || strcmp(first->entry->fold, second->entry->fold) != 0) {
		return 0;
	}
	if (first->entry->lo != second->entry->lo) {
		return own_list_find(reader, behind, false, "P9: name \"%s\" stands in line %zu with another port",
				     name, before);
	}
	if (first->entry->lo == ENTRY_NO_PORT) {
		return own_list_find(reader, behind, true, "name \"%s\" for %s stands in line %zu already", name,
				     entry_transport_name(first->transport), before);
	}
	return 0;
}

int own_list_check_names(struct own_list_reader *reader)
{
	const struct rows *rows = &reader->rows;
	struct named *named = calloc(rows->count + 1, sizeof(*named));
	size_t count = 0;
	int r = 0;

	if (named == NULL) {
		return -ENOMEM;
	}
	for (size_t i = 0; i < rows->count; i++) {
		if (rows->entries[i].fold[0] != '\0') {
			int transport = entry_transport(rows->entries[i].columns[ENTRY_TRANSPORT]);
			named[count++] = (struct named){ &rows->entries[i], transport, reader->lines[i] };
		}
	}
	qsort(named, count, sizeof(*named), compare_named);
	for (size_t i = 1; i < count && r == 0; i++) {
		r = compare_neighbours(reader, &named[i - 1], &named[i]);
	}
	free(named);
	return r;
}
