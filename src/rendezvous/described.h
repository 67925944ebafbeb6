/* described.h - the descriptions of a configuration, as they are handed to the describer: one sealed block without
 * pointers, made by descriptions.c and read by describer.c. */
#pragma once

#include <stdint.h>

enum { DESCRIBED_MAGIC = 0x62446331 };

/* The text of a description. */
struct described_source {
	uint32_t name_at; /* of the protocol: "tls" */
	uint32_t path_at; /* of its file */
	uint32_t text_at;
	uint32_t text_size;
};

/* Where a function of the plan was configured, for what is said about it. */
struct described_function {
	uint32_t file_at;
	uint32_t line;
};

struct described {
	uint32_t magic;
	uint32_t size;
	uint32_t sources_at;
	uint32_t source_count;
	uint32_t functions_at; /* by index of the plan */
	uint32_t function_count;
	uint32_t listens_at; /* likewise: struct described_function */
	uint32_t listen_count;
};

static inline const void *described_at(const struct described *described, uint32_t at)
{
	return (const char *)described + at;
}
