/* port.c - the page of one number: what it is in each transport, its neighbours, who has it, and since when. */
#include "web/pages/pages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registry/records/derive.h"
#include "web/pages/rows.h"

enum { LAST_PORT = 65535, FIRST_USER = 1024, FIRST_DYNAMIC = 49152, NEIGHBOURS = 4, FREE_WITHIN = 2000 };

/* What the page is about. */
struct asked {
	int port;
	int transport; /* 0 any */
	struct rows_found found;
};

/* A number in its one spelling; -1 for anything else. */
static int read_number(const char *text)
{
	size_t digits = strspn(text, "0123456789");
	bool is_number = digits > 0 && digits <= 5 && text[digits] == '\0' && (text[0] != '0' || digits == 1);
	long number = is_number ? strtol(text, NULL, 10) : -1;

	return number <= LAST_PORT ? (int)number : -1;
}

/* ---- each transport ---- */

/* The row that says what the number is: the first in the view's order that somebody has, else the first. */
static const struct view_row *row_for(const struct rows_found *found, int transport)
{
	const struct view_row *best = NULL;

	for (size_t i = 0; i < found->count; i++) {
		const struct view_row *row = &found->items[i];
		if (view_row_in_transport(row, transport) &&
		    (best == NULL || (best->status == ENTRY_UNASSIGNED && row->status != ENTRY_UNASSIGNED))) {
			best = row;
		}
	}
	return best;
}

static bool is_free(const struct rows_found *found)
{
	for (size_t i = 0; i < found->count; i++) {
		if (found->items[i].status != ENTRY_UNASSIGNED) {
			return false;
		}
	}
	return true;
}

static void put_services(struct visit *visit, const struct rows_found *found, int transport)
{
	struct html *html = visit_html(visit);
	unsigned count = 0;

	for (size_t i = 0; i < found->count; i++) {
		const char *name = found->items[i].columns[ENTRY_NAME];
		if (name[0] != '\0' && view_row_in_transport(&found->items[i], transport)) {
			html_print(html, "%s", count++ > 0 ? ", " : "");
			rows_service(visit, name);
		}
	}
}

/* Who has it there, and as a part of which range. */
static void put_service(struct visit *visit, const struct asked *asked, const struct view_row *row, int transport)
{
	struct html *html = visit_html(visit);
	char number[ROWS_NUMBER_SIZE];

	if (row->lo == row->hi && row->status != ENTRY_ASSIGNED) {
		html_print(html, "<td></td>");
		return;
	}
	html_print(html, "<td data-label=\"Service\"><span>");
	put_services(visit, &asked->found, transport);
	html_print(html, " <span class=\"soft\">%s</span>",
		   row->status == ENTRY_ASSIGNED ? row->columns[ENTRY_DESCRIPTION] : "");
	if (row->lo < row->hi) {
		html_print(html, " <span class=\"number soft\">(in the range %s)</span>", rows_number(row, number));
	}
	html_print(html, "</span></td>");
}

static void put_transport(struct visit *visit, const struct asked *asked, int transport)
{
	const struct view_row *row = row_for(&asked->found, transport);
	struct html *html = visit_html(visit);

	html_print(html, "<tr><th scope=\"row\">%s</th><td data-label=\"Status\">", entry_transport_name(transport));
	if (row == NULL) {
		html_print(html, "no entry</td><td></td></tr>\n");
		return;
	}
	page_status(visit, entry_status_name(row->status));
	html_print(html, "</td>");
	put_service(visit, asked, row, transport);
	html_print(html, "</tr>\n");
}

static void put_transports(struct visit *visit, const struct asked *asked)
{
	static const char *const columns[] = { "Transport", "Status", "Service" };

	page_table_begin(visit, "transports", "What it is in each transport", columns, 3);
	for (int transport = ENTRY_TCP; transport <= ENTRY_DCCP; transport++) {
		if (asked->transport == 0 || asked->transport == transport) {
			put_transport(visit, asked, transport);
		}
	}
	page_table_end(visit);
}

/* ---- neighbours ---- */

static void put_neighbour(struct visit *visit, const struct asked *asked, int port)
{
	struct rows_found found = { .items = NULL };
	struct html *html = visit_html(visit);

	view_at_port(&visit->site->view, port, asked->transport, rows_take, &found);
	const struct view_row *row = row_for(&found, asked->transport);
	if (port == asked->port) {
		html_print(html, "<li class=\"here\"><strong aria-current=\"page\">%d</strong> ", port);
	} else {
		html_print(html, "<li><a href=\"/port/%d\">%d</a> ", port, port);
	}
	if (row == NULL) {
		html_print(html, "no entry\n");
	} else if (row->columns[ENTRY_NAME][0] != '\0') {
		html_print(html, "<span class=\"status %s\">%s</span>\n", entry_status_name(row->status),
			   row->columns[ENTRY_NAME]);
	} else {
		page_status(visit, entry_status_name(row->status));
		html_print(html, "\n");
	}
	rows_finish_found(&found);
}

static void put_neighbours(struct visit *visit, const struct asked *asked)
{
	int first = asked->port - NEIGHBOURS;
	int last = asked->port + NEIGHBOURS;

	/* At both ends of the numbers there are more on the other side. */
	first = last > LAST_PORT ? LAST_PORT - 2 * NEIGHBOURS : first < 0 ? 0 : first;
	last = first + 2 * NEIGHBOURS;
	html_print(visit_html(visit), "<nav aria-label=\"Neighbouring ports\">\n<ol class=\"quay\">\n");
	for (int port = first; port <= last; port++) {
		put_neighbour(visit, asked, port);
	}
	html_print(visit_html(visit), "</ol>\n</nav>\n");
}

/* ---- where it lies ---- */

static const char *range_of(int port)
{
	return port < FIRST_USER      ? "System Ports, 0-1023"
	       : port < FIRST_DYNAMIC ? "User Ports, 1024-49151"
				      : "Dynamic Ports, 49152-65535, which are never assigned";
}

static const char *decider_of(const struct view_band *band)
{
	return strcmp(band->decides, "none") == 0     ? "nobody assigns anything"
	       : strcmp(band->decides, "anyone") == 0 ? "first come, first served"
	       : strcmp(band->decides, "board") == 0  ? "the board decides"
						      : "the registrar decides";
}

static void put_band(struct visit *visit, int port)
{
	struct view_band band;

	for (unsigned i = 0; view_band(&visit->site->view, i, &band); i++) {
		if (port >= band.lo && port <= band.hi) {
			html_print(visit_html(visit), "<div><dt>Band</dt><dd>%s, %d-%d: %s</dd></div>\n", band.name,
				   band.lo, band.hi, decider_of(&band));
		}
	}
}

/* The last free number of lo..hi, or the first; 0 when there is none. */
static int free_in(const struct visit *visit, const struct asked *asked, int lo, int hi, bool last)
{
	uint16_t ports[FREE_WITHIN];
	char range[2 * ROWS_NUMBER_SIZE];

	if (lo > hi) {
		return 0;
	}
	(void)snprintf(range, sizeof(range), "%d-%d", lo, hi);
	int count = next_free(&visit->site->view, range, asked->transport, lo, last ? FREE_WITHIN : 1, ports);
	return count <= 0 ? 0 : ports[count - 1];
}

static void put_free(struct visit *visit, const struct asked *asked)
{
	int lowest = asked->port - FREE_WITHIN;
	int below = free_in(visit, asked, lowest < 1 ? 1 : lowest, asked->port - 1, true);
	int above = free_in(visit, asked, asked->port + 1, FIRST_DYNAMIC - 1, false);
	struct html *html = visit_html(visit);

	if (below == 0 && above == 0) {
		return;
	}
	html_print(html, "<div><dt>Nearest free numbers</dt><dd class=\"number\">");
	if (below != 0) {
		html_print(html, "<a href=\"/port/%d\">%d</a>%s", below, below, above != 0 ? ", " : "");
	}
	if (above != 0) {
		html_print(html, "<a href=\"/port/%d\">%d</a>", above, above);
	}
	html_print(html, "</dd></div>\n");
}

static void put_place(struct visit *visit, const struct asked *asked)
{
	struct html *html = visit_html(visit);

	html_print(html, "<h2>Where it lies</h2>\n<dl class=\"facts\">\n");
	page_fact(visit, "Range", range_of(asked->port));
	put_band(visit, asked->port);
	put_free(visit, asked);
	html_print(html, "</dl>\n");
}

/* ---- with berth ---- */

/* The first service that a rendezvous port can have as a function; NULL none. */
static const char *function_at(const struct rows_found *found)
{
	char fault[128];

	for (size_t i = 0; i < found->count; i++) {
		const struct view_row *row = &found->items[i];
		if (row->status == ENTRY_ASSIGNED && row->transport == ENTRY_TCP &&
		    service_name_fault(row->columns[ENTRY_NAME], fault, sizeof(fault)) == NULL) {
			return row->columns[ENTRY_NAME];
		}
	}
	return NULL;
}

static void put_berth(struct visit *visit, const struct asked *asked)
{
	const char *name = function_at(&asked->found);
	struct html *html = visit_html(visit);

	if (name != NULL) {
		html_print(html,
			   "<h2>Behind a rendezvous port</h2>\n<p>With berthd, the service also answers by its name, "
			   "on a port that all functions of a machine share:</p>\n"
			   "<pre>[function %s]\nhandover = relay\ntarget = 127.0.0.1:%d</pre>\n",
			   name, asked->port);
	} else if (is_free(&asked->found) && asked->port > 0) {
		html_print(html,
			   "<h2>As a rendezvous port</h2>\n<p>Of several functions, none needs a number of its own: "
			   "berthd listens here, and clients name the function in their first message.</p>\n"
			   "<pre>[listen local]\naddress = 127.0.0.1:%d\nfunctions = *</pre>\n",
			   asked->port);
	}
}

/* ---- the page ---- */

static void put_lead(struct visit *visit, const struct asked *asked)
{
	struct html *html = visit_html(visit);

	if (is_free(&asked->found) && asked->port >= FIRST_DYNAMIC) {
		html_print(html,
			   "<p class=\"lead\">Nobody has this number, and nobody will: it is for whatever a machine "
			   "needs for a while.</p>\n");
	} else if (is_free(&asked->found)) {
		html_print(html,
			   "<p class=\"lead\">Nobody has this number. <a href=\"/apply\">Apply for it</a>, or for "
			   "another one.</p>\n");
	}
}

static void put_page(struct visit *visit, const struct asked *asked)
{
	struct html *html = visit_html(visit);
	struct question question = {
		.kind = QUESTION_PORTS, .lo = asked->port, .hi = asked->port, .transport = asked->transport
	};
	char title[32];

	(void)snprintf(title, sizeof(title), "Port %d%s%s", asked->port, asked->transport != 0 ? "/" : "",
		       entry_transport_name(asked->transport));
	page_begin(visit, &(struct page){ .title = title, .section = "search" });
	put_lead(visit, asked);
	put_transports(visit, asked);
	put_neighbours(visit, asked);
	rows_sections(visit, &asked->found, false);
	put_place(visit, asked);
	put_berth(visit, asked);
	rows_history(visit, &question);
	html_print(html, "<p><a href=\"/api/v1/ports/%d\">The same as JSON</a></p>\n", asked->port);
	page_end(visit);
}

void page_port(struct visit *visit)
{
	struct asked asked = { .port = read_number(visit->request->parameters[0]),
			       .transport = entry_transport(visit_query(visit, "transport")) };

	if (asked.port < 0) {
		visit_problem(visit, 404, "No such port",
			      "Ports are the numbers from 0 to 65535, written without anything around them.");
	} else if (asked.transport == ENTRY_TRANSPORT_OTHER) {
		visit_problem(visit, 404, "No such transport", "The transports are tcp, udp, sctp and dccp.");
	} else if (visit_view(visit) != NULL) {
		view_at_port(&visit->site->view, asked.port, asked.transport, rows_take, &asked.found);
		visit->response->failed = visit->response->failed || asked.found.failed;
		put_page(visit, &asked);
		rows_finish_found(&asked.found);
	}
}
