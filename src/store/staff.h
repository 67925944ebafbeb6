/* staff.h - the people who run a registry, known by the login that calls. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "store/store.h"

struct staff_member {
	int64_t id;
	const char *login;
	const char *name;
	const char *email;
	bool active;
};

/* -EEXIST: the login is there; -EINVAL: it has other than small letters, digits and . _ - @ + $. */
int staff_add(struct change *change, const char *login, const char *name, const char *email, int64_t *ret_id);
/* -ENOENT: no such person or role; -EEXIST: it is there; -EINVAL: no role is called that; -EPERM, for what
 * would leave the registry without an active administrator. */
int staff_grant(struct change *change, int64_t staff, const char *role, const char *scope);
int staff_revoke(struct change *change, int64_t staff, const char *role, const char *scope);
int staff_retire(struct change *change, int64_t staff); /* signed out everywhere at once */
/* 0 with its number when the login is there and active; -ENOENT. */
int staff_by_login(struct store *store, const char *login, int64_t *ret_id);
int staff_has_role(struct store *store, int64_t staff, const char *role); /* 1, 0 or -errno */
/* Each role once, whatever its scopes; none when the person is retired. */
int staff_each_role(struct store *store, int64_t staff, int (*each)(const char *role, void *context), void *context);
/* Nobody and berth themselves are left out.  Roles end in NULL: "registrar", "expert:tcp". */
int staff_each(struct store *store,
	       int (*each)(const struct staff_member *member, const char *const *roles, void *context), void *context);
/* The one with this number, if there is one. */
int staff_find(struct store *store, int64_t staff,
	       int (*found)(const struct staff_member *member, const char *const *roles, void *context), void *context);
