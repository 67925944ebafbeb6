/* fuzz_message.c - any message that comes in is read into clean parts, and parts of any octets are written as one
 * letter.
 *
 * What was read is written and read again: it must be the same.  Then the input itself is subject and body of a
 * letter, whose octets must keep what message.c promises of all. */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "mail/message.h"

#define REQUIRE(condition)          \
	do {                        \
		if (!(condition)) { \
			abort();    \
		}                   \
	} while (0)

enum { LINE_MAX_OCTETS = 998 };

static struct mail_message letter(const char *subject, const char *body)
{
	struct mail_message message = {
		.subject = subject, .message_id = "1@example.net", .date = "2026-11-21T09:00:00Z", .body = body
	};

	REQUIRE(mail_address_read("ports@example.net", NULL, &message.from) == 0);
	message.to = message.from;
	return message;
}

/* Only CRLF ends lines, none is too long, none begins with a dot, all is ASCII; headers end where the body begins. */
static void check_octets(const char *octets, size_t size)
{
	const char *at = octets;

	REQUIRE(strlen(octets) == size && size > 2);
	while (*at != '\0') {
		size_t length = strcspn(at, "\r\n");
		REQUIRE(length <= LINE_MAX_OCTETS && at[0] != '.');
		REQUIRE(at[length] == '\r' && at[length + 1] == '\n');
		for (size_t i = 0; i < length; i++) {
			REQUIRE(at[i] == '\t' || (at[i] >= 0x20 && at[i] < 0x7f));
		}
		at += length + 2;
	}
}

static void check_clean(const char *text, int one_line)
{
	for (; *text != '\0'; text++) {
		REQUIRE((unsigned char)*text >= 0x20 || (!one_line && (*text == '\n' || *text == '\t')));
	}
}

static void write_and_read(const char *subject, const char *body, struct mail_received *ret_received)
{
	const struct mail_message message = letter(subject, body);
	char *octets = NULL;
	size_t size = 0;

	REQUIRE(mail_message_write(&message, &octets, &size) == 0);
	check_octets(octets, size);
	REQUIRE(mail_message_read(octets, size, ret_received) == 0);
	REQUIRE(strcmp(ret_received->from, "ports@example.net") == 0);
	REQUIRE(strcmp(ret_received->message_id, "1@example.net") == 0);
	REQUIRE(ret_received->in_reply_to[0] == '\0' && ret_received->is_automatic);
	free(octets);
}

/* What steers a terminal is kept when it is read, and does not go out. */
static void check_same_body(const char *before, const char *after)
{
	const char *end = before + strlen(before);

	while (before < end) {
		uint32_t character = 0;
		size_t size = utf8_read(before, (size_t)(end - before), &character);
		REQUIRE(size > 0);
		if (utf8_steers(character)) {
			REQUIRE(*after == '?');
			after++;
		} else {
			REQUIRE(strncmp(before, after, size) == 0);
			after += size;
		}
		before += size;
	}
	REQUIRE(*after == '\0' || strcmp(after, "\n") == 0);
}

static void check_again(const struct mail_received *received)
{
	struct mail_received again;

	write_and_read(received->subject, received->body, &again);
	if (strlen(received->subject) <= MAIL_SUBJECT_MAX) {
		REQUIRE(strcmp(again.subject, received->subject) == 0);
	}
	check_same_body(received->body, again.body);
	mail_received_finish(&again);
}

static void check_read(const char *octets, size_t size)
{
	struct mail_received received;
	struct mail_address address;

	if (mail_message_read(octets, size, &received) != 0) {
		return;
	}
	check_clean(received.subject, 1);
	check_clean(received.body, 0);
	check_clean(received.message_id, 1);
	check_clean(received.in_reply_to, 1);
	REQUIRE(received.from[0] == '\0' || mail_address_read(received.from, NULL, &address) == 0);
	check_again(&received);
	mail_received_finish(&received);
}

static void check_written(const char *octets, size_t size)
{
	struct mail_received received;
	struct mail_address address;
	char *text = malloc(size + 1);

	REQUIRE(text != NULL);
	memcpy(text, octets, size);
	text[size] = '\0';
	write_and_read(text, text, &received);
	mail_received_finish(&received);
	if (mail_address_read("a@b", text, &address) == 0) {
		struct mail_message message = letter(text, text);
		char *written = NULL;
		size_t written_size = 0;
		message.to = address;
		REQUIRE(mail_message_write(&message, &written, &written_size) == 0);
		check_octets(written, written_size);
		free(written);
	}
	(void)mail_address_read(text, NULL, &address);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = malloc(size > 0 ? size : 1);

	REQUIRE(copy != NULL);
	memcpy(copy, data, size);
	check_read(copy, size);
	check_written(copy, size);
	free(copy);
	return 0;
}
