/* dossier_acts.c - the acts that this person may do now, each with its form; and what must come first for those that
 * are theirs but not yet possible (dossier.h). */
#include "web/staff/dossier.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "registry/lookup/lookup.h"
#include "registry/records/derive.h"
#include "registry/rules/rules.h"
#include "web/staff/names.h"

enum { RULES_MAX = 96, EXPERTS_MAX = 64, WORDS_MAX = 512, NUMBERS_MAX = 8, LABELS_MAX = 160, LAST_SYSTEM = 1023 };

const char *dossier_act_field(const char *act, const char *of, char field[static DOSSIER_ABOUT_MAX])
{
	(void)snprintf(field, DOSSIER_ABOUT_MAX, "%s-%s", act, of);
	return field;
}

/* One act's form while it is written. */
struct act_form {
	struct dossier *dossier;
	struct visit *visit;
	const struct offer_form *form;
	char field[DOSSIER_ABOUT_MAX];
};

/* The name of a field of this act, kept until the next is asked for. */
static const char *name(struct act_form *act, const char *of)
{
	return dossier_act_field(act->form->act, of, act->field);
}

static const char *error_of(const struct act_form *act)
{
	const struct dossier *dossier = act->dossier;

	return dossier->error != NULL && strcmp(dossier->field, act->field) == 0 ? dossier->error : NULL;
}

static void put_text(struct act_form *act)
{
	const char *field_name = name(act, "text");
	const struct page_field field = {
		.name = field_name,
		.label = act->form->text,
		.value = visit_field(act->visit, field_name),
		.error = error_of(act),
		.is_optional = (act->form->asks & OFFER_TEXT_MAY) != 0,
	};

	page_field(act->visit, &field);
}

/* ---- which expert ---- */

static bool is_expert(const json_t *roles)
{
	json_t *role;
	size_t i;

	json_array_foreach(roles, i, role)
	{
		const char *word = json_string_value(role);
		if (strcmp(word, "expert") == 0 || strncmp(word, "expert:", 7) == 0) {
			return true;
		}
	}
	return false;
}

static size_t list_experts(const struct dossier *dossier, struct page_option options[static EXPERTS_MAX])
{
	size_t count = 0;
	const char *number;
	json_t *person;

	json_object_foreach(dossier->people, number, person)
	{
		bool is_own = strtoll(number, NULL, 10) == row_integer(dossier->object, "own_staff");
		if (count < EXPERTS_MAX && json_is_true(json_object_get(person, "active")) && !is_own &&
		    is_expert(json_object_get(person, "roles"))) {
			const char *login = row_text(person, "login");
			const char *people = row_text(person, "name");
			options[count++] = (struct page_option){ login, people[0] != '\0' ? people : login, NULL };
		}
	}
	return count;
}

static void put_experts(struct act_form *act)
{
	struct page_option options[EXPERTS_MAX];
	size_t count = list_experts(act->dossier, options);
	const char *field_name = name(act, "expert");
	const struct page_field field = {
		.name = field_name,
		.label = "Expert",
		.hint = strcmp(act->form->act, "to-expert") == 0 && act->dossier->facts.has_expert
				? "An expert is named already: choose one to name another beside."
				: NULL,
		.value = visit_field(act->visit, field_name),
		.error = error_of(act),
	};

	if (count == 0) {
		html_print(visit_html(act->visit), "<p>Nobody of the staff is an expert.</p>\n");
		return;
	}
	page_choice(act->visit, &field, options, count, false);
}

/* ---- what a question is about ---- */

static void put_abouts(struct act_form *act)
{
	struct html *html = visit_html(act->visit);
	const char *field_name = name(act, "about");
	const char *chosen = visit_field(act->visit, field_name);
	json_t *row;
	size_t i;

	html_print(html, "<div class=\"field\">\n<label for=\"%s\">About</label>\n<select id=\"%s\" name=\"%s\">\n",
		   field_name, field_name, field_name);
	page_select_option(act->visit, "", "The whole application", chosen);
	json_array_foreach(json_object_get(act->dossier->object, "form"), i, row)
	{
		page_select_option(act->visit, row_text(row, "key"), row_text(row, "label"), chosen);
	}
	json_array_foreach(json_object_get(act->dossier->object, "report"), i, row)
	{
		if (rule_find(row_text(row, "id")) != NULL) {
			page_select_option(act->visit, row_text(row, "id"), row_text(row, "id"), chosen);
		}
	}
	html_print(html, "</select>\n</div>\n");
}

/* ---- reason codes ---- */

static bool is_reported(const struct dossier *dossier, const char *id)
{
	json_t *row;
	size_t i;

	json_array_foreach(json_object_get(dossier->object, "report"), i, row)
	{
		if (strcmp(row_text(row, "id"), id) == 0) {
			return true;
		}
	}
	return false;
}

/* "J6 P9 ": of these rules those whose boxes were ticked. */
static void read_ticked(const struct act_form *act, const char *field_name, const struct page_option options[],
			size_t count, char words[static WORDS_MAX])
{
	char box[2 * DOSSIER_ABOUT_MAX];
	struct text text;

	text_init(&text, words, WORDS_MAX);
	text_put(&text, "");
	for (size_t i = 0; i < count; i++) {
		(void)snprintf(box, sizeof(box), "%s-%s", field_name, options[i].value);
		if (visit_field(act->visit, box)[0] != '\0') {
			text_put(&text, options[i].value);
			text_put(&text, " ");
		}
	}
}

/* Those that the report names, or all others. */
static void put_rules(struct act_form *act, bool reported, const char *label)
{
	struct page_option options[RULES_MAX];
	char labels[RULES_MAX][LABELS_MAX];
	char words[WORDS_MAX];
	size_t count = 0;
	const char *field_name = name(act, reported ? "rules" : "others");

	for (const struct rule *rule = rules; rule->id != NULL && count < RULES_MAX; rule++) {
		if (rule->level != RULE_AUTOMATIC && is_reported(act->dossier, rule->id) == reported) {
			(void)snprintf(labels[count], LABELS_MAX, "%s: %s", rule->id, rule->text);
			options[count] = (struct page_option){ rule->id, labels[count], NULL };
			count++;
		}
	}
	read_ticked(act, field_name, options, count, words);
	const struct page_field field = { .name = field_name, .label = label, .value = words, .error = error_of(act) };
	if (count > 0) {
		page_choice(act->visit, &field, options, count, true);
	}
}

static void put_reason_codes(struct act_form *act)
{
	struct html *html = visit_html(act->visit);

	put_rules(act, true, "Rules it rests on, of the report");
	html_print(html, "<details>\n<summary>Other rules</summary>\n");
	put_rules(act, false, "Other rules it rests on");
	html_print(html, "</details>\n");
}

/* ---- verdicts ---- */

static size_t list_verdicts(const struct act_form *act, struct page_option options[static 3])
{
	const struct offer_facts *facts = &act->dossier->facts;
	bool votes = strcmp(act->form->act, "vote") == 0;
	size_t count = 0;

	if (votes && facts->is_appeal) {
		bool first = strcmp(facts->upheld, "assign") == 0 ? facts->first_assigns : facts->first_refuses;
		if (!first) {
			options[count++] = (struct page_option){ facts->upheld, "Uphold the decision", NULL };
		}
		if (!facts->first_annuls) {
			options[count++] = (struct page_option){ "annul", "Annul the decision", NULL };
		}
		return count;
	}
	/* With the same verdict as another's vote it is decided: that is an act of its own. */
	if (!votes || !facts->first_assigns) {
		options[count++] = (struct page_option){ "assign", "Assign it", NULL };
	}
	if (!votes || !facts->first_refuses) {
		options[count++] = (struct page_option){ "refuse", "Refuse it", NULL };
	}
	return count;
}

static void put_verdicts(struct act_form *act)
{
	struct page_option options[3];
	size_t count = list_verdicts(act, options);
	const char *field_name = name(act, "verdict");
	const struct page_field field = {
		.name = field_name,
		.label = strcmp(act->form->act, "vote") == 0 ? "Your vote" : "Your recommendation",
		.value = visit_field(act->visit, field_name),
		.error = error_of(act),
	};

	page_choice(act->visit, &field, options, count, false);
}

/* ---- numbers ---- */

static bool is_for_number(const struct dossier *dossier)
{
	static const char *const kinds[] = { "user", "system", "relocation" };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(dossier->facts.kind, kinds[i]) == 0) {
			return true;
		}
	}
	return false;
}

int dossier_asked_port(const struct dossier *dossier)
{
	const char *answer = dossier_answer(dossier, "port");

	return is_for_number(dossier) && answer[0] >= '0' && answer[0] <= '9' ? atoi(answer) : -1;
}

/* "20000-20999": where such numbers are given; the one that has the number asked for, else the first of its kind. */
static bool find_band(const struct dossier *dossier, int port, char ret_band[static 16])
{
	const struct view *view = &dossier->visit->site->view;
	const char *kind = strcmp(dossier->facts.kind, "system") == 0 ? "system" : "user";
	struct view_band band;

	for (unsigned i = 0; view->size > 0 && i < view_band_count(view); i++) {
		if (!view_band(view, i, &band) || strcmp(band.decides, "none") == 0) {
			continue;
		}
		if (port >= 0 ? port >= band.lo && port <= band.hi : strcmp(band.kind, kind) == 0) {
			(void)snprintf(ret_band, 16, "%d-%d", band.lo, band.hi);
			return true;
		}
	}
	return false;
}

/* Assigned or reserved in a transport that it asks for. */
static bool is_taken(const struct view_row *row, uint32_t index, void *context)
{
	bool *taken = context;

	(void)index;
	*taken = *taken || row->status != ENTRY_UNASSIGNED;
	return !*taken;
}

static bool is_free(const struct dossier *dossier, int port)
{
	const struct view *view = &dossier->visit->site->view;
	const char *words = dossier_answer(dossier, "transport");
	bool taken = false;

	for (int transport = ENTRY_TCP; view->size > 0 && transport <= ENTRY_DCCP; transport++) {
		if (strstr(words, entry_transport_name(transport)) != NULL) {
			view_at_port(view, port, transport, is_taken, &taken);
		}
	}
	return !taken;
}

struct numbers {
	uint16_t all[2 * NUMBERS_MAX];
	char words[2 * NUMBERS_MAX + 2][16];
	char asked[64];
	struct page_option options[2 * NUMBERS_MAX + 2];
	size_t count;
};

static void add_number(struct numbers *numbers, int port, const char *label)
{
	size_t i = numbers->count++;

	(void)snprintf(numbers->words[i], sizeof(numbers->words[i]), "%d", port);
	numbers->options[i] =
		(struct page_option){ numbers->words[i], label != NULL ? label : numbers->words[i], NULL };
}

/* The one asked for, the next free ones behind it, and the lowest of the band. */
static void list_numbers(const struct dossier *dossier, struct numbers *ret_numbers)
{
	int asked = dossier_asked_port(dossier);
	char band[16];

	*ret_numbers = (struct numbers){ .count = 0 };
	if (asked >= 0) {
		(void)snprintf(ret_numbers->asked, sizeof(ret_numbers->asked), "%d, as asked for%s", asked,
			       is_free(dossier, asked) ? "" : "; taken by now");
		add_number(ret_numbers, asked, ret_numbers->asked);
	}
	ret_numbers->options[ret_numbers->count++] =
		(struct page_option){ "0", asked >= 0 ? "No choice: the one asked for" : "The lowest free number",
				      NULL };
	if (!find_band(dossier, asked, band)) {
		return;
	}
	const struct view *view = &dossier->visit->site->view;
	int near = asked >= 0 ? next_free(view, band, 0, asked + 1, NUMBERS_MAX / 2, ret_numbers->all) : 0;
	int low = next_free(view, band, 0, 0, NUMBERS_MAX / 2, ret_numbers->all + NUMBERS_MAX);
	for (int i = 0; i < near; i++) {
		add_number(ret_numbers, ret_numbers->all[i], NULL);
	}
	for (int i = 0; i < low; i++) {
		int port = ret_numbers->all[NUMBERS_MAX + i];
		if (port <= asked || near <= 0 || port < ret_numbers->all[0]) {
			add_number(ret_numbers, port, NULL);
		}
	}
}

void dossier_put_free(const struct dossier *dossier)
{
	struct html *html = visit_html(dossier->visit);
	int asked = dossier_asked_port(dossier);
	uint16_t near[NUMBERS_MAX];
	char band[16];

	if (asked < 0 || is_free(dossier, asked) || !find_band(dossier, asked, band)) {
		return;
	}
	int count = next_free(&dossier->visit->site->view, band, 0, asked + 1, NUMBERS_MAX, near);
	html_print(html, "<p>%d is not free. Free and near:", asked);
	for (int i = 0; i < count; i++) {
		html_print(html, " %d", near[i]);
	}
	html_print(html, "</p>\n");
}

static void put_numbers(struct act_form *act)
{
	struct numbers numbers;
	const char *field_name = name(act, "port");
	const char *typed = visit_field(act->visit, field_name);
	char other[DOSSIER_ABOUT_MAX];

	list_numbers(act->dossier, &numbers);
	const struct page_field field = {
		.name = field_name,
		.label = "Number",
		.hint = "Free in TCP and UDP by the published registry; it is looked at again when it is assigned.",
		.value = typed[0] != '\0' ? typed : numbers.options[0].value,
		.error = error_of(act),
	};
	page_choice(act->visit, &field, numbers.options, numbers.count, false);
	const struct page_field field_other = {
		.name = dossier_act_field(act->form->act, "other", other),
		.label = "Another number",
		.hint = "Instead of the choice above.",
		.value = visit_field(act->visit, other),
		.kind = "text",
		.is_optional = true,
		.is_short = true,
	};
	page_field(act->visit, &field_other);
}

/* ---- all ---- */

static void put_fields(struct act_form *act)
{
	unsigned asks = act->form->asks;

	if ((asks & OFFER_EXPERT) != 0) {
		put_experts(act);
	}
	if ((asks & OFFER_ABOUT) != 0) {
		put_abouts(act);
	}
	if ((asks & OFFER_VERDICT) != 0) {
		put_verdicts(act);
	}
	if ((asks & OFFER_RULES) != 0) {
		put_reason_codes(act);
	}
	if ((asks & OFFER_PORT) != 0 && is_for_number(act->dossier)) {
		put_numbers(act);
	}
	if (act->form->text != NULL) {
		put_text(act);
	}
}

static void put_act(struct dossier *dossier, const struct offer_form *form)
{
	struct act_form act = { .dossier = dossier, .visit = dossier->visit, .form = form };
	struct html *html = visit_html(dossier->visit);
	bool is_open = dossier->act != NULL && strcmp(dossier->act, form->act) == 0;
	char path[DOSSIER_PATH_MAX];

	if (is_open) {
		html_print(html, "<details class=\"act\" open>\n");
	} else {
		html_print(html, "<details class=\"act\">\n");
	}
	html_print(html, "<summary id=\"act-%s\">%s</summary>\n<p>%s</p>\n", form->act, form->title, form->what);
	page_form_begin(dossier->visit, dossier_path(dossier, form->act, path), false);
	html_print(html, "<input type=\"hidden\" name=\"step\" value=\"%d\">\n", dossier->facts.step);
	put_fields(&act);
	html_print(html, "<button>%s</button>\n", form->title);
	page_form_end(dossier->visit);
	html_print(html, "</details>\n");
}

/* What was typed for an act that is not possible any more is shown, so that it can be used elsewhere. */
static void put_lost(struct dossier *dossier)
{
	struct html *html = visit_html(dossier->visit);
	char field[DOSSIER_ABOUT_MAX];

	for (size_t i = 0; i < dossier->offer_count; i++) {
		const struct offer *offer = &dossier->offers[i];
		if (dossier->act != NULL && offer->why_not == NULL && strcmp(offer->form->act, dossier->act) == 0) {
			return;
		}
	}
	const char *typed =
		dossier->act == NULL ? "" : visit_field(dossier->visit, dossier_act_field(dossier->act, "text", field));
	if (typed[0] != '\0') {
		html_print(html, "<div class=\"note\">\n<p>What you had written:</p>\n<pre>%s</pre>\n</div>\n", typed);
	}
}

static void put_guards(struct dossier *dossier)
{
	struct html *html = visit_html(dossier->visit);
	size_t count = 0;

	for (size_t i = 0; i < dossier->offer_count; i++) {
		if (dossier->offers[i].why_not == NULL) {
			continue;
		}
		if (count++ == 0) {
			html_print(html, "<h3>Not now</h3>\n<ul>\n");
		}
		html_print(html, "<li>%s: %s\n", dossier->offers[i].form->title, dossier->offers[i].why_not);
	}
	if (count > 0) {
		html_print(html, "</ul>\n");
	}
}

void dossier_put_acts(struct dossier *dossier)
{
	size_t possible = 0;

	put_lost(dossier);
	for (size_t i = 0; i < dossier->offer_count; i++) {
		if (dossier->offers[i].why_not == NULL) {
			put_act(dossier, dossier->offers[i].form);
			possible++;
		}
	}
	if (possible == 0) {
		html_print(visit_html(dossier->visit), "<p>Nothing: it does not wait for you.</p>\n");
	}
	put_guards(dossier);
}
