/* fuzz_registry_csv.c - any octets as IANA's CSV: refused with a sentence, or given back octet for octet.
 *
 * Read from memory of exactly its size.  Inputs that do not begin with a header get IANA's, so that records are met. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registry/records/csv.h"
#include "registry/records/derive.h"

#define REQUIRE(condition)          \
	do {                        \
		if (!(condition)) { \
			abort();    \
		}                   \
	} while (0)

static char *write_all(const struct rows *rows, size_t *ret_size)
{
	char *octets = NULL;
	FILE *stream = open_memstream(&octets, ret_size);

	REQUIRE(stream != NULL);
	if (rows->count == 0 && !rows->last_eol) {
		REQUIRE(fputs(rows->header, stream) >= 0);
	} else {
		REQUIRE(csv_write_header(stream, rows->header, rows->crlf) == 0);
	}
	for (size_t i = 0; i < rows->count; i++) {
		bool eol = i + 1 < rows->count || rows->last_eol;
		REQUIRE(csv_write_entry(stream, &rows->entries[i], rows->crlf, eol) == 0);
	}
	REQUIRE(fclose(stream) == 0);
	return octets;
}

/* Without what was kept, the columns alone must be read as the same columns. */
static void check_columns(const struct entry *entry)
{
	struct entry plain = *entry;
	struct rows again;
	struct complaint complaint;
	char *octets = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&octets, &size);

	REQUIRE(stream != NULL);
	plain.raw = NULL;
	REQUIRE(csv_write_header(stream, NULL, false) == 0 && csv_write_entry(stream, &plain, false, true) == 0);
	REQUIRE(fclose(stream) == 0);
	REQUIRE(csv_read(octets, size, &again, &complaint) == 0);
	REQUIRE(again.count == 1 && again.entries[0].raw == NULL);
	for (size_t i = 0; i < ENTRY_COLUMNS; i++) {
		REQUIRE(strcmp(again.entries[0].columns[i], entry->columns[i]) == 0);
	}
	rows_finish(&again);
	free(octets);
}

static void check_entry(const struct entry *entry)
{
	char name[32];
	char fault[128];

	REQUIRE((entry->lo == ENTRY_NO_PORT) == (entry->hi == ENTRY_NO_PORT));
	REQUIRE(entry->lo == ENTRY_NO_PORT || (entry->lo >= 0 && entry->lo <= entry->hi && entry->hi <= 65535));
	REQUIRE(strlen(entry->fold) == strlen(entry->columns[ENTRY_NAME]));
	(void)entry_oddities(entry);
	if (entry_well_formed(entry->columns[ENTRY_NAME], name, sizeof(name))) {
		REQUIRE(service_name_fault(name, fault, sizeof(fault)) == NULL);
	}
}

static void check_read(const uint8_t *data, size_t size)
{
	struct rows rows;
	struct complaint complaint = { "" };
	char *octets = malloc(size > 0 ? size : 1);

	REQUIRE(octets != NULL);
	memcpy(octets, data, size);
	int r = csv_read(octets, size, &rows, &complaint);
	REQUIRE(r == 0 || (r == -EBADMSG && complaint.sentence[0] != '\0'));
	if (r == 0) {
		size_t written_size = 0;
		char *written = write_all(&rows, &written_size);
		REQUIRE(written_size == size && memcmp(written, octets, size) == 0);
		for (size_t i = 0; i < rows.count; i++) {
			check_entry(&rows.entries[i]);
			check_columns(&rows.entries[i]);
		}
		free(written);
		rows_finish(&rows);
	}
	free(octets);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char header[] = "Service Name,Port Number,Transport Protocol,Description,Assignee,Contact,"
				     "Registration Date,Modification Date,Reference,Service Code,"
				     "Unauthorized Use Reported,Assignment Notes";

	(void)csv_recognize((const char *)data, size);
	check_read(data, size);
	if (size > 0 && data[0] != '"' && data[0] != 'S' && data[0] != 0xef) {
		uint8_t *whole = malloc(sizeof(header) - 1 + size);
		REQUIRE(whole != NULL);
		memcpy(whole, header, sizeof(header) - 1);
		memcpy(whole + sizeof(header) - 1, data, size);
		check_read(whole, sizeof(header) - 1 + size);
		free(whole);
	}
	return 0;
}
