/* queue.c - GET /staff: what waits for who signed in, then all that is open, then what was closed last. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/newest.h"
#include "web/html/url.h"
#include "registry/words/process_words.h"
#include "web/staff/due.h"
#include "web/staff/names.h"
#include "web/staff/offers.h"
#include "web/staff/typed_number.h"
#include "web/staff/staff.h"

enum { CLOSED_SHOWN = 20, LABEL_MAX = 96, LINKS_MAX = 16 };

struct queue {
	struct visit *visit;
	json_t *list;	/* process_queue's */
	json_t *people; /* names.h */
	json_t **rows;	/* of the list, by what is due first */
	size_t count;
};

/* ---- in order ---- */

/* What has no day comes last; of one day the one that is here longest. */
static int by_due(const void *a, const void *b)
{
	const json_t *one = *(json_t *const *)a;
	const json_t *other = *(json_t *const *)b;
	const char *due = row_text(one, "due");
	const char *other_due = row_text(other, "due");
	int order = strcmp(due, other_due);

	if ((due[0] == '\0') != (other_due[0] == '\0')) {
		return due[0] == '\0' ? 1 : -1;
	}
	return order != 0 ? order : strcmp(row_text(one, "ref"), row_text(other, "ref"));
}

static int read_queue(struct visit *visit, struct queue *ret_queue)
{
	struct queue queue = { .visit = visit };
	int r = process_queue(&visit->site->process, &queue.list);

	r = r < 0 ? r : names_read(visit->site, &queue.people);
	queue.rows = r < 0 ? NULL : calloc(json_array_size(queue.list) + 1, sizeof(json_t *));
	r = r == 0 && queue.rows == NULL ? -ENOMEM : r;
	if (r < 0) {
		json_decref(queue.list);
		json_decref(queue.people);
		return r;
	}
	for (; queue.count < json_array_size(queue.list); queue.count++) {
		queue.rows[queue.count] = json_array_get(queue.list, queue.count);
	}
	qsort(queue.rows, queue.count, sizeof(json_t *), by_due);
	*ret_queue = queue;
	return 0;
}

static void finish(struct queue *queue)
{
	free(queue->rows);
	json_decref(queue->list);
	json_decref(queue->people);
}

/* ---- filters ---- */

static bool is_mine(const struct queue *queue, const json_t *row)
{
	return offers_waits(row, queue->visit->session.staff, queue->visit->session.roles);
}

static bool is_overdue(const struct queue *queue, const json_t *row)
{
	const char *due = row_text(row, "due");

	return due[0] != '\0' && strcmp(due, queue->visit->site->now) < 0;
}

/* One filter: a link that sets it alone, and what it takes. */
static bool takes(const struct queue *queue, const json_t *row, const char *key, const char *value)
{
	if (strcmp(key, "show") == 0) {
		return strcmp(value, "mine") == 0      ? is_mine(queue, row)
		       : strcmp(value, "overdue") == 0 ? is_overdue(queue, row)
						       : true;
	}
	return strcmp(row_text(row, key), value) == 0;
}

static size_t count_of(const struct queue *queue, const char *key, const char *value)
{
	size_t count = 0;

	for (size_t i = 0; i < queue->count; i++) {
		count += takes(queue, queue->rows[i], key, value);
	}
	return count;
}

static void put_filter(const struct queue *queue, const char *key, const char *value, const char *label)
{
	struct html *html = visit_html(queue->visit);
	struct url url;
	bool is_set = strcmp(visit_query(queue->visit, key), value) == 0;

	(void)url_path(&url, "/staff", "");
	html_print(html, "<li><a href=\"%s\"", url_query(&url, key, value));
	if (is_set) {
		html_print(html, " aria-current=\"true\"");
	}
	html_print(html, ">%s (%zu)</a>\n", label, count_of(queue, key, value));
}

/* Each value that stands in this column, once. */
static void put_filters_of(const struct queue *queue, const char *key, const char *(*words)(const char *word))
{
	const char *seen[LINKS_MAX];
	size_t count = 0;

	for (size_t i = 0; i < queue->count; i++) {
		const char *value = row_text(queue->rows[i], key);
		bool is_new = count < LINKS_MAX;
		for (size_t k = 0; is_new && k < count; k++) {
			is_new = strcmp(seen[k], value) != 0;
		}
		if (is_new) {
			seen[count++] = value;
			put_filter(queue, key, value, words(value));
		}
	}
}

static void put_filters(const struct queue *queue)
{
	struct html *html = visit_html(queue->visit);

	html_print(html,
		   "<nav class=\"contents\" aria-label=\"Which applications\">\n<ul>\n"
		   "<li><a href=\"/staff\">All (%zu)</a>\n",
		   queue->count);
	put_filter(queue, "show", "mine", "Waits for you");
	put_filter(queue, "show", "overdue", "Overdue");
	put_filters_of(queue, "state", words_of_state);
	put_filters_of(queue, "kind", words_of_kind);
	html_print(html, "</ul>\n</nav>\n");
}

/* The filter that is set; false: none. */
static bool find_filter(const struct visit *visit, const char **ret_key)
{
	static const char *const keys[] = { "show", "state", "kind" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (visit_query(visit, keys[i])[0] != '\0') {
			*ret_key = keys[i];
			return true;
		}
	}
	return false;
}

/* ---- rows ---- */

static void put_experts(const struct queue *queue, const json_t *row)
{
	const json_t *experts = json_object_get(row, "experts");
	struct html *html = visit_html(queue->visit);

	if (json_array_size(experts) == 0) {
		html_print(html, "an expert to be named");
	}
	for (size_t i = 0; i < json_array_size(experts); i++) {
		html_print(html, "%s", i > 0 ? ", " : "");
		names_put(html, queue->people, json_integer_value(json_array_get(experts, i)));
	}
}

static void put_waits_for(const struct queue *queue, const json_t *row)
{
	struct html *html = visit_html(queue->visit);
	const char *whom = row_text(row, "waits_for");

	if (strcmp(whom, "expert") == 0) {
		put_experts(queue, row);
	} else if (strcmp(whom, "board") == 0) {
		bool has_first = json_array_size(json_object_get(row, "voted")) > 0;
		html_print(html, "%s", has_first ? "a second vote of the board" : "the board");
	} else if (strcmp(whom, "the public") == 0) {
		html_print(html, "the public");
	} else {
		html_print(html, "%s %s", strcmp(whom, "registrar") == 0 ? "a" : "the", whom);
	}
	if (json_integer_value(json_object_get(row, "own_staff")) == queue->visit->session.staff) {
		html_print(html, " (your own application)");
	}
}

static void put_row(const struct queue *queue, const json_t *row)
{
	struct html *html = visit_html(queue->visit);
	const char *ref = row_text(row, "ref");
	struct url url;

	html_print(html, "<tr><th scope=\"row\"><a href=\"%s\">%s</a></th>", url_path(&url, "/staff/application/", ref),
		   ref);
	html_print(html, "<td data-label=\"Kind\">%s</td>", words_of_kind(row_text(row, "kind")));
	html_print(html, "<td data-label=\"Asks for\">%s %s</td>", row_text(row, "name"), row_text(row, "asks"));
	html_print(html,
		   "<td data-label=\"State\"><span class=\"state\">%s</span></td><td data-label=\"Waits for\"><span>",
		   words_of_state(row_text(row, "state")));
	put_waits_for(queue, row);
	html_print(html, "</span></td><td data-label=\"Whole time\" class=\"right\">%lld d</td>",
		   (long long)json_integer_value(json_object_get(row, "age_days")));
	html_print(html, "<td data-label=\"Own time\" class=\"right\">%lld d</td><td data-label=\"Due\"><span>",
		   (long long)json_integer_value(json_object_get(row, "own_days")));
	due_put(html, row_text(row, "due"), queue->visit->site->now);
	html_print(html, "</span></td></tr>\n");
}

/* Those that the filter takes; without one, a sentence. */
static void put_table(const struct queue *queue, const char *id, const char *caption, const char *key,
		      const char *value)
{
	static const char *const columns[] = { "Reference", "Kind",	   "Asks for",	"State",
					       "Waits for", "#Whole time", "#Own time", "Due" };

	if (count_of(queue, key, value) == 0) {
		html_print(visit_html(queue->visit), "<p>%s: nothing.</p>\n", caption);
		return;
	}
	page_table_begin(queue->visit, id, caption, columns, sizeof(columns) / sizeof(columns[0]));
	for (size_t i = 0; i < queue->count; i++) {
		if (takes(queue, queue->rows[i], key, value)) {
			put_row(queue, queue->rows[i]);
		}
	}
	page_table_end(queue->visit);
}

/* ---- closed ---- */

static int put_closed(const struct newest_closed *closed, void *context)
{
	struct visit *visit = context;
	struct url url;

	html_print(visit_html(visit), "<li><a href=\"%s\">%s</a>, %s: %s on %s\n",
		   url_path(&url, "/staff/application/", closed->ref), closed->ref, words_of_kind(closed->kind),
		   words_of_state(closed->state), closed->at);
	return 0;
}

static void put_all_closed(struct visit *visit)
{
	struct html *html = visit_html(visit);

	html_print(html, "<h2>Closed last</h2>\n<ul>\n");
	int count = newest_closed(visit->site->store, CLOSED_SHOWN, put_closed, visit);
	html_print(html, "</ul>\n");
	if (count <= 0) {
		html_print(html, "<p>Nothing yet.</p>\n");
	}
}

/* ---- the page ---- */

static void put_lists(const struct queue *queue)
{
	struct html *html = visit_html(queue->visit);
	const char *key = "";
	char caption[LABEL_MAX];

	if (find_filter(queue->visit, &key)) {
		const char *value = visit_query(queue->visit, key);
		const char *words = strcmp(key, "show") == 0 ? strcmp(value, "mine") == 0 ? "Waits for you" : "Overdue"
				    : strcmp(key, "state") == 0 ? words_of_state(value)
								: words_of_kind(value);
		(void)snprintf(caption, sizeof(caption), "Open applications: %s", words);
		put_table(queue, "filtered", caption, key, value);
		return;
	}
	html_print(html, "<h2>Waits for you</h2>\n");
	put_table(queue, "mine", "Applications that wait for you", "show", "mine");
	html_print(html, "<h2>Open</h2>\n");
	put_table(queue, "open", "All open applications", "show", "all");
	put_all_closed(queue->visit);
}

void staff_queue(struct visit *visit)
{
	static const struct page page = {
		.title = "Applications", .section = "staff", .is_private = true, .is_wide = true
	};
	struct complaint complaint = { "" };
	struct queue queue;
	int r = read_queue(visit, &queue);

	if (r < 0) {
		visit_refused(visit, r, &complaint);
		return;
	}
	page_begin(visit, &page);
	put_filters(&queue);
	put_lists(&queue);
	page_end(visit);
	finish(&queue);
}
