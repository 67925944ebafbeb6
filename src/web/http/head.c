/* head.c - a request's head, judged before anything parses it (head.h).  Called by server_connection.c. */
#include "web/http/head.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

/* What the lines have told so far. */
struct head {
	bool is_old;	  /* HTTP/1.0 */
	bool is_bodyless; /* GET, HEAD */
	unsigned lines, hosts, lengths, encodings;
	bool has_body;
};

struct piece {
	const char *octets;
	size_t size;
};

static bool is_token(struct piece piece)
{
	static const char others[] = "!#$%&'*+-.^_`|~";

	for (size_t i = 0; i < piece.size; i++) {
		char character = piece.octets[i];
		bool is_alphanumeric = (character >= '0' && character <= '9') ||
				       (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
		if (!is_alphanumeric && (character == '\0' || strchr(others, character) == NULL)) {
			return false;
		}
	}
	return piece.size > 0;
}

/* Octets that a value may have: tab, what can be seen, and what is no ASCII (whoever reads it wants UTF-8). */
static bool is_value(struct piece piece)
{
	for (size_t i = 0; i < piece.size; i++) {
		unsigned char octet = (unsigned char)piece.octets[i];
		if ((octet < 0x20 && octet != '\t') || octet == 0x7f) {
			return false;
		}
	}
	return true;
}

static bool is_word(struct piece piece, const char *word)
{
	return piece.size == strlen(word) && strncasecmp(piece.octets, word, piece.size) == 0;
}

/* What stands before the octet; the rest stays in *piece, behind it.  False when there is none. */
static bool cut_at(struct piece *piece, char octet, struct piece *ret_before)
{
	const char *found = memchr(piece->octets, octet, piece->size);

	if (found == NULL) {
		return false;
	}
	*ret_before = (struct piece){ piece->octets, (size_t)(found - piece->octets) };
	piece->size -= ret_before->size + 1;
	piece->octets = found + 1;
	return true;
}

/* ---- the first line ---- */

static unsigned judge_target(struct piece target)
{
	if (target.size > HEAD_TARGET_MAX) {
		return 414;
	}
	for (size_t i = 0; i < target.size; i++) {
		unsigned char octet = (unsigned char)target.octets[i];
		if (octet <= 0x20 || octet >= 0x7f || octet == '#') {
			return 400;
		}
	}
	return target.size > 0 && target.octets[0] == '/' ? 0 : 400;
}

static unsigned judge_first(struct head *head, struct piece line)
{
	struct piece method;
	struct piece target;

	if (!cut_at(&line, ' ', &method) || !is_token(method) || !cut_at(&line, ' ', &target)) {
		return 400;
	}
	unsigned refused = judge_target(target);
	if (refused != 0) {
		return refused;
	}
	if (line.size != 8 || memcmp(line.octets, "HTTP/", 5) != 0) {
		return 400;
	}
	head->is_old = memcmp(line.octets + 5, "1.0", 3) == 0;
	head->is_bodyless = (method.size == 3 && memcmp(method.octets, "GET", 3) == 0) ||
			    (method.size == 4 && memcmp(method.octets, "HEAD", 4) == 0);
	return head->is_old || memcmp(line.octets + 5, "1.1", 3) == 0 ? 0 : 505;
}

/* ---- headers ---- */

static struct piece trimmed(struct piece value)
{
	while (value.size > 0 && (value.octets[0] == ' ' || value.octets[0] == '\t')) {
		value.octets++;
		value.size--;
	}
	while (value.size > 0 && (value.octets[value.size - 1] == ' ' || value.octets[value.size - 1] == '\t')) {
		value.size--;
	}
	return value;
}

/* A name or an address, and perhaps a port: no path, no user, no list. */
static unsigned judge_host(struct head *head, struct piece value)
{
	static const char others[] = "-._~[]:";

	for (size_t i = 0; i < value.size; i++) {
		char character = value.octets[i];
		bool is_alphanumeric = (character >= '0' && character <= '9') ||
				       (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
		if (!is_alphanumeric && strchr(others, character) == NULL) {
			return 400;
		}
	}
	return value.size > 0 && ++head->hosts == 1 ? 0 : 400;
}

static unsigned judge_length(struct head *head, struct piece value)
{
	for (size_t i = 0; i < value.size; i++) {
		if (value.octets[i] < '0' || value.octets[i] > '9') {
			return 400;
		}
		head->has_body = head->has_body || value.octets[i] != '0';
	}
	return value.size == 0 || ++head->lengths > 1 ? 400 : value.size > 15 ? 413 : 0;
}

static unsigned judge_encoding(struct head *head, struct piece value)
{
	head->has_body = true;
	return head->is_old || ++head->encodings > 1 ? 400 : is_word(value, "chunked") ? 0 : 501;
}

static unsigned judge_header(struct head *head, struct piece line)
{
	struct piece name;

	if (++head->lines > HEAD_LINES_MAX) {
		return 431;
	}
	if (!cut_at(&line, ':', &name) || !is_token(name) || !is_value(line)) {
		return 400; /* a folded line begins with a blank, and that is in no token */
	}
	struct piece value = trimmed(line);
	if (is_word(name, "host")) {
		return judge_host(head, value);
	}
	if (is_word(name, "content-length")) {
		return judge_length(head, value);
	}
	if (is_word(name, "transfer-encoding")) {
		return judge_encoding(head, value);
	}
	if (is_word(name, "expect")) {
		return is_word(value, "100-continue") ? 0 : 417;
	}
	return 0;
}

static unsigned judge_whole(const struct head *head)
{
	bool is_framed_twice = head->lengths + head->encodings > 1;
	bool is_too_much = head->is_bodyless && head->has_body;

	return head->hosts != 1 || is_framed_twice || is_too_much ? 400 : HEAD_WHOLE;
}

/* ---- lines ---- */

/* The line that begins here, without its CRLF.  HEAD_MORE when its end is not there, 400 for a CR or LF alone. */
static unsigned take_line(struct piece *rest, struct piece *ret_line)
{
	for (size_t i = 0; i < rest->size; i++) {
		if (rest->octets[i] == '\n' || rest->octets[i] == '\0') {
			return 400;
		}
		if (rest->octets[i] == '\r') {
			if (i + 1 == rest->size) {
				return HEAD_MORE;
			}
			if (rest->octets[i + 1] != '\n') {
				return 400;
			}
			*ret_line = (struct piece){ rest->octets, i };
			rest->octets += i + 2;
			rest->size -= i + 2;
			return HEAD_WHOLE;
		}
	}
	return HEAD_MORE;
}

unsigned head_judge(const char *octets, size_t size, size_t *ret_size)
{
	struct piece rest = { octets, size < HEAD_MAX ? size : HEAD_MAX };
	struct head head = { 0 };
	struct piece line;
	bool is_first = true;
	unsigned verdict;

	while ((verdict = take_line(&rest, &line)) == HEAD_WHOLE) {
		if (line.size == 0 && !is_first) {
			*ret_size = (size_t)(rest.octets - octets);
			return judge_whole(&head);
		}
		unsigned refused = is_first ? judge_first(&head, line) : judge_header(&head, line);
		if (refused != 0) {
			return refused;
		}
		is_first = false;
	}
	if (verdict == HEAD_MORE && size >= HEAD_MAX) {
		return is_first ? 414 : 431;
	}
	return verdict;
}
