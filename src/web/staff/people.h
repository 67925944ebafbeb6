/* people.h - the page of people, drawn: people_show.c for people.c. */
#pragma once

#include "store/staff.h"
#include "web/staff/problem.h"

enum { PEOPLE_TEXT_MAX = 256, PEOPLE_ROLES_MAX = 1024 };

/* One person, copied out of the store. */
struct person {
	int64_t id;
	char login[PEOPLE_TEXT_MAX];
	char name[PEOPLE_TEXT_MAX];
	char email[PEOPLE_TEXT_MAX];
	char roles[PEOPLE_ROLES_MAX]; /* "registrar, expert:tcp" */
	bool is_active;
};

/* -ENOENT. */
int person_find(struct store *store, const char *login, struct person *ret_person);

/* The list, and a form for one more. */
void people_put_list(struct visit *visit, const struct problem *problem);
/* One person, and what can be done. */
void people_put_person(struct visit *visit, const struct person *person, const struct problem *problem);
