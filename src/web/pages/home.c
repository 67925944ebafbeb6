/* home.c - the first page: the search, the registry in numbers, what is free, and the ways in. */
#include "web/pages/pages.h"

#include <stdlib.h>

#include "registry/compare/map_ports.h"
#include "registry/lookup/lookup.h"
#include "registry/records/derive.h"

enum { FREE_SHOWN = 6 };

/* One of each kind of question. */
static void put_examples(struct html *html)
{
	html_print(html, "<p class=\"hint\" id=\"q-hint\">As in <a href=\"/search?q=ssh\">ssh</a>, "
			 "<a href=\"/search?q=443%%2Fudp\">443/udp</a>, <a href=\"/search?q=6000-6063\">6000-6063</a>, "
			 "<a href=\"/search?q=_ipp._tcp\">_ipp._tcp</a>, <a href=\"/search?q=SC:fdpz\">SC:fdpz</a> or "
			 "<a href=\"/search?q=window+system\">window system</a>.</p>\n");
}

static void put_search(struct visit *visit)
{
	struct html *html = visit_html(visit);

	html_print(html, "<form role=\"search\" action=\"/search\">\n"
			 "<label for=\"q\">Name, number, range, service code or words</label>\n"
			 "<div class=\"row\">\n<div class=\"grow\"><input type=\"search\" id=\"q\" name=\"q\" "
			 "autocomplete=\"off\" spellcheck=\"false\" aria-describedby=\"q-hint\"></div>\n"
			 "<button>Search</button>\n</div>\n");
	put_examples(html);
	html_print(html, "</form>\n");
}

/* ---- numbers ---- */

static struct map_ports *count_ports(const struct visit *visit, int transport)
{
	struct map_request request = { .view = &visit->site->view, .transport = transport, .hi = MAP_PORTS - 1 };
	struct map_ports *ports = NULL;

	return map_ports_create(&request, &ports) == 0 ? ports : NULL;
}

static unsigned count_of(const struct map_ports *ports, enum map_state state)
{
	return ports->states[state] + (state == MAP_ASSIGNED ? ports->states[MAP_OWN] : 0);
}

static void put_count(struct visit *visit, enum map_state state, const struct map_ports *tcp,
		      const struct map_ports *udp)
{
	struct html *html = visit_html(visit);
	char numbers[2][MAP_NUMBER_SIZE];

	html_print(html, "<tr><th scope=\"row\">");
	page_status(visit, map_state_name(state));
	html_print(html, "</th><td class=\"right\">%s</td><td class=\"right\">%s</td></tr>\n",
		   map_number(count_of(tcp, state), numbers[0]), map_number(count_of(udp, state), numbers[1]));
}

static void put_counts(struct visit *visit)
{
	static const enum map_state states[] = { MAP_ASSIGNED, MAP_RESERVED, MAP_UNASSIGNED, MAP_NO_ROW };
	struct map_ports *tcp = count_ports(visit, ENTRY_TCP);
	struct map_ports *udp = count_ports(visit, ENTRY_UDP);

	visit->response->failed = visit->response->failed || tcp == NULL || udp == NULL;
	for (size_t i = 0; tcp != NULL && udp != NULL && i < sizeof(states) / sizeof(states[0]); i++) {
		put_count(visit, states[i], tcp, udp);
	}
	free(tcp);
	free(udp);
}

static void put_numbers(struct visit *visit)
{
	struct html *html = visit_html(visit);

	html_print(html,
		   "<section>\n<h2>The registry in numbers</h2>\n<table>\n<caption>Of the numbers from 0 to 65535, on "
		   "%s</caption>\n<thead><tr><td></td><th scope=\"col\" class=\"right\">tcp</th>"
		   "<th scope=\"col\" class=\"right\">udp</th></tr></thead>\n<tbody>\n",
		   view_day(&visit->site->view));
	put_counts(visit);
	html_print(html, "</tbody>\n</table>\n<p><a href=\"/statistics\">All statistics</a></p>\n</section>\n");
}

static void put_free(struct visit *visit)
{
	struct html *html = visit_html(visit);
	uint16_t ports[FREE_SHOWN];
	int count = next_free(&visit->site->view, NULL, 0, 0, FREE_SHOWN, ports);

	html_print(html, "<section>\n<h2>The next free numbers</h2>\n");
	if (count <= 0) {
		html_print(html, "<p>No number is free.</p>\n</section>\n");
		return;
	}
	html_print(html, "<p>Free over tcp and udp alike:</p>\n<ul class=\"bare numbers\">\n");
	for (int i = 0; i < count; i++) {
		html_print(html, "<li><a href=\"/port/%u\">%u</a>\n", ports[i], ports[i]);
	}
	html_print(html,
		   "</ul>\n<p><a href=\"/search?status=unassigned\">All that are unassigned</a></p>\n</section>\n");
}

static void put_ways(struct visit *visit)
{
	static const struct {
		const char *path, *what, *more;
	} ways[] = {
		{ "/apply", "Apply",
		  "for a number, a name or a service code, and change or give back what you have. The rules are "
		  "checked while you write." },
		{ "/map", "See the map", "of all 65,536 numbers, by transport and status, on any day." },
		{ "/changes", "Follow the changes", "between two days." },
		{ "/downloads", "Download",
		  "the registry for firewalls, scanners, name services and programs of your own." },
	};
	struct html *html = visit_html(visit);

	html_print(html, "<h2>What you can do here</h2>\n<dl class=\"facts\">\n");
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		html_print(html, "<div><dt><a href=\"%s\">%s</a></dt><dd>%s</dd></div>\n", ways[i].path, ways[i].what,
			   ways[i].more);
	}
	html_print(html, "</dl>\n");
}

void page_home(struct visit *visit)
{
	struct html *html = visit_html(visit);

	page_begin(visit, &(struct page){ .title = "Look up a port or a service", .section = "" });
	put_search(visit);
	if (visit->site->view.size == 0) {
		html_print(html, "<p class=\"note\">This registry has not published its rows yet.</p>\n");
	} else {
		html_print(html, "<div class=\"halves\">\n");
		put_numbers(visit);
		put_free(visit);
		html_print(html, "</div>\n");
	}
	put_ways(visit);
	page_end(visit);
}
