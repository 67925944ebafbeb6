/* check_walk.h - every item of a block, of a protocol.  Private to the checks. */
#pragma once

#include "description/language/tree.h"

typedef void item_visit(const struct item *item, void *context);

/* Visits the items of the block and of all blocks within it, in the order of the text; not those of formats. */
void walk_block(const struct item *block, item_visit *visit, void *context);

/* The same for all formats and messages of the protocol. */
void walk_protocol(const struct protocol *protocol, item_visit *visit, void *context);
