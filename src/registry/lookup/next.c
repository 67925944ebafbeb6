/* next.c - which numbers are free.  Called by berth next, and wherever a number is proposed.
 *
 * A number is taken when any row but an Unassigned one covers it: an organisation's own band may lie over IANA's rows,
 * but what is offered from it must not be somebody else's, nor used by others without being assigned. */
#include "registry/lookup/lookup.h"

#include <errno.h>
#include <string.h>

#include "registry/records/derive.h"
#include "registry/lookup/question.h"

/* The ranges of RFC 6335, 6. */
enum { FIRST_USER = 1024, FIRST_DYNAMIC = 49152, LAST_PORT = 65535, PORTS = 65536 };

/* What stands in the way of each number: bits of transports, and whether it may be given at all. */
struct line {
	unsigned char taken[PORTS];
	bool may[PORTS];
};

/* Their edges are kept free for whoever needs more of them one day. */
static const int edges[] = { 0, FIRST_USER - 1, FIRST_USER, FIRST_DYNAMIC - 1 };

/* A row without a transport, or with an unknown one, stands in the way of all. */
static unsigned transports_of(const struct view_row *row)
{
	bool is_known = row->transport != ENTRY_TRANSPORT_NONE && row->transport != ENTRY_TRANSPORT_OTHER;

	return is_known ? 1U << row->transport : UINT8_MAX;
}

static void mark_rows(const struct view *view, struct line *line)
{
	struct view_row row;

	for (uint32_t i = 0; view_row(view, i, &row); i++) {
		if (row.lo == ENTRY_NO_PORT || view_row_is_free(&row)) {
			continue;
		}
		unsigned transports = transports_of(&row);
		for (int port = row.lo; port <= row.hi; port++) {
			line->taken[port] = (unsigned char)(line->taken[port] | transports);
		}
	}
}

static void allow(struct line *line, int lo, int hi)
{
	for (int port = lo; port <= hi; port++) {
		line->may[port] = true;
	}
}

/* Whether a band is meant when none is named: where numbers are given on request. */
static bool is_on_request(const struct view_band *band)
{
	return strcmp(band->kind, "user") == 0 || strcmp(band->kind, "private") == 0;
}

/* Returns how many bands were meant. */
static unsigned allow_bands(const struct view *view, const char *name_or_null, struct line *line)
{
	struct view_band band;
	unsigned count = 0;

	for (unsigned i = 0; view_band(view, i, &band); i++) {
		if (name_or_null != NULL ? strcmp(band.name, name_or_null) == 0 : is_on_request(&band)) {
			allow(line, band.lo, band.hi);
			count++;
		}
	}
	return count;
}

static void forbid(struct line *line, int lo, int hi)
{
	for (int port = lo; port <= hi; port++) {
		line->may[port] = false;
	}
}

/* What nobody decides about is never given.  Without bands, that is the dynamic range. */
static void forbid_undecided(const struct view *view, struct line *line)
{
	struct view_band band;

	for (unsigned i = 0; view_band(view, i, &band); i++) {
		if (strcmp(band.decides, "none") == 0) {
			forbid(line, band.lo, band.hi);
		}
	}
	if (view_band_count(view) == 0) {
		forbid(line, FIRST_DYNAMIC, LAST_PORT);
	}
}

/* Numbers that are meant and may be given.  0, or -ENOENT: nothing has this name. */
static int allow_meant(const struct view *view, const char *band, struct line *line)
{
	struct question range;

	if (band != NULL && question_read(band, &range, NULL, 0) == 0 && range.kind == QUESTION_PORTS) {
		allow(line, range.lo, range.hi);
	} else if (band == NULL && view_band_count(view) == 0) {
		allow(line, FIRST_USER, LAST_PORT);
	} else if (allow_bands(view, band, line) == 0) {
		return -ENOENT;
	}
	forbid_undecided(view, line);
	for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
		line->may[edges[i]] = false;
	}
	return 0;
}

int next_free(const struct view *view, const char *band, int transport, int from, size_t count, uint16_t *ret_ports)
{
	struct line line = { 0 };
	unsigned wanted = transport == 0 ? 1U << ENTRY_TCP | 1U << ENTRY_UDP : 1U << transport;
	size_t found = 0;
	int r = allow_meant(view, band, &line);

	if (r < 0) {
		return r;
	}
	mark_rows(view, &line);
	for (int port = from > 0 ? from : 0; port < PORTS && found < count; port++) {
		if (line.may[port] && (line.taken[port] & wanted) == 0) {
			ret_ports[found++] = (uint16_t)port;
		}
	}
	return (int)found;
}
