/* xml_people.c - whom IANA's XML names (xml_parts.h).  Called by xml.c at <people>. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/xmlreader.h>

#include "base/array.h"
#include "registry/records/rows_text.h"
#include "registry/records/xml_parts.h"

enum person_part { PERSON_NAME, PERSON_ORGANISATION, PERSON_URI, PERSON_UPDATED, PERSON_PARTS };

static const char *const part_names[] = { "name", "org", "uri", "updated" };

struct person {
	struct xml_text id;
	struct xml_text parts[PERSON_PARTS];
	size_t counts[PERSON_PARTS]; /* elements met */
};

static void person_finish(struct person *person)
{
	xml_text_finish(&person->id);
	for (size_t i = 0; i < PERSON_PARTS; i++) {
		xml_text_finish(&person->parts[i]);
	}
}

/* More of a kind stand in a line each. */
static int read_part(struct xml_source *source, struct person *person)
{
	for (size_t i = 0; i < PERSON_PARTS; i++) {
		if (xml_is(source, part_names[i])) {
			int r = person->counts[i]++ == 0 ? 0 : xml_text_puts(&person->parts[i], "\n");

			return r < 0 ? r : xml_put_element(source, part_names[i], &person->parts[i]);
		}
	}
	return 0;
}

static int read_parts(struct xml_source *source, struct person *person)
{
	int depth = xmlTextReaderDepth(source->reader);
	int r = xml_put_attribute(source, "id", &person->id);

	r = r < 0 ? r : xmlTextReaderIsEmptyElement(source->reader) == 1 ? 0 : 1;
	while (r > 0) {
		r = xml_next_within(source, depth);
		if (r > 0) {
			int part_r = read_part(source, person);
			r = part_r < 0 ? part_r : r;
		}
	}
	return r;
}

/* A person's organisation is the line behind the name. */
static int join_organisation(struct person *person)
{
	struct xml_text *name = &person->parts[PERSON_NAME];
	struct xml_text *organisation = &person->parts[PERSON_ORGANISATION];

	if (person->counts[PERSON_ORGANISATION] == 0) {
		return 0;
	}
	int r = person->counts[PERSON_NAME] == 0 ? 0 : xml_text_puts(name, "\n");
	return r < 0 ? r : xml_text_put(name, organisation->octets, organisation->size);
}

static const char *keep(struct arena *arena, const struct xml_text *text)
{
	return text->size == 0 ? "" : arena_text(arena, text->octets, text->size);
}

static int add(struct xml_people *people, struct person *person, struct arena *arena)
{
	struct entry_person *grown = array_grow(people->people, people->count, &people->capacity, sizeof(*grown));
	int r = grown == NULL ? -ENOMEM : join_organisation(person);

	if (r < 0) {
		return r;
	}
	people->people = grown;
	struct entry_person *added = &grown[people->count];
	*added = (struct entry_person){
		.id = keep(arena, &person->id),
		.kind = person->counts[PERSON_NAME] > 0		  ? "person"
			: person->counts[PERSON_ORGANISATION] > 0 ? "org"
								  : "unknown",
		.name = keep(arena, &person->parts[PERSON_NAME]),
		.uri = keep(arena, &person->parts[PERSON_URI]),
		.updated = keep(arena, &person->parts[PERSON_UPDATED]),
	};
	if (added->id == NULL || added->name == NULL || added->uri == NULL || added->updated == NULL) {
		return -ENOMEM;
	}
	people->count++;
	return 0;
}

static int read_person(struct xml_source *source, struct arena *arena, struct xml_people *people)
{
	struct person person = { .id = { .limit = ENTRY_TEXT_MAX } };

	if (people->count == ROWS_MAX) {
		return xml_complain(source, "people", "1000000 people are the limit");
	}
	for (size_t i = 0; i < PERSON_PARTS; i++) {
		person.parts[i].limit = ENTRY_TEXT_MAX;
	}
	int r = read_parts(source, &person);
	if (r == 0) {
		r = add(people, &person, arena);
	}
	person_finish(&person);
	return r == -EFBIG ? xml_complain(source, "person", "more than 1048576 octets") : r;
}

int xml_people_read(struct xml_source *source, struct arena *arena, struct xml_people *people)
{
	int depth = xmlTextReaderDepth(source->reader);
	int r = xmlTextReaderIsEmptyElement(source->reader) == 1 ? 0 : 1;

	while (r > 0) {
		r = xml_next_within(source, depth);
		if (r > 0 && xml_is(source, "person")) {
			int person_r = read_person(source, arena, people);
			r = person_r < 0 ? person_r : r;
		}
	}
	return r;
}

/* Beyond the id only so that the order is always the same. */
static int compare(const void *a, const void *b)
{
	const struct entry_person *left = a;
	const struct entry_person *right = b;
	int order = strcmp(left->id, right->id);

	order = order != 0 ? order : strcmp(left->kind, right->kind);
	order = order != 0 ? order : strcmp(left->name, right->name);
	order = order != 0 ? order : strcmp(left->uri, right->uri);
	return order != 0 ? order : strcmp(left->updated, right->updated);
}

void xml_people_sort(struct xml_people *people)
{
	if (people->count > 0) {
		qsort(people->people, people->count, sizeof(*people->people), compare);
	}
}
