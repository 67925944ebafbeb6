/* names.h - the staff as dossiers name them: numbers to names, and who can be asked as an expert. */
#pragma once

#include <jansson.h>
#include <stdint.h>

#include "web/site/visit.h"

/* {"3": {login, name, email, roles: ["expert:tcp"], active}}.  0 or -errno; the caller's reference. */
int names_read(struct site *site, json_t **ret_people);

/* The name with the login behind it: "Eve Example (eve)". */
void names_put(struct html *html, const json_t *people, json_int_t staff);
/* Who an event names by login, in which "(nobody)" and "(berth)" are no people. */
const char *names_of_login(const char *login);
