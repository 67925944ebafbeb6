/* map_svg.h - how the square of map_svg.c lies on the page, for map_bands.c. */
#pragma once

#include "registry/compare/map_ports.h"

enum {
	MAP_SQUARE = 1024,
	MAP_LEFT = 72,
	MAP_TOP = 84,
	MAP_BOTTOM = 64,
	MAP_WIDTH = MAP_LEFT + MAP_SQUARE + 262,
};

struct map_square {
	const struct map_ports *ports;
	int side, rows; /* in cells */
	int scale;	/* a cell's side on the page */
};

/* Around the cells first..last, counted from the first shown: a line with up to two steps.  In the square, on the
 * page. */
void map_put_outline(const struct map_square *square, int first, int last, const char *class, FILE *stream);
/* Outlines of the bands, likewise. */
void map_put_outlines(const struct map_request *request, const struct map_square *square, FILE *stream);
/* Their names at the right, each beside its band as far as there is room, on the page. */
void map_put_labels(const struct map_request *request, const struct map_square *square, FILE *stream);
/* What is assigned in bands of an organisation's own, shown where the pointer rests; in cells. */
void map_put_tips(const struct map_request *request, const struct map_square *square, FILE *stream);
