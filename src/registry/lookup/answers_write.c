/* answers_write.c - answers as lines: aligned for people, or with tabs for scripts.
 *
 * What stands in a row never reaches the stream raw: people get it as answers_text.h shows it, scripts get the
 * octets that would break a line or steer a terminal as escapes that can be undone. */
#include "registry/lookup/answers.h"

#include <errno.h>
#include <locale.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/text.h"
#include "registry/words/answers_text.h"
#include "registry/records/derive.h"

void answer_row(const struct answers *answers, const struct answer *answer, struct view_row *ret_row)
{
	*ret_row = (struct view_row){ .fold = "", .since = "", .lo = ENTRY_NO_PORT, .hi = ENTRY_NO_PORT };
	for (size_t i = 0; i < ENTRY_COLUMNS; i++) {
		ret_row->columns[i] = "";
	}
	ret_row->source = view_source_count(answers->view);
	ret_row->status = ENTRY_UNASSIGNED;
	if (answer->row != NO_ROW) {
		(void)view_row(answers->view, answer->row, ret_row);
	}
}

static void put_port(const struct answer *answer, const struct view_row *row, struct text *text)
{
	int lo = answer->is_free ? answer->lo : row->lo;
	int hi = answer->is_free ? answer->hi : row->hi;
	const char *transport =
		answer->is_free ? entry_transport_name(answer->transport) : row->columns[ENTRY_TRANSPORT];

	if (lo == ENTRY_NO_PORT) {
		text_put(text, "-");
	} else {
		text_put_unsigned(text, (unsigned)lo);
	}
	if (hi != lo) {
		text_put(text, "-");
		text_put_unsigned(text, (unsigned)hi);
	}
	if (lo != ENTRY_NO_PORT || transport[0] != '\0') {
		text_put(text, "/");
		text_put(text, transport[0] != '\0' ? transport : "*");
	}
}

void answer_cells(const struct answers *answers, const struct answer *answer, struct cells *ret_cells)
{
	struct view_row row;
	struct text port;

	answer_row(answers, answer, &row);
	text_init(&port, ret_cells->port, sizeof(ret_cells->port));
	put_port(answer, &row, &port);
	ret_cells->texts[COLUMN_PORT] = ret_cells->port;
	ret_cells->texts[COLUMN_NAME] = row.columns[ENTRY_NAME];
	ret_cells->texts[COLUMN_STATUS] = entry_status_name(row.status);
	ret_cells->texts[COLUMN_SINCE] = row.since;
	ret_cells->texts[COLUMN_HOLDER] = row.columns[ENTRY_ASSIGNEE];
	ret_cells->texts[COLUMN_DESCRIPTION] = row.columns[ENTRY_DESCRIPTION];
}

/* What stands for an octet that would end a field, or a line, or begin an escape; 0 for others. */
static char escape_of(char octet)
{
	switch (octet) {
	case '\t':
		return 't';
	case '\n':
		return 'n';
	case '\r':
		return 'r';
	case '\\':
		return '\\';
	default:
		return '\0';
	}
}

static void put_field(const char *text, FILE *stream)
{
	struct shown shown;

	while (*text != '\0') {
		if (escape_of(*text) != '\0') {
			(void)fprintf(stream, "\\%c", escape_of(*text));
			text++;
		} else if (*text == ' ') {
			/* Each of several, where people are shown one. */
			(void)fputc(*text++, stream);
		} else if (shown_next(&text, &shown)) {
			(void)fputs(shown.text, stream);
		}
	}
}

static void write_tabs(const struct answers *answers, FILE *stream)
{
	struct cells cells;

	for (size_t i = 0; i < answers->count; i++) {
		answer_cells(answers, &answers->items[i], &cells);
		for (int j = 0; j < ANSWER_COLUMNS; j++) {
			put_field(cells.texts[j], stream);
			(void)fputc(j + 1 < ANSWER_COLUMNS ? '\t' : '\n', stream);
		}
	}
}

static int width_of_terminal(FILE *stream)
{
	struct winsize size;
	int descriptor = fileno(stream);

	if (descriptor < 0 || isatty(descriptor) != 1 || ioctl(descriptor, TIOCGWINSZ, &size) < 0) {
		return 0;
	}
	return size.ws_col;
}

static int write_form(const struct answers *answers, enum answer_form form, FILE *stream)
{
	switch (form) {
	case ANSWER_ALIGNED:
		answers_write_aligned(answers, width_of_terminal(stream), stream);
		return 0;
	case ANSWER_TABS:
		write_tabs(answers, stream);
		return 0;
	case ANSWER_JSON:
		break;
	}
	return answers_write_json(answers, stream);
}

int answers_write(const struct answers *answers, enum answer_form form, FILE *stream)
{
	/* Only a locale of UTF-8 knows how wide its characters are; the caller's is left as it is. */
	locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", NULL);
	locale_t before = locale != NULL ? uselocale(locale) : NULL;
	int r = write_form(answers, form, stream);

	if (locale != NULL) {
		(void)uselocale(before);
		freelocale(locale);
	}
	return r == 0 && (fflush(stream) != 0 || ferror(stream)) ? -EIO : r;
}
