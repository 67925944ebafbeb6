/* collect.c - rows and people taken out of the store (collect.h).  Called by import.c for its proof, and by exports. */
#include "registry/keep/collect.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "store/snapshots.h"

static int copy_text(struct arena *arena, const char **text)
{
	*text = *text == NULL ? NULL : arena_text(arena, *text, strlen(*text));
	return *text == NULL ? -ENOMEM : 0;
}

static int collect_entry(const struct entry *entry, void *context)
{
	struct collected *collected = context;
	struct rows *rows = &collected->rows;
	struct entry *entries = array_grow(rows->entries, rows->count, &collected->entry_capacity, sizeof(*entries));

	if (entries == NULL) {
		return -ENOMEM;
	}
	rows->entries = entries;
	struct entry *copy = &entries[rows->count++];
	*copy = *entry;
	copy->raw = NULL;
	for (size_t i = 0; i < ENTRY_COLUMNS; i++) {
		if (copy_text(&rows->arena, &copy->columns[i]) < 0) {
			return -ENOMEM;
		}
	}
	return 0;
}

static int collect_person(const struct entry_person *person, void *context)
{
	struct collected *collected = context;
	struct rows *rows = &collected->rows;
	struct entry_person *people =
		array_grow(rows->people, rows->person_count, &collected->person_capacity, sizeof(*people));

	if (people == NULL) {
		return -ENOMEM;
	}
	rows->people = people;
	struct entry_person *copy = &people[rows->person_count++];
	*copy = *person;
	bool failed = copy_text(&rows->arena, &copy->id) < 0 || copy_text(&rows->arena, &copy->kind) < 0 ||
		      copy_text(&rows->arena, &copy->name) < 0 || copy_text(&rows->arena, &copy->uri) < 0 ||
		      copy_text(&rows->arena, &copy->updated) < 0;
	return failed ? -ENOMEM : 0;
}

int collect_rows(struct store *store, int64_t snapshot, struct collected *collected)
{
	return snapshot_rows(store, snapshot, collect_entry, collected);
}

int collect_people(struct store *store, const char *source, struct collected *collected)
{
	return snapshot_each_person(store, source, collect_person, collected);
}

void collect_finish(struct collected *collected)
{
	free(collected->rows.entries);
	free(collected->rows.people);
	arena_finish(&collected->rows.arena);
}
