/* example_octets.h - for tests: an example message, its octets only. */
#pragma once

#include <string.h>

#include "description/example/example.h"

/* As example_make; at most `room` octets at ret_octets. */
static inline int example_write(const struct protocol *protocol, const struct message *message, uint64_t seed,
				enum example_size size, size_t room, uint8_t *ret_octets, size_t *ret_size)
{
	struct example example;
	int r = example_make(protocol, message, seed, size, room, &example);

	if (r < 0) {
		return r;
	}
	if (example.size > 0) {
		memcpy(ret_octets, example.octets, example.size);
	}
	*ret_size = example.size;
	example_finish(&example);
	return 0;
}
