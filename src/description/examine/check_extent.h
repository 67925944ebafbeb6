/* check_extent.h - how many octets blocks take.  Private to the checks; others use message_size_range() of check.h. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "config/arena.h"
#include "description/examine/check_graph.h"
#include "description/examine/check_numbering.h"
#include "description/examine/check_values.h"
#include "description/language/tree.h"

#define UNBOUNDED UINT64_MAX

struct extent {
	uint64_t minimum;
	uint64_t maximum; /* below `minimum`: nothing at all fits here */
	bool takes_rest;  /* always takes all that is left of the block around it */
	bool needs_block; /* something in it is measured by the block around it */
};

/* The formats that some messages are made of. */
struct extents {
	struct arena *arena;
	struct numbering numbering;
	struct graph graph; /* from each format to those it holds; the label is the item */
	const struct format **formats;
	struct extent *known;
};

/* All formats of `formats` and those that stand in `block`; either may be NULL.  0 or -ENOMEM.  All memory is of the
 * arena. */
int extents_init(struct extents *extents, struct arena *arena, const struct format *formats, const struct item *block);

struct extent extent_of_block(const struct extents *extents, const struct item *block);
struct extent extent_of_item(const struct extents *extents, const struct item *item);
struct extent extent_of_format(const struct extents *extents, const struct format *format);

/* The sizes that a SIZED or WITHIN item leaves its block, for one interval of its number. */
struct interval block_sizes(const struct item *item, struct interval number);
