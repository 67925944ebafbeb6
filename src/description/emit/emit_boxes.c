/* emit_boxes.c - packet diagrams as RFCs have them, and the list of fields below each.
 *
 * A row is 32 bits, a bit two columns.  What crosses the edge goes on in the next row, in parentheses; what has
 * no fixed size is a row of its own.  A label that is wider than its field is broken into lines, so that single
 * bits have their names downwards. */
#include "description/emit/emit_boxes.h"

#include <errno.h>
#include <string.h>

#include "description/emit/emit.h"
#include "description/emit/emit_page.h"
#include "description/emit/emit_words.h"

enum {
	ROW_BITS = 32,
	ROW_COLUMNS = ROW_BITS * 2 - 1,
	PIECES_MAX = ROW_BITS,
	LABEL_LINES_MAX = 8,
	LABEL_MAX = 160,			       /* of a cell, before it is broken */
	PIECE_LABEL_MAX = LABEL_MAX + LABEL_LINES_MAX, /* with the breaks */
};

/* What one cell has of one row. */
struct piece {
	char label[PIECE_LABEL_MAX]; /* with line breaks */
	unsigned columns;
	unsigned lines; /* of the label */
};

struct drawing {
	FILE *stream;
	struct piece pieces[PIECES_MAX];
	unsigned count;
	unsigned bits;	 /* of this row that are used */
	unsigned before; /* bits of the row above; 0: there is none */
};

/* ---- rows ---- */

static void draw_border(FILE *stream, unsigned bits)
{
	for (unsigned i = 0; i < bits; i++) {
		(void)fputs("+-", stream);
	}
	(void)fputs("+\n", stream);
}

static void draw_piece_line(FILE *stream, const struct piece *piece, unsigned line, unsigned height)
{
	unsigned skipped = (height - piece->lines) / 2;
	const char *start = piece->label;
	size_t size = 0;

	if (line >= skipped && line < skipped + piece->lines) {
		for (unsigned i = skipped; i < line; i++) {
			start += strcspn(start, "\n") + 1;
		}
		size = strcspn(start, "\n");
	}
	int blank = (int)(piece->columns - size);
	(void)fprintf(stream, "|%*s%.*s%*s", blank - blank / 2, "", (int)size, start, blank / 2, "");
}

/* Breaks the label into lines of the piece's width, between words where it has some. */
static void break_label(struct piece *piece, const char *label)
{
	size_t used = 0;

	piece->lines = 0;
	do {
		size_t size = strlen(label);
		if (size > piece->columns) {
			const char *space = memrchr(label, ' ', piece->columns + 1U);
			size = space != NULL && space > label ? (size_t)(space - label) : piece->columns;
		}
		memcpy(piece->label + used, label, size);
		used += size;
		piece->label[used++] = '\n';
		label += size;
		label += *label == ' ';
		piece->lines++;
	} while (*label != '\0' && piece->lines < LABEL_LINES_MAX);
	piece->label[used] = '\0';
}

static void end_row(struct drawing *drawing)
{
	unsigned height = 1;

	if (drawing->count == 0) {
		return;
	}
	for (unsigned i = 0; i < drawing->count; i++) {
		height = drawing->pieces[i].lines > height ? drawing->pieces[i].lines : height;
	}
	draw_border(drawing->stream, drawing->bits > drawing->before ? drawing->bits : drawing->before);
	for (unsigned line = 0; line < height; line++) {
		for (unsigned i = 0; i < drawing->count; i++) {
			draw_piece_line(drawing->stream, &drawing->pieces[i], line, height);
		}
		(void)fputs("|\n", drawing->stream);
	}
	drawing->before = drawing->bits;
	drawing->bits = 0;
	drawing->count = 0;
}

/* `label`, or `short_label` where that alone has room. */
static void add_piece(struct drawing *drawing, const char *label, const char *short_label, unsigned bits)
{
	struct piece *piece = &drawing->pieces[drawing->count++];

	piece->columns = bits * 2 - 1;
	break_label(piece, strlen(label) <= piece->columns ? label : short_label);
	drawing->bits += bits;
	if (drawing->bits == ROW_BITS) {
		end_row(drawing);
	}
}

/* ---- cells ---- */

/* The octets of a literal that stand in this row. */
static void literal_label(char label[LABEL_MAX], const struct cell *cell, uint32_t from, unsigned bits)
{
	struct words words;
	struct octets octets = { .start = cell->literal.start + from / 8, .size = bits / 8 };

	words_init(&words);
	words_octets(&words, octets);
	(void)snprintf(label, LABEL_MAX, from > 0 ? "(%s)" : "%s", words_end(&words));
}

static void draw_fixed(struct drawing *drawing, const struct cell *cell)
{
	uint32_t done = 0;

	while (done < cell->bits) {
		char label[LABEL_MAX];
		char short_label[LABEL_MAX];
		unsigned room = ROW_BITS - drawing->bits;
		unsigned bits = cell->bits - done < room ? cell->bits - done : room;
		if (cell->literal.start != NULL) {
			literal_label(label, cell, done, bits);
		} else {
			(void)snprintf(label, sizeof(label), done > 0 ? "(%s)" : "%s",
				       done > 0 ? cell->short_label : cell->label);
		}
		(void)snprintf(short_label, sizeof(short_label), done > 0 ? "(%s)" : "%s", cell->short_label);
		add_piece(drawing, label, cell->literal.start != NULL ? label : short_label, bits);
		done += bits;
	}
}

static void draw_variable(struct drawing *drawing, const struct cell *cell)
{
	char label[LABEL_MAX];
	char short_label[LABEL_MAX];

	end_row(drawing);
	(void)snprintf(label, sizeof(label), "%s ...", cell->label);
	(void)snprintf(short_label, sizeof(short_label), "%.*s ...", ROW_COLUMNS - 4, cell->short_label);
	add_piece(drawing, label, short_label, ROW_BITS);
}

static void draw_boxes(const struct figure *figure, FILE *stream)
{
	struct drawing drawing = { .stream = stream };

	if (figure->title == NULL) {
		(void)fputs(" 0                   1                   2                   3\n"
			    " 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1\n",
			    stream);
	}
	for (const struct cell *cell = figure->cells; cell != NULL; cell = cell->next) {
		if (cell->bits > 0) {
			draw_fixed(&drawing, cell);
		} else {
			draw_variable(&drawing, cell);
		}
	}
	end_row(&drawing);
	draw_border(stream, drawing.before);
}

static void draw_line(const struct figure *figure, FILE *stream)
{
	unsigned column = 0;

	for (const struct cell *cell = figure->cells; cell != NULL; cell = cell->next) {
		unsigned width = (unsigned)strlen(cell->line_label);
		if (column > 0 && column + 1 + width > PAGE_COLUMNS) {
			(void)fputc('\n', stream);
			column = 0;
		}
		(void)fprintf(stream, "%*s%s", column == 0 ? INDENT : 1, "", cell->line_label);
		column += width + (column == 0 ? INDENT : 1);
	}
	(void)fputc('\n', stream);
}

void draw_figure(const struct figure *figure, FILE *stream)
{
	if (figure->cells == NULL) {
		return;
	}
	if (figure_is_text(figure)) {
		draw_line(figure, stream);
	} else {
		draw_boxes(figure, stream);
	}
}

/* ---- the list of fields ---- */

int list_fields(struct arena *arena, const struct figure *figure, bool all, FILE *stream, unsigned indent)
{
	struct page_table table = { .arena = arena, .columns = 2 };

	for (const struct cell *cell = figure->cells; cell != NULL; cell = cell->next) {
		if (all || !cell->is_plain) {
			page_table_put(&table, cell->is_plain ? cell->label : cell->short_label);
			page_table_put(&table, cell->meaning);
		}
	}
	int r = page_table_print(&table, stream, indent);
	if (table.first != NULL) {
		(void)fputc('\n', stream);
	}
	for (const struct remark *remark = figure->remarks; remark != NULL && r == 0; remark = remark->next) {
		page_paragraph(stream, indent, remark->text);
		(void)fputc('\n', stream);
	}
	return r;
}

/* ---- the whole ---- */

static int emit_figures(const char *name, const struct item *block, FILE *stream)
{
	struct arena arena = { 0 };
	const struct figure *figure = figures_of(&arena, name, block);
	int r = figure == NULL ? -ENOMEM : 0;

	for (; figure != NULL && r == 0; figure = figure->next) {
		if (figure->title != NULL) {
			(void)fprintf(stream, "%s:\n\n", figure->title);
		}
		draw_figure(figure, stream);
		(void)fputs(figure->cells == NULL ? "   (no octets)\n\n" : "\n", stream);
		r = list_fields(&arena, figure, false, stream, INDENT);
	}
	arena_finish(&arena);
	return r;
}

int emit_boxes_of_message(const struct protocol *protocol, const struct message *message, FILE *stream)
{
	(void)protocol;
	(void)fprintf(stream, "%s (%s of the %s)", message->name, message_kind_word(message->kind),
		      role_word(message->role));
	if (message->over != NULL) {
		(void)fprintf(stream, ", carried in the body of %s", message->over_name);
	}
	(void)fputs("\n\n", stream);
	return emit_figures(message->name, message->block, stream);
}

int emit_boxes(const struct protocol *protocol, FILE *stream)
{
	int r = 0;

	for (const struct message *message = protocol->messages; message != NULL && r == 0; message = message->next) {
		r = emit_boxes_of_message(protocol, message, stream);
	}
	for (const struct format *format = protocol->formats; format != NULL && r == 0; format = format->next) {
		(void)fprintf(stream,
			      format->nested > 0 ? "%s (a format that may contain itself, at most %u deep)\n\n"
						 : "%s (a format)\n\n",
			      format->name, (unsigned)format->nested);
		r = emit_figures(format->name, format->block, stream);
	}
	return r;
}
