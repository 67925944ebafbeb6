/* document.c - what the files say, section by section, before it is given a meaning.  Called by
 * lines.c for every heading and setting.  Never looks into a value. */
#include "config/document.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "config/keys.h"
#include "config/nearest.h"

void document_init(struct document *document, struct complaints *complaints)
{
	*document = (struct document){ .complaints = complaints };
	STAILQ_INIT(&document->sections);
}

void document_finish(struct document *document)
{
	arena_finish(&document->arena);
}

void document_begin_file(struct document *document)
{
	document->current = NULL;
	document->skipping = false;
}

void document_skip(struct document *document)
{
	document->current = NULL;
	document->skipping = true;
}

/* ---- headings ---- */

static void complain_unknown_section(struct document *document, const char *title, const char *word,
				     const struct place_in_file *place)
{
	char hint[NEAREST_HINT_MAX];
	struct nearest nearest;

	nearest_init(&nearest, word);
	for (enum section_kind kind = 0; kind < SECTION_KINDS; kind++) {
		nearest_try(&nearest, section_kind_word(kind));
	}
	nearest_hint(&nearest, hint);
	complain(document->complaints, place, "unknown section [%s]%s", title,
		 *hint != '\0' ? hint : "; there are [berthd], [listen NAME] and [function NAME]");
}

static bool find_kind(const char *word, enum section_kind *ret_kind)
{
	for (enum section_kind kind = 0; kind < SECTION_KINDS; kind++) {
		if (strcmp(word, section_kind_word(kind)) == 0) {
			*ret_kind = kind;
			return true;
		}
	}
	return false;
}

/* Reads the name behind the word of a heading; says what is wrong with it. */
static bool read_section_name(struct document *document, enum section_kind kind, const char *text,
			      const struct place_in_file *place, struct name *ret_name)
{
	const char *word = section_kind_word(kind);

	if (kind == SECTION_BERTHD) {
		*ret_name = (struct name){ .text = "" };
		if (*text != '\0') {
			complain(document->complaints, place, "[berthd %s]: this section has no name; write [berthd]",
				 text);
		}
		return *text == '\0';
	}
	if (*text == '\0') {
		complain(document->complaints, place, "[%s] needs a name: [%s NAME]", word, word);
		return false;
	}
	if (name_parse(text, strlen(text), ret_name) < 0) {
		complain(document->complaints, place,
			 "[%s %s]: a name has 1 to %d letters, digits and single \"-\" between them, and at least one "
			 "letter",
			 word, text, FUNCTION_NAME_MAX);
		return false;
	}
	if (kind == SECTION_FUNCTION && strcmp(ret_name->text, "help") == 0) {
		complain(document->complaints, place,
			 "[function %s]: this name is taken, clients say HELP to list the functions; choose another",
			 text);
		return false;
	}
	return true;
}

static int add_section(struct document *document, enum section_kind kind, const struct name *name,
		       const struct place_in_file *place)
{
	struct section *section = arena_take(&document->arena, sizeof(*section));

	if (section == NULL) {
		return -ENOMEM;
	}
	section->kind = kind;
	section->name = *name;
	section->place = *place;
	(void)snprintf(section->label, sizeof(section->label), "[%s%s%s]", section_kind_word(kind),
		       name->text[0] != '\0' ? " " : "", name->text);
	STAILQ_INIT(&section->said);
	STAILQ_INSERT_TAIL(&document->sections, section, link);
	document->counts[kind]++;
	document->current = section;
	document->skipping = false;
	return 0;
}

int document_heading(struct document *document, const char *title, const struct place_in_file *place)
{
	static const char blank[] = " \t";
	enum section_kind kind;
	struct name name;
	size_t size;
	char *word;
	char *rest;

	title += strspn(title, blank);
	size = strlen(title);
	while (size > 0 && strchr(blank, title[size - 1]) != NULL) {
		size--;
	}
	word = arena_text(&document->arena, title, size);
	if (word == NULL) {
		return -ENOMEM;
	}
	rest = word + strcspn(word, blank);
	if (*rest != '\0') {
		*rest++ = '\0';
		rest += strspn(rest, blank);
	}
	document_skip(document);
	if (!find_kind(word, &kind)) {
		complain_unknown_section(document, title, word, place);
		return 0;
	}
	if (!read_section_name(document, kind, rest, place, &name)) {
		return 0;
	}
	return add_section(document, kind, &name, place);
}

/* ---- settings ---- */

static struct said *find_said(const struct section *section, const struct key *key)
{
	struct said *said;

	STAILQ_FOREACH(said, &section->said, link) {
		if (said->key == key) {
			return said;
		}
	}
	return NULL;
}

struct said *section_find(const struct section *section, const char *key_name)
{
	return find_said(section, key_find(section->kind, key_name));
}

/* Names the sections where the key would be right; false when there is none. */
static bool complain_misplaced_key(struct document *document, const char *name, const struct place_in_file *place)
{
	char places[SECTION_LABEL_MAX] = "";
	struct text text;

	text_init(&text, places, sizeof(places));
	for (enum section_kind kind = 0; kind < SECTION_KINDS; kind++) {
		if (key_find(kind, name) != NULL) {
			text_put(&text, text.used > 0 ? " or [" : "[");
			text_put(&text, section_kind_word(kind));
			text_put(&text, "]");
		}
	}
	if (text.used > 0) {
		complain(document->complaints, place, "\"%s\" has no meaning in %s; it belongs in %s", name,
			 document->current->label, places);
	}
	return text.used > 0;
}

static void complain_unknown_key(struct document *document, const char *name, const struct place_in_file *place)
{
	const struct section *section = document->current;
	char hint[NEAREST_HINT_MAX];
	struct nearest nearest;

	if (complain_misplaced_key(document, name, place)) {
		return;
	}
	nearest_init(&nearest, name);
	for (size_t i = 0; i < key_count; i++) {
		if ((keys[i].sections & 1U << section->kind) != 0) {
			nearest_try(&nearest, keys[i].name);
		}
	}
	nearest_hint(&nearest, hint);
	complain(document->complaints, place, "unknown key \"%s\" in %s%s", name, section->label,
		 *hint != '\0' ? hint : "; berthd.conf(5) has the list");
}

static int add_said(struct document *document, const struct key *key, const char *value,
		    const struct place_in_file *place)
{
	struct said *said = arena_take(&document->arena, sizeof(*said));
	char *copy = arena_text(&document->arena, value, strlen(value));

	if (said == NULL || copy == NULL) {
		return -ENOMEM;
	}
	*said = (struct said){ .key = key, .value = copy, .place = *place };
	STAILQ_INSERT_TAIL(&document->current->said, said, link);
	return 0;
}

int document_say(struct document *document, const char *name, const char *value, const struct place_in_file *place)
{
	const struct key *key;
	const struct said *first;

	if (document->current == NULL) {
		if (!document->skipping) {
			complain(document->complaints, place,
				 "\"%s\" stands before any section; write a heading like [berthd] above it", name);
			document->skipping = true;
		}
		return 0;
	}
	key = key_find(document->current->kind, name);
	if (key == NULL) {
		complain_unknown_key(document, name, place);
		return 0;
	}
	first = find_said(document->current, key);
	if (first != NULL) {
		complain(document->complaints, place, "\"%s\" is set twice in %s, first in line %u; keep one of them",
			 name, document->current->label, first->place.line);
		return 0;
	}
	return add_said(document, key, value, place);
}

/* ---- sections that stand twice ---- */

struct entry {
	const struct section *section;
	size_t order;
};

static int compare_sections(const struct section *a, const struct section *b)
{
	if (a->kind != b->kind) {
		return a->kind < b->kind ? -1 : 1;
	}
	return memcmp(&a->name, &b->name, sizeof(a->name));
}

static int compare_entries(const void *a, const void *b)
{
	const struct entry *left = a;
	const struct entry *right = b;
	int order = compare_sections(left->section, right->section);

	return order != 0 ? order : (left->order > right->order) - (left->order < right->order);
}

static void complain_twice(struct document *document, const struct section *first, const struct section *again)
{
	complain(document->complaints, &again->place, "%s stands twice, first in %s:%u; keep one of them", again->label,
		 first->place.file, first->place.line);
}

int document_check_twice(struct document *document)
{
	size_t count = document->counts[SECTION_BERTHD] + document->counts[SECTION_LISTEN] +
		       document->counts[SECTION_FUNCTION];
	struct entry *entries = arena_take(&document->arena, (count + 1) * sizeof(*entries));
	const struct section *section;
	size_t order = 0;

	if (entries == NULL) {
		return -ENOMEM;
	}
	STAILQ_FOREACH(section, &document->sections, link) {
		entries[order] = (struct entry){ section, order };
		order++;
	}
	qsort(entries, count, sizeof(*entries), compare_entries);
	for (size_t i = 1; i < count; i++) {
		if (compare_sections(entries[i - 1].section, entries[i].section) == 0) {
			complain_twice(document, entries[i - 1].section, entries[i].section);
		}
	}
	return 0;
}
