/* symbols.h - what a name means, in which scope.  Used by the parser and the resolver while they work.
 *
 * A balanced tree, because names come from anybody: no choice of names makes it slow. */
#pragma once

#include <stddef.h>

#include "config/arena.h"

struct symbols {
	struct arena *arena;
	void *root;
};

/* `arena` is borrowed and holds the entries. */
void symbols_init(struct symbols *symbols, struct arena *arena);
void symbols_finish(struct symbols *symbols);

/* Enters `value` for the key in the scope; scopes are told apart by their address alone.  The key is borrowed,
 * and so is the value, which is not NULL.  0 and NULL in `*ret_other`; 0 and there what the key means already, and
 * nothing is changed; or -ENOMEM. */
int symbols_add(struct symbols *symbols, const void *scope, const void *key, size_t size, void *value,
		void **ret_other);

/* NULL: the key means nothing in this scope. */
void *symbols_find(const struct symbols *symbols, const void *scope, const void *key, size_t size);
