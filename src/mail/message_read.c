/* message_read.c - of a message that came in, the parts that the registry needs (message.h).
 *
 * The octets are anybody's.  Everything given back is clean UTF-8; addresses and ids are what the writer would
 * take, or empty.  What is malformed costs its part of the message, not the rest. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mail/characters.h"
#include "mail/entity.h"
#include "mail/message.h"

/* ---- one text ---- */

/* Ends the stream; its text cleaned as one line, from malloc, or NULL. */
static char *finish_line(FILE *stream, char **octets, const size_t *size, bool is_whole)
{
	is_whole = !ferror(stream) && is_whole;
	is_whole = fclose(stream) == 0 && is_whole;
	char *clean = is_whole ? characters_clean(*octets, *size, true) : NULL;

	free(*octets);
	return clean;
}

static void put_unfolded(struct span value, FILE *stream)
{
	for (size_t i = 0; i < value.size; i++) {
		if (value.at[i] != '\r' && value.at[i] != '\n') {
			(void)fputc(value.at[i], stream);
		}
	}
}

static char *unfold(struct span value)
{
	char *octets = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&octets, &size);

	if (stream == NULL) {
		return NULL;
	}
	put_unfolded(value, stream);
	return finish_line(stream, &octets, &size, true);
}

static char *read_subject(const struct entity *entity)
{
	char *octets = NULL;
	size_t size = 0;
	char *folded = unfold(entity_header(entity, "Subject"));
	FILE *stream = folded != NULL ? open_memstream(&octets, &size) : NULL;
	char *subject = NULL;

	if (stream != NULL) {
		int r = decode_words((struct span){ folded, strlen(folded) }, stream);
		subject = finish_line(stream, &octets, &size, r == 0);
	}
	free(folded);
	return subject;
}

/* The octets of a body in its character set, from malloc; NULL without memory. */
static char *decode_body(const struct entity *text, size_t *ret_size)
{
	char *octets = NULL;
	FILE *stream = open_memstream(&octets, ret_size);

	if (stream == NULL) {
		return NULL;
	}
	decode_transfer(text->body, entity_header(text, "Content-Transfer-Encoding"), stream);
	bool is_whole = !ferror(stream);
	if (fclose(stream) != 0 || !is_whole) {
		free(octets);
		return NULL;
	}
	return octets;
}

static char *read_body(const struct entity *entity, bool *ret_damaged)
{
	struct entity text = { { "", 0 }, { "", 0 } };
	char *characters = NULL;
	char *body = NULL;
	size_t size = 0;
	size_t characters_size = 0;

	(void)entity_text(entity, &text);
	char *octets = decode_body(&text, &size);
	FILE *stream = octets != NULL ? open_memstream(&characters, &characters_size) : NULL;
	if (stream != NULL) {
		decode_charset((struct span){ octets, size }, entity_parameter(&text, "charset"), stream);
		bool is_whole = !ferror(stream);
		is_whole = fclose(stream) == 0 && is_whole;
		body = is_whole ? characters_keep(characters, characters_size, ret_damaged) : NULL;
		free(characters);
	}
	free(octets);
	return body;
}

/* ---- addresses and ids ---- */

/* The end of what stands in quotes or in a comment at `at`. */
static const char *skip(const char *at, char end)
{
	for (at++; *at != '\0' && *at != end; at++) {
		at += *at == '\\' && at[1] != '\0';
	}
	return *at == end ? at + 1 : at;
}

/* The first "<" that is in no quotes and no comment; else the end. */
static const char *find_bracket(const char *text)
{
	while (*text != '\0' && *text != '<') {
		text = *text == '"' ? skip(text, '"') : *text == '(' ? skip(text, ')') : text + 1;
	}
	return text;
}

/* Makes `text` an address, or empty. */
static void keep_address(char *text)
{
	const char *bracket = find_bracket(text);
	const char *start = *bracket == '<' ? bracket + 1 : text + strspn(text, " ");
	size_t size = strcspn(start, "> (,;");
	struct mail_address read;

	memmove(text, start, size);
	text[size] = '\0';
	if (mail_address_read(text, NULL, &read) < 0) {
		text[0] = '\0';
	}
}

/* Makes `text` the first id in <>, or the last one, or empty. */
static void keep_id(char *text, bool last)
{
	const char *start = last ? strrchr(text, '<') : strchr(text, '<');
	size_t size = start != NULL ? strcspn(++start, "> ") : 0;

	if (size > 0) {
		memmove(text, start, size);
	}
	text[size] = '\0';
	if (!characters_are_id(text)) {
		text[0] = '\0';
	}
}

static char *read_answered(const struct entity *entity)
{
	char *id = unfold(entity_header(entity, "In-Reply-To"));

	if (id != NULL) {
		keep_id(id, false);
	}
	if (id == NULL || id[0] != '\0') {
		return id;
	}
	free(id);
	id = unfold(entity_header(entity, "References"));
	if (id != NULL) {
		keep_id(id, true);
	}
	return id;
}

/* ---- who must not be answered (RFC 3834, 2) ---- */

static bool begins(struct span value, const char *word)
{
	size_t size = strlen(word);

	return value.size >= size && strncasecmp(value.at, word, size) == 0;
}

static bool is_automatic(const struct entity *entity, const char *from)
{
	static const char *const marks[] = { "List-Id",	    "List-Post",     "List-Unsubscribe",
					     "X-Autoreply", "X-Autorespond", NULL };
	struct span submitted = entity_header(entity, "Auto-Submitted");
	struct span precedence = entity_header(entity, "Precedence");

	for (const char *const *mark = marks; *mark != NULL; mark++) {
		if (entity_header(entity, *mark).size > 0) {
			return true;
		}
	}
	return (submitted.size > 0 && (!begins(submitted, "no") || begins(submitted, "not"))) ||
	       span_is(precedence, "bulk") || span_is(precedence, "list") || span_is(precedence, "junk") ||
	       span_is(precedence, "auto_reply") || span_is(entity_header(entity, "Return-Path"), "<>") ||
	       span_is(entity_type(entity), "multipart/report") || from[0] == '\0' ||
	       strncasecmp(from, "mailer-daemon@", 14) == 0;
}

/* ---- the whole ---- */

/* Octets of the line "From ada@example.org ..." that mail servers put before a message for a program. */
static size_t envelope_size(const char *octets, size_t size)
{
	static const char from[] = "From ";
	bool begins = size > strlen(from) && memcmp(octets, from, strlen(from)) == 0;
	const char *end = begins ? memchr(octets, '\n', size) : NULL;

	return end != NULL ? (size_t)(end - octets) + 1 : 0;
}

void mail_received_finish(struct mail_received *received)
{
	free(received->message_id);
	free(received->in_reply_to);
	free(received->from);
	free(received->subject);
	free(received->body);
	*received = (struct mail_received){ 0 };
}

int mail_message_read(const char *octets, size_t size, struct mail_received *ret_received)
{
	struct entity entity;
	size_t envelope = envelope_size(octets, size);

	octets += envelope;
	size -= envelope;
	if (size == 0 || !entity_of((struct span){ octets, size }, &entity) || entity.headers.size == 0) {
		return -EBADMSG;
	}
	struct mail_received received = {
		.message_id = unfold(entity_header(&entity, "Message-ID")),
		.in_reply_to = read_answered(&entity),
		.from = unfold(entity_header(&entity, "From")),
		.subject = read_subject(&entity),
	};
	received.body = read_body(&entity, &received.is_damaged);
	if (received.message_id == NULL || received.in_reply_to == NULL || received.from == NULL ||
	    received.subject == NULL || received.body == NULL) {
		mail_received_finish(&received);
		return -ENOMEM;
	}
	keep_id(received.message_id, false);
	keep_address(received.from);
	received.is_automatic = is_automatic(&entity, received.from);
	*ret_received = received;
	return 0;
}
