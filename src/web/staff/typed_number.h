/* typed_number.h - a number that stands in a field or an address.  Pure. */
#pragma once

#include <stdint.h>

/* The number of a letter or an event, 1 or more; 0: it is none. */
int64_t staff_number_typed(const char *text);
