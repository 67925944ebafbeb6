/* array.c - arrays that grow (array.h).  Called wherever rows are gathered before their number is known. */
#include "base/array.h"

#include <stdlib.h>

enum { FIRST_CAPACITY = 64 };

void *array_grow(void *array, size_t count, size_t *capacity, size_t item_size)
{
	if (count < *capacity) {
		return array;
	}
	size_t more = *capacity == 0 ? FIRST_CAPACITY : *capacity * 2;
	void *grown = reallocarray(array, more, item_size);
	if (grown != NULL) {
		*capacity = more;
	}
	return grown;
}
