/* statistics.c - GET /staff/statistics: how many applications came and went, and whose time they took. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registry/process/process_statistics.h"
#include "registry/words/process_words.h"
#include "web/staff/staff.h"

enum { TENTHS = 10, MONTHS_SHOWN_MAX = 240 };

/* Days with one digit behind the point. */
static void put_days(struct html *html, const char *label, double days)
{
	long tenths = (long)(days * TENTHS + 0.5);

	html_print(html, "<td class=\"right\" data-label=\"%s\">%ld.%ld</td>", label, tenths / TENTHS, tenths % TENTHS);
}

static void put_counts(struct visit *visit, const struct process_month months[], size_t count)
{
	static const char *const columns[] = { "Month", "Kind", "#Opened", "#Closed", "#Open at its end" };
	struct html *html = visit_html(visit);

	page_table_begin(visit, "counts", "Applications opened and closed", columns, 5);
	for (size_t i = 0; i < count; i++) {
		const struct process_month *month = &months[i];
		html_print(html, "<tr><th scope=\"row\">%s</th><td data-label=\"Kind\">%s</td>", month->month,
			   month->kind[0] != '\0' ? words_of_kind(month->kind) : "all kinds");
		page_number(visit, "Opened", month->opened);
		page_number(visit, "Closed", month->closed);
		page_number(visit, "Open at its end", month->open);
		html_print(html, "</tr>\n");
	}
	page_table_end(visit);
}

static void put_times(struct visit *visit, const struct process_month *month)
{
	static const char *const whose[PROCESS_TIMES] = {
		[TIME_OWN] = "the registry\xe2\x80\x99s own (net)",
		[TIME_APPLICANT] = "the applicant\xe2\x80\x99s",
		[TIME_OTHER] = "others\xe2\x80\x99",
		[TIME_WHOLE] = "whole (gross)",
	};
	struct html *html = visit_html(visit);

	for (int of = 0; of < PROCESS_TIMES; of++) {
		html_print(html,
			   "<tr><th scope=\"row\">%s</th><td data-label=\"Kind\">%s</td>"
			   "<td class=\"right\" data-label=\"Closed\">%u</td><td data-label=\"Time\">%s</td>",
			   month->month, month->kind[0] != '\0' ? words_of_kind(month->kind) : "all kinds",
			   month->closed, whose[of]);
		put_days(html, "Mean days", month->times[of].mean);
		put_days(html, "Median days", month->times[of].median);
		put_days(html, "Standard deviation", month->times[of].deviation);
		html_print(html, "</tr>\n");
	}
}

static void put_all_times(struct visit *visit, const struct process_month months[], size_t count)
{
	static const char *const columns[] = {
		"Month", "Kind", "#Closed", "Time", "#Mean days", "#Median days", "#Standard deviation"
	};
	size_t closed;

	for (closed = 0; closed < count && months[closed].closed == 0; closed++) {
	}
	if (closed == count) {
		html_print(visit_html(visit), "<p>None was closed yet.</p>\n");
		return;
	}
	page_table_begin(visit, "times", "How long those took that were closed, in days", columns, 7);
	for (size_t i = 0; i < count; i++) {
		if (months[i].closed > 0) {
			put_times(visit, &months[i]);
		}
	}
	page_table_end(visit);
}

void staff_statistics(struct visit *visit)
{
	static const struct page page = {
		.title = "Statistics of applications", .section = "staff", .is_private = true, .is_wide = true
	};
	struct process_month *months = NULL;
	struct complaint complaint = { "" };
	size_t count = 0;
	int r = process_statistics(&visit->site->process, &months, &count);

	if (r < 0) {
		visit_refused(visit, r, &complaint);
		return;
	}
	page_begin(visit, &page);
	html_print(
		visit_html(visit),
		"<p class=\"lead\">An application is open from the confirmation of its address until it is assigned, "
		"carried out, refused, withdrawn or lapsed; one that is taken up again counts again, with all its "
		"time. "
		"The standard deviation is that of all applications of the month.</p>\n");
	count = count < MONTHS_SHOWN_MAX ? count : MONTHS_SHOWN_MAX;
	if (count == 0) {
		html_print(visit_html(visit), "<p>No application has come yet.</p>\n");
	} else {
		put_counts(visit, months, count);
		put_all_times(visit, months, count);
	}
	page_end(visit);
	free(months);
}
