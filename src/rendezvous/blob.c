/* blob.c - a growing block of memory in which things are found by offset.  Called by plan_build.c only;
 * remembers running out of memory, so that its caller asks once at the end. */
#include "rendezvous/blob.h"

#include <stdlib.h>
#include <string.h>

static bool make_room(struct blob *blob, size_t size)
{
	size_t room = blob->room > 0 ? blob->room : 4096;

	while (room - blob->used < size) {
		room *= 2;
	}
	if (room == blob->room) {
		return true;
	}
	uint8_t *bytes = room <= UINT32_MAX ? realloc(blob->bytes, room) : NULL;
	if (bytes == NULL) {
		blob->failed = true;
		return false;
	}
	memset(bytes + blob->room, 0, room - blob->room);
	blob->bytes = bytes;
	blob->room = room;
	return true;
}

uint32_t blob_reserve(struct blob *blob, size_t size)
{
	size_t whole = (size + 7) & ~(size_t)7;

	if (blob->failed || !make_room(blob, whole)) {
		return 0;
	}
	size_t at = blob->used;
	blob->used += whole;
	return (uint32_t)at;
}

uint32_t blob_put(struct blob *blob, const void *bytes, size_t size)
{
	uint32_t at = blob_reserve(blob, size);

	if (!blob->failed && size > 0) {
		memcpy(blob->bytes + at, bytes, size);
	}
	return at;
}

uint32_t blob_put_text(struct blob *blob, const char *text)
{
	return blob_put(blob, text, strlen(text) + 1);
}

void blob_finish(struct blob *blob)
{
	free(blob->bytes);
	*blob = (struct blob){ 0 };
}
