/* array.h - arrays of malloc's that grow by doubling. */
#pragma once

#include <stddef.h>

/* Makes room for one more item behind `count`: the array, perhaps moved, or NULL (then the old one still stands, and is
 * the caller's). */
void *array_grow(void *array, size_t count, size_t *capacity, size_t item_size);
