/* export_xml.c - the rows a request means as IANA's XML, with the people they name when these are known. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "registry/export/export_format.h"
#include "registry/export/export_span.h"
#include "registry/export/export_text.h"
#include "registry/records/xml.h"

static void take(const struct view_row *row, struct entry *ret_entry)
{
	memcpy(ret_entry->columns, row->columns, sizeof(ret_entry->columns));
	ret_entry->fold = row->fold;
	ret_entry->lo = row->lo;
	ret_entry->hi = row->hi;
	ret_entry->status = row->status;
}

static struct entry_person *people_of(const struct export_request *request)
{
	struct entry_person *people = calloc(request->person_count + 1, sizeof(*people));

	if (people != NULL && request->person_count > 0) {
		memcpy(people, request->people, request->person_count * sizeof(*people));
	}
	return people;
}

int export_iana_xml(const struct export_request *request, FILE *stream)
{
	struct rows rows = { .format = "iana-xml", .header = request->header, .dated = view_day(request->view) };
	struct view_row row;
	int r = -ENOMEM;

	rows.entries = calloc((size_t)view_count(request->view) + 1, sizeof(*rows.entries));
	rows.people = people_of(request);
	rows.person_count = request->person_count;
	if (rows.entries != NULL && rows.people != NULL) {
		for (uint32_t i = 0; export_next(request, &i, &row);) {
			take(&row, &rows.entries[rows.count++]);
		}
		r = xml_write(stream, &rows);
	}
	free(rows.entries);
	free(rows.people);
	return r < 0 ? r : export_end(stream);
}
