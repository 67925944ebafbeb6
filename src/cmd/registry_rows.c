/* registry_rows.c - a file of a base read, whichever of IANA's formats it has.  Called by import and diff. */
#include <errno.h>
#include <string.h>

#include "cmd/registry_store.h"
#include "registry/records/csv.h"
#include "registry/records/xml.h"

int registry_rows_read(const char *path, const char *octets, size_t size, struct rows *ret_rows)
{
	struct complaint complaint;
	int r = -EBADMSG;

	if (xml_recognize(octets, size)) {
		r = xml_read(octets, size, ret_rows, &complaint);
	} else if (csv_recognize(octets, size)) {
		r = csv_read(octets, size, ret_rows, &complaint);
	} else {
		(void)snprintf(complaint.sentence, sizeof(complaint.sentence),
			       "neither IANA's CSV nor its XML; an own list is taken with --as own");
	}
	if (r < 0) {
		complain_about("%s: %s", path, r == -EBADMSG ? complaint.sentence : strerror(-r));
		return r == -EBADMSG ? EXIT_NO : EXIT_COULD_NOT;
	}
	return EXIT_DONE;
}
