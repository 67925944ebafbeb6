/* fuzz_proxy.c - any header of the PROXY protocol: one verdict however it is cut, and what was read can be written
 * again.
 *
 * Every cut is judged in memory of exactly its size, so that a look behind the end is found. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "wire/proxy.h"

#define REQUIRE(condition)          \
	do {                        \
		if (!(condition)) { \
			abort();    \
		}                   \
	} while (0)

static enum proxy_verdict parse_exact(const uint8_t *octets, size_t size, struct proxy_header *ret_header,
				      size_t *ret_size)
{
	uint8_t *copy = malloc(size > 0 ? size : 1);

	REQUIRE(copy != NULL);
	memcpy(copy, octets, size);
	enum proxy_verdict verdict = proxy_parse(copy, size, ret_header, ret_size);
	free(copy);
	return verdict;
}

static bool same_ends(const struct proxy_header *a, const struct proxy_header *b)
{
	return memcmp(&a->source, &b->source, sizeof(a->source)) == 0 &&
	       memcmp(&a->destination, &b->destination, sizeof(a->destination)) == 0 &&
	       a->source_port == b->source_port && a->destination_port == b->destination_port;
}

static bool same_paths(const struct proxy_header *a, const struct proxy_header *b)
{
	return memcmp(a->source_path, b->source_path, sizeof(a->source_path)) == 0 &&
	       memcmp(a->destination_path, b->destination_path, sizeof(a->destination_path)) == 0;
}

static void check_v1(const struct proxy_header *header)
{
	uint8_t line[PROXY_V1_MAX];
	size_t written = proxy_write_v1(header, line);
	struct proxy_header again;
	size_t size;

	REQUIRE(written <= PROXY_V1_MAX);
	REQUIRE(parse_exact(line, written, &again, &size) == PROXY_WHOLE && size == written);
	REQUIRE(again.kind == (header->kind == PROXY_TCP ? PROXY_TCP : PROXY_LOCAL));
	REQUIRE(header->kind != PROXY_TCP || same_ends(header, &again));
}

static void check_v2(const struct proxy_header *header)
{
	uint8_t bytes[PROXY_V2_MAX];
	size_t written = proxy_write_v2(header, bytes);
	struct proxy_header again;
	size_t size;

	REQUIRE(written <= PROXY_V2_MAX);
	REQUIRE(parse_exact(bytes, written, &again, &size) == PROXY_WHOLE && size == written);
	REQUIRE(again.kind == header->kind);
	REQUIRE(header->kind != PROXY_TCP || same_ends(header, &again));
	REQUIRE(header->kind != PROXY_UNIX || same_paths(header, &again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum proxy_verdict before = PROXY_MORE;
	struct proxy_header header;
	size_t header_size;

	for (size_t cut = 0; cut <= size && cut <= PROXY_HEADER_MAX; cut++) {
		enum proxy_verdict verdict = parse_exact(data, cut, &header, &header_size);
		REQUIRE(before == PROXY_MORE || verdict == before);
		REQUIRE(verdict != PROXY_MORE || cut < PROXY_HEADER_MAX);
		if (verdict == PROXY_WHOLE) {
			REQUIRE(header_size <= cut && (before != PROXY_MORE || header_size == cut));
			check_v1(&header);
			check_v2(&header);
		}
		before = verdict;
	}
	return 0;
}
