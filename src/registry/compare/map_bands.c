/* map_bands.c - the bands over the picture of the ports: outlines, names, and what is assigned in an organisation's
 * own. */
#include <string.h>

#include "registry/records/derive.h"
#include "registry/export/export_text.h"
#include "registry/compare/map_svg.h"

enum { LABEL_HEIGHT = 36, LABEL_NAME_SIZE = 24, TIP_SIZE = 120, TIPS_MAX = 1000 };

static bool is_own_band(const struct view_band *band)
{
	return strcmp(band->kind, "private") == 0 || strcmp(band->kind, "closed") == 0;
}

/* The part of lo..hi that is shown, counted from the first port shown.  False when there is none. */
static bool clip(const struct map_square *square, int lo, int hi, int *ret_first, int *ret_last)
{
	const struct map_ports *ports = square->ports;

	if (hi < ports->lo || lo > ports->hi) {
		return false;
	}
	*ret_first = (lo < ports->lo ? ports->lo : lo) - ports->lo;
	*ret_last = (hi > ports->hi ? ports->hi : hi) - ports->lo;
	return true;
}

void map_put_outline(const struct map_square *square, int first, int last, const char *class, FILE *stream)
{
	int side = square->side, scale = square->scale;
	int top = first / side * scale, bottom = last / side * scale, next = scale;
	int left = first % side * scale, right = (last % side + 1) * scale;

	fprintf(stream, "<path class=\"%s\" d=\"M%d %d", class, left, top);
	if (top == bottom) {
		fprintf(stream, "H%dV%dH%dz", right, bottom + next, left);
	} else {
		fprintf(stream, "H%dV%dH%dV%dH0V%dH%dz", MAP_SQUARE, bottom, right, bottom + next, top + next, left);
	}
	fputs("\"/>\n", stream);
}

void map_put_outlines(const struct map_request *request, const struct map_square *square, FILE *stream)
{
	struct view_band band;
	int first, last;

	for (int own = 0; own <= 1; own++) {
		fprintf(stream, "<g stroke-width=\"%s\">\n", own ? "2.8" : "1.4");
		for (unsigned i = 0; view_band(request->view, i, &band); i++) {
			if (is_own_band(&band) == own && clip(square, band.lo, band.hi, &first, &last)) {
				map_put_outline(square, first, last, own ? "own-band" : "band", stream);
			}
		}
		fputs("</g>\n", stream);
	}
}

static unsigned count_assigned(const struct map_ports *ports, const struct view_band *band)
{
	unsigned count = 0;

	for (int port = band->lo; port <= band->hi && port < MAP_PORTS; port++) {
		count += ports->now[port] >= MAP_ASSIGNED;
	}
	return count;
}

static void put_label(const struct map_square *square, const struct view_band *band, int from, int to, int y,
		      FILE *stream)
{
	int x = MAP_LEFT + MAP_SQUARE + 10;
	char name[LABEL_NAME_SIZE], assigned[MAP_NUMBER_SIZE], all[MAP_NUMBER_SIZE];

	fprintf(stream, "<path class=\"%s\" stroke-width=\"1.5\" d=\"M%d %dV%dM%d %dL%d %d\"/>\n",
		is_own_band(band) ? "own-band" : "band", x - 4, from, to, x - 4, (from + to) / 2, x + 8, y);
	fprintf(stream, "<text x=\"%d\" y=\"%d\" font-weight=\"600\">", x + 12, y);
	export_put_xml(stream, export_line(band->name, name, sizeof(name)));
	fprintf(stream, "</text>\n<text class=\"small\" x=\"%d\" y=\"%d\">%d–%d: %s of %s assigned</text>\n", x + 12,
		y + 15, band->lo, band->hi, map_number(count_assigned(square->ports, band), assigned),
		map_number((unsigned)(band->hi - band->lo + 1), all));
}

void map_put_labels(const struct map_request *request, const struct map_square *square, FILE *stream)
{
	int bottom = MAP_TOP + square->rows * square->scale, free_from = MAP_TOP + 8;
	struct view_band band;
	int first, last;

	for (unsigned i = 0; view_band(request->view, i, &band); i++) {
		if (!clip(square, band.lo, band.hi, &first, &last) || free_from > bottom) {
			continue;
		}
		int from = MAP_TOP + first / square->side * square->scale + 1;
		int to = MAP_TOP + (last / square->side + 1) * square->scale - 1;
		int y = (from + to) / 2 > free_from ? (from + to) / 2 : free_from;
		put_label(square, &band, from, to, y, stream);
		free_from = y + LABEL_HEIGHT;
	}
}

static bool is_in_own_band(const struct view *view, const struct view_row *row)
{
	struct view_band band;

	for (unsigned i = 0; view_band(view, i, &band); i++) {
		if (is_own_band(&band) && row->lo <= band.hi && row->hi >= band.lo) {
			return true;
		}
	}
	return false;
}

static void put_tip(const struct map_square *square, const struct view_row *row, int first, int last, FILE *stream)
{
	const char *transport = entry_transport_name(row->transport);
	char text[TIP_SIZE];

	fputs("<path class=\"tip\" d=\"", stream);
	for (int from = first; from <= last;) {
		int end = (from / square->side + 1) * square->side;
		end = end > last + 1 ? last + 1 : end;
		fprintf(stream, "M%d %dh%d", from % square->side, from / square->side, end - from);
		from = end;
	}
	fprintf(stream, "\"><title>%d", row->lo);
	if (row->hi > row->lo) {
		fprintf(stream, "-%d", row->hi);
	}
	fprintf(stream, "%s%s ", *transport == '\0' ? "" : "/", transport);
	export_put_xml(stream, export_line(row->columns[ENTRY_NAME], text, sizeof(text)));
	putc('\n', stream);
	export_put_xml(stream, export_line(row->columns[ENTRY_DESCRIPTION], text, sizeof(text)));
	fputs("</title></path>\n", stream);
}

void map_put_tips(const struct map_request *request, const struct map_square *square, FILE *stream)
{
	struct view_row row;
	int first, last, put = 0;

	for (uint32_t i = 0; put < TIPS_MAX && view_row(request->view, i, &row); i++) {
		if (row.status == ENTRY_ASSIGNED && row.lo != ENTRY_NO_PORT && map_takes(&row, request->transport) &&
		    is_in_own_band(request->view, &row) && clip(square, row.lo, row.hi, &first, &last)) {
			put_tip(square, &row, first, last, stream);
			put++;
		}
	}
}
