/* fuzz_line_reply.c - any reply: one verdict however it is cut, and nothing in it that a client could choke
 * on.  Every cut is judged in memory of exactly its size, so that a look behind the end is found. */
#include <stddef.h>
#include <stdint.h>
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

static enum reply_kind parse_exact(const uint8_t *octets, size_t size, struct line_reply *ret_reply)
{
	uint8_t *copy = malloc(size > 0 ? size : 1);

	REQUIRE(copy != NULL);
	memcpy(copy, octets, size);
	enum reply_kind kind = line_reply_parse(copy, size, ret_reply);
	free(copy);
	return kind;
}

static void check_printable(const char text[REPLY_MAX])
{
	REQUIRE(memchr(text, '\0', REPLY_MAX) != NULL);
	for (; *text != '\0'; text++) {
		REQUIRE(*text >= ' ' && *text <= '~');
	}
}

static void check_whole(const uint8_t *octets, size_t size, const struct line_reply *reply)
{
	REQUIRE(reply->size <= size && reply->size <= FIRST_MESSAGE_MAX);
	REQUIRE(octets[reply->size - 1] == '\n');
	REQUIRE(memchr(octets, '\n', reply->size - 1) == NULL);
	check_printable(reply->text);
	check_printable(reply->host);
	if (reply->kind == REPLY_REDIRECTED) {
		REQUIRE(octets[0] == '>' && reply->port > 0 && reply->text[0] == '\0');
		REQUIRE(strpbrk(reply->host, " =/[]") == NULL);
	} else {
		REQUIRE(octets[0] == (reply->kind == REPLY_ACCEPTED ? '+' : '-'));
		REQUIRE(reply->port == 0 && reply->host[0] == '\0');
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum reply_kind before = REPLY_MORE;
	struct line_reply reply;

	for (size_t cut = 0; cut <= size && cut <= CUTS_MAX; cut++) {
		enum reply_kind kind = parse_exact(data, cut, &reply);
		REQUIRE(before == REPLY_MORE || kind == before);
		REQUIRE(kind != REPLY_MORE || cut < FIRST_MESSAGE_MAX);
		if (kind != REPLY_MORE && kind != REPLY_MALFORMED) {
			REQUIRE(reply.kind == kind && (before != REPLY_MORE || reply.size == cut));
			check_whole(data, cut, &reply);
		}
		before = kind;
	}
	return 0;
}
