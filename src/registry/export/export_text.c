/* export_text.c - text from rows made fit for files that other programs read line by line.
 *
 * A description may hold anything its author typed.  Here it loses what could end a comment, start a record, or move a
 *terminal's cursor; every format calls this before it adds what its own grammar asks for. */
#include "registry/export/export_text.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "registry/words/answers_text.h"

enum { HEAD_COLUMNS = 78 };

const char *export_line(const char *text, char *buffer, size_t size)
{
	size_t room = size - sizeof("..."), used = 0, octets;
	bool blank = false;
	struct shown shown;

	while (shown_next(&text, &shown)) {
		if (strcmp(shown.text, " ") == 0) {
			blank = used > 0;
			continue;
		}
		octets = strlen(shown.text);
		if (used + blank + octets > room) {
			memcpy(&buffer[used], "...", 3);
			used += 3;
			break;
		}
		if (blank) {
			buffer[used++] = ' ';
		}
		memcpy(&buffer[used], shown.text, octets);
		used += octets;
		blank = false;
	}
	buffer[used] = '\0';
	return buffer;
}

const char *export_description(const struct view_row *row, char *buffer, size_t size)
{
	char *told;

	export_line(row->columns[ENTRY_DESCRIPTION], buffer, size);
	told = strstr(buffer, "IANA assigned this well-formed service name");
	while (told != NULL && told > buffer && told[-1] == ' ') {
		told--;
	}
	if (told != NULL) {
		*told = '\0';
	}
	return buffer;
}

bool export_name_is_plain(const char *name)
{
	size_t size = strlen(name);

	for (size_t i = 0; i < size; i++) {
		if (name[i] <= ' ' || name[i] > '~' || name[i] == '#' || name[i] == '"') {
			return false;
		}
	}
	return size > 0 && size <= EXPORT_NAME_MAX;
}

const char *export_identifier(const char *name, char *buffer, size_t size)
{
	size_t used = 0;

	for (; *name != '\0' && used < size - 1; name++) {
		bool is_upper = *name >= 'A' && *name <= 'Z';
		bool is_taken = is_upper || (*name >= 'a' && *name <= 'z') || (*name >= '0' && *name <= '9');
		if (is_taken) {
			buffer[used++] = is_upper ? (char)(*name - 'A' + 'a') : *name;
		} else if (used > 0 && buffer[used - 1] != '-') {
			buffer[used++] = '-';
		}
	}
	while (used > 0 && buffer[used - 1] == '-') {
		used--;
	}
	buffer[used] = '\0';
	return buffer;
}

void export_put_xml(FILE *stream, const char *line)
{
	for (; *line != '\0'; line++) {
		/* U+FFFE and U+FFFF are no characters of XML. */
		if (strncmp(line, "\xEF\xBF\xBE", 3) == 0 || strncmp(line, "\xEF\xBF\xBF", 3) == 0) {
			putc('?', stream);
			line += 2;
			continue;
		}
		switch (*line) {
		case '&':
			fputs("&amp;", stream);
			break;
		case '<':
			fputs("&lt;", stream);
			break;
		case '>':
			fputs("&gt;", stream);
			break;
		case '"':
			fputs("&quot;", stream);
			break;
		default:
			putc(*line, stream);
		}
	}
}

/* Two hyphens would end a comment of XML. */
static void put_word(FILE *stream, const char *word, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		putc(word[i], stream);
		if (word[i] == '-' && i + 1 < size && word[i + 1] == '-') {
			putc(' ', stream);
		}
	}
}

static void put_wrapped(FILE *stream, const char *line, const char *prefix)
{
	size_t column = 0; /* 0: no line is begun */

	while (*line != '\0') {
		size_t size = strcspn(line, " ");
		if (column == 0 || column + 1 + size > HEAD_COLUMNS) {
			fprintf(stream, "%s%s", column == 0 ? "" : "\n", prefix);
			column = strlen(prefix);
		} else {
			putc(' ', stream);
			column++;
		}
		put_word(stream, line, size);
		column += size;
		line += size + (line[size] == ' ');
	}
	putc('\n', stream);
}

void export_put_head(FILE *stream, const struct view *view, const char *what, const char *prefix)
{
	enum { REGISTRY_SIZE = 200, HEAD_SIZE = 400, NOTICE_SIZE = 4096 };
	char registry[REGISTRY_SIZE], head[HEAD_SIZE], notice[NOTICE_SIZE], day[sizeof("YYYY-MM-DD...")];
	struct text text;

	text_init(&text, head, sizeof(head));
	text_put(&text, what);
	text_put(&text, " Made by berth from the registry ");
	text_put(&text, export_line(view_registry(view), registry, sizeof(registry)));
	text_put(&text, " as of ");
	text_put(&text, export_line(view_day(view), day, sizeof(day)));
	text_put(&text, ".");
	put_wrapped(stream, head, prefix);
	if (*export_line(view_notice(view), notice, sizeof(notice)) != '\0') {
		put_wrapped(stream, notice, prefix);
	}
}

int export_end(FILE *stream)
{
	return fflush(stream) != 0 || ferror(stream) ? -EIO : 0;
}
