/* view_format.h - how a view lies in its block of octets.  Private to view.c and view_find.c, which read it, and
 * view_build.c, the only writer.
 *
 * A head, then sections of things of one size each, then one pool of texts that end in NUL, each distinct text once;
 * a text is its offset in the pool, and 0 is the empty one.  Numbers have the byte order of the machine, which the
 * head tells.  Nothing here may change without another VIEW_VERSION. */
#pragma once

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "registry/view/view.h"

enum { VIEW_BYTE_ORDER = 0x01020304, VIEW_VERSION = 1, VIEW_DIGEST_SIZE = 32 };

#define VIEW_MAGIC "berthreg" /* eight octets, no NUL */

enum view_section {
	VIEW_SOURCES, /* struct packed_source, in the order of ranks */
	VIEW_BANDS,   /* struct packed_band, by numbers */
	VIEW_ROWS,    /* struct packed_row */
	VIEW_NUMBERS, /* struct packed_span of each row with one number, sorted */
	VIEW_RANGES,  /* struct packed_span of each row with several, sorted */
	VIEW_NAMES,   /* uint32_t: the rows that have a name, sorted by its lower-case form, own ones before others */
	VIEW_TEXTS,   /* octets; the last is NUL */
	VIEW_SECTIONS
};

struct packed_section {
	uint32_t offset; /* from the start of the block */
	uint32_t count;
};

struct packed_head {
	char magic[8];
	uint32_t byte_order;
	uint32_t version;
	uint64_t size;			  /* of the whole block */
	uint8_t digest[VIEW_DIGEST_SIZE]; /* SHA-256 of all that follows it */
	uint64_t event;
	uint32_t event_hash;
	uint32_t day;
	uint32_t registry;
	uint32_t notice;
	struct packed_section sections[VIEW_SECTIONS];
};

struct packed_source {
	uint32_t name;
	uint32_t dated;
	uint32_t rows;
};

struct packed_band {
	uint16_t lo, hi;
	uint32_t name;
	uint32_t kind;
	uint32_t decides;
	uint32_t over;
	uint16_t expert, eyes;
};

struct packed_row {
	uint32_t columns[ENTRY_COLUMNS];
	uint32_t raw;
	uint32_t fold;
	uint32_t since;
	uint16_t lo, hi;
	uint16_t source;
	uint16_t oddities;
	uint8_t transport;
	uint8_t status;
	uint8_t has_port;
	uint8_t own;
};

struct packed_span {
	uint16_t lo, hi;
	uint32_t row;
};

/* What the digest speaks for begins here. */
enum { VIEW_DIGESTED = offsetof(struct packed_head, digest) + VIEW_DIGEST_SIZE };

static_assert(sizeof(struct packed_head) == 136, "no hidden octets");
static_assert(sizeof(struct packed_source) == 12, "no hidden octets");
static_assert(sizeof(struct packed_band) == 24, "no hidden octets");
static_assert(sizeof(struct packed_row) == 72, "no hidden octets");
static_assert(sizeof(struct packed_span) == 8, "no hidden octets");

static const uint32_t view_item_sizes[VIEW_SECTIONS] = {
	[VIEW_SOURCES] = sizeof(struct packed_source),
	[VIEW_BANDS] = sizeof(struct packed_band),
	[VIEW_ROWS] = sizeof(struct packed_row),
	[VIEW_NUMBERS] = sizeof(struct packed_span),
	[VIEW_RANGES] = sizeof(struct packed_span),
	[VIEW_NAMES] = sizeof(uint32_t),
	[VIEW_TEXTS] = 1,
};

/* Thing `index` of a section, or NULL when there is none. */
const void *view_item(const struct view *view, enum view_section section, uint32_t index);
uint32_t view_items(const struct view *view, enum view_section section);

/* The text at this offset of the pool; "" when none begins there. */
const char *view_text(const struct view *view, uint32_t offset);
