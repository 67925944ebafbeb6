/* map.h - 65,536 ports as one picture.
 *
 * A square of 256 x 256, row by row from port 0 at the top left; colour by status, one picture for each transport
 * asked for; bands as outlines with their names; against an older view, what came and what went stands out.  SVG of at
 * most a few hundred kB: neighbours of one colour in one row are one path.  As text: 64 x 32 cells of 32 ports each
 * for a terminal. */
#pragma once

#include <stdio.h>

#include "registry/view/view.h"

struct map_request {
	const struct view *view;
	const struct view *older; /* or NULL */
	int transport;		  /* ENTRY_TCP ...; 0: tcp and udp together, the stronger status wins */
	int lo, hi;		  /* the part to show: 0..65535 */
};

/* What stands in the picture's one <style>: for who serves it under a policy. */
extern const char map_style[];

/* Where the square of ports lies in the picture, and how it is divided: `side` cells in a row. */
struct map_layout {
	int width, height;     /* of the picture */
	int left, top;	       /* the square's corner */
	int side, rows, scale; /* cells in a row, rows, and a cell's side */
};
void map_layout(int lo, int hi, struct map_layout *ret_layout);

int map_write_svg(FILE *stream, const struct map_request *request);
/* `columns` of the terminal; colours only when `colour`. */
int map_write_text(FILE *stream, const struct map_request *request, int columns, bool colour);
