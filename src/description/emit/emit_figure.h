/* emit_figure.h - messages and formats as figures: rows of cells that can be drawn, and said in words.
 *
 * A figure is what a block looks like on the wire: fields one after the other, formats written out.  What may be
 * missing, repeats or has alternatives is one cell here, "part 1", and a figure of its own behind this one.
 * Private to emit_*.c. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "config/arena.h"
#include "description/language/tree.h"

enum cell_look {
	CELL_BINARY,
	CELL_TEXT,   /* readable characters on the wire */
	CELL_EITHER, /* another figure says */
};

struct cell {
	struct cell *next;
	const char *label;	 /* "op = cancel", "filename, 0-terminated" */
	const char *short_label; /* where that has no room: "op" */
	const char *line_label;	 /* in a line of text: "filename 0x00" */
	const char *meaning;	 /* "8 bits, always cancel (6)" */
	uint32_t bits;		 /* 0: of no fixed size, or too large to be drawn as it is */
	struct octets literal;	 /* of a cell that is nothing but these octets */
	bool is_plain;		 /* the label says it all */
	enum cell_look look;
};

struct remark {
	struct remark *next;
	const char *text;
};

struct figure {
	struct figure *next;
	const char *title; /* "part 1 of Request, optional"; of the first figure NULL */
	struct cell *cells;
	struct cell *last_cell;
	struct remark *remarks;
	struct remark *last_remark;
};

/* The figures of a block called `name`, the block itself first, in `arena`.  NULL without memory. */
struct figure *figures_of(struct arena *arena, const char *name, const struct item *block);

/* True when all of it is readable text, which is better written down than drawn. */
bool figure_is_text(const struct figure *figure);
