/* emit_figure_maker.h - what a figure is made with.  Private to emit_figure*.c.
 *
 *	emit_figure.c	     blocks: what is counted, optional, repeated, or has alternatives
 *	emit_figure_field.c  fields: one item becomes one cell or a few */
#pragma once

#include "description/emit/emit_figure.h"
#include "description/emit/emit_words.h"

/* Names for what has none; the second of a kind is "length 2". */
enum unnamed { UNNAMED_LENGTH, UNNAMED_NUMBER, UNNAMED_OCTETS, UNNAMED_PAYLOAD, UNNAMED_TEXT, UNNAMED_KINDS };

/* A block that is drawn behind this figure. */
struct part {
	struct part *next;
	const char *title;
	const struct item *block;
};

struct figure_maker {
	struct arena *arena;
	const char *name;
	struct figure *first;
	struct figure *figure; /* the last one, which is being made */
	struct part *parts, *last_part;
	unsigned part_count;
	unsigned cell_count; /* of all figures */
	unsigned depth;	     /* of formats within formats */
	unsigned unnamed[UNNAMED_KINDS];
	struct cell nowhere; /* the cell there was no memory for */
	bool no_memory;
};

/* A copy that lives as long as the figure; "" without memory. */
const char *maker_text(struct figure_maker *maker, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The words, likewise. */
const char *maker_words(struct figure_maker *maker, struct words *words);

/* A cell of the figure, to be filled in further; its other labels are the label.  Never NULL. */
struct cell *maker_cell(struct figure_maker *maker, const char *label, const char *meaning, uint32_t bits);

/* The item's name, or one that stands for it. */
const char *maker_name(struct figure_maker *maker, const struct item *item, enum unnamed kind);

/* A sentence below the figure; the text must live as long. */
void maker_remark(struct figure_maker *maker, const char *text);

const char *maker_expression(struct figure_maker *maker, const struct expression *expression);

/* The cells of an item that holds no block. */
void make_field(struct figure_maker *maker, const struct item *item);
