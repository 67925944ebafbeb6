/* What pages share: the frame and the fields, with texts of strangers in every place. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "web/site/assets.h"
#include "web/site/page.h"

#define HOSTILE "\"><script>x('y')</script>\x1b[2J"
#define TAMED "&quot;&gt;&lt;script&gt;x(&#39;y&#39;)&lt;/script&gt;[U+001B][2J"

struct sample {
	struct site site;
	struct web_request request;
	struct response response;
	struct route route;
	struct visit visit;
};

static char name[] = "Name" HOSTILE, motto[] = "Motto" HOSTILE, licence[] = "Licence" HOSTILE,
	    address[] = "a@b" HOSTILE, edition[] = "Edition" HOSTILE, notice[] = "Notice" HOSTILE, email[] = "";

static struct sample *sample_create(void)
{
	struct sample *sample = calloc(1, sizeof(*sample));

	assert_non_null(sample);
	sample->site.words = (struct site_words){ .name = name,
						  .motto = motto,
						  .licence = licence,
						  .comments = address,
						  .edition = edition,
						  .notice = notice,
						  .email = email };
	sample->request.path = "/" HOSTILE;
	sample->visit = (struct visit){ .site = &sample->site,
					.request = &sample->request,
					.response = &sample->response,
					.route = &sample->route };
	return sample;
}

static void sample_destroy(struct sample *sample)
{
	response_finish(&sample->response);
	free(sample);
}

/* The page so far, as a text. */
static const char *written(struct sample *sample)
{
	struct html *html = visit_html(&sample->visit);

	html_octets(html, "", 1);
	assert_false(html->failed);
	return html->octets;
}

static void assert_has(const char *text, const char *part)
{
	if (strstr(text, part) == NULL) {
		print_error("no \"%s\" in:\n%s\n", part, text);
		fail();
	}
}

static void assert_has_no(const char *text, const char *part)
{
	if (strstr(text, part) != NULL) {
		print_error("\"%s\" in:\n%s\n", part, text);
		fail();
	}
}

/* ---- frame ---- */

static void frame_escapes_all_words(void **state)
{
	static const char *const words[] = { "<title>Error: Title" TAMED " &ndash; Name" TAMED "</title>",
					     "<h1>Title" TAMED "</h1>",
					     "<p class=\"motto\">Motto" TAMED "</p>",
					     "<p class=\"notice\">Notice" TAMED "</p>",
					     "Page updated Edition" TAMED,
					     "<p>Licence" TAMED "</p>",
					     ">a@b" TAMED "</a>" };
	struct sample *sample = sample_create();

	(void)state;
	page_begin(&sample->visit, &(struct page){ .title = "Title" HOSTILE, .section = "map", .has_errors = true });
	page_end(&sample->visit);
	const char *text = written(sample);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		assert_has(text, words[i]);
	}
	assert_has_no(text, "<script>x");
	assert_has_no(text, "\x1b");
	sample_destroy(sample);
}

static void frame_has_the_style_that_the_policy_names(void **state)
{
	struct sample *sample = sample_create();

	(void)state;
	page_begin(&sample->visit, &(struct page){ .title = "x", .section = "" });
	const char *style = strstr(written(sample), "<style>");
	assert_non_null(style);
	assert_memory_equal(style + strlen("<style>"), asset_style.octets, asset_style.size);
	assert_int_equal(strncmp(style + strlen("<style>") + asset_style.size, "</style>", strlen("</style>")), 0);
	assert_true(asset_style.size <= 9000);
	assert_ptr_equal(asset_find(asset_script.name), &asset_script);
	assert_ptr_equal(asset_find(asset_icon.name), &asset_icon);
	assert_null(asset_find("berth.0000000000000000.js"));
	assert_null(asset_find(""));
	sample_destroy(sample);
}

static const char *header_of(const struct response *response, const char *wanted)
{
	for (size_t i = 0; i < response->header_count; i++) {
		if (strcmp(response->headers[i]->name, wanted) == 0) {
			return response->headers[i]->value;
		}
	}
	return "";
}

static void private_pages_are_kept_by_nobody(void **state)
{
	(void)state;
	for (int is_private = 0; is_private < 2; is_private++) {
		struct sample *sample = sample_create();
		page_begin(&sample->visit,
			   &(struct page){ .title = "x", .section = "", .is_private = is_private != 0 });
		assert_string_equal(header_of(&sample->response, "Cache-Control"), is_private ? "no-store" : "");
		assert_string_equal(header_of(&sample->response, "X-Robots-Tag"), is_private ? "noindex" : "");
		assert_int_equal(strstr(written(sample), "noindex") != NULL, is_private);
		sample_destroy(sample);
	}
}

static void what_is_kept_for_everybody_names_nobody(void **state)
{
	struct sample *sample = sample_create();

	(void)state;
	sample->route.flags = ROUTE_CACHED;
	sample->visit.session = (struct session){ .staff = 7, .name = "Ada" };
	page_begin(&sample->visit, &(struct page){ .title = "x", .section = "" });
	page_end(&sample->visit);
	assert_has_no(written(sample), "Ada");
	sample_destroy(sample);
}

/* ---- fields ---- */

static void field_ties_its_parts_together(void **state)
{
	struct sample *sample = sample_create();

	(void)state;
	page_field(&sample->visit, &(struct page_field){ .name = "short",
							 .label = "Label" HOSTILE,
							 .hint = "Hint" HOSTILE,
							 .visibility = "Public" HOSTILE,
							 .error = "Wrong" HOSTILE,
							 .value = "Value" HOSTILE,
							 .kind = "text",
							 .size_max = 15 });
	const char *text = written(sample);
	assert_has(text, "<label for=\"short\">Label" TAMED "</label>");
	assert_has(text, "<p class=\"hint\" id=\"short-hint\">Hint" TAMED "</p>");
	assert_has(text, "<p class=\"seen\" id=\"short-seen\">Public" TAMED "</p>");
	assert_has(text, "id=\"short-error\"><span class=\"hidden\">Error: </span>Wrong" TAMED "</p>");
	assert_has(text, " aria-invalid=\"true\" aria-describedby=\"short-hint short-seen short-error\"");
	assert_has(text, " id=\"short\" name=\"short\" data-size=\"15\"");
	/* It goes back to who typed it, octet for octet, and never out of its quotes. */
	assert_has(text, " value=\"Value&quot;&gt;&lt;script&gt;x(&#39;y&#39;)&lt;/script&gt;\x1b[2J\"");
	assert_has_no(text, "maxlength");
	sample_destroy(sample);
}

static void textarea_keeps_the_first_line_end(void **state)
{
	struct sample *sample = sample_create();

	(void)state;
	page_field(&sample->visit,
		   &(struct page_field){ .name = "notes", .label = "Notes", .value = "\n</textarea><b>" });
	assert_has(written(sample), ">\n\n&lt;/textarea&gt;&lt;b&gt;</textarea>");
	sample_destroy(sample);
}

static void secrets_are_not_written_again(void **state)
{
	static const char *const kinds[] = { "password", "file" };

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct sample *sample = sample_create();
		page_field(&sample->visit,
			   &(struct page_field){ .name = "p", .label = "P", .value = "hunter2", .kind = kinds[i] });
		assert_has_no(written(sample), "hunter2");
		sample_destroy(sample);
	}
}

static const struct page_option options[] = { { "tcp", "TCP", "Hint" HOSTILE },
					      { "udp", "UDP" HOSTILE, NULL },
					      { "sctp", "SCTP", NULL } };

static void boxes_are_fields_of_their_own(void **state)
{
	struct sample *sample = sample_create();

	(void)state;
	page_choice(&sample->visit,
		    &(struct page_field){ .name = "over", .label = "Over", .value = "sctp tcp", .error = "Wrong" },
		    options, 3, true);
	const char *text = written(sample);
	assert_has(text, "<fieldset class=\"field wrong\" aria-describedby=\"over-error\">\n<legend>Over</legend>");
	assert_has(text, "<input type=\"checkbox\" id=\"over\" name=\"over-tcp\" value=\"yes\" checked "
			 "aria-describedby=\"over-hint\">");
	assert_has(text, "<input type=\"checkbox\" id=\"over-2\" name=\"over-udp\" value=\"yes\">");
	assert_has(text, "<input type=\"checkbox\" id=\"over-3\" name=\"over-sctp\" value=\"yes\" checked>");
	assert_has(text, "<label for=\"over-2\">UDP" TAMED "</label>");
	sample_destroy(sample);
}

static void one_of_many_is_chosen(void **state)
{
	struct sample *sample = sample_create();

	(void)state;
	page_choice(&sample->visit, &(struct page_field){ .name = "over", .label = "Over", .value = "udp" }, options, 3,
		    false);
	const char *text = written(sample);
	assert_has(text, "<input type=\"radio\" id=\"over-2\" name=\"over\" value=\"udp\" checked>");
	assert_has(text, "<input type=\"radio\" id=\"over-3\" name=\"over\" value=\"sctp\">");
	sample_destroy(sample);
}

static void errors_lead_to_their_fields(void **state)
{
	struct sample *sample = sample_create();

	(void)state;
	page_errors_begin(&sample->visit);
	page_error(&sample->visit, "short", "Too long" HOSTILE);
	page_error(&sample->visit, "", "Of no field");
	page_error(&sample->visit, NULL, "Of none either");
	page_errors_end(&sample->visit);
	const char *text = written(sample);
	assert_has(text, "<h2 id=\"errors-title\">There is a problem</h2>");
	assert_has(text, "<li><a href=\"#short\">Too long" TAMED "</a>");
	assert_has(text, "<li>Of no field\n<li>Of none either\n</ul>");
	sample_destroy(sample);
}

/* ---- what is shown ---- */

static void facts_and_tables_escape(void **state)
{
	static const char *const columns[] = { "First" HOSTILE, "#Number" };
	struct sample *sample = sample_create();

	(void)state;
	page_fact(&sample->visit, "Name" HOSTILE, "Value" HOSTILE);
	page_status(&sample->visit, "assigned" HOSTILE);
	page_table_begin(&sample->visit, "t", "Caption" HOSTILE, columns, 2);
	page_table_end(&sample->visit);
	const char *text = written(sample);
	assert_has(text, "<dt>Name" TAMED "</dt><dd>Value" TAMED "</dd>");
	assert_has(text, "<span class=\"status assigned" TAMED "\">assigned" TAMED "</span>");
	assert_has(text, "<caption id=\"t\">Caption" TAMED "</caption>");
	assert_has(text,
		   "<th scope=\"col\" class=\"left\">First" TAMED "</th><th scope=\"col\" class=\"right\">Number</th>");
	assert_has_no(text, "<script>");
	sample_destroy(sample);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frame_escapes_all_words),
		cmocka_unit_test(frame_has_the_style_that_the_policy_names),
		cmocka_unit_test(private_pages_are_kept_by_nobody),
		cmocka_unit_test(what_is_kept_for_everybody_names_nobody),
		cmocka_unit_test(field_ties_its_parts_together),
		cmocka_unit_test(textarea_keeps_the_first_line_end),
		cmocka_unit_test(secrets_are_not_written_again),
		cmocka_unit_test(boxes_are_fields_of_their_own),
		cmocka_unit_test(one_of_many_is_chosen),
		cmocka_unit_test(errors_lead_to_their_fields),
		cmocka_unit_test(facts_and_tables_escape),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
