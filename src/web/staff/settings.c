/* settings.c - /staff/settings: the words that the registry has for itself.  For administrators, as `berth registry
 * set`. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "registry/keep/registry_words.h"
#include "store/settings.h"
#include "web/staff/problem.h"
#include "web/staff/staff.h"

enum { WORDS_MAX = 16 };

/* What stands in a field: what was typed, or on a GET what is set; NULL when it cannot be read. */
static char *value_of(struct visit *visit, const struct registry_word *word)
{
	if (visit->request->method == WEB_POST) {
		return strdup(visit_field(visit, word->key));
	}
	return setting_get(visit->site->store, word->key);
}

static void put_word(struct visit *visit, const struct registry_word *word, const struct problem *problem)
{
	char *value = value_of(visit, word);

	page_field(visit, &(const struct page_field){
				  .name = word->key,
				  .label = word->label,
				  .hint = word->hint,
				  .visibility = "Public",
				  .kind = word->is_long ? NULL : "text",
				  .autocomplete = "off",
				  .value = value != NULL ? value : "",
				  .size_max = word->size_max,
				  .error = problem_at(problem, word->key),
			  });
	visit->response->failed = visit->response->failed || value == NULL;
	free(value);
}

static void put_page(struct visit *visit, const struct problem *problem)
{
	struct html *html = visit_html(visit);

	page_begin(visit, &(struct page){
				  .title = "Settings",
				  .section = "staff",
				  .has_errors = problem_is_there(problem),
				  .is_private = true,
			  });
	problem_put(visit, problem);
	if (visit_query(visit, "said")[0] != '\0') {
		html_print(html,
			   "<div class=\"note\" role=\"status\"><p>The words were saved. They stand on every page "
			   "within some seconds.</p></div>\n");
	}
	html_print(html,
		   "<p class=\"lead\">What this registry says of itself, on pages, in letters and in the lists that "
		   "others download.</p>\n");
	page_form_begin(visit, "/staff/settings", false);
	for (const struct registry_word *word = registry_words; word->key != NULL; word++) {
		put_word(visit, word, problem);
	}
	html_print(html, "<button>Save</button>\n");
	page_form_end(visit);
	page_end(visit);
}

void staff_settings(struct visit *visit)
{
	put_page(visit, &(const struct problem){ .field = "" });
}

/* The first word that is wrong is told; none is saved then. */
static int save(struct visit *visit, struct problem *ret_problem)
{
	struct registry_said said[WORDS_MAX];
	size_t count = 0;
	int r = 0;

	for (const struct registry_word *word = registry_words; r == 0 && word->key != NULL; word++) {
		said[count] = (struct registry_said){ word, visit_field(visit, word->key) };
		ret_problem->field = word->key;
		r = registry_word_judge(word, said[count++].text, &ret_problem->complaint);
	}
	if (r == 0) {
		r = registry_say(visit->site->store, visit->session.staff, visit->site->now, said, count,
				 &ret_problem->complaint);
	}
	return r;
}

void staff_settings_post(struct visit *visit)
{
	struct problem problem = { .field = "" };

	if (problem_of_token(visit, &problem) < 0) {
		put_page(visit, &problem);
		return;
	}
	int r = save(visit, &problem);
	if (r == 0) {
		(void)site_publish(visit->site); /* the notice stands in what is published; the change stands anyway */
		visit_go(visit, "/staff/settings?said=saved");
	} else if (problem_from(visit, r, problem.field, &problem)) {
		put_page(visit, &problem);
	}
}
