/* page.c - the frame of every page (page.h).  Called by all that answer with HTML; decides nothing. */
#include "web/site/page.h"

#include <string.h>

#include "registry/compare/map_ports.h"
#include "web/html/url.h"
#include "web/site/assets.h"
#include "web/site/session.h"

/* ---- head ---- */

static void put_head(struct visit *visit, const struct page *page)
{
	struct html *html = visit_html(visit);

	html_print(html, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
			 "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
			 "<meta name=\"color-scheme\" content=\"light dark\">\n");
	html_print(html, "<title>%s%s &ndash; %s</title>\n", page->has_errors ? "Error: " : "", page->title,
		   visit->site->words.name);
	if (page->is_private) {
		html_print(html, "<meta name=\"robots\" content=\"noindex\">\n");
		response_header(visit->response, "Cache-Control", "no-store");
		response_header(visit->response, "X-Robots-Tag", "noindex");
	}
	html_print(html, "<link rel=\"icon\" type=\"image/svg+xml\" href=\"/asset/%s\">\n<style>", asset_icon.name);
	html_octets(html, asset_style.octets, asset_style.size);
	html_print(html, "</style>\n<script src=\"/asset/%s\" defer></script>\n</head>\n", asset_script.name);
}

/* ---- masthead ---- */

static void put_section(struct visit *visit, const struct page *page, const char *section, const char *path,
			const char *label)
{
	struct html *html = visit_html(visit);

	html_print(html, "<li><a href=\"%s\"", path);
	if (strcmp(page->section, section) == 0) {
		/* The page itself, or one below it. */
		html_print(html, " aria-current=\"%s\"", strcmp(visit->request->path, path) == 0 ? "page" : "true");
	}
	html_print(html, ">%s</a>\n", label);
}

/* What is kept for everybody must not tell who asked first. */
static bool is_signed_in(const struct visit *visit)
{
	return visit->session.staff != 0 && (visit->route == NULL || (visit->route->flags & ROUTE_CACHED) == 0);
}

static void put_navigation(struct visit *visit, const struct page *page)
{
	struct html *html = visit_html(visit);

	html_print(html, "<nav aria-label=\"Main\">\n<ul>\n");
	put_section(visit, page, "search", "/search", "Search");
	put_section(visit, page, "map", "/map", "Map");
	put_section(visit, page, "apply", "/apply", "Apply");
	put_section(visit, page, "statistics", "/statistics", "Statistics");
	put_section(visit, page, "downloads", "/downloads", "Downloads");
	if (is_signed_in(visit) || strcmp(page->section, "staff") == 0) {
		put_section(visit, page, "staff", "/staff", "Staff");
	}
	html_print(html, "</ul>\n</nav>\n");
}

static void put_session(struct visit *visit)
{
	struct html *html = visit_html(visit);

	if (is_signed_in(visit)) {
		page_form_begin(visit, "/staff/sign-out", false);
		html_print(html, "<p class=\"session\">Signed in as <a href=\"/staff/account\">%s</a> ",
			   visit->session.name);
		html_print(html, "<button class=\"second\">Sign out</button></p>\n");
		page_form_end(visit);
	}
}

static void put_masthead(struct visit *visit, const struct page *page)
{
	const struct site_words *words = &visit->site->words;
	struct html *html = visit_html(visit);

	html_print(html,
		   "<a class=\"skip\" href=\"#main\">Skip to the content</a>\n<header>\n<div class=\"masthead\">\n");
	html_print(html, "<p class=\"name\"><a href=\"/\">%s</a></p>\n", words->name);
	if (words->motto[0] != '\0') {
		html_print(html, "<p class=\"motto\">%s</p>\n", words->motto);
	}
	html_print(html, "</div>\n");
	put_navigation(visit, page);
	if (is_signed_in(visit) && strcmp(page->section, "staff") == 0) {
		page_staff_navigation(visit);
	}
	put_session(visit);
	html_print(html, "</header>\n");
}

void page_begin(struct visit *visit, const struct page *page)
{
	struct html *html = visit_html(visit);

	put_head(visit, page);
	html_print(html, "<body class=\"%s\">\n", page->is_wide ? "wide" : "plain");
	put_masthead(visit, page);
	html_print(html, "<main id=\"main\" tabindex=\"-1\">\n<h1>%s</h1>\n", page->title);
}

/* ---- foot ---- */

static void put_comments(struct html *html, const char *address)
{
	struct url url;

	if (strchr(address, '@') != NULL) {
		html_print(html, "<p>Send comments to <a href=\"%s\">%s</a>.</p>\n", url_path(&url, "mailto:", address),
			   address);
	} else if (address[0] != '\0') {
		html_print(html, "<p>Send comments to %s.</p>\n", address);
	}
}

static void put_days(struct visit *visit)
{
	const struct site *site = visit->site;
	struct html *html = visit_html(visit);

	if (site->words.edition[0] != '\0') {
		html_print(html, "<p>Page updated %s.</p>\n", site->words.edition);
	}
	if (site->view.size > 0) {
		html_print(html, "<p>The registry as of %s.</p>\n", view_day(&site->view));
	}
	if (site->words.licence[0] != '\0') {
		html_print(html, "<p>%s</p>\n", site->words.licence);
	}
}

void page_end(struct visit *visit)
{
	struct html *html = visit_html(visit);

	html_print(html, "</main>\n<footer>\n<p class=\"notice\">%s</p>\n", visit->site->words.notice);
	html_print(html, "<nav aria-label=\"More\">\n<ul>\n"
			 "<li><a href=\"/guidelines\">Guidelines</a>\n"
			 "<li><a href=\"/rules\">Rules</a>\n"
			 "<li><a href=\"/changes\">Changes</a>\n"
			 "<li><a href=\"/calls\">Calls for comments</a>\n"
			 "<li><a href=\"/audit\">Audit</a>\n"
			 "<li><a href=\"/staff\">For staff</a>\n</ul>\n</nav>\n<div class=\"imprint\">\n");
	put_comments(html, visit->site->words.comments);
	put_days(visit);
	html_print(html, "</div>\n</footer>\n</body>\n</html>\n");
}

/* ---- what is shown ---- */

void page_fact(struct visit *visit, const char *name, const char *value)
{
	html_print(visit_html(visit), "<div><dt>%s</dt><dd>%s</dd></div>\n", name, value);
}

void page_status(struct visit *visit, const char *word)
{
	html_print(visit_html(visit), "<span class=\"status %s\">%s</span>", word, word);
}

void page_table_begin(struct visit *visit, const char *id, const char *caption, const char *const *columns,
		      size_t count)
{
	struct html *html = visit_html(visit);

	html_print(html,
		   "<div class=\"scroll\" role=\"region\" aria-labelledby=\"%s\" tabindex=\"0\">\n"
		   "<table class=\"cards\">\n",
		   id);
	html_print(html, "<caption id=\"%s\">%s</caption>\n<thead><tr>", id, caption);
	for (size_t i = 0; i < count; i++) {
		bool is_right = columns[i][0] == '#';
		html_print(html, "<th scope=\"col\" class=\"%s\">%s</th>", is_right ? "right" : "left",
			   columns[i] + is_right);
	}
	html_print(html, "</tr></thead>\n<tbody>\n");
}

void page_table_end(struct visit *visit)
{
	html_print(visit_html(visit), "</tbody>\n</table>\n</div>\n");
}

void page_number(struct visit *visit, const char *label, unsigned number)
{
	char text[MAP_NUMBER_SIZE];

	html_print(visit_html(visit), "<td class=\"right\" data-label=\"%s\">%s</td>", label, map_number(number, text));
}
