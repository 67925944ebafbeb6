/* test_web_head.c - which heads are heads, however their octets come. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "web/http/head.h"

static const char whole[] = "POST /a?b HTTP/1.1\r\nHost: a:1\r\nContent-Length: 3\r\nX: \t y\r\n\r\n";

static unsigned judge(const char *octets, size_t size)
{
	size_t head_size = 0;
	char *copy = malloc(size > 0 ? size : 1); /* of exactly this size, so that a look behind the end is found */

	assert_non_null(copy);
	memcpy(copy, octets, size);
	unsigned verdict = head_judge(copy, size, &head_size);
	free(copy);
	return verdict;
}

static void a_head_is_whole_at_its_empty_line(void **state)
{
	char octets[256];
	size_t size = 0;

	(void)state;
	for (size_t cut = 0; cut < sizeof(whole) - 1; cut++) {
		assert_int_equal(judge(whole, cut), HEAD_MORE);
	}
	(void)snprintf(octets, sizeof(octets), "%sa=b", whole);
	assert_int_equal(head_judge(octets, strlen(octets), &size), HEAD_WHOLE);
	assert_int_equal(size, sizeof(whole) - 1);
}

/* Every octet of a good head turned into every other: what is refused stays refused with more behind it, and nothing
 * is read past the end. */
static void a_refusal_stays(void **state)
{
	char octets[sizeof(whole)];

	(void)state;
	for (size_t place = 0; place < sizeof(whole) - 1; place++) {
		for (unsigned octet = 0; octet < 256; octet++) {
			unsigned before = HEAD_MORE;
			memcpy(octets, whole, sizeof(whole));
			octets[place] = (char)octet;
			for (size_t cut = 0; cut < sizeof(whole); cut++) {
				unsigned verdict = judge(octets, cut);
				assert_true(before == HEAD_MORE || verdict == before);
				before = verdict;
			}
			assert_true(strchr("\r\n", (int)octet) == NULL || octet == (unsigned char)whole[place] ||
				    before != HEAD_WHOLE);
		}
	}
}

static void every_refusal_has_its_status(void **state)
{
	static const struct {
		const char *octets;
		unsigned status;
	} heads[] = {
		{ "GET / HTTP/1.1\r\nHost: a\r\n\r\n", HEAD_WHOLE },
		{ "get / HTTP/1.0\r\nHost: a\r\n\r\n", HEAD_WHOLE },
		{ "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", HEAD_WHOLE },
		{ "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 00\r\n\r\n", HEAD_WHOLE },
		{ "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n", HEAD_WHOLE },
		{ "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\n\r\n", HEAD_WHOLE },
		{ "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n", 400 },
		{ "HEAD / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 400 },
		{ "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n", 400 },
		{ "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nCONTENT-LENGTH: 1\r\n\r\n", 400 },
		{ "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1234567890123456\r\n\r\n", 413 },
		{ "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501 },
		{ "PUT / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 400 },
		{ "PUT / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n", 417 },
		{ "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505 },
		{ "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400 },
		{ "GET / HTTP/1.1\r\nHost: a\r\n", HEAD_MORE },
		{ "GET / HTTP/1.1\r\n\r\n", 400 },
		{ "\r\n", 400 },
		{ "\n", 400 },
		{ "", HEAD_MORE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		unsigned status = judge(heads[i].octets, strlen(heads[i].octets));
		if (status != heads[i].status) {
			fail_msg("%s: %u, not %u", heads[i].octets, status, heads[i].status);
		}
	}
}

static unsigned judge_filled(const char *before, char filling, size_t count)
{
	size_t size = strlen(before) + count;
	char *octets = malloc(size + 1);

	assert_non_null(octets);
	(void)snprintf(octets, size + 1, "%s", before);
	memset(octets + strlen(before), filling, count);
	unsigned verdict = judge(octets, size);
	free(octets);
	return verdict;
}

static void a_head_has_an_end(void **state)
{
	(void)state;
	assert_int_equal(judge_filled("GET /", 'a', HEAD_MAX - 6), HEAD_MORE);
	assert_int_equal(judge_filled("GET /", 'a', HEAD_MAX), 414);
	assert_int_equal(judge_filled("GET / HTTP/1.1\r\nX: ", 'a', HEAD_MAX), 431);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_head_is_whole_at_its_empty_line),
		cmocka_unit_test(a_refusal_stays),
		cmocka_unit_test(every_refusal_has_its_status),
		cmocka_unit_test(a_head_has_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
