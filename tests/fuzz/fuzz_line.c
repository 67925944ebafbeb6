/* fuzz_line.c - any first message: one verdict however it is cut, and what was read can be written again.
 *
 * Every cut is judged in memory of exactly its size, so that a look behind the end is found. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire/line.h"

enum { CUTS_MAX = FIRST_MESSAGE_MAX + 1 };

#define REQUIRE(condition)          \
	do {                        \
		if (!(condition)) { \
			abort();    \
		}                   \
	} while (0)

static enum line_verdict parse_exact(const uint8_t *octets, size_t size, struct line_request *ret_request)
{
	uint8_t *copy = malloc(size > 0 ? size : 1);

	REQUIRE(copy != NULL);
	memcpy(copy, octets, size);
	enum line_verdict verdict = line_parse(copy, size, ret_request);
	free(copy);
	return verdict;
}

/* A written call is read as the same call, in its one form. */
static void check_call(const struct line_request *request)
{
	char line[FIRST_MESSAGE_MAX];
	struct line_request again;
	int size = snprintf(line, sizeof(line), request->key[0] != '\0' ? "%s key=%s\r\n" : "%s%s\r\n",
			    request->name.text, request->key);

	REQUIRE(line_parse((const uint8_t *)line, (size_t)size, &again) == LINE_CALL);
	REQUIRE(again.size == (size_t)size && name_equal(&again.name, &request->name));
	REQUIRE(strcmp(again.key, request->key) == 0);
	REQUIRE(strcmp(request->name.text, "help") != 0);
}

static void check_whole(const uint8_t *octets, size_t size, enum line_verdict verdict,
			const struct line_request *request)
{
	REQUIRE(request->size <= size && request->size <= FIRST_MESSAGE_MAX);
	REQUIRE(octets[request->size - 1] == '\n');
	REQUIRE(memchr(octets, '\n', request->size - 1) == NULL);
	if (verdict == LINE_CALL) {
		check_call(request);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum line_verdict before = LINE_MORE;
	struct line_request request;

	for (size_t cut = 0; cut <= size && cut <= CUTS_MAX; cut++) {
		enum line_verdict verdict = parse_exact(data, cut, &request);
		REQUIRE(before == LINE_MORE || verdict == before);
		REQUIRE(verdict != LINE_MORE || cut < FIRST_MESSAGE_MAX);
		if (verdict == LINE_CALL || verdict == LINE_HELP) {
			check_whole(data, cut, verdict, &request);
			REQUIRE(before != LINE_MORE || request.size == cut);
		}
		before = verdict;
	}
	return 0;
}
