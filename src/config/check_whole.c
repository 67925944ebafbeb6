/* check_whole.c - rules between sections.  Called by fill.c when all are read.  There may be tens
 * of thousands of functions, so nothing here looks at every pair: what could stand twice is sorted,
 * and then looked up. */
#include "config/check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/nearest.h"

/* ---- names that must exist ---- */

static int compare_names(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct name));
}

static struct name *sort_names(struct arena *arena, const struct settings *settings)
{
	struct name *names = arena_take(arena, (settings->function_count + 1) * sizeof(*names));

	if (names == NULL) {
		return NULL;
	}
	for (size_t i = 0; i < settings->function_count; i++) {
		names[i] = settings->functions[i].name;
	}
	qsort(names, settings->function_count, sizeof(*names), compare_names);
	return names;
}

/* The text is a name in lower case already. */
static bool function_exists(const struct name *names, size_t count, const char *text)
{
	struct name wanted = { .text = "" };

	memcpy(wanted.text, text, strlen(text));
	return bsearch(&wanted, names, count, sizeof(*names), compare_names) != NULL;
}

static void complain_missing(const struct settings *settings, const struct section *section, const char *key_name,
			     const char *name, struct complaints *complaints)
{
	char hint[NEAREST_HINT_MAX];
	struct nearest nearest;

	nearest_init(&nearest, name);
	for (size_t i = 0; i < settings->function_count; i++) {
		nearest_try(&nearest, settings->functions[i].name.text);
	}
	nearest_hint(&nearest, hint);
	complain(complaints, &section_find(section, key_name)->place, "%s: there is no [function %s]%s", key_name, name,
		 hint);
}

static void check_names(const struct settings *settings, const struct name *names, const struct section *section,
			const struct listen_settings *listen, struct complaints *complaints)
{
	for (size_t i = 0; i < listen->functions.count; i++) {
		if (!function_exists(names, settings->function_count, listen->functions.items[i])) {
			complain_missing(settings, section, "functions", listen->functions.items[i], complaints);
		}
	}
	if (listen->silent != NULL && !function_exists(names, settings->function_count, listen->silent)) {
		complain_missing(settings, section, "silent", listen->silent, complaints);
	}
}

/* Listens stand in the order of their sections. */
static int check_all_names(struct document *document, const struct settings *settings)
{
	const struct name *names = sort_names(&document->arena, settings);
	const struct section *section;
	size_t index = 0;

	if (names == NULL) {
		return -ENOMEM;
	}
	STAILQ_FOREACH(section, &document->sections, link) {
		if (section->kind == SECTION_LISTEN) {
			check_names(settings, names, section, &settings->listens[index++], document->complaints);
		}
	}
	return 0;
}

/* ---- addresses ---- */

struct listening {
	const char *address;
	const struct listen_settings *listen;
	size_t order;
};

static int compare_listenings(const void *a, const void *b)
{
	const struct listening *left = a;
	const struct listening *right = b;
	int order = strcmp(left->address, right->address);

	return order != 0 ? order : (left->order > right->order) - (left->order < right->order);
}

static size_t count_addresses(const struct settings *settings)
{
	size_t count = 0;

	for (size_t i = 0; i < settings->listen_count; i++) {
		count += settings->listens[i].addresses.count;
	}
	return count;
}

static void list_addresses(const struct settings *settings, struct listening *listenings)
{
	size_t order = 0;

	for (size_t i = 0; i < settings->listen_count; i++) {
		const struct listen_settings *listen = &settings->listens[i];

		for (size_t k = 0; k < listen->addresses.count; k++) {
			listenings[order] = (struct listening){ listen->addresses.items[k], listen, order };
			order++;
		}
	}
}

static int check_addresses(struct document *document, const struct settings *settings)
{
	size_t count = count_addresses(settings);
	struct listening *listenings = arena_take(&document->arena, (count + 1) * sizeof(*listenings));

	if (listenings == NULL) {
		return -ENOMEM;
	}
	list_addresses(settings, listenings);
	qsort(listenings, count, sizeof(*listenings), compare_listenings);
	for (size_t i = 1; i < count; i++) {
		const struct listening *first = &listenings[i - 1];
		const struct listening *again = &listenings[i];

		if (strcmp(first->address, again->address) == 0) {
			complain(document->complaints, &again->listen->place,
				 "[listen %s] address %s stands twice, first in [listen %s] (%s:%u); keep one of them",
				 again->listen->name, again->address, first->listen->name, first->listen->place.file,
				 first->listen->place.line);
		}
	}
	if (count > LISTENS_MAX) {
		complain(document->complaints, NULL, "there are %zu listening addresses; at most %d", count,
			 LISTENS_MAX);
	}
	return 0;
}

/* ---- the whole ---- */

int check_whole(struct document *document, const struct settings *settings)
{
	int r = document_check_twice(document);

	if (r == 0) {
		r = check_all_names(document, settings);
	}
	if (r == 0) {
		r = check_addresses(document, settings);
	}
	if (settings->function_count > FUNCTIONS_MAX) {
		complain(document->complaints, NULL, "there are %zu functions; at most %d", settings->function_count,
			 FUNCTIONS_MAX);
	}
	/* Only when nothing else is wrong: a file that cannot be read, or a misspelt heading, is
	 * the better news. */
	if (settings->listen_count == 0 && document->complaints->count == 0) {
		complain(document->complaints, NULL,
			 "there is no [listen NAME] section, so nobody could call; write one with an address");
	}
	return r;
}
