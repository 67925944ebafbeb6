/* search.c - the search: a name, a number, a range, a service code or words, and what the registry has of it. */
#include "web/pages/pages.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registry/records/derive.h"
#include "web/pages/rows.h"

enum { COMPLAINT_SIZE = 512 };

/* A search while it is answered. */
struct search {
	const char *text;
	struct question question;
	struct selection selection;
	struct answers *answers;
	size_t found, from;
	char complaint[COMPLAINT_SIZE]; /* why the text cannot be read; "" */
};

/* ---- what was asked ---- */

static void read_filters(struct visit *visit, struct search *search)
{
	int transport = entry_transport(visit_query(visit, "transport"));

	if (transport >= ENTRY_TCP && transport <= ENTRY_DCCP) {
		search->selection.transports = 1U << transport;
	}
	(void)selection_statuses(visit_query(visit, "status"), &search->selection.statuses);
	search->from = rows_from(visit);
}

/* A name is looked for as words, which find it first; with "/tcp" behind it, in that transport. */
static int ask_words(struct search *search)
{
	if (search->question.transport == 0) {
		return answers_search_text(search->answers, &search->selection, search->text);
	}
	search->selection.transports = 1U << search->question.transport;
	return answers_search_text(search->answers, &search->selection, search->question.name);
}

static int ask(struct search *search)
{
	if (search->text[0] == '\0') {
		return answers_search_text(search->answers, &search->selection, "");
	}
	if (question_read(search->text, &search->question, search->complaint, sizeof(search->complaint)) < 0) {
		return 0;
	}
	if (search->question.kind == QUESTION_NAME) {
		int r = ask_words(search);
		if (r == -E2BIG) {
			(void)snprintf(search->complaint, sizeof(search->complaint),
				       "These are more than %d words; some of them find as much", SEARCH_WORDS_MAX);
		}
		return r == -E2BIG ? 0 : r;
	}
	return answers_ask(search->answers, &search->question);
}

/* ---- the form ---- */

static void put_options(struct visit *visit, const char *const *words, size_t count, const char *chosen)
{
	page_select_option(visit, "", "any", chosen);
	for (size_t i = 0; i < count; i++) {
		page_select_option(visit, words[i], words[i], chosen);
	}
}

static void put_form(struct visit *visit, const struct search *search)
{
	static const char *const transports[] = { "tcp", "udp", "sctp", "dccp" };
	static const char *const statuses[] = { "assigned", "reserved", "unassigned", "unclear" };
	struct html *html = visit_html(visit);

	html_print(html,
		   "<form role=\"search\" action=\"/search\" class=\"row\">\n<div class=\"grow\">\n"
		   "<label for=\"q\">Name, number, range, service code or words</label>\n"
		   "<input type=\"search\" id=\"q\" name=\"q\" autocomplete=\"off\" spellcheck=\"false\" value=\"");
	html_value(html, search->text);
	html_print(html, "\">\n</div>\n<div>\n<label for=\"transport\">Transport</label>\n"
			 "<select id=\"transport\" name=\"transport\">\n");
	put_options(visit, transports, sizeof(transports) / sizeof(transports[0]), visit_query(visit, "transport"));
	html_print(html, "</select>\n</div>\n<div>\n<label for=\"status\">Status</label>\n"
			 "<select id=\"status\" name=\"status\">\n");
	put_options(visit, statuses, sizeof(statuses) / sizeof(statuses[0]), visit_query(visit, "status"));
	html_print(html, "</select>\n</div>\n<button>Search</button>\n</form>\n");
}

/* ---- what was found ---- */

/* Numbers and codes are looked up without the filters, which then take out. */
static bool is_meant(const struct visit *visit, const struct search *search, size_t index, struct view_row *ret_row,
		     char *ret_free, size_t size)
{
	answers_at(search->answers, index, ret_row, ret_free, size);
	return ret_free[0] != '\0'
		       ? search->selection.statuses == 0 || (search->selection.statuses >> ENTRY_UNASSIGNED & 1)
		       : selection_takes(&search->selection, &visit->site->view, ret_row);
}

static void put_rows(struct visit *visit, struct search *search)
{
	struct view_row row;
	char free_text[128];

	search->found = 0;
	for (size_t i = 0; i < answers_count(search->answers); i++) {
		if (!is_meant(visit, search, i, &row, free_text, sizeof(free_text))) {
			continue;
		}
		if (search->found >= search->from && search->found < search->from + ROWS_ON_A_PAGE) {
			rows_table_line(visit, &row, free_text);
		}
		search->found++;
	}
}

static void put_steps(struct visit *visit, const struct search *search)
{
	struct url url;

	(void)url_path(&url, "/search", "");
	(void)url_query(&url, "q", search->text);
	(void)url_query(&url, "transport", visit_query(visit, "transport"));
	(void)url_query(&url, "status", visit_query(visit, "status"));
	rows_steps(visit, &url, search->found);
}

static void put_nothing(struct visit *visit, const struct search *search)
{
	struct html *html = visit_html(visit);
	char sentence[COMPLAINT_SIZE];

	if (search->complaint[0] != '\0') {
		html_print(html, "<p>%s.</p>\n", search->complaint);
	} else if (search->text[0] != '\0' && search->question.kind == QUESTION_SERVICE_CODE &&
		   answers_nearest(search->answers, &search->question, sentence, sizeof(sentence))) {
		html_print(html, "<p>%s.</p>\n", sentence);
	} else if (search->text[0] == '\0') {
		html_print(html, "<p>Nothing in this registry has this transport and status.</p>\n");
	} else {
		html_print(html, "<p>Nothing in this registry has <strong>%s</strong>%s.</p>\n", search->text,
			   search->selection.statuses != 0 || search->selection.transports != 0
				   ? " with this transport and status"
				   : "");
		rows_near(visit, &search->question);
	}
}

/* "12 rows", or "51 to 100 of 4,711 rows". */
static void put_caption(struct html *html, const struct search *search)
{
	size_t last = search->from + ROWS_ON_A_PAGE;

	if (search->found <= ROWS_ON_A_PAGE) {
		html_print(html, "%zu row%s", search->found, search->found == 1 ? "" : "s");
	} else {
		html_print(html, "%zu to %zu of %zu rows", search->from + 1,
			   last < search->found ? last : search->found, search->found);
	}
}

/* A single number has a page of its own, which tells more. */
static void put_door(struct visit *visit, const struct search *search)
{
	if (search->text[0] != '\0' && search->question.kind == QUESTION_PORTS &&
	    search->question.lo == search->question.hi) {
		html_print(visit_html(visit),
			   "<p class=\"lead\"><a href=\"/port/%d\">Port %d</a>: its neighbours, its history, who has "
			   "it.</p>\n",
			   search->question.lo, search->question.lo);
	}
}

static void put_answers(struct visit *visit, struct search *search)
{
	struct html *html = visit_html(visit);
	struct html page = *html;

	/* The rows are counted while they are written, and the count stands before them. */
	*html = (struct html){ 0 };
	put_rows(visit, search);
	struct html rows = *html;
	*html = page;
	if (search->found == 0) {
		put_nothing(visit, search);
	} else if (rows.size == 0) {
		html_print(html, "<p>There are only %zu rows.</p>\n", search->found);
	} else {
		put_door(visit, search);
		rows_table_begin(visit);
		put_caption(html, search);
		rows_table_head(visit);
		html_append(html, &rows);
		rows_table_end(visit);
		put_steps(visit, search);
	}
	html_finish(&rows);
}

/* Keyboards of phones put a blank behind each word, and what is pasted has them around it. */
static const char *trimmed(struct visit *visit, const char *text)
{
	static const char blanks[] = " \t\r\n";
	size_t size;

	text += strspn(text, blanks);
	size = strlen(text);
	while (size > 0 && strchr(blanks, text[size - 1]) != NULL) {
		size--;
	}
	const char *copy = arena_text(&visit->request->arena, text, size);
	return copy != NULL ? copy : text;
}

void page_search(struct visit *visit)
{
	struct search search = { .text = trimmed(visit, visit_query(visit, "q")) };

	if (visit_view(visit) == NULL) {
		return;
	}
	read_filters(visit, &search);
	page_begin(visit, &(struct page){ .title = "Search", .section = "search" });
	put_form(visit, &search);
	int r = answers_create(&visit->site->view, &search.answers);
	if (r == 0) {
		r = ask(&search);
		put_answers(visit, &search);
		(void)answers_destroy(search.answers);
	}
	visit->response->failed = visit->response->failed || r < 0;
	page_end(visit);
}
