/* fuzz_registry_xml.c - IANA's XML from any octets, and from rows with any texts: what is written is read as the same.
 *
 * An input is taken three times: as a document; as what stands within a registry; and as rows, their texts ended by
 * NUL, with a person from the same texts. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registry/records/rows_text.h"
#include "registry/records/xml.h"
#include "registry/records/xml_text.h"

#define REQUIRE(condition)          \
	do {                        \
		if (!(condition)) { \
			abort();    \
		}                   \
	} while (0)

enum { ROWS_TRIED_MAX = 8 };

static void compare_people(const struct rows *a, const struct rows *b)
{
	REQUIRE(a->person_count == b->person_count);
	for (size_t i = 0; i < a->person_count; i++) {
		REQUIRE(strcmp(a->people[i].id, b->people[i].id) == 0);
		REQUIRE(strcmp(a->people[i].kind, b->people[i].kind) == 0);
		REQUIRE(strcmp(a->people[i].name, b->people[i].name) == 0);
		REQUIRE(strcmp(a->people[i].uri, b->people[i].uri) == 0);
		REQUIRE(strcmp(a->people[i].updated, b->people[i].updated) == 0);
	}
}

static void compare(const struct rows *a, const struct rows *b)
{
	REQUIRE(a->count == b->count);
	for (size_t i = 0; i < a->count; i++) {
		for (size_t column = 0; column < ENTRY_COLUMNS; column++) {
			REQUIRE(strcmp(a->entries[i].columns[column], b->entries[i].columns[column]) == 0);
		}
		REQUIRE(strcmp(a->entries[i].fold, b->entries[i].fold) == 0);
	}
	REQUIRE((a->dated == NULL) == (b->dated == NULL));
	REQUIRE(a->dated == NULL || strcmp(a->dated, b->dated) == 0);
	compare_people(a, b);
}

static char *write_all(const struct rows *rows, size_t *ret_size, int *ret_r)
{
	char *octets = NULL;
	FILE *stream = open_memstream(&octets, ret_size);

	REQUIRE(stream != NULL);
	*ret_r = xml_write(stream, rows);
	REQUIRE(fclose(stream) == 0);
	return octets;
}

static void check_again(const struct rows *rows, bool same_header)
{
	struct rows again;
	struct complaint complaint;
	size_t size = 0;
	int r = 0;
	char *octets = write_all(rows, &size, &r);

	REQUIRE(r == 0);
	REQUIRE(xml_recognize(octets, size) || same_header);
	REQUIRE(xml_read(octets, size, &again, &complaint) == 0);
	compare(rows, &again);
	REQUIRE(!same_header || strcmp(rows->header, again.header) == 0);
	rows_finish(&again);
	free(octets);
}

static void check_document(const char *octets, size_t size)
{
	struct rows rows;
	struct complaint complaint = { "" };
	int r = xml_read(octets, size, &rows, &complaint);

	REQUIRE(r == 0 || (r == -EBADMSG && complaint.sentence[0] != '\0'));
	if (r == 0) {
		check_again(&rows, true);
		rows_finish(&rows);
	}
}

static void check_within(const char *octets, size_t size)
{
	static const char before[] = "<registry xmlns=\"http://www.iana.org/assignments\">";
	static const char behind[] = "</registry>";
	char *whole = malloc(sizeof(before) + size + sizeof(behind));

	REQUIRE(whole != NULL);
	memcpy(whole, before, sizeof(before) - 1);
	memcpy(whole + sizeof(before) - 1, octets, size);
	memcpy(whole + sizeof(before) - 1 + size, behind, sizeof(behind) - 1);
	check_document(whole, sizeof(before) - 1 + size + sizeof(behind) - 1);
	free(whole);
}

/* The next text, or "" when there is none left. */
static const char *next_text(const char **at, const char *end)
{
	const char *text = *at;

	if (text >= end) {
		return "";
	}
	*at += strlen(text) + 1;
	return text;
}

static bool can_carry_all(const struct rows *rows)
{
	for (size_t i = 0; i < rows->count; i++) {
		for (size_t column = 0; column < ENTRY_COLUMNS; column++) {
			const char *text = rows->entries[i].columns[column];

			if (!xml_can_carry(text, strlen(text))) {
				return false;
			}
		}
	}
	const struct entry_person *person = &rows->people[0];
	return xml_can_carry(person->id, strlen(person->id)) && xml_can_carry(person->name, strlen(person->name)) &&
	       xml_can_carry(person->uri, strlen(person->uri)) &&
	       xml_can_carry(person->updated, strlen(person->updated));
}

static void check_rows(const char *octets, size_t size)
{
	static const char *const kinds[] = { "person", "org", "unknown" };
	struct entry entries[ROWS_TRIED_MAX] = { 0 };
	struct entry_person person = { .id = "" };
	struct rows rows = { .entries = entries, .people = &person, .person_count = 1, .dated = "2026-02-25" };
	char *copy = malloc(size + 1);
	const char *at = copy;

	REQUIRE(copy != NULL);
	memcpy(copy, octets, size);
	copy[size] = '\0';
	person.kind = kinds[size % 3];
	person.id = next_text(&at, copy + size);
	person.name = size % 3 == 2 ? "" : next_text(&at, copy + size);
	person.uri = next_text(&at, copy + size);
	person.updated = next_text(&at, copy + size);
	while (at < copy + size && rows.count < ROWS_TRIED_MAX) {
		struct entry *entry = &entries[rows.count++];
		for (size_t column = 0; column < ENTRY_COLUMNS; column++) {
			entry->columns[column] = next_text(&at, copy + size);
		}
		REQUIRE(rows_complete(&rows.arena, entry) == 0);
	}
	if (can_carry_all(&rows)) {
		check_again(&rows, false);
	} else {
		int r = 0;
		size_t written = 0;
		free(write_all(&rows, &written, &r));
		REQUIRE(r == -EILSEQ);
	}
	arena_finish(&rows.arena);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *octets = malloc(size > 0 ? size : 1);

	REQUIRE(octets != NULL);
	memcpy(octets, data, size);
	(void)xml_recognize(octets, size);
	check_document(octets, size);
	check_within(octets, size);
	check_rows(octets, size);
	free(octets);
	return 0;
}
