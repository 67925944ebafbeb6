/* people.c - /staff/people: who runs the registry.  For administrators, with the guards of `berth staff`. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mail/message.h"
#include "registry/keep/sign_in.h"
#include "web/html/url.h"
#include "web/staff/people.h"
#include "web/staff/staff.h"

enum { SUBJECT_MAX = 160, ACT_MAX = 32 };

static void put_page(struct visit *visit, const char *login, const struct problem *problem)
{
	struct person person = { .id = 0 };
	struct complaint complaint = { "" };
	int r = login[0] == '\0' ? -ENOENT : person_find(visit->site->store, login, &person);

	if (r == 0) {
		people_put_person(visit, &person, problem);
	} else if (r == -ENOENT && login[0] == '\0') {
		people_put_list(visit, problem);
	} else {
		visit_refused(visit, r, &complaint);
	}
}

void staff_people(struct visit *visit)
{
	put_page(visit, visit_query(visit, "login"), &(const struct problem){ .field = "" });
}

/* ---- acts: each inside one change ---- */

static int invite(struct visit *visit, struct change *change, const struct person *person,
		  struct complaint *ret_complaint)
{
	return sign_in_invite(change,
			      &(const struct sign_in_invitation){
				      .staff = person->id,
				      .login = person->login,
				      .name = person->name,
				      .email = person->email,
				      .registry = visit->site->words.name,
				      .staff_address = visit->site->words.email,
				      .link = visit->site->link,
			      },
			      ret_complaint);
}

static const char *scope_of(const struct visit *visit)
{
	const char *scope = visit_field(visit, "scope");

	return scope[0] == '\0' ? "*" : scope;
}

static int add(struct visit *visit, struct change *change, struct problem *problem)
{
	struct person person = { .id = 0 };
	struct mail_address address;

	(void)snprintf(person.login, sizeof(person.login), "%s", visit_field(visit, "login"));
	const char *name = visit_field(visit, "name");
	(void)snprintf(person.name, sizeof(person.name), "%s", name[0] != '\0' ? name : person.login);
	(void)snprintf(person.email, sizeof(person.email), "%s", visit_field(visit, "email"));
	if (mail_address_read(person.email, NULL, &address) < 0) {
		problem->field = "email";
		return complain_of(&problem->complaint, -EINVAL,
				   "This is no e-mail address that a letter could go to; it is like ada@example.org.");
	}
	problem->field = "login";
	int r = staff_add(change, visit_field(visit, "login"), person.name, person.email, &person.id);
	if (r == 0) {
		problem->field = "role";
		r = staff_grant(change, person.id, visit_field(visit, "role"), scope_of(visit));
	}
	if (r == 0) {
		problem->field = "email";
		r = invite(visit, change, &person, &problem->complaint);
	}
	return r;
}

static int act_on(struct visit *visit, struct change *change, const char *act, struct problem *problem)
{
	struct person person = { .id = 0 };
	int r = person_find(visit->site->store, visit_field(visit, "login"), &person);

	problem->field = "role";
	if (r < 0) {
		return r == -ENOENT ? complain_of(&problem->complaint, r, "Nobody has this login.") : r;
	}
	if (!person.is_active) {
		return complain_of(&problem->complaint, -EPERM, "This person has retired.");
	}
	if (strcmp(act, "grant") == 0) {
		return staff_grant(change, person.id, visit_field(visit, "role"), scope_of(visit));
	}
	if (strcmp(act, "revoke") == 0) {
		return staff_revoke(change, person.id, visit_field(visit, "role"), scope_of(visit));
	}
	problem->field = "";
	return strcmp(act, "retire") == 0 ? staff_retire(change, person.id)
					  : invite(visit, change, &person, &problem->complaint);
}

static int run(struct visit *visit, const char *act, struct problem *ret_problem)
{
	struct change *change = NULL;
	char word[ACT_MAX];
	char subject[SUBJECT_MAX];
	const struct change_by by = {
		.staff = visit->session.staff,
		.act = word,
		.subject = subject,
		.why = visit_field(visit, "why"),
		.at = visit->site->now,
	};

	(void)snprintf(word, sizeof(word), "staff-%s", act);
	(void)snprintf(subject, sizeof(subject), "staff %s", visit_field(visit, "login"));
	int r = change_begin(visit->site->store, &by, &change);
	if (r < 0) {
		return r;
	}
	r = strcmp(act, "add") == 0 ? add(visit, change, ret_problem) : act_on(visit, change, act, ret_problem);
	if (r < 0) {
		(void)change_abandon(change);
		return r;
	}
	return change_commit(change, NULL);
}

/* What is shown then: the person, or of one who was to be added the list. */
static const char *shown_login(const struct visit *visit, const char *act)
{
	return strcmp(act, "add") == 0 ? "" : visit_field(visit, "login");
}

static void go(struct visit *visit, const char *said)
{
	struct url url;

	(void)url_path(&url, "/staff/people", "");
	(void)url_query(&url, "login", visit_field(visit, "login"));
	visit_go(visit, url_query(&url, "said", said));
}

void staff_people_post(struct visit *visit)
{
	static const struct {
		const char *act, *said;
	} acts[] = {
		{ "add", "invited" },	 { "invite", "invited" }, { "grant", "changed" },
		{ "revoke", "changed" }, { "retire", "retired" },
	};
	struct problem problem = { .field = "" };
	const char *act = visit_field(visit, "act");
	const char *said = NULL;

	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
		said = strcmp(acts[i].act, act) == 0 ? acts[i].said : said;
	}
	if (problem_of_token(visit, &problem) < 0) {
		put_page(visit, shown_login(visit, act), &problem);
		return;
	}
	int r = said != NULL ? run(visit, act, &problem)
			     : complain_of(&problem.complaint, -EINVAL, "There is no act of this name.");
	if (r == 0) {
		go(visit, said);
	} else if (problem_from(visit, r, problem.field, &problem)) {
		put_page(visit, shown_login(visit, act), &problem);
	}
}
