/* emit_boxes.h - draws one figure.  Private to emit_*.c. */
#pragma once

#include <stdio.h>

#include "description/emit/emit_figure.h"

/* The figure as boxes of 32 bits, or as a line of text; nothing for a figure without fields. */
void draw_figure(const struct figure *figure, FILE *stream);

/* What each field is, as a table with an empty line behind it.  `all`: also what the drawing says already.  0
 * or -ENOMEM. */
int list_fields(struct arena *arena, const struct figure *figure, bool all, FILE *stream, unsigned indent);
