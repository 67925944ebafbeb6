/* answers_free.c - what is said of a port that nobody has.  Called when answers are written for people. */
#include "registry/lookup/answers.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "registry/words/answers_text.h"

/* The nearest unassigned range that begins or ends within this many numbers is worth a word. */
enum { NEARBY = 1000 };

static int distance_of(const struct view_row *row, int port)
{
	return port < row->lo ? row->lo - port : port - row->hi;
}

static bool find_nearby(const struct view *view, int port, struct view_row *ret_row)
{
	int best = NEARBY;
	struct view_row row;

	for (uint32_t i = 0; view_row(view, i, &row); i++) {
		int distance = distance_of(&row, port);
		/* Not one that covers it, in another transport. */
		if (row.status == ENTRY_UNASSIGNED && row.lo < row.hi && distance > 0 && distance < best) {
			best = distance;
			*ret_row = row;
		}
	}
	return best < NEARBY;
}

static bool is_dynamic(const struct view *view, int port, struct view_band *ret_band)
{
	for (unsigned i = 0; view_band(view, i, ret_band); i++) {
		if (port >= ret_band->lo && port <= ret_band->hi) {
			return strcmp(ret_band->decides, "none") == 0;
		}
	}
	return false;
}

static void uncovered_text(const struct view *view, int port, struct text *text)
{
	struct view_row nearby;
	struct view_band band;

	if (is_dynamic(view, port, &band)) {
		text_put(text, " (never assigned: band ");
		text_put(text, band.name);
		text_put(text, ")");
	} else if (find_nearby(view, port, &nearby)) {
		text_put(text, " (no row has it; the unassigned range ");
		text_put_unsigned(text, (unsigned)nearby.lo);
		text_put(text, "-");
		text_put_unsigned(text, (unsigned)nearby.hi);
		text_put(text, nearby.lo > port ? " begins nearby)" : " ends nearby)");
	} else {
		text_put(text, " (no row has it)");
	}
}

/* "Unassigned [was netstat]" says more than the status. */
static void put_remark(const char *description, struct text *text)
{
	char shown[160];

	if (strcasecmp(description, entry_status_name(ENTRY_UNASSIGNED)) != 0) {
		shown_text(description, shown, sizeof(shown));
		text_put(text, " (");
		text_put(text, shown);
		text_put(text, ")");
	}
}

void answer_free_text(const struct answers *answers, const struct answer *answer, char *ret_text, size_t size)
{
	struct view_row row;
	struct text text;

	answer_row(answers, answer, &row);
	text_init(&text, ret_text, size);
	text_put(&text, entry_status_name(ENTRY_UNASSIGNED));
	if (answer->row == NO_ROW && answer->lo < answer->hi) {
		text_put(&text, " (no row has any of them)");
	} else if (answer->row == NO_ROW) {
		uncovered_text(answers->view, answer->lo, &text);
	} else if (row.lo < row.hi) {
		text_put(&text, " (in the unassigned range ");
		text_put_unsigned(&text, (unsigned)row.lo);
		text_put(&text, "-");
		text_put_unsigned(&text, (unsigned)row.hi);
		text_put(&text, ")");
	} else {
		put_remark(row.columns[ENTRY_DESCRIPTION], &text);
	}
}
