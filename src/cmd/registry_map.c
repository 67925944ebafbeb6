/* registry_map.c - `berth map`: the ports as a picture. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cmd/registry.h"
#include "registry/words/day.h"
#include "registry/lookup/lookup.h"
#include "registry/compare/map.h"

enum { COLUMNS_DEFAULT = 80 };

static int columns_of(FILE *stream)
{
	struct winsize size;

	return ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : COLUMNS_DEFAULT;
}

static int read_part(const struct request *request, struct map_request *map)
{
	struct question question;
	char complaint[256];

	map->hi = UINT16_MAX;
	if (request->word == NULL) {
		return EXIT_DONE;
	}
	if (question_read(request->word, &question, complaint, sizeof(complaint)) < 0 ||
	    question.kind != QUESTION_PORTS) {
		complain_about("map takes a range like 1024-49151, not \"%s\"", request->word);
		return EXIT_USAGE;
	}
	map->lo = question.lo;
	map->hi = question.hi;
	return EXIT_DONE;
}

/* Made for a terminal: its colours are meant, and names of rows are shown in it as what they are. */
static int draw_text(const struct map_request *map)
{
	bool colour = isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR") == NULL;
	int r = map_write_text(stdout, map, columns_of(stdout), colour);

	if (r < 0) {
		complain_about("standard output: %s", strerror(-r));
	}
	return r < 0 ? EXIT_COULD_NOT : EXIT_DONE;
}

static int draw(const struct request *request, const struct map_request *map)
{
	struct registry_output output;

	if (request->text && request->output == NULL) {
		return draw_text(map);
	}
	int status = registry_output_open(request, &output);
	if (status != EXIT_DONE) {
		return status;
	}
	int r = request->text ? map_write_text(output.stream, map, COLUMNS_DEFAULT, false)
			      : map_write_svg(output.stream, map);
	return registry_output_close(request, &output, r);
}

static int draw_since(const struct request *request, struct map_request *map)
{
	struct registry_view older;
	char day[DAY_SIZE];

	if (request->since == NULL) {
		return draw(request, map);
	}
	if (!day_read(request->since, true, day)) {
		complain_about("--since takes a day like 2026-02-25 or a month like 2026-02, not \"%s\"",
			       request->since);
		return EXIT_USAGE;
	}
	int status = registry_view_open(request, day, &older);
	if (status == EXIT_DONE) {
		map->older = &older.view;
		status = draw(request, map);
		registry_view_close(&older);
	}
	return status;
}

int registry_map(const struct request *request)
{
	struct map_request map = { .view = NULL };
	struct registry_view view;
	char buffer[DAY_SIZE];
	const char *day = NULL;
	int status = registry_as_of(request, buffer, &day);

	if (status == EXIT_DONE) {
		status = read_part(request, &map);
	}
	if (status == EXIT_DONE) {
		status = registry_transport(request, &map.transport);
	}
	if (status == EXIT_DONE) {
		status = registry_view_open(request, day, &view);
	}
	if (status != EXIT_DONE) {
		return status;
	}
	map.view = &view.view;
	status = draw_since(request, &map);
	registry_view_close(&view);
	return status;
}
