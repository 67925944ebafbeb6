/* map_text.c - the ports as text for a terminal: 64 x 32 cells of 32 ports each, or as many cells as there is room for.
 *
 * A cell is the darker the more of its ports are assigned.  What is an organisation's own, and what changed, has a
 * sign of its own, so that the text can be read without colours. */
#include <stdlib.h>
#include <string.h>

#include "registry/words/answers_text.h"
#include "registry/export/export_text.h"
#include "registry/compare/map_ports.h"

enum { ROWS_MAX = 32, NUMBER_WIDTH = 6, CELLS_MAX = 64, LABEL_WIDTH_MIN = 8 };

/* How a cell is shown, and its colour: SGR parameters. */
struct sign {
	const char *text;
	const char *colour;
	const char *means;
};

enum {
	SIGN_NO_ROW,
	SIGN_NONE,
	SIGN_RESERVED,
	SIGN_FEW,
	SIGN_SOME,
	SIGN_MOST,
	SIGN_ALL,
	SIGN_OWN,
	SIGN_CAME,
	SIGN_WENT
};

static const struct sign signs[] = {
	[SIGN_NO_ROW] = { " ", "", "no entry" },     [SIGN_NONE] = { "·", "90", "none" },
	[SIGN_RESERVED] = { ":", "33", "reserved" }, [SIGN_FEW] = { "░", "34", "few" },
	[SIGN_SOME] = { "▒", "34", "half" },	     [SIGN_MOST] = { "▓", "34", "most" },
	[SIGN_ALL] = { "█", "34", "all assigned" },  [SIGN_OWN] = { "#", "1;35", "here" },
	[SIGN_CAME] = { "+", "1;32", "came" },	     [SIGN_WENT] = { "-", "1;31", "went" },
};

struct page {
	const struct map_request *request;
	const struct map_ports *ports;
	FILE *stream;
	int cells, ports_per_cell; /* in a row; in a cell */
	int columns, label_width;  /* of the terminal; behind the row */
	int used;		   /* columns of the legend's line at hand */
	bool colour;
	const char *current; /* colour */
};

/* Signs that follow each other in one colour share its escape sequence. */
static void put_sign(struct page *page, int sign)
{
	if (page->colour && strcmp(page->current, signs[sign].colour) != 0) {
		fprintf(page->stream, "\033[0%s%sm", *signs[sign].colour == '\0' ? "" : ";", signs[sign].colour);
		page->current = signs[sign].colour;
	}
	fputs(signs[sign].text, page->stream);
}

static void end_colour(struct page *page)
{
	if (*page->current != '\0') {
		fputs("\033[0m", page->stream);
		page->current = "";
	}
}

static int sign_of(const struct page *page, int first)
{
	const struct map_ports *ports = page->ports;
	int states[MAP_STATES] = { 0 }, came = 0, went = 0, count = 0, assigned;

	for (int port = first; port < first + page->ports_per_cell && port <= ports->hi; port++, count++) {
		states[ports->now[port]]++;
		came += ports->came[port];
		went += ports->went[port];
	}
	assigned = states[MAP_ASSIGNED] + states[MAP_OWN];
	if (came + went > 0) {
		return came >= went ? SIGN_CAME : SIGN_WENT;
	}
	if (states[MAP_OWN] > 0) {
		return SIGN_OWN;
	}
	if (assigned > 0) {
		return SIGN_FEW + (4 * assigned - 1) / count;
	}
	if (2 * states[MAP_RESERVED] > count) {
		return SIGN_RESERVED;
	}
	return states[MAP_NO_ROW] == count ? SIGN_NO_ROW : SIGN_NONE;
}

static void put_name(const struct page *page, const char *name)
{
	struct shown shown;
	int width = 1;

	putc(' ', page->stream);
	while (shown_next(&name, &shown) && width + shown.width <= page->label_width) {
		fputs(shown.text, page->stream);
		width += shown.width;
	}
}

/* The name of the next band that begins in this row or before: one in each row. */
static void put_band(const struct page *page, int last, unsigned *index)
{
	struct view_band band;

	while (view_band(page->request->view, *index, &band) && band.lo <= last) {
		++*index;
		if (band.hi >= page->ports->lo) {
			put_name(page, band.name);
			return;
		}
	}
}

static void put_rows(struct page *page)
{
	int row_ports = page->cells * page->ports_per_cell;
	unsigned band = 0;

	for (int first = page->ports->lo; first <= page->ports->hi; first += row_ports) {
		fprintf(page->stream, "%5d ", first);
		for (int cell = first; cell < first + row_ports && cell <= page->ports->hi;
		     cell += page->ports_per_cell) {
			put_sign(page, sign_of(page, cell));
		}
		end_colour(page);
		put_band(page, first + row_ports - 1, &band);
		putc('\n', page->stream);
	}
}

/* Two blanks, or the next line where the next words would not fit. */
static void make_room(struct page *page, int width)
{
	if (page->used > 0 && page->used + 2 + width > page->columns) {
		putc('\n', page->stream);
		page->used = 0;
	}
	page->used += fprintf(page->stream, "%s", page->used > 0 ? "  " : "") + width;
}

static void put_count(struct page *page, const char *name, unsigned count)
{
	char number[MAP_NUMBER_SIZE];

	map_number(count, number);
	make_room(page, (int)(strlen(name) + 1 + strlen(number)));
	fprintf(page->stream, "%s %s", name, number);
}

static void put_counts(struct page *page)
{
	const struct map_ports *ports = page->ports;

	for (int state = MAP_STATES - 1; state >= 0; state--) {
		put_count(page, map_state_name((enum map_state)state), ports->states[state]);
	}
	if (page->request->older != NULL) {
		put_count(page, "came", ports->came_count);
		put_count(page, "went", ports->went_count);
	}
	putc('\n', page->stream);
}

static void put_legend(struct page *page)
{
	for (int sign = SIGN_NONE; sign <= (page->request->older != NULL ? SIGN_WENT : SIGN_OWN); sign++) {
		make_room(page, 2 + (int)strlen(signs[sign].means));
		put_sign(page, sign);
		end_colour(page);
		fprintf(page->stream, " %s", signs[sign].means);
	}
	putc('\n', page->stream);
	page->used = 0;
}

static void put_head(const struct page *page)
{
	const struct map_request *request = page->request;
	char registry[EXPORT_COMMENT_SIZE], day[EXPORT_COMMENT_SIZE];

	fprintf(page->stream, "%s ports", map_transport_title(request->transport));
	if (*export_line(view_registry(request->view), registry, sizeof(registry)) != '\0') {
		fprintf(page->stream, " of %s", registry);
	}
	fprintf(page->stream, ", %s\na cell is %d port%s", export_line(view_day(request->view), day, sizeof(day)),
		page->ports_per_cell, page->ports_per_cell == 1 ? "" : "s");
	if (request->older != NULL) {
		fprintf(page->stream, "; compared with %s", export_line(view_day(request->older), day, sizeof(day)));
	}
	putc('\n', page->stream);
}

int map_write_text(FILE *stream, const struct map_request *request, int columns, bool colour)
{
	struct page page = { .request = request,
			     .stream = stream,
			     .cells = CELLS_MAX,
			     .ports_per_cell = 1,
			     .columns = columns,
			     .colour = colour,
			     .current = "" };
	struct map_ports *ports;
	int r;

	r = map_ports_create(request, &ports);
	if (r < 0) {
		return r;
	}
	page.ports = ports;
	while (page.cells > 1 && NUMBER_WIDTH + page.cells + LABEL_WIDTH_MIN > columns) {
		page.cells /= 2;
	}
	page.label_width = columns - NUMBER_WIDTH - page.cells;
	while (page.cells * page.ports_per_cell * ROWS_MAX < ports->hi - ports->lo + 1) {
		page.ports_per_cell *= 2;
	}
	put_head(&page);
	put_rows(&page);
	put_legend(&page);
	put_counts(&page);
	free(ports);
	return export_end(stream);
}
