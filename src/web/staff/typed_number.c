/* typed_number.c - a number that stands in a field or an address (typed_number.h).  Called by the pages of letters and
 * events. */
#include "web/staff/typed_number.h"

#include <errno.h>
#include <stdlib.h>

enum { NUMBER_BASE = 10 };

int64_t staff_number_typed(const char *text)
{
	char *end = NULL;

	errno = 0;
	long long number = strtoll(text, &end, NUMBER_BASE);
	return errno != 0 || text[0] == '\0' || *end != '\0' || number < 1 ? 0 : number;
}
