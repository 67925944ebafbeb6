/* names.c - the staff as dossiers name them (names.h). */
#include "web/staff/names.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "store/staff.h"

static const char *text_of(const json_t *people, json_int_t staff, const char *key)
{
	char number[24];

	(void)snprintf(number, sizeof(number), "%lld", (long long)staff);
	return row_text(json_object_get(people, number), key);
}

static int take(const struct staff_member *member, const char *const *roles, void *context)
{
	json_t *people = context;
	json_t *list = json_array();
	char key[24];

	for (; *roles != NULL; roles++) {
		(void)json_array_append_new(list, json_string(*roles));
	}
	(void)snprintf(key, sizeof(key), "%lld", (long long)member->id);
	return json_object_set_new(people, key,
				   json_pack("{s:s, s:s, s:s, s:b, s:o}", "login", member->login, "name", member->name,
					     "email", member->email, "active", member->active, "roles", list)) < 0
		       ? -ENOMEM
		       : 0;
}

int names_read(struct site *site, json_t **ret_people)
{
	json_t *people = json_object();
	int r = staff_each(site->store, take, people);

	if (r < 0) {
		json_decref(people);
		return r;
	}
	*ret_people = people;
	return 0;
}

static const char nobody[] = "nobody of the staff";
static const char itself[] = "the registry itself";

const char *names_of_login(const char *login)
{
	return strcmp(login, "(nobody)") == 0 ? nobody : strcmp(login, "(berth)") == 0 ? itself : login;
}

void names_put(struct html *html, const json_t *people, json_int_t staff)
{
	const char *login = text_of(people, staff, "login");
	const char *name = text_of(people, staff, "name");

	if (staff == 0) {
		html_print(html, "%s", nobody);
	} else if (staff == 1) {
		html_print(html, "%s", itself);
	} else if (login[0] == '\0') {
		html_print(html, "number %lld", (long long)staff);
	} else if (name[0] == '\0' || strcmp(name, login) == 0) {
		html_print(html, "%s", login);
	} else {
		html_print(html, "%s (%s)", name, login);
	}
}
