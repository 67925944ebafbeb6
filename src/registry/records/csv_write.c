/* csv_write.c - rows as IANA's CSV (csv.h, csv_write.h).  Called for exports and by the proof of an import. */
#include "registry/records/csv_write.h"

#include <csv.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "registry/records/csv.h"

enum { USUAL_RECORD_MAX = 4096 };

static const char *line_end(bool crlf)
{
	return crlf ? "\r\n" : "\n";
}

size_t csv_record_size_max(const struct entry *entry)
{
	size_t size = sizeof("\r\n");

	for (size_t i = 0; i < ENTRY_COLUMNS; i++) {
		/* Each octet may be a quote; two quotes around, and a comma. */
		size += 2 * strlen(entry->columns[i]) + 3;
	}
	return size;
}

static size_t put_column(const char *text, char *at, size_t room)
{
	size_t size = strlen(text);

	if (strpbrk(text, ",\"\r\n") != NULL) {
		return csv_write(at, room, text, size);
	}
	memcpy(at, text, size);
	return size;
}

size_t csv_record_octets(const struct entry *entry, bool crlf, bool eol, char *ret_octets)
{
	size_t room = csv_record_size_max(entry);
	size_t used = 0;

	for (size_t i = 0; i < ENTRY_COLUMNS; i++) {
		if (i > 0) {
			ret_octets[used++] = ',';
		}
		used += put_column(entry->columns[i], ret_octets + used, room - used);
	}
	for (const char *end = eol ? line_end(crlf) : ""; *end != '\0'; end++) {
		ret_octets[used++] = *end;
	}
	return used;
}

static int write_octets(FILE *stream, const char *octets, size_t size)
{
	return fwrite(octets, 1, size, stream) == size ? 0 : -EIO;
}

/* What was kept has a line end; it is the last two octets when they are CRLF. */
static int write_raw(FILE *stream, const char *raw, bool eol)
{
	size_t size = strlen(raw);

	if (!eol && size > 0) {
		size -= size > 1 && raw[size - 2] == '\r' && raw[size - 1] == '\n' ? 2 : 1;
	}
	return write_octets(stream, raw, size);
}

int csv_write_header(FILE *stream, const char *header_or_null, bool crlf)
{
	if (header_or_null != NULL) {
		return fputs(header_or_null, stream) < 0 || fputs(line_end(crlf), stream) < 0 ? -EIO : 0;
	}
	struct entry names = { .raw = NULL };
	for (size_t i = 0; i < ENTRY_COLUMNS; i++) {
		names.columns[i] = entry_column_name((enum entry_column)i);
	}
	return csv_write_entry(stream, &names, crlf, true);
}

int csv_write_entry(FILE *stream, const struct entry *entry, bool crlf, bool eol)
{
	char usual[USUAL_RECORD_MAX];
	size_t size_max = csv_record_size_max(entry);

	if (entry->raw != NULL) {
		return write_raw(stream, entry->raw, eol);
	}
	if (size_max <= sizeof(usual)) {
		return write_octets(stream, usual, csv_record_octets(entry, crlf, eol, usual));
	}
	char *octets = malloc(size_max);
	if (octets == NULL) {
		return -ENOMEM;
	}
	int r = write_octets(stream, octets, csv_record_octets(entry, crlf, eol, octets));
	free(octets);
	return r;
}
