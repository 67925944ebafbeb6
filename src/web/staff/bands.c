/* bands.c - /staff/bands: the number line cut into bands.  For administrators and registrars, as `berth band`. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registry/lookup/lookup.h"
#include "store/bands.h"
#include "web/html/url.h"
#include "web/staff/problem.h"
#include "web/staff/staff.h"

enum { SUBJECT_MAX = 128, BAND_NAME_MAX = 32, WHY_MAX = 1000 };

static const char itself[] = "/staff/bands";

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct page_option kinds[] = {
	{ "private", "Private: for this organisation", NULL }, { "user", "User: as IANA's 1024 to 49151", NULL },
	{ "system", "System: two of the board decide", NULL }, { "dynamic", "Dynamic: never assigned", NULL },
	{ "closed", "Closed: not assigned now", NULL },
};
static const struct page_option deciders[] = {
	{ "registrar", "A registrar", NULL },
	{ "anyone", "Anyone: the machine, when no rule objects", NULL },
	{ "board", "The board", NULL },
	{ "none", "Nobody: nothing is assigned", NULL },
};
static const struct page_option overs[] = {
	{ "refuse", "Refuse it", NULL },
	{ "warn", "Take it, with a warning", NULL },
};
static const struct page_option eyes[] = { { "1", "One", NULL }, { "2", "Two", NULL } };
static const struct page_option experts[] = { { "yes", "An expert recommends first", NULL } };

/* ---- the page ---- */

static int put_band(const struct band *band, void *context)
{
	struct visit *visit = context;
	struct html *html = visit_html(visit);
	struct url change;

	(void)url_path(&change, itself, "");
	(void)url_query(&change, "name", band->name);
	html_print(
		html,
		"<tr><th scope=\"row\">%d&ndash;%d</th><td data-label=\"Name\">%s</td><td data-label=\"Kind\">%s</td>"
		"<td data-label=\"Decides\">%s</td><td data-label=\"Expert\">%s</td>",
		band->lo, band->hi, band->name, band->kind, band->decides, band->expert != 0 ? "yes" : "no");
	html_print(html,
		   "<td data-label=\"People\">%d</td><td data-label=\"Over a base\">%s</td>"
		   "<td><a href=\"%s#form\">Change<span class=\"hidden\"> %s</span></a></td></tr>\n",
		   band->eyes, band->over, change.text, band->name);
	return 0;
}

static int put_table(struct visit *visit)
{
	static const char *const columns[] = { "Ports",	 "Name",   "Kind",	  "Decides",
					       "Expert", "People", "Over a base", "Change" };

	page_table_begin(visit, "bands", "The bands now", columns, COUNT(columns));
	int r = band_each(visit->site->store, put_band, visit);
	page_table_end(visit);
	return r;
}

/* What stands in the form: what was typed, or the band that was chosen. */
struct typed {
	char ports[64];
	const char *name, *kind, *decides, *over, *eyes, *expert, *why;
	const char *wanted; /* the band's name, on a GET */
};

static int note_band(const struct band *band, void *context)
{
	struct typed *typed = context;

	if (strcmp(band->name, typed->wanted) != 0) {
		return 0;
	}
	(void)snprintf(typed->ports, sizeof(typed->ports), "%d-%d", band->lo, band->hi);
	typed->name = typed->wanted;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		typed->kind = strcmp(kinds[i].value, band->kind) == 0 ? kinds[i].value : typed->kind;
	}
	for (size_t i = 0; i < COUNT(deciders); i++) {
		typed->decides = strcmp(deciders[i].value, band->decides) == 0 ? deciders[i].value : typed->decides;
	}
	typed->over = strcmp(band->over, "warn") == 0 ? "warn" : "refuse";
	typed->eyes = band->eyes == 2 ? "2" : "1";
	typed->expert = band->expert != 0 ? "yes" : "";
	return 0;
}

static int read_typed(struct visit *visit, struct typed *ret_typed)
{
	*ret_typed = (struct typed){
		.name = visit_field(visit, "name"),
		.kind = visit_field(visit, "kind"),
		.decides = visit_field(visit, "decides"),
		.over = visit_field(visit, "over"),
		.eyes = visit_field(visit, "eyes"),
		.expert = visit_field(visit, "expert-yes"),
		.why = visit_field(visit, "why"),
		.wanted = visit_query(visit, "name"),
	};
	(void)snprintf(ret_typed->ports, sizeof(ret_typed->ports), "%s", visit_field(visit, "ports"));
	if (visit->request->method == WEB_POST) {
		return 0;
	}
	ret_typed->kind = "private";
	ret_typed->decides = "registrar";
	ret_typed->over = "refuse";
	ret_typed->eyes = "1";
	return ret_typed->wanted[0] == '\0' ? 0 : band_each(visit->site->store, note_band, ret_typed);
}

static void put_choices(struct visit *visit, const struct typed *typed)
{
	const struct {
		struct page_field field;
		const struct page_option *options;
		size_t count;
		bool many;
	} choices[] = {
		{ { .name = "kind", .label = "Kind", .value = typed->kind }, kinds, COUNT(kinds), false },
		{ { .name = "decides", .label = "Who decides", .value = typed->decides },
		  deciders,
		  COUNT(deciders),
		  false },
		{ { .name = "expert", .label = "Expert", .value = typed->expert, .is_optional = true },
		  experts,
		  COUNT(experts),
		  true },
		{ { .name = "eyes", .label = "How many people decide", .value = typed->eyes },
		  eyes,
		  COUNT(eyes),
		  false },
		{ { .name = "over",
		    .label = "When a base has assigned a number that an own list wants",
		    .value = typed->over },
		  overs,
		  COUNT(overs),
		  false },
	};

	for (size_t i = 0; i < COUNT(choices); i++) {
		page_choice(visit, &choices[i].field, choices[i].options, choices[i].count, choices[i].many);
	}
}

static void put_form(struct visit *visit, const struct typed *typed, const struct problem *problem)
{
	struct html *html = visit_html(visit);

	html_print(html,
		   "<h2 id=\"form\">Cut or change a band</h2>\n<p>A band ends where the next begins. Bands inside the "
		   "range that you give are taken over.</p>\n");
	page_form_begin(visit, itself, false);
	page_field(visit, &(const struct page_field){
				  .name = "ports",
				  .label = "Ports",
				  .hint = "The first and the last, like 20000-24999",
				  .kind = "text",
				  .value = typed->ports,
				  .error = problem_at(problem, "ports"),
				  .is_short = true,
			  });
	page_field(visit, &(const struct page_field){
				  .name = "name",
				  .label = "Name",
				  .hint = "A short word, like team",
				  .kind = "text",
				  .value = typed->name,
				  .error = problem_at(problem, "name"),
				  .is_short = true,
			  });
	put_choices(visit, typed);
	page_field(visit, &(const struct page_field){
				  .name = "why",
				  .label = "Reason",
				  .visibility = "In the event, for everybody who audits",
				  .value = typed->why,
				  .size_max = WHY_MAX,
				  .is_optional = true,
			  });
	html_print(html, "<div class=\"row\"><button name=\"act\" value=\"set\">Save the band</button>\n"
			 "<button class=\"danger\" name=\"act\" value=\"remove\">Remove the band of this name</button>"
			 "</div>\n");
	page_form_end(visit);
}

static void put_page(struct visit *visit, const struct problem *problem)
{
	struct complaint complaint = { "" };
	struct typed typed;
	int r = read_typed(visit, &typed);

	page_begin(visit, &(struct page){
				  .title = "Bands",
				  .section = "staff",
				  .has_errors = problem_is_there(problem),
				  .is_private = true,
				  .is_wide = true,
			  });
	problem_put(visit, problem);
	if (visit_query(visit, "said")[0] != '\0') {
		html_print(visit_html(visit), "<div class=\"note\" role=\"status\"><p>The bands were changed and "
					      "published.</p></div>\n");
	}
	r = r < 0 ? r : put_table(visit);
	if (r < 0) {
		visit_refused(visit, r, &complaint);
		return;
	}
	put_form(visit, &typed, problem);
	page_end(visit);
}

void staff_bands(struct visit *visit)
{
	put_page(visit, &(const struct problem){ .field = "" });
}

/* ---- sent ---- */

static bool is_one_of(const char *value, const struct page_option *options, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(options[i].value, value) == 0) {
			return true;
		}
	}
	return false;
}

static bool is_name(const char *name)
{
	return name[0] != '\0' && strlen(name) <= BAND_NAME_MAX &&
	       name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")] == '\0';
}

static int read_band(const struct typed *typed, struct band *ret_band, struct problem *ret_problem)
{
	struct question question;
	char complaint[256];

	ret_problem->field = "ports";
	if (question_read(typed->ports, &question, complaint, sizeof(complaint)) < 0 ||
	    question.kind != QUESTION_PORTS || question.transport != 0) {
		return complain_of(&ret_problem->complaint, -EINVAL, "A range of ports is written as 20000-24999.");
	}
	ret_problem->field = "kind";
	if (!is_one_of(typed->kind, kinds, COUNT(kinds)) || !is_one_of(typed->decides, deciders, COUNT(deciders)) ||
	    !is_one_of(typed->over, overs, COUNT(overs)) || !is_one_of(typed->eyes, eyes, COUNT(eyes))) {
		return complain_of(&ret_problem->complaint, -EINVAL, "Choose one of each group.");
	}
	*ret_band = (struct band){
		.lo = question.lo,
		.hi = question.hi,
		.name = typed->name,
		.kind = typed->kind,
		.decides = typed->decides,
		.expert = strcmp(typed->expert, "yes") == 0,
		.eyes = typed->eyes[0] - '0',
		.over = typed->over,
	};
	return 0;
}

static int run_change(struct visit *visit, const struct typed *typed, const struct band *band_or_null)
{
	struct change *change = NULL;
	char subject[SUBJECT_MAX];
	const struct change_by by = {
		.staff = visit->session.staff,
		.act = band_or_null != NULL ? "band-set" : "band-remove",
		.subject = subject,
		.why = typed->why,
		.at = visit->site->now,
	};

	(void)snprintf(subject, sizeof(subject), "band %s", typed->name);
	int r = change_begin(visit->site->store, &by, &change);
	if (r < 0) {
		return r;
	}
	r = band_or_null != NULL ? band_set(change, band_or_null) : band_remove(change, typed->name);
	if (r < 0) {
		(void)change_abandon(change);
		return r;
	}
	return change_commit(change, NULL);
}

static int act(struct visit *visit, struct problem *ret_problem)
{
	bool is_removal = strcmp(visit_field(visit, "act"), "remove") == 0;
	struct typed typed;
	struct band band;
	int r = read_typed(visit, &typed);

	if (r == 0 && !is_name(typed.name)) {
		ret_problem->field = "name";
		return complain_of(&ret_problem->complaint, -EINVAL,
				   "A name has letters, digits and - _ . and at most %d of them.", BAND_NAME_MAX);
	}
	if (r == 0 && !is_removal) {
		r = read_band(&typed, &band, ret_problem);
	}
	if (r < 0) {
		return r;
	}
	ret_problem->field = is_removal ? "name" : "ports";
	return run_change(visit, &typed, is_removal ? NULL : &band);
}

void staff_bands_post(struct visit *visit)
{
	struct problem problem = { .field = "" };

	if (problem_of_token(visit, &problem) < 0) {
		put_page(visit, &problem);
		return;
	}
	int r = act(visit, &problem);
	if (r == 0) {
		(void)site_publish(visit->site); /* the change stands anyway */
		visit_go(visit, "/staff/bands?said=saved");
	} else if (problem_from(visit, r, problem.field, &problem)) {
		put_page(visit, &problem);
	}
}
