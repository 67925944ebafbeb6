/* people_show.c - the page of people, drawn (people.h). */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "web/html/url.h"
#include "web/staff/people.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char itself[] = "/staff/people";

static const struct page_option roles[] = {
	{ "registrar", "Registrar", "Imports, assigns, releases" },
	{ "expert", "Expert", "Recommends; the scope is a transport, or * for all" },
	{ "board", "Board", "Decides on system ports and appeals" },
	{ "administrator", "Administrator", "People, bands, settings; decides nothing" },
	{ "auditor", "Auditor", "Reads everything, changes nothing" },
};

/* ---- read ---- */

static void join_roles(const char *const *words, char *ret_text, size_t size)
{
	size_t used = 0;

	ret_text[0] = '\0';
	for (; *words != NULL && used < size; words++) {
		used += (size_t)snprintf(ret_text + used, size - used, "%s%s", used > 0 ? ", " : "", *words);
	}
}

struct search {
	const char *login;
	struct person *person;
	bool is_found;
};

static int look_at(const struct staff_member *member, const char *const *words, void *context)
{
	struct search *search = context;
	struct person *person = search->person;

	if (strcmp(member->login, search->login) == 0) {
		search->is_found = true;
		person->id = member->id;
		person->is_active = member->active;
		(void)snprintf(person->login, sizeof(person->login), "%s", member->login);
		(void)snprintf(person->name, sizeof(person->name), "%s", member->name);
		(void)snprintf(person->email, sizeof(person->email), "%s", member->email);
		join_roles(words, person->roles, sizeof(person->roles));
	}
	return 0;
}

int person_find(struct store *store, const char *login, struct person *ret_person)
{
	struct search search = { .login = login, .person = ret_person };
	int r = staff_each(store, look_at, &search);

	return r < 0 ? r : search.is_found ? 0 : -ENOENT;
}

/* ---- parts ---- */

static void put_begin(struct visit *visit, const char *title, const struct problem *problem)
{
	static const struct {
		const char *said, *sentence;
	} sentences[] = {
		{ "invited", "A letter with a link is on its way; whoever reads that address chooses a password and an "
			     "authenticator with it. You are not shown the link." },
		{ "changed", "This was saved." },
		{ "retired", "This person has retired, and is signed out everywhere." },
	};

	page_begin(visit, &(struct page){
				  .title = title,
				  .section = "staff",
				  .has_errors = problem_is_there(problem),
				  .is_private = true,
				  .is_wide = true,
			  });
	problem_put(visit, problem);
	for (size_t i = 0; i < COUNT(sentences); i++) {
		if (strcmp(visit_query(visit, "said"), sentences[i].said) == 0) {
			html_print(visit_html(visit), "<div class=\"note\" role=\"status\"><p>%s</p></div>\n",
				   sentences[i].sentence);
		}
	}
}

static void put_text_field(struct visit *visit, const char *name, const char *label, const char *hint, bool is_optional,
			   const struct problem *problem)
{
	page_field(visit, &(const struct page_field){
				  .name = name,
				  .label = label,
				  .hint = hint,
				  .kind = strcmp(name, "email") == 0 ? "email" : "text",
				  .autocomplete = "off",
				  .value = visit_field(visit, name),
				  .error = problem_at(problem, name),
				  .is_optional = is_optional,
			  });
}

static void put_role_fields(struct visit *visit, const struct problem *problem)
{
	page_choice(visit,
		    &(const struct page_field){
			    .name = "role",
			    .label = "Role",
			    .value = visit_field(visit, "role"),
			    .error = problem_at(problem, "role"),
		    },
		    roles, COUNT(roles), false);
	put_text_field(visit, "scope", "Scope", "Of an expert, the transport: tcp, udp, sctp or dccp; empty for all",
		       true, problem);
}

/* ---- the list ---- */

static int put_row(const struct staff_member *member, const char *const *words, void *context)
{
	struct visit *visit = context;
	struct url url;
	char joined[PEOPLE_ROLES_MAX];

	join_roles(words, joined, sizeof(joined));
	(void)url_path(&url, itself, "");
	(void)url_query(&url, "login", member->login);
	html_print(visit_html(visit),
		   "<tr><th scope=\"row\"><a href=\"%s\">%s</a></th><td data-label=\"Name\">%s</td>"
		   "<td data-label=\"E-mail\">%s</td><td data-label=\"Roles\">%s</td>"
		   "<td data-label=\"State\">%s</td></tr>\n",
		   url.text, member->login, member->name, member->email, joined, member->active ? "active" : "retired");
	return 0;
}

static void put_add_form(struct visit *visit, const struct problem *problem)
{
	html_print(visit_html(visit),
		   "<h2>Add somebody</h2>\n<p>A letter with a link goes to the address; with it the person "
		   "chooses a password and an authenticator. Nobody else sees the link.</p>\n");
	page_form_begin(visit, itself, false);
	html_print(visit_html(visit), "<input type=\"hidden\" name=\"act\" value=\"add\">\n");
	put_text_field(visit, "login", "Login", "Small letters, digits and . _ - @ + $", false, problem);
	put_text_field(visit, "name", "Name", NULL, false, problem);
	put_text_field(visit, "email", "E-mail", NULL, false, problem);
	put_role_fields(visit, problem);
	html_print(visit_html(visit), "<button>Add and send the link</button>\n");
	page_form_end(visit);
}

void people_put_list(struct visit *visit, const struct problem *problem)
{
	static const char *const columns[] = { "Login", "Name", "E-mail", "Roles", "State" };
	struct complaint complaint = { "" };

	put_begin(visit, "People", problem);
	page_table_begin(visit, "people", "Who runs this registry", columns, COUNT(columns));
	int r = staff_each(visit->site->store, put_row, visit);
	page_table_end(visit);
	if (r < 0) {
		visit_refused(visit, r, &complaint);
		return;
	}
	put_add_form(visit, problem);
	page_end(visit);
}

/* ---- one person ---- */

static void begin_act(struct visit *visit, const struct person *person)
{
	page_form_begin(visit, itself, false);
	html_print(visit_html(visit), "<input type=\"hidden\" name=\"login\" value=\"%s\">\n", person->login);
}

static void put_roles_form(struct visit *visit, const struct person *person, const struct problem *problem)
{
	html_print(visit_html(visit), "<h2>Roles</h2>\n");
	begin_act(visit, person);
	put_role_fields(visit, problem);
	html_print(visit_html(visit),
		   "<div class=\"row\"><button name=\"act\" value=\"grant\">Give this role</button>\n"
		   "<button class=\"second\" name=\"act\" value=\"revoke\">Take this role away</button>"
		   "</div>\n");
	page_form_end(visit);
}

static void put_other_forms(struct visit *visit, const struct person *person, const struct problem *problem)
{
	struct html *html = visit_html(visit);

	html_print(html,
		   "<h2>Password and authenticator</h2>\n<p>When one of them is lost: a letter with a link goes to %s. "
		   "What they have works until they choose new ones.</p>\n",
		   person->email[0] != '\0' ? person->email : "(no address is known)");
	begin_act(visit, person);
	html_print(html, "<button class=\"second\" name=\"act\" value=\"invite\">Send a link</button>\n");
	page_form_end(visit);
	html_print(html,
		   "<h2>Retire</h2>\n<p>They are signed out at once and can do nothing any more. What they did stays, "
		   "under their name.</p>\n");
	begin_act(visit, person);
	page_field(visit, &(const struct page_field){
				  .name = "why",
				  .label = "Reason",
				  .visibility = "In the event, for everybody who audits",
				  .kind = "text",
				  .value = visit_field(visit, "why"),
				  .error = problem_at(problem, "why"),
				  .is_optional = true,
			  });
	html_print(html, "<button class=\"danger\" name=\"act\" value=\"retire\">Retire %s</button>\n", person->login);
	page_form_end(visit);
}

void people_put_person(struct visit *visit, const struct person *person, const struct problem *problem)
{
	struct html *html = visit_html(visit);

	put_begin(visit, person->login, problem);
	html_print(html, "<p><a href=\"%s\">All people</a></p>\n<dl class=\"facts\">\n", itself);
	page_fact(visit, "Name", person->name);
	page_fact(visit, "E-mail", person->email);
	page_fact(visit, "Roles", person->roles[0] != '\0' ? person->roles : "none");
	page_fact(visit, "State", person->is_active ? "active" : "retired");
	html_print(html, "</dl>\n");
	if (person->is_active) {
		put_roles_form(visit, person, problem);
		put_other_forms(visit, person, problem);
	}
	page_end(visit);
}
