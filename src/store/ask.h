/* ask.h - one number asked of the store.  For this folder. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "store/store.h"

/* The first column of the first row, with the texts bound in their order.  1; 0 when there is no row; -errno with a
 * complaint. */
int ask_integer(struct store *store, const char *sql, size_t text_count, const char *const texts[],
		int64_t *ret_integer);
