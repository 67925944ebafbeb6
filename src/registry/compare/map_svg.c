/* map_svg.c - the ports as one picture: a square, row by row from the top left.
 *
 * Layers are painted one over the other, from "has an entry" to "assigned here", so that few runs are needed; a run is
 * a stroke one cell high.  Colours differ in lightness first, so that the picture can be read in black and white; they
 * stand in one style sheet, with a second set for dark pages.  Coordinates inside the square are cells. */
#include <stdlib.h>
#include <string.h>

#include "registry/export/export_text.h"
#include "registry/compare/map_ports.h"
#include "registry/compare/map_svg.h"

const char map_style[] =
	".port-map{font:13px system-ui,'DejaVu Sans',sans-serif}\n"
	".port-map .page{fill:#faf8f4}.port-map text{fill:#33312d}.port-map .small{font-size:11px;fill:#77736a}\n"
	".port-map .head{font-size:22px;font-weight:600}\n"
	".port-map path{fill:none}\n"
	".port-map .no-row{fill:#f1eee7}.port-map .hatched{fill:url(#port-map-hatch)}.port-map .hatch{stroke:#d3cdbf}\n"
	".port-map .unassigned{stroke:#e0dbcf}.port-map .reserved{stroke:#b3aa99}\n"
	".port-map .assigned{stroke:#5f86a8}.port-map .here{stroke:#5d1233}\n"
	".port-map .came{fill:#ffb000;stroke:#1f1d1a}.port-map .went{fill:#fff;stroke:#b3261e;stroke-width:1.4}\n"
	".port-map .lines{stroke:#faf8f4;stroke-width:.6}\n"
	".port-map .band{stroke:#33312d}.port-map .own-band{stroke:#5d1233}\n"
	".port-map .tip{stroke:#000;stroke-opacity:0;pointer-events:stroke}\n"
	"@media(prefers-color-scheme:dark){\n"
	".port-map .page{fill:#15171a}.port-map text{fill:#e4e2dd}.port-map .small{fill:#9a9da2}\n"
	".port-map .no-row{fill:#1b1e22}.port-map .hatch{stroke:#2c3036}\n"
	".port-map .unassigned{stroke:#2b3037}.port-map .reserved{stroke:#59616b}\n"
	".port-map .assigned{stroke:#6f9fc8}.port-map .here{stroke:#ffd9e6}\n"
	".port-map .came{fill:#ffb000;stroke:#000}.port-map .went{fill:#15171a;stroke:#ff8a80}\n"
	".port-map .lines{stroke:#15171a}\n"
	".port-map .band{stroke:#c9c6bf}.port-map .own-band{stroke:#ffd9e6}}\n";

static const char *const classes[MAP_STATES] = { "no-row", "unassigned", "reserved", "assigned", "here" };

void map_layout(int lo, int hi, struct map_layout *ret_layout)
{
	int count = hi - lo + 1;
	int side = 16;

	while (side * side < count) {
		side *= 2;
	}
	int rows = (count + side - 1) / side;
	int scale = MAP_SQUARE / side;
	*ret_layout = (struct map_layout){
		.width = MAP_WIDTH,
		.height = MAP_TOP + rows * scale + MAP_BOTTOM,
		.left = MAP_LEFT,
		.top = MAP_TOP,
		.side = side,
		.rows = rows,
		.scale = scale,
	};
}

static struct map_square square_of(const struct map_ports *ports)
{
	struct map_layout layout;

	map_layout(ports->lo, ports->hi, &layout);
	return (struct map_square){
		.ports = ports,
		.side = layout.side,
		.rows = layout.rows,
		.scale = layout.scale,
	};
}

/* Strokes over the ports that are at least this. */
static void put_runs(const struct map_square *square, enum map_state state, FILE *stream)
{
	const struct map_ports *ports = square->ports;
	int end = 0, row_of_end = -1;

	fprintf(stream, "<path class=\"%s\" d=\"", classes[state]);
	for (int port = ports->lo; port <= ports->hi; port++) {
		int start = (port - ports->lo) % square->side, row = (port - ports->lo) / square->side, count = 1;
		if (ports->now[port] < state) {
			continue;
		}
		while (start + count < square->side && port < ports->hi && ports->now[port + 1] >= state) {
			count++;
			port++;
		}
		if (row == row_of_end) {
			fprintf(stream, "m%d 0h%d", start - end, count);
		} else {
			fprintf(stream, "M%d %dh%d", start, row, count);
		}
		end = start + count;
		row_of_end = row;
	}
	fputs("\"/>\n", stream);
}

/* Boxes around the ports for which `is` holds. */
static void put_boxes(const struct map_square *square, const char *class, const bool is[static MAP_PORTS], FILE *stream)
{
	const struct map_ports *ports = square->ports;
	int scale = square->scale;

	fprintf(stream, "<path class=\"%s\" d=\"", class);
	for (int port = ports->lo; port <= ports->hi; port++) {
		int place = port - ports->lo, count = 1;
		if (!is[port]) {
			continue;
		}
		while ((place + count) % square->side != 0 && port < ports->hi && is[port + 1]) {
			count++;
			port++;
		}
		fprintf(stream, "M%d %dh%dv%dh-%dz", place % square->side * scale, place / square->side * scale,
			count * scale, scale, count * scale);
	}
	fputs("\"/>\n", stream);
}

static void put_lines(const struct map_square *square, FILE *stream)
{
	int step = MAP_SQUARE / 16, height = square->rows * square->scale;

	fputs("<path class=\"lines\" d=\"", stream);
	for (int at = step; at < MAP_SQUARE; at += step) {
		fprintf(stream, "M%d 0v%d", at, height);
		if (at < height) {
			fprintf(stream, "M0 %dh%d", at, MAP_SQUARE);
		}
	}
	fputs("\"/>\n", stream);
}

static void put_square(const struct map_request *request, const struct map_square *square, FILE *stream)
{
	int last = square->ports->hi - square->ports->lo;

	fprintf(stream, "<g transform=\"translate(%d %d)\">\n", MAP_LEFT, MAP_TOP);
	map_put_outline(square, 0, last, "no-row", stream);
	map_put_outline(square, 0, last, "hatched", stream);
	fprintf(stream, "<g transform=\"scale(%d) translate(0 .5)\" shape-rendering=\"crispEdges\">\n", square->scale);
	for (int state = MAP_UNASSIGNED; state < MAP_STATES; state++) {
		/* A layer of which nothing would be seen is left out. */
		if (square->ports->states[state] > 0) {
			put_runs(square, (enum map_state)state, stream);
		}
	}
	fputs("</g>\n", stream);
	put_lines(square, stream);
	if (request->older != NULL) {
		put_boxes(square, "came", square->ports->came, stream);
		put_boxes(square, "went", square->ports->went, stream);
	}
	map_put_outlines(request, square, stream);
	fprintf(stream, "<g transform=\"scale(%d) translate(0 .5)\">\n", square->scale);
	map_put_tips(request, square, stream);
	fputs("</g>\n</g>\n", stream);
}

static void put_axis(const struct map_square *square, FILE *stream)
{
	int step = square->side / 16;

	fputs("<g class=\"axis\" text-anchor=\"end\">\n", stream);
	for (int row = 0; row < square->rows; row += step) {
		fprintf(stream, "<text class=\"small\" x=\"%d\" y=\"%d\">%d</text>\n", MAP_LEFT - 8,
			MAP_TOP + row * square->scale + 9, square->ports->lo + row * square->side);
	}
	fputs("</g>\n", stream);
}

static void put_head(const struct map_request *request, const struct map_square *square, int height, FILE *stream)
{
	char registry[EXPORT_COMMENT_SIZE], day[EXPORT_COMMENT_SIZE], older[EXPORT_COMMENT_SIZE];
	const char *transport = map_transport_title(request->transport);

	export_line(view_registry(request->view), registry, sizeof(registry));
	export_line(view_day(request->view), day, sizeof(day));
	fprintf(stream,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"port-map\" viewBox=\"0 0 %d %d\" role=\"img\">\n",
		MAP_WIDTH, height);
	fprintf(stream, "<title>%s ports on ", transport);
	export_put_xml(stream, day);
	fprintf(stream, "</title>\n<style>%s</style>\n", map_style);
	fputs("<defs><pattern id=\"port-map-hatch\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\">"
	      "<path class=\"hatch\" d=\"M-2 2l4 -4M0 8l8 -8M6 10l4 -4\"/></pattern></defs>\n",
	      stream);
	fprintf(stream, "<rect class=\"page\" width=\"%d\" height=\"%d\"/>\n", MAP_WIDTH, height);
	fprintf(stream, "<text class=\"head\" x=\"%d\" y=\"44\">%s ports", MAP_LEFT, transport);
	fputs(*registry == '\0' ? "" : " of ", stream);
	export_put_xml(stream, registry);
	fputs(", ", stream);
	export_put_xml(stream, day);
	fprintf(stream,
		"</text>\n<text class=\"small\" x=\"%d\" y=\"66\">%d to %d, row by row from the top left, %d in a row",
		MAP_LEFT, square->ports->lo, square->ports->hi, square->side);
	if (request->older != NULL) {
		fputs("; compared with ", stream);
		export_put_xml(stream, export_line(view_day(request->older), older, sizeof(older)));
	}
	fputs("</text>\n", stream);
}

static void put_box(int x, int y, const char *class, FILE *stream)
{
	fprintf(stream, "<path class=\"%s\" d=\"M%d %dh14v14h-14z\"/>", class, x, y - 7);
}

/* The words beside a square of the legend; returns where the next stands. */
static int put_key(int x, int y, const char *name, unsigned count, FILE *stream)
{
	char number[MAP_NUMBER_SIZE];

	fprintf(stream, "<text x=\"%d\" y=\"%d\">%s <tspan class=\"small\">%s</tspan></text>\n", x + 20, y + 5, name,
		map_number(count, number));
	return x + 20 + 8 * (int)(strlen(name) + 1 + strlen(number)) + 14;
}

static void put_legend(const struct map_request *request, const struct map_square *square, int y, FILE *stream)
{
	const struct map_ports *ports = square->ports;
	int x = MAP_LEFT;

	for (int state = MAP_STATES - 1; state > MAP_NO_ROW; state--) {
		fprintf(stream, "<path class=\"%s\" stroke-width=\"14\" d=\"M%d %dh14\"/>", classes[state], x, y);
		x = put_key(x, y, map_state_name((enum map_state)state), ports->states[state], stream);
	}
	put_box(x, y, "no-row", stream);
	put_box(x, y, "hatched", stream);
	x = put_key(x, y, map_state_name(MAP_NO_ROW), ports->states[MAP_NO_ROW], stream);
	if (request->older != NULL) {
		put_box(x, y, "came", stream);
		x = put_key(x, y, "came", ports->came_count, stream);
		put_box(x, y, "went", stream);
		put_key(x, y, "went", ports->went_count, stream);
	}
}

int map_write_svg(FILE *stream, const struct map_request *request)
{
	struct map_ports *ports;
	struct map_square square;
	int bottom, r;

	r = map_ports_create(request, &ports);
	if (r < 0) {
		return r;
	}
	square = square_of(ports);
	bottom = MAP_TOP + square.rows * square.scale;
	put_head(request, &square, bottom + MAP_BOTTOM, stream);
	put_axis(&square, stream);
	put_square(request, &square, stream);
	map_put_labels(request, &square, stream);
	put_legend(request, &square, bottom + MAP_BOTTOM / 2, stream);
	fputs("</svg>\n", stream);
	free(ports);
	return export_end(stream);
}
