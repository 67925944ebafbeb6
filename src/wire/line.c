/* line.c - the line dialect: first messages as the acceptor reads them, replies as a client does.
 *
 * A first message is judged as early as its octets allow: LINE_MORE means that some further octets
 * would make it a line.  Since a name, one key and the line end are all there can be, no line comes
 * near FIRST_MESSAGE_MAX, and none is waited for longer than that.  A reply is looked at when its
 * end is there.  Both answers stay what they are when more octets follow, so it does not matter in
 * which pieces the octets came. */
#include "wire/line.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

static const char key_word[] = "key=";

enum { KEY_WORD_SIZE = sizeof(key_word) - 1 };

static_assert(FUNCTION_NAME_MAX + 1 + KEY_WORD_SIZE + KEY_MAX + 2 <= FIRST_MESSAGE_MAX,
	      "the longest line fits in a first message");

/* ---- what a client says ---- */

static bool is_letter_or_digit(uint8_t octet)
{
	uint8_t lower = octet | 0x20;

	return (lower >= 'a' && lower <= 'z') || (octet >= '0' && octet <= '9');
}

static bool is_key_octet(uint8_t octet)
{
	return is_letter_or_digit(octet) || octet == '.' || octet == '_' || octet == '-';
}

/* Whether these octets begin a name: with one letter behind them they are one, or nothing fits
 * behind them and they are one already. */
static bool begins_name(const uint8_t *bytes, size_t size)
{
	char text[FUNCTION_NAME_MAX];
	struct name name;

	if (size > sizeof(text)) {
		return false;
	}
	memcpy(text, bytes, size);
	if (size < sizeof(text)) {
		text[size++] = 'a';
	}
	return name_parse(text, size, &name) == 0;
}

static bool is_help(const struct name *name)
{
	static const struct name help = { .text = "help" };

	return name_equal(name, &help);
}

/* What must be a line end stands at `at`. */
static enum line_verdict parse_end(const uint8_t *bytes, size_t size, size_t at, struct line_request *request)
{
	if (at < size && bytes[at] == '\r') {
		at++;
	}
	if (at == size) {
		return LINE_MORE;
	}
	request->size = at + 1;
	return bytes[at] == '\n' ? LINE_CALL : LINE_MALFORMED;
}

/* What must be "key=K" stands at `at`, and the end behind it. */
static enum line_verdict parse_key(const uint8_t *bytes, size_t size, size_t at, struct line_request *request)
{
	size_t key_size = 0;

	for (size_t i = 0; i < KEY_WORD_SIZE; i++, at++) {
		if (at == size) {
			return LINE_MORE;
		}
		if (bytes[at] != (uint8_t)key_word[i]) {
			return LINE_MALFORMED;
		}
	}
	for (; at < size && key_size < KEY_MAX && is_key_octet(bytes[at]); at++) {
		request->key[key_size++] = (char)bytes[at];
	}
	if (key_size == 0 && at < size) {
		return LINE_MALFORMED;
	}
	return parse_end(bytes, size, at, request);
}

enum line_verdict line_parse(const uint8_t *bytes, size_t size, struct line_request *ret_request)
{
	struct line_request request = { .size = 0 };
	enum line_verdict verdict;
	size_t at = 0;

	if (size == 0) {
		return LINE_MORE;
	}
	while (at < size && at <= FUNCTION_NAME_MAX && (is_letter_or_digit(bytes[at]) || bytes[at] == '-')) {
		at++;
	}
	if (at == size) {
		return begins_name(bytes, size) ? LINE_MORE : LINE_MALFORMED;
	}
	if (name_parse((const char *)bytes, at, &request.name) < 0) {
		return LINE_MALFORMED;
	}
	if (bytes[at] != ' ') {
		verdict = parse_end(bytes, size, at, &request);
		verdict = verdict == LINE_CALL && is_help(&request.name) ? LINE_HELP : verdict;
	} else {
		verdict = is_help(&request.name) ? LINE_MALFORMED : parse_key(bytes, size, at + 1, &request);
	}
	if (verdict == LINE_CALL || verdict == LINE_HELP) {
		*ret_request = request;
	}
	return verdict;
}

/* ---- refusals ---- */

/* Each line begins with "-", the word, and a space. */
static const struct {
	const char *word;
	const char *line;
} refusals[REFUSALS] = {
	[REFUSAL_NONE] = { "", "" },
	[REFUSAL_UNKNOWN] = { "unknown", "-unknown no such function here\r\n" },
	[REFUSAL_DENIED] = { "denied", "-denied not from your address\r\n" },
	[REFUSAL_BUSY] = { "busy", "-busy all places are taken, try again\r\n" },
	[REFUSAL_LIMIT] = { "limit", "-limit too many calls from your address\r\n" },
	[REFUSAL_TIMEOUT] = { "timeout", "-timeout this took too long\r\n" },
	[REFUSAL_MALFORMED] = { "malformed", "-malformed say NAME and a line end\r\n" },
	[REFUSAL_FAILED] = { "failed", "-failed the function could not be started\r\n" },
	[REFUSAL_DRAINING] = { "draining", "-draining no new calls now, try again later\r\n" },
};

const char *refusal_word(enum refusal refusal)
{
	assert(refusal < REFUSALS);
	return refusals[refusal].word;
}

const char *refusal_line(enum refusal refusal)
{
	assert(refusal < REFUSALS);
	return refusals[refusal].line;
}

/* ---- what a client is told ---- */

/* Octets that are left of a reply, its line end not among them. */
struct rest {
	const char *text;
	size_t size;
};

static bool starts_with(const struct rest *rest, char character)
{
	return rest->size > 0 && rest->text[0] == character;
}

static void skip(struct rest *rest, size_t count)
{
	rest->text += count;
	rest->size -= count;
}

/* For people, so what does not fit is cut, and nothing in it can drive a terminal. */
static void copy_text(const struct rest *rest, char text[REPLY_MAX])
{
	size_t size = rest->size < REPLY_MAX ? rest->size : REPLY_MAX - 1;

	for (size_t i = 0; i < size; i++) {
		bool printable = rest->text[i] >= ' ' && rest->text[i] <= '~';
		text[i] = (char)(printable ? rest->text[i] : '?');
	}
	text[size] = '\0';
}

/* One number, no leading zeros. */
static int take_port(struct rest *rest, uint16_t *ret_port)
{
	uint32_t port = 0;

	if (starts_with(rest, '0')) {
		return -EINVAL;
	}
	while (rest->size > 0 && rest->text[0] >= '0' && rest->text[0] <= '9') {
		port = port * 10 + (uint32_t)(rest->text[0] - '0');
		if (port > UINT16_MAX) {
			return -EINVAL;
		}
		skip(rest, 1);
	}
	*ret_port = (uint16_t)port;
	return port > 0 ? 0 : -EINVAL;
}

/* A space and the word behind it, which is not empty and printable. */
static int take_word(struct rest *rest, struct rest *ret_word)
{
	if (!starts_with(rest, ' ')) {
		return -EINVAL;
	}
	skip(rest, 1);
	struct rest word = { .text = rest->text };
	while (word.size < rest->size && rest->text[word.size] > ' ' && rest->text[word.size] <= '~') {
		word.size++;
	}
	skip(rest, word.size);
	*ret_word = word;
	return word.size > 0 ? 0 : -EINVAL;
}

static int copy_host(const struct rest *word, char host[REPLY_MAX])
{
	if (word->size >= REPLY_MAX) {
		return -EINVAL;
	}
	for (size_t i = 0; i < word->size; i++) {
		uint8_t octet = (uint8_t)word->text[i];
		if (!is_key_octet(octet) && octet != ':' && octet != '%') {
			return -EINVAL;
		}
	}
	memcpy(host, word->text, word->size);
	host[word->size] = '\0';
	return 0;
}

/* What stands behind ">".  The attributes are for clients that know them. */
static int parse_redirect(struct rest rest, struct line_reply *reply)
{
	while (starts_with(&rest, ' ')) {
		skip(&rest, 1);
	}
	if (take_port(&rest, &reply->port) < 0) {
		return -EINVAL;
	}
	for (bool first = true; rest.size > 0; first = false) {
		struct rest word;
		if (take_word(&rest, &word) < 0) {
			return -EINVAL;
		}
		const char *equals = memchr(word.text, '=', word.size);
		if (equals == word.text || (equals == NULL && !first)) {
			return -EINVAL;
		}
		if (equals == NULL && copy_host(&word, reply->host) < 0) {
			return -EINVAL;
		}
	}
	return 0;
}

static enum reply_kind kind_of(uint8_t sign)
{
	switch (sign) {
	case '+':
		return REPLY_ACCEPTED;
	case '-':
		return REPLY_REFUSED;
	case '>':
		return REPLY_REDIRECTED;
	default:
		return REPLY_MALFORMED;
	}
}

enum reply_kind line_reply_parse(const uint8_t *bytes, size_t size, struct line_reply *ret_reply)
{
	if (size == 0) {
		return REPLY_MORE;
	}
	struct line_reply reply = { .kind = kind_of(bytes[0]) };
	if (reply.kind == REPLY_MALFORMED) {
		return REPLY_MALFORMED;
	}
	size_t looked_at = size < FIRST_MESSAGE_MAX ? size : FIRST_MESSAGE_MAX;
	const uint8_t *end = memchr(bytes, '\n', looked_at);
	if (end == NULL) {
		return size < FIRST_MESSAGE_MAX ? REPLY_MORE : REPLY_MALFORMED;
	}
	reply.size = (size_t)(end - bytes) + 1;
	struct rest rest = { .text = (const char *)bytes + 1, .size = reply.size - 2 };
	if (rest.size > 0 && rest.text[rest.size - 1] == '\r') {
		rest.size--;
	}
	if (memchr(rest.text, '\r', rest.size) != NULL) {
		return REPLY_MALFORMED;
	}
	if (reply.kind != REPLY_REDIRECTED) {
		copy_text(&rest, reply.text);
	} else if (parse_redirect(rest, &reply) < 0) {
		return REPLY_MALFORMED;
	}
	*ret_reply = reply;
	return reply.kind;
}
