/* message.c - a letter written as the octets of RFC 5322 (message.h).  Called by registry/process/letters.c.
 *
 * Three things hold of all that leaves here, whatever the texts were: lines end in CRLF and nothing else is CR or
 * LF, no line is longer than 998 octets, and no line begins with a dot.  So nothing hangs on how those who carry
 * the letter treat dots and line ends.  Never looks at the time and never at the network. */
#include "mail/message.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/moment.h"
#include "base/utf8.h"
#include "mail/characters.h"

enum {
	COLUMNS = 78,
	WORD_MAX = 60,	     /* of one that stands in a header as it is */
	ENCODED_MAX = 52,    /* of what an encoded word holds; with its frame it fits behind any header's name */
	QUOTED_COLUMNS = 75, /* of quoted-printable, before the "=" of a soft line end */
	SUBJECT_CUT = MAIL_SUBJECT_MAX - 3,
};

static const char hex[] = "0123456789ABCDEF";

/* ---- headers ---- */

struct line {
	FILE *stream;
	size_t column;
};

static void put(struct line *line, const char *text)
{
	(void)fputs(text, line->stream);
	line->column += strlen(text);
}

/* A blank and the word, on the next line where this one has no room. */
static void put_word(struct line *line, const char *word)
{
	if (line->column + 1 + strlen(word) > COLUMNS) {
		(void)fputs("\r\n", line->stream);
		line->column = 0;
	}
	put(line, " ");
	put(line, word);
}

/* Words of ASCII with one blank between them, nothing that looks like an encoded word. */
static bool is_plain(const char *text)
{
	size_t word = 0;

	for (const char *at = text; *at != '\0'; at++) {
		if (*at == ' ' ? word == 0 : *at < 0x21 || *at > 0x7e || ++word > WORD_MAX) {
			return false;
		}
		word = *at == ' ' ? 0 : word;
	}
	return word > 0 && strstr(text, "=?") == NULL;
}

static void put_plain(struct line *line, const char *text)
{
	char word[WORD_MAX + 1];

	while (*text != '\0') {
		size_t size = strcspn(text, " ");
		(void)snprintf(word, sizeof(word), "%.*s", (int)size, text);
		put_word(line, word);
		text += size + (text[size] == ' ');
	}
}

static bool stands_for_itself(char octet)
{
	return (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z') || (octet >= '0' && octet <= '9') ||
	       (octet != '\0' && strchr("!*+-/", octet) != NULL);
}

/* RFC 2047, 4.2; returns the size. */
static size_t encode_octet(char octet, char ret_text[static 4])
{
	unsigned char value = (unsigned char)octet;
	bool is_one = octet == ' ' || stands_for_itself(octet);

	if (is_one) {
		(void)snprintf(ret_text, 4, "%c", octet == ' ' ? '_' : octet);
	} else {
		(void)snprintf(ret_text, 4, "=%c%c", hex[value >> 4], hex[value & 15]);
	}
	return is_one ? 1 : 3;
}

/* Encoded words; none ends within a character. */
static void put_encoded(struct line *line, const char *text)
{
	char word[sizeof("=?UTF-8?Q?"
			 "?=") +
		  ENCODED_MAX];
	size_t size = strlen(text);
	size_t used;

	for (size_t i = 0; i < size;) {
		used = (size_t)snprintf(word, sizeof(word), "=?UTF-8?Q?");
		for (size_t start = used; i < size;) {
			char one[16] = "";
			size_t width = 0;
			uint32_t character;
			size_t length = utf8_read(text + i, size - i, &character);
			for (size_t k = 0; k < length; k++) {
				width += encode_octet(text[i + k], one + width);
			}
			if (used - start + width > ENCODED_MAX) {
				break;
			}
			memcpy(word + used, one, width);
			used += width;
			i += length;
		}
		(void)snprintf(word + used, sizeof(word) - used, "?=");
		put_word(line, word);
	}
}

static void begin(struct line *line, const char *name)
{
	line->column = 0;
	put(line, name);
	put(line, ":");
}

static void end(struct line *line)
{
	(void)fputs("\r\n", line->stream);
}

/* `text` is one line of UTF-8, not longer than the subject may be. */
static void put_text_header(struct line *line, const char *name, const char *text)
{
	begin(line, name);
	if (is_plain(text)) {
		put_plain(line, text);
	} else {
		put_encoded(line, text);
	}
	end(line);
}

/* A phrase of atoms needs no quotes (RFC 5322, 3.2.5). */
static bool is_phrase(const char *name)
{
	return is_plain(name) && strpbrk(name, "()<>[]:;@\\,.\"") == NULL;
}

static void put_quoted(struct line *line, const char *name)
{
	char quoted[2 * WORD_MAX + 3];
	size_t used = 0;

	quoted[used++] = '"';
	for (; *name != '\0'; name++) {
		if (*name == '"' || *name == '\\') {
			quoted[used++] = '\\';
		}
		quoted[used++] = *name;
	}
	quoted[used++] = '"';
	quoted[used] = '\0';
	put_word(line, quoted);
}

static void put_address_header(struct line *line, const char *name, const struct mail_address *address)
{
	char bracketed[MAIL_ADDRESS_MAX + 3];

	begin(line, name);
	if (address->name[0] == '\0') {
		put_word(line, address->address);
		end(line);
		return;
	}
	if (is_phrase(address->name)) {
		put_plain(line, address->name);
	} else if (is_plain(address->name) && strlen(address->name) <= WORD_MAX) {
		put_quoted(line, address->name);
	} else {
		put_encoded(line, address->name);
	}
	(void)snprintf(bracketed, sizeof(bracketed), "<%s>", address->address);
	put_word(line, bracketed);
	end(line);
}

static void put_id_header(struct line *line, const char *name, const char *id)
{
	char bracketed[MAIL_ID_MAX + 2];

	begin(line, name);
	(void)snprintf(bracketed, sizeof(bracketed), "<%s>", id);
	put(line, " ");
	put(line, bracketed);
	end(line);
}

/* ---- the body ---- */

/* Whether it can go as it is. */
static bool is_seven_bit(const char *body)
{
	size_t column = 0;
	char before = '\n';

	for (const char *at = body; *at != '\0'; before = *at++) {
		bool ends = *at == '\n';
		bool is_blank = *at == ' ' || *at == '\t';
		column = ends ? 0 : column + 1;
		if (column > COLUMNS || (column == 1 && *at == '.') || (ends && (before == ' ' || before == '\t')) ||
		    (!ends && !is_blank && (*at < 0x21 || *at > 0x7e))) {
			return false;
		}
	}
	return true;
}

static void put_seven_bit(FILE *stream, const char *body)
{
	for (; *body != '\0'; body++) {
		(void)fputs(*body == '\n' ? "\r\n" : (char[2]){ *body, '\0' }, stream);
	}
}

/* RFC 2045, 6.7. */
static void put_quoted_printable(FILE *stream, const char *body)
{
	size_t column = 0;

	for (; *body != '\0'; body++) {
		unsigned char value = (unsigned char)*body;
		bool is_last = body[1] == '\n' || body[1] == '\0';
		bool is_blank = *body == ' ' || *body == '\t';
		if (*body == '\n') {
			(void)fputs("\r\n", stream);
			column = 0;
			continue;
		}
		if (column + 3 > QUOTED_COLUMNS) {
			(void)fputs("=\r\n", stream);
			column = 0;
		}
		if ((is_blank && !is_last) ||
		    (value > 0x20 && value < 0x7f && *body != '=' && (*body != '.' || column > 0))) {
			(void)fputc(*body, stream);
			column++;
		} else {
			(void)fprintf(stream, "=%c%c", hex[value >> 4], hex[value & 15]);
			column += 3;
		}
	}
}

/* ---- the whole ---- */

static bool is_id(const char *id)
{
	return strlen(id) < MAIL_ID_MAX && characters_are_id(id);
}

static int date_of(const char *moment, char *buffer, size_t size)
{
	int64_t seconds = 0;
	int r = moment_read(moment, &seconds);
	const time_t at = (time_t)seconds;
	struct tm utc;

	/* The program never sets a locale, so days and months have their English names. */
	return r < 0 || gmtime_r(&at, &utc) == NULL || strftime(buffer, size, "%a, %d %b %Y %H:%M:%S +0000", &utc) == 0
		       ? -EINVAL
		       : 0;
}

static int check(const struct mail_message *message, char *date, size_t date_size)
{
	struct mail_address read;

	if (mail_address_read(message->from.address, message->from.name, &read) < 0 ||
	    mail_address_read(message->to.address, message->to.name, &read) < 0 || !is_id(message->message_id) ||
	    (message->in_reply_to != NULL && !is_id(message->in_reply_to))) {
		return -EINVAL;
	}
	return date_of(message->date, date, date_size);
}

/* At most MAIL_SUBJECT_MAX, not within a character. */
static void cut_subject(char *subject)
{
	size_t size = strlen(subject);

	if (size > MAIL_SUBJECT_MAX) {
		size_t kept = 0;
		uint32_t character;
		for (size_t next = 0; next <= SUBJECT_CUT; next += utf8_read(subject + next, size - next, &character)) {
			kept = next;
		}
		memcpy(subject + kept, "...", sizeof("..."));
	}
}

static void put_message(FILE *stream, const struct mail_message *message, const char *date, const char *subject,
			const char *body)
{
	struct line line = { .stream = stream };
	bool seven_bit = is_seven_bit(body);

	put_address_header(&line, "From", &message->from);
	put_address_header(&line, "To", &message->to);
	put_text_header(&line, "Subject", subject);
	put_text_header(&line, "Date", date);
	put_id_header(&line, "Message-ID", message->message_id);
	if (message->in_reply_to != NULL) {
		put_id_header(&line, "In-Reply-To", message->in_reply_to);
		put_id_header(&line, "References", message->in_reply_to);
	}
	put_text_header(&line, "Auto-Submitted", message->replies_automatically ? "auto-replied" : "auto-generated");
	put_text_header(&line, "MIME-Version", "1.0");
	put_text_header(&line, "Content-Type", "text/plain; charset=utf-8");
	put_text_header(&line, "Content-Transfer-Encoding", seven_bit ? "7bit" : "quoted-printable");
	(void)fputs("\r\n", stream);
	if (seven_bit) {
		put_seven_bit(stream, body);
	} else {
		put_quoted_printable(stream, body);
	}
	if (body[0] == '\0' || body[strlen(body) - 1] != '\n') {
		(void)fputs("\r\n", stream);
	}
}

static int write_to(FILE *stream, const struct mail_message *message, const char *date)
{
	char *subject = characters_clean(message->subject, strlen(message->subject), true);
	char *body = characters_clean(message->body, strlen(message->body), false);
	int r = subject == NULL || body == NULL ? -ENOMEM : 0;

	if (r == 0) {
		cut_subject(subject);
		put_message(stream, message, date, subject, body);
		r = ferror(stream) ? -ENOMEM : 0;
	}
	free(subject);
	free(body);
	return r;
}

int mail_message_write(const struct mail_message *message, char **ret_octets, size_t *ret_size)
{
	char date[64];
	char *octets = NULL;
	size_t size = 0;
	int r = check(message, date, sizeof(date));
	FILE *stream = r == 0 ? open_memstream(&octets, &size) : NULL;

	if (stream == NULL) {
		return r < 0 ? r : -ENOMEM;
	}
	r = write_to(stream, message, date);
	if (fclose(stream) != 0 && r == 0) {
		r = -ENOMEM;
	}
	if (r < 0) {
		free(octets);
		return r;
	}
	*ret_octets = octets;
	*ret_size = size;
	return 0;
}
