/* resolve.h - links a parsed tree: every name to what it means.  Called by tree.c alone. */
#pragma once

#include "description/language/report.h"
#include "description/language/symbols.h"
#include "description/language/tree.h"

/* Links all pointers of the tree and checks names, kinds, roles and duplicates (E1); formats that contain themselves
 * are E5.  Names of `damaged` (scope NULL), which the parser did not understand, are not missed.
 * 0, -E2BIG past a limit (reported too) or -ENOMEM. */
int resolve_tree(struct tree *tree, struct report *report, const struct symbols *damaged);
