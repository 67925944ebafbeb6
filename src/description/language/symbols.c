/* symbols.c - the balanced tree is the C library's (tsearch).  Called by the parser and the resolver. */
#include "description/language/symbols.h"

#include <errno.h>
#include <search.h>
#include <stdint.h>
#include <string.h>

struct symbol {
	const void *scope;
	const void *key;
	size_t size;
	void *value;
};

static int compare(const void *a_pointer, const void *b_pointer)
{
	const struct symbol *a = a_pointer;
	const struct symbol *b = b_pointer;

	if (a->scope != b->scope) {
		return (uintptr_t)a->scope < (uintptr_t)b->scope ? -1 : 1;
	}
	if (a->size != b->size) {
		return a->size < b->size ? -1 : 1;
	}
	return a->size > 0 ? memcmp(a->key, b->key, a->size) : 0;
}

void symbols_init(struct symbols *symbols, struct arena *arena)
{
	*symbols = (struct symbols){ .arena = arena };
}

/* The entries belong to the arena. */
static void keep(void *entry)
{
	(void)entry;
}

void symbols_finish(struct symbols *symbols)
{
	tdestroy(symbols->root, keep);
	symbols->root = NULL;
}

int symbols_add(struct symbols *symbols, const void *scope, const void *key, size_t size, void *value, void **ret_other)
{
	struct symbol *symbol = arena_take(symbols->arena, sizeof(*symbol));
	struct symbol **found;

	if (symbol == NULL) {
		return -ENOMEM;
	}
	*symbol = (struct symbol){ scope, key, size, value };
	found = tsearch(symbol, &symbols->root, compare);
	if (found == NULL) {
		return -ENOMEM;
	}
	*ret_other = *found != symbol ? (*found)->value : NULL;
	return 0;
}

void *symbols_find(const struct symbols *symbols, const void *scope, const void *key, size_t size)
{
	const struct symbol symbol = { scope, key, size, NULL };
	struct symbol *const *found = tfind(&symbol, &symbols->root, compare);

	return found != NULL ? (*found)->value : NULL;
}
