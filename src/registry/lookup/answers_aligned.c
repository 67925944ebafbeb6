/* answers_aligned.c - answers as lines for people: columns as wide as what stands in them, a heading above.
 *
 * Texts are shown as answers_text.h has them.  Only where a line must not be longer than a terminal is anything cut. */
#include "registry/lookup/answers.h"

#include <strings.h>

#include "registry/words/answers_text.h"

static const char *const headings[ANSWER_COLUMNS] = { "PORT", "NAME", "STATUS", "SINCE", "HOLDER", "DESCRIPTION" };

/* For people: "-" where nothing stands, and no description that says the status again. */
static void shown_cells_of(const struct answers *answers, const struct answer *answer, struct cells *cells)
{
	answer_cells(answers, answer, cells);
	if (strcasecmp(cells->texts[COLUMN_DESCRIPTION], cells->texts[COLUMN_STATUS]) == 0) {
		cells->texts[COLUMN_DESCRIPTION] = "";
	}
	bool more = cells->texts[COLUMN_DESCRIPTION][0] != '\0';
	for (int i = COLUMN_HOLDER; i >= COLUMN_NAME; i--) {
		if (cells->texts[i][0] == '\0' && (more || i <= COLUMN_SINCE)) {
			cells->texts[i] = "-";
		}
		more = more || cells->texts[i][0] != '\0';
	}
}

enum { GAP = 2, HOLDER_WIDTH_MAX = 30 };

struct layout {
	int widths[ANSWER_COLUMNS];
	int line; /* 0: as long as it gets */
};

static void widen(int *width, const char *text)
{
	int needed = shown_width(text);

	if (needed > *width) {
		*width = needed;
	}
}

static void lay_out(const struct answers *answers, int line, struct layout *layout)
{
	struct cells cells;

	*layout = (struct layout){ .line = line };
	for (size_t i = 0; i < answers->count; i++) {
		const struct answer *answer = &answers->items[i];
		shown_cells_of(answers, answer, &cells);
		for (int j = 0; j < (answer->is_free ? COLUMN_NAME : ANSWER_COLUMNS); j++) {
			widen(&layout->widths[j], cells.texts[j]);
		}
	}
	for (int j = 0; j < ANSWER_COLUMNS; j++) {
		widen(&layout->widths[j], headings[j]);
	}
	/* One long name would leave no room for any description. */
	if (line > 0 && layout->widths[COLUMN_HOLDER] > HOLDER_WIDTH_MAX) {
		layout->widths[COLUMN_HOLDER] = HOLDER_WIDTH_MAX;
	}
}

/* At most `width` columns of the text; returns how many. */
static int put_cut(const char *text, int width, FILE *stream)
{
	struct shown shown;
	int used = 0;

	while (shown_next(&text, &shown) && used + shown.width <= width) {
		(void)fputs(shown.text, stream);
		used += shown.width;
	}
	return used;
}

static void put_line(const char *const *texts, const struct layout *layout, FILE *stream)
{
	int column = 0;
	int used = 0;

	for (int i = 0; i < ANSWER_COLUMNS && texts[i] != NULL && texts[i][0] != '\0'; i++) {
		int width = layout->widths[i];
		if (layout->line > 0 && column >= layout->line) {
			break;
		}
		if (layout->line > 0 && column + width > layout->line) {
			width = layout->line - column;
		}
		(void)fprintf(stream, "%*s", column - used, "");
		used = column + put_cut(texts[i], width, stream);
		column += layout->widths[i] + GAP;
	}
	(void)fputc('\n', stream);
}

static void put_free_line(const struct answers *answers, const struct answer *answer, const struct layout *layout,
			  FILE *stream)
{
	char sentence[256];
	struct cells cells;

	answer_cells(answers, answer, &cells);
	answer_free_text(answers, answer, sentence, sizeof(sentence));
	(void)fprintf(stream, "%-*s", layout->widths[COLUMN_PORT] + GAP, cells.port);
	(void)put_cut(sentence, (int)sizeof(sentence), stream);
	(void)fputc('\n', stream);
}

static bool has_rows(const struct answers *answers)
{
	for (size_t i = 0; i < answers->count; i++) {
		if (!answers->items[i].is_free) {
			return true;
		}
	}
	return false;
}

void answers_write_aligned(const struct answers *answers, int width_or_0, FILE *stream)
{
	struct layout layout;
	struct cells cells;

	lay_out(answers, width_or_0, &layout);
	if (has_rows(answers)) {
		put_line(headings, &layout, stream);
	}
	for (size_t i = 0; i < answers->count; i++) {
		if (answers->items[i].is_free) {
			put_free_line(answers, &answers->items[i], &layout, stream);
		} else {
			shown_cells_of(answers, &answers->items[i], &cells);
			put_line(cells.texts, &layout, stream);
		}
	}
}
