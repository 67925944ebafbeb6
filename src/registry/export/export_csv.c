/* export_csv.c - the rows a request means as IANA's CSV.
 *
 * A snapshot as it came, octet for octet, is written from the store; here rows are chosen, under the header of
 * today and with plain line ends.  IANA's CSV has no comments, so the notice is not in it. */
#include <string.h>

#include "registry/records/csv.h"
#include "registry/export/export_format.h"
#include "registry/export/export_span.h"
#include "registry/export/export_text.h"

int export_iana_csv(const struct export_request *request, FILE *stream)
{
	struct entry entry = { .lo = ENTRY_NO_PORT, .hi = ENTRY_NO_PORT };
	struct view_row row;
	int r;

	r = csv_write_header(stream, NULL, false);
	for (uint32_t i = 0; r == 0 && export_next(request, &i, &row);) {
		memcpy(entry.columns, row.columns, sizeof(entry.columns));
		entry.raw = row.raw;
		r = csv_write_entry(stream, &entry, false, true);
	}
	return r < 0 ? r : export_end(stream);
}
