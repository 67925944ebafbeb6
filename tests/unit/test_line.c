/* test_line.c - the line dialect against regular expressions of the C library, which know the grammar
 * and nothing of how line.c reads it.  An unfinished line must be MORE exactly when one of a few
 * endings makes it a line. */
#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "wire/line.h"

enum {
	LINES = 10000,
	CUT_EVERY = 8, /* of so many lines one is also judged at every cut */
	LINE_MAX_TRIED = 600,
};

#define WORD "[A-Za-z0-9]+"
#define REQUEST_PATTERN "^(" WORD "(-" WORD ")*)( key=([A-Za-z0-9._-]{1,32}))?\r?\n$"
#define ATTRIBUTE " [!-<>-~]+=[!-~]*"
#define REDIRECT_PATTERN "^> *([1-9][0-9]{0,4})( ([A-Za-z0-9._:%-]{1,255}))?(" ATTRIBUTE ")*\r?\n$"
#define TEXT_PATTERN "^[+-]([^\r\n]*)\r?\n$"

static regex_t request_pattern;
static regex_t redirect_pattern;
static regex_t text_pattern;

/* Octets in memory of exactly their size, so that the sanitizer sees a look behind the end. */
static uint8_t *exact_copy(const char *octets, size_t size)
{
	uint8_t *copy = malloc(size > 0 ? size : 1);

	assert_non_null(copy);
	memcpy(copy, octets, size);
	return copy;
}

static uint64_t random_state = 0x9e3779b97f4a7c15;

static size_t random_below(size_t limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (size_t)(random_state % limit);
}

/* Octets without an end. */
static size_t put_octets(char *to, const char *text)
{
	size_t size = 0;

	for (; text[size] != '\0'; size++) {
		to[size] = text[size];
	}
	return size;
}

/* ---- what a first message must be read as ---- */

static enum line_verdict judge_whole(const char *line, size_t size, struct line_request *ret_request)
{
	regmatch_t parts[5];
	char text[LINE_MAX_TRIED + 16] = { 0 };

	memcpy(text, line, size);
	if (memchr(line, '\0', size) != NULL || regexec(&request_pattern, text, 5, parts, 0) != 0) {
		return LINE_MALFORMED;
	}
	size_t name_size = (size_t)parts[1].rm_eo;
	bool has_key = parts[4].rm_so >= 0;
	text[name_size] = '\0';
	if (name_size > FUNCTION_NAME_MAX ||
	    strpbrk(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == NULL ||
	    (has_key && strcasecmp(text, "help") == 0)) {
		return LINE_MALFORMED;
	}
	*ret_request = (struct line_request){ .size = size };
	if (strcasecmp(text, "help") == 0) {
		return LINE_HELP;
	}
	for (size_t i = 0; i < name_size; i++) {
		ret_request->name.text[i] = (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] + 32 : text[i]);
	}
	if (has_key) {
		memcpy(ret_request->key, text + parts[4].rm_so, (size_t)(parts[4].rm_eo - parts[4].rm_so));
	}
	return LINE_CALL;
}

static enum line_verdict judge(const char *octets, size_t size, struct line_request *ret_request)
{
	static const char *const endings[] = { "\n", "a\n", "key=a\n", "ey=a\n", "y=a\n", "=a\n" };
	const char *end = memchr(octets, '\n', size);
	char line[LINE_MAX_TRIED + 16];
	struct line_request unused;

	if (end != NULL) {
		return judge_whole(octets, (size_t)(end - octets) + 1, ret_request);
	}
	memcpy(line, octets, size);
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		size_t ending = put_octets(line + size, endings[i]);
		if (judge_whole(line, size + ending, &unused) != LINE_MALFORMED) {
			return LINE_MORE;
		}
	}
	return LINE_MALFORMED;
}

static void compare(const char *octets, size_t size)
{
	struct line_request expected = { .size = 0 };
	struct line_request request;
	uint8_t *copy = exact_copy(octets, size);
	enum line_verdict wanted = judge(octets, size, &expected);

	memset(&request, 0xa5, sizeof(request));
	enum line_verdict verdict = line_parse(copy, size, &request);
	free(copy);
	if (verdict != wanted) {
		fail_msg("%d instead of %d for %zu octets: %.*s", verdict, wanted, size, (int)size, octets);
	}
	if (verdict == LINE_CALL || verdict == LINE_HELP) {
		assert_int_equal(request.size, expected.size);
	}
	if (verdict == LINE_CALL) {
		assert_memory_equal(&request.name, &expected.name, sizeof(expected.name));
		assert_string_equal(request.key, expected.key);
	}
	if (verdict == LINE_MORE || verdict == LINE_MALFORMED) {
		assert_int_equal(((uint8_t *)&request)[0], 0xa5);
	}
}

static void compare_every_cut(const char *octets, size_t size)
{
	for (size_t cut = 0; cut <= size; cut++) {
		compare(octets, cut);
	}
}

/* ---- lines made up ---- */

static const char *const request_pieces[] = {
	"git",
	"Echo",
	"HELP",
	"help",
	"x",
	"9",
	"12345678901234",
	"abcdefghijklmno",
	"-",
	"--",
	"a-b",
	" ",
	" key=",
	"key=",
	" KEY=",
	" other=1",
	"k1",
	"K.2_3-4",
	"0123456789abcdef0123456789ABCDEF",
	"=",
	"\r",
	"\n",
	"\r\n",
	"\r\n",
	"\n",
	"\t",
	"\x7f",
	"\x80",
	"\xff",
	"_",
	".",
	"GET / HTTP/1.1\r\n",
	"SSH-2.0-x\r\n",
};

static const char *const reply_pieces[] = {
	"+",
	"-",
	">",
	"+",
	"-",
	">",
	"Go",
	"busy all places are taken",
	" ",
	"  ",
	"61234",
	"0",
	"65535",
	"65536",
	"1",
	" 61000",
	" host.example",
	" 2001:db8::1",
	" fe80::1%eth0",
	" key=value",
	" a=b=c",
	" =x",
	" x=",
	"=",
	"\r",
	"\r\n",
	"\n",
	"\r\n",
	"\n",
	"\x1b[31m",
	"\xc3\xa4",
	"\x7f",
	"!",
	"[::1]",
	"text",
};

/* Pieces one behind the other, with now and then an octet changed. */
static size_t make_line(const char *const *pieces, size_t count, char line[LINE_MAX_TRIED])
{
	size_t size = 0;

	for (size_t i = 2 + random_below(5); i > 0; i--) {
		size += put_octets(line + size, pieces[random_below(count)]);
	}
	size_t changed = random_below(64);
	if (changed < size) {
		line[changed] = (char)random_below(256);
	}
	return size;
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void requests_made_up(void **state)
{
	char line[LINE_MAX_TRIED];
	size_t valid = 0;

	(void)state;
	for (size_t i = 0; i < LINES; i++) {
		struct line_request request;
		size_t size = make_line(request_pieces, COUNT(request_pieces), line);
		compare(line, size);
		if (i % CUT_EVERY == 0) {
			compare_every_cut(line, size);
		}
		enum line_verdict verdict = judge(line, size, &request);
		valid += verdict == LINE_CALL || verdict == LINE_HELP ? 1 : 0;
	}
	assert_in_range(valid, LINES / 50, LINES - LINES / 50);
}

/* Each octet at each place of a line with everything in it. */
static void every_octet_everywhere(void **state)
{
	const char valid[] = "a-1b key=K.0_-\r\n";
	char line[sizeof(valid)];

	(void)state;
	for (size_t at = 0; at < sizeof(valid) - 1; at++) {
		for (int octet = 0; octet < 256; octet++) {
			memcpy(line, valid, sizeof(valid));
			line[at] = (char)octet;
			compare(line, at + 1);
			compare(line, sizeof(valid) - 1);
		}
	}
}

static void requests_cut_anywhere(void **state)
{
	static const char *const lines[] = {
		"git\r\n",
		"git\n",
		"GIT\r\nmore octets",
		"help\r\n",
		"HeLp\n",
		"a\n",
		"a-1-b\r\nx\ny\r\n",
		"abcdefghijklmno key=0123456789abcdef0123456789ABCDEF\r\n",
		"12345678901234x\n",
		"abcdefghijklmno key=0123456789abcdef0123456789ABCDEF0\r\n",
		"git key=a key=b\r\n",
		"help key=a\r\n",
		"git \r\n",
		" git\r\n",
		"git  key=a\r\n",
		"git key=a \r\n",
		"git key=\r\n",
		"git\rx",
		"git\r\r\n",
		"\r\n",
		"\n",
		"123456789012345",
		"12345678901234-",
		"abcdefghijklmnop",
		"helper\r\n",
		"hell\r\n",
		"+Go\r\n",
		">61000\r\n",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		compare_every_cut(lines[i], strlen(lines[i]));
	}
	compare_every_cut("git\0\r\n", 6);
	compare_every_cut("\0git\r\n", 6);
	compare_every_cut("git key=a\0\r\n", 12);
}

static void long_lines(void **state)
{
	static const char fillers[] = { 'a', ' ', '-', '\0', '=', '\r', '\x80' };
	char line[LINE_MAX_TRIED];

	(void)state;
	for (size_t i = 0; i < sizeof(fillers); i++) {
		for (size_t size = FIRST_MESSAGE_MAX - 1; size <= FIRST_MESSAGE_MAX + 1; size++) {
			memset(line, fillers[i], size);
			compare(line, size);
			(void)put_octets(line, "git key=");
			compare(line, size);
			line[size - 1] = '\n';
			compare(line, size);
			(void)put_octets(line, "git\r\n");
			compare(line, size);
		}
	}
}

static void nothing_is_more(void **state)
{
	struct line_request request;
	struct line_reply reply;

	(void)state;
	assert_int_equal(line_parse(NULL, 0, &request), LINE_MORE);
	assert_int_equal(line_reply_parse(NULL, 0, &reply), REPLY_MORE);
}

/* Other protocols are known for what they are at the first octet that says so. */
static void judged_as_early_as_possible(void **state)
{
	static const struct {
		const char *octets;
		size_t more; /* so many can still become a line */
	} samples[] = {
		{ "GET / HTTP/1.1\r\n", 4 }, { "SSH-2.0-OpenSSH_9.2\r\n", 5 }, { "\x16\x03\x01", 0 },
		{ "git other=1\r\n", 4 },    { "help key=a\r\n", 4 },	       { "1234567890123456", 14 },
		{ "git key=a key=b", 9 },    { "PRI * HTTP/2.0\r\n\r\n", 4 },  { "*1\r\n$4\r\nPING\r\n", 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(samples); i++) {
		const uint8_t *octets = (const uint8_t *)samples[i].octets;
		struct line_request request;
		assert_int_equal(line_parse(octets, samples[i].more, &request), LINE_MORE);
		assert_int_equal(line_parse(octets, samples[i].more + 1, &request), LINE_MALFORMED);
	}
}

/* ---- refusals ---- */

static void refusals(void **state)
{
	static const char *const words[REFUSALS] = { "",	"unknown",   "denied", "busy",	  "limit",
						     "timeout", "malformed", "failed", "draining" };

	(void)state;
	for (enum refusal refusal = REFUSAL_NONE; refusal < REFUSALS; refusal++) {
		const char *line = refusal_line(refusal);
		struct line_reply reply;
		assert_string_equal(refusal_word(refusal), words[refusal]);
		if (refusal == REFUSAL_NONE) {
			assert_string_equal(line, "");
			continue;
		}
		assert_int_equal(line_reply_parse((const uint8_t *)line, strlen(line), &reply), REPLY_REFUSED);
		assert_int_equal(reply.size, strlen(line));
		assert_true(strcmp(line + strlen(line) - 2, "\r\n") == 0);
		assert_int_equal(strncmp(reply.text, words[refusal], strlen(words[refusal])), 0);
		assert_int_equal(reply.text[strlen(words[refusal])], ' ');
	}
}

/* ---- replies ---- */

static void copy_part(char *to, size_t size_max, const char *text, regmatch_t part)
{
	size_t size = part.rm_so < 0 ? 0 : (size_t)(part.rm_eo - part.rm_so);

	size = size < size_max ? size : size_max - 1;
	memcpy(to, text + (part.rm_so < 0 ? 0 : part.rm_so), size);
	to[size] = '\0';
}

static enum reply_kind judge_whole_reply(const char *line, struct line_reply *ret_reply)
{
	regmatch_t parts[4];

	*ret_reply = (struct line_reply){ .size = strlen(line) };
	if (regexec(&text_pattern, line, 2, parts, 0) == 0) {
		copy_part(ret_reply->text, REPLY_MAX, line, parts[1]);
		for (char *each = ret_reply->text; *each != '\0'; each++) {
			*each = (char)(*each >= ' ' && *each <= '~' ? *each : '?');
		}
		return line[0] == '+' ? REPLY_ACCEPTED : REPLY_REFUSED;
	}
	long port = 0;
	if (regexec(&redirect_pattern, line, 4, parts, 0) == 0) {
		port = strtol(line + parts[1].rm_so, NULL, 10);
	}
	if (port < 1 || port > UINT16_MAX) {
		return REPLY_MALFORMED;
	}
	ret_reply->port = (uint16_t)port;
	copy_part(ret_reply->host, REPLY_MAX, line, parts[3]);
	return REPLY_REDIRECTED;
}

static enum reply_kind judge_reply(const char *octets, size_t size, struct line_reply *ret_reply)
{
	size_t looked_at = size < FIRST_MESSAGE_MAX ? size : FIRST_MESSAGE_MAX;
	const char *end = memchr(octets, '\n', looked_at);
	char line[FIRST_MESSAGE_MAX + 1] = { 0 };

	if (size > 0 && octets[0] != '+' && octets[0] != '-' && octets[0] != '>') {
		return REPLY_MALFORMED;
	}
	if (end == NULL) {
		return size < FIRST_MESSAGE_MAX ? REPLY_MORE : REPLY_MALFORMED;
	}
	/* A pattern cannot hold NUL; what is true of it is true of any control octet. */
	for (size_t i = 0; i <= (size_t)(end - octets); i++) {
		line[i] = (char)(octets[i] == '\0' ? '\x01' : octets[i]);
	}
	return judge_whole_reply(line, ret_reply);
}

static void compare_reply(const char *octets, size_t size)
{
	struct line_reply expected = { .size = 0 };
	struct line_reply reply;
	uint8_t *copy = exact_copy(octets, size);
	enum reply_kind wanted = judge_reply(octets, size, &expected);

	memset(&reply, 0xa5, sizeof(reply));
	enum reply_kind kind = line_reply_parse(copy, size, &reply);
	free(copy);
	if (kind != wanted) {
		fail_msg("%d instead of %d for %zu octets: %.*s", kind, wanted, size, (int)size, octets);
	}
	if (kind == REPLY_MORE || kind == REPLY_MALFORMED) {
		assert_int_equal(((uint8_t *)&reply)[0], 0xa5);
		return;
	}
	assert_int_equal(reply.kind, kind);
	assert_int_equal(reply.size, expected.size);
	assert_int_equal(reply.port, expected.port);
	assert_string_equal(reply.text, expected.text);
	assert_string_equal(reply.host, expected.host);
}

static void compare_reply_at_every_cut(const char *octets, size_t size)
{
	for (size_t cut = 0; cut <= size; cut++) {
		compare_reply(octets, cut);
	}
}

static void replies_made_up(void **state)
{
	char line[LINE_MAX_TRIED];
	size_t valid = 0;

	(void)state;
	for (size_t i = 0; i < LINES; i++) {
		struct line_reply reply;
		size_t size = make_line(reply_pieces, COUNT(reply_pieces), line);
		compare_reply(line, size);
		if (i % CUT_EVERY == 0) {
			compare_reply_at_every_cut(line, size);
		}
		enum reply_kind kind = judge_reply(line, size, &reply);
		valid += kind != REPLY_MORE && kind != REPLY_MALFORMED ? 1 : 0;
	}
	assert_in_range(valid, LINES / 50, LINES - LINES / 50);
}

static void replies_cut_anywhere(void **state)
{
	static const char *const lines[] = {
		"+\r\n",
		"+\n",
		"+Go\r\n",
		"+ Go \r\nthe function's octets",
		"-\r\n",
		"-busy try again\r\n",
		">61234\r\n",
		">61234\n",
		"> 61234\r\n",
		">   61234 host.example a=b c=\r\n",
		">1 ::1\r\n",
		">65535 a=b\r\n",
		">65536\r\n",
		">0\r\n",
		">01\r\n",
		">\r\n",
		"> \r\n",
		">61234 \r\n",
		">61234  host\r\n",
		">61234 host other\r\n",
		">61234 a=b host\r\n",
		">61234 =b\r\n",
		">61234x\r\n",
		">61234 h\xc3\xb6st\r\n",
		"+a\rb\r\n",
		"+\r\r\n",
		"x\r\n",
		">61234\thost\r\n",
		">4294967297\r\n",
		">61234 [::1]\r\n",
		"\r\n",
		"<\r\n",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		compare_reply_at_every_cut(lines[i], strlen(lines[i]));
	}
	compare_reply_at_every_cut("+Go\r\n\0", 6);
	compare_reply_at_every_cut("+G\0o\r\n", 6);
	compare_reply_at_every_cut(">61\0\r\n", 6);
	compare_reply_at_every_cut("\0\r\n", 3);
}

static void long_replies(void **state)
{
	static const char *const starts[] = { "+", "-", ">61234 ", ">61234 a=" };
	char line[LINE_MAX_TRIED];

	(void)state;
	for (size_t i = 0; i < COUNT(starts); i++) {
		for (size_t size = REPLY_MAX - 10; size <= FIRST_MESSAGE_MAX + 2; size++) {
			memset(line, 'h', size);
			(void)put_octets(line, starts[i]);
			compare_reply(line, size);
			line[size - 1] = '\n';
			compare_reply(line, size);
			line[size - 2] = '\r';
			compare_reply(line, size);
		}
	}
}

static int compile_patterns(void **state)
{
	(void)state;
	return regcomp(&request_pattern, REQUEST_PATTERN, REG_EXTENDED) |
	       regcomp(&redirect_pattern, REDIRECT_PATTERN, REG_EXTENDED) |
	       regcomp(&text_pattern, TEXT_PATTERN, REG_EXTENDED);
}

static int free_patterns(void **state)
{
	(void)state;
	regfree(&request_pattern);
	regfree(&redirect_pattern);
	regfree(&text_pattern);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_more),
		cmocka_unit_test(requests_made_up),
		cmocka_unit_test(every_octet_everywhere),
		cmocka_unit_test(requests_cut_anywhere),
		cmocka_unit_test(long_lines),
		cmocka_unit_test(judged_as_early_as_possible),
		cmocka_unit_test(refusals),
		cmocka_unit_test(replies_made_up),
		cmocka_unit_test(replies_cut_anywhere),
		cmocka_unit_test(long_replies),
	};

	return cmocka_run_group_tests(tests, compile_patterns, free_patterns);
}
