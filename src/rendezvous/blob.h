/* blob.h - a growing block of memory in which things are found by offset.  Used by plan_build.c only. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct blob {
	uint8_t *bytes;
	size_t used;
	size_t room;
	bool failed; /* out of memory; everything put after that is lost */
};

/* Room for `size` zeroed octets at a multiple of 8; returns their offset (0 when out of memory). */
uint32_t blob_reserve(struct blob *blob, size_t size);

/* The same, filled with a copy of `bytes`. */
uint32_t blob_put(struct blob *blob, const void *bytes, size_t size);
uint32_t blob_put_text(struct blob *blob, const char *text);

void blob_finish(struct blob *blob);
