/* map.c - the port map: 65,536 ports as a picture, a part of it, and the same as a table.
 *
 * The picture is an SVG file of its own (registry/compare); over it lie links, so that a part of it leads to that
 * part, and a single port to its page. */
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registry/compare/map_ports.h"
#include "registry/records/derive.h"
#include "web/html/url.h"
#include "web/pages/days.h"
#include "web/pages/pages.h"

enum { PARTS = 16, CELLS_MAX = 1024, WORDS_SIZE = 32 };

struct map_question {
	struct map_request request;
	const char *transport; /* "" both */
	const char *day, *since;
};

/* ---- what is asked ---- */

static int port_of(const char *text, int otherwise)
{
	char *end = NULL;
	long port = strtol(text, &end, 10);

	return text[0] == '\0' || *end != '\0' || port < 0 || port > MAP_PORTS - 1 ? otherwise : (int)port;
}

/* False when the visitor was told why not. */
static bool read_question(struct visit *visit, struct map_question *ret_question)
{
	struct map_question question = {
		.transport = visit_query(visit, "transport"),
		.day = visit_query(visit, "day"),
		.since = visit_query(visit, "since"),
	};
	struct map_request *request = &question.request;

	request->lo = port_of(visit_query(visit, "from"), 0);
	request->hi = port_of(visit_query(visit, "to"), MAP_PORTS - 1);
	if (request->hi < request->lo) {
		request->hi = request->lo;
	}
	if (!visit_transport(visit, &request->transport) || !days_view(visit, "day", &request->view) ||
	    (question.since[0] != '\0' && !days_view(visit, "since", &request->older))) {
		return false;
	}
	*ret_question = question;
	return true;
}

/* The address of a part, with everything else as it was asked. */
static const char *part_url(const struct map_question *question, const char *path, int lo, int hi, struct url *ret_url)
{
	char from[16] = "";
	char to[16] = "";

	if (lo > 0 || hi < MAP_PORTS - 1) {
		(void)snprintf(from, sizeof(from), "%d", lo);
		(void)snprintf(to, sizeof(to), "%d", hi);
	}
	(void)url_path(ret_url, path, "");
	(void)url_query(ret_url, "transport", question->transport);
	(void)url_query(ret_url, "day", question->day);
	(void)url_query(ret_url, "since", question->since);
	(void)url_query(ret_url, "from", from);
	return url_query(ret_url, "to", to);
}

/* ---- the picture ---- */

/* The picture's own style sheet is the only thing it may load. */
static void allow_style(struct response *response)
{
	unsigned char digest[crypto_hash_sha256_BYTES];
	char text[sodium_base64_ENCODED_LEN(sizeof(digest), sodium_base64_VARIANT_ORIGINAL)];
	char policy[256];

	(void)crypto_hash_sha256(digest, (const unsigned char *)map_style, strlen(map_style));
	(void)sodium_bin2base64(text, sizeof(text), digest, sizeof(digest), sodium_base64_VARIANT_ORIGINAL);
	(void)snprintf(policy, sizeof(policy),
		       "default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; frame-ancestors 'none'", text);
	response_header(response, "Content-Security-Policy", policy);
}

void page_map_picture(struct visit *visit)
{
	struct map_question question;
	char *octets = NULL;
	size_t size = 0;

	if (!read_question(visit, &question)) {
		return;
	}
	FILE *stream = open_memstream(&octets, &size);
	int r = stream == NULL ? -ENOMEM : map_write_svg(stream, &question.request);
	if (stream != NULL && fclose(stream) != 0) {
		r = -ENOMEM;
	}
	if (r == 0) {
		allow_style(visit->response);
		visit->response->type = "image/svg+xml; charset=utf-8";
		html_octets(visit_html(visit), octets, size);
	} else {
		visit_refused(visit, r, &(struct complaint){ "" });
	}
	free(octets);
}

/* ---- links over it ---- */

/* A rectangle over the cells first..last of the square, whole rows or a part of one. */
static void put_rectangle(struct html *html, const struct map_layout *layout, int first, int last)
{
	int row = first / layout->side;
	int rows = last / layout->side - row + 1;
	int left = rows > 1 ? 0 : first % layout->side;
	int columns = rows > 1 ? layout->side : last - first + 1;

	html_print(html, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>", layout->left + left * layout->scale,
		   layout->top + row * layout->scale, columns * layout->scale, rows * layout->scale);
}

/* How many ports one link leads to: a port of its own where there are few. */
static int step_of(int lo, int hi)
{
	int count = hi - lo + 1;

	return count <= CELLS_MAX ? 1 : (count + PARTS - 1) / PARTS;
}

/* A part leads to that part, a single port to its page. */
static const char *link_of(const struct map_question *question, int lo, int hi, struct url *ret_url)
{
	char port[16];

	(void)snprintf(port, sizeof(port), "%d", lo);
	return lo == hi ? url_path(ret_url, "/port/", port) : part_url(question, "/map", lo, hi, ret_url);
}

static const char *words_of(int lo, int hi, char words[static WORDS_SIZE])
{
	int size = snprintf(words, WORDS_SIZE, "%d", lo);

	if (hi > lo) {
		(void)snprintf(words + size, WORDS_SIZE - (size_t)size, " to %d", hi);
	}
	return words;
}

static void put_link(struct html *html, const struct map_question *question, int lo, int hi)
{
	struct url url;
	char words[WORDS_SIZE];

	html_print(html, "<a href=\"%s\" tabindex=\"-1\"><title>%s</title>", link_of(question, lo, hi, &url),
		   words_of(lo, hi, words));
}

/* The table below says the same to who has no pointer, so the links over the picture are left out of the tab order. */
static void put_picture(struct visit *visit, const struct map_question *question)
{
	const struct map_request *request = &question->request;
	struct html *html = visit_html(visit);
	struct map_layout layout;
	struct url url;
	int step = step_of(request->lo, request->hi);

	map_layout(request->lo, request->hi, &layout);
	html_print(html,
		   "<figure class=\"map\">\n<img src=\"%s\" width=\"%d\" height=\"%d\" "
		   "alt=\"Ports %d to %d as a square of cells, each in the shade of its status; the table below "
		   "counts them.\">\n",
		   part_url(question, "/map.svg", request->lo, request->hi, &url), layout.width, layout.height,
		   request->lo, request->hi);
	html_print(html, "<svg viewBox=\"0 0 %d %d\" aria-hidden=\"true\" fill=\"none\" pointer-events=\"all\">\n",
		   layout.width, layout.height);
	for (int lo = request->lo; lo <= request->hi; lo += step) {
		int hi = lo + step - 1 < request->hi ? lo + step - 1 : request->hi;
		put_link(html, question, lo, hi);
		put_rectangle(html, &layout, lo - request->lo, hi - request->lo);
		html_print(html, "</a>\n");
	}
	html_print(html, "</svg>\n</figure>\n");
}

/* ---- the same as a table ---- */

struct part {
	unsigned states[MAP_STATES];
	unsigned came, went;
};

static struct part count_part(const struct map_ports *ports, int lo, int hi)
{
	struct part part = { .came = 0 };

	for (int port = lo; port <= hi; port++) {
		part.states[ports->now[port]]++;
		part.came += ports->came[port] ? 1 : 0;
		part.went += ports->went[port] ? 1 : 0;
	}
	return part;
}

static void put_part(struct visit *visit, const struct map_question *question, const struct map_ports *ports, int lo,
		     int hi)
{
	struct part part = count_part(ports, lo, hi);
	struct html *html = visit_html(visit);
	struct url url;
	char words[WORDS_SIZE];

	html_print(html, "<tr><th scope=\"row\"><a href=\"%s\">%s</a></th>", link_of(question, lo, hi, &url),
		   words_of(lo, hi, words));
	page_number(visit, "Assigned", part.states[MAP_ASSIGNED] + part.states[MAP_OWN]);
	page_number(visit, "Reserved", part.states[MAP_RESERVED]);
	page_number(visit, "Unassigned", part.states[MAP_UNASSIGNED] + part.states[MAP_NO_ROW]);
	if (question->request.older != NULL) {
		page_number(visit, "Came", part.came);
		page_number(visit, "Went", part.went);
	}
	html_print(html, "</tr>\n");
}

static void put_table(struct visit *visit, const struct map_question *question, const struct map_ports *ports)
{
	static const char *const columns[] = { "Ports", "#Assigned", "#Reserved", "#Unassigned", "#Came", "#Went" };
	const struct map_request *request = &question->request;
	int count = request->hi - request->lo + 1;
	int step = count < PARTS ? 1 : (count + PARTS - 1) / PARTS;

	page_table_begin(visit, "parts", "The same in numbers", columns, request->older != NULL ? 6 : 4);
	for (int lo = request->lo; lo <= request->hi; lo += step) {
		put_part(visit, question, ports, lo, lo + step - 1 < request->hi ? lo + step - 1 : request->hi);
	}
	page_table_end(visit);
}

/* ---- the page ---- */

static void put_transports(struct visit *visit, const char *chosen)
{
	static const struct {
		const char *value, *label;
	} options[] = {
		{ "", "TCP and UDP" }, { "tcp", "TCP" }, { "udp", "UDP" }, { "sctp", "SCTP" }, { "dccp", "DCCP" }
	};

	struct html *html = visit_html(visit);

	html_print(html,
		   "<div><label for=\"transport\">Transport</label>\n<select id=\"transport\" name=\"transport\">\n");
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		page_select_option(visit, options[i].value, options[i].label, chosen);
	}
	html_print(html, "</select></div>\n");
}

static void put_form(struct visit *visit, const struct map_question *question)
{
	const struct map_request *request = &question->request;
	struct html *html = visit_html(visit);
	struct days days;

	if (days_read(visit->site, &days) < 0) {
		days.count = 0; /* the picture of today needs no store */
	}
	html_print(html, "<form action=\"/map\" class=\"row\">\n");
	put_transports(visit, question->transport);
	days_choice(visit, &days, "day", "As of", "today", question->day);
	days_choice(visit, &days, "since", "Compared with", "nothing", question->since);
	if (request->lo > 0 || request->hi < MAP_PORTS - 1) {
		html_print(html, "<input type=\"hidden\" name=\"from\" value=\"%d\">", request->lo);
		html_print(html, "<input type=\"hidden\" name=\"to\" value=\"%d\">\n", request->hi);
	}
	html_print(html, "<div><button>Show</button></div>\n</form>\n");
}

static void put_way_out(struct visit *visit, const struct map_question *question)
{
	const struct map_request *request = &question->request;
	struct url url;

	if (request->lo > 0 || request->hi < MAP_PORTS - 1) {
		html_print(visit_html(visit), "<p><a href=\"%s\">All ports</a></p>\n",
			   part_url(question, "/map", 0, MAP_PORTS - 1, &url));
	}
}

void page_map(struct visit *visit)
{
	struct map_question question;
	struct map_ports *ports = NULL;
	char title[64];

	if (!read_question(visit, &question)) {
		return;
	}
	int r = map_ports_create(&question.request, &ports);
	if (r < 0) {
		visit_refused(visit, r, &(struct complaint){ "" });
		return;
	}
	(void)snprintf(title, sizeof(title), "Port map: %d to %d", question.request.lo, question.request.hi);
	page_begin(visit, &(struct page){ .title = title, .section = "map", .is_wide = true });
	put_form(visit, &question);
	put_way_out(visit, &question);
	put_picture(visit, &question);
	put_table(visit, &question, ports);
	page_end(visit);
	free(ports);
}
