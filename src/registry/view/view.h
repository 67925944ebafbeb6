/* view.h - the registry as it stood on one day, as one block of octets: what everybody reads.
 *
 * Written by view_build.h from the store; published as a file that ordinary users map; built in memory for other
 * days.  Look-ups, searches, exports, the map and libnss_berth read it and nothing else.  Offsets are checked at each
 * access, so a damaged file gives wrong answers at worst, never a crash.  Depends on libc only: it is linked into
 * libnss_berth. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/entry.h"

struct view {
	const void *octets;
	size_t size;
};

/* One row as the view has it.  Texts point into the view. */
struct view_row {
	const char *columns[ENTRY_COLUMNS];
	const char *raw; /* the record's own octets (store/entry.h), or NULL */
	const char *fold;
	int lo, hi;    /* ENTRY_NO_PORT: name only */
	int transport; /* ENTRY_TCP ... of registry/records/derive.h */
	enum entry_status status;
	unsigned source; /* 0.. : view_source */
	bool own;	 /* of the source "own": an organisation's own rows */
	unsigned oddities;
	const char *since; /* own rows: the day they stand since; else the registration day, or "" */
};

struct view_source {
	const char *name;  /* "iana", "own" */
	const char *dated; /* day of its snapshot; own: the day of the view */
	uint32_t rows;
};

struct view_band {
	int lo, hi;
	const char *name;
	const char *kind;
	const char *decides;
	int expert, eyes;
	const char *over;
};

/* Maps a published file.  0 or -errno: -ENOENT, -EACCES, -EBADMSG not a view, cut short, or of another version. */
int view_map(const char *path, struct view *ret_view);
void view_unmap(struct view *view);
/* Checks head and section bounds of octets in memory (aligned to 8), not the digest (view_build.h: view_verify).  0 or
 * -EBADMSG.  They stay the caller's. */
int view_of(const void *octets, size_t size, struct view *ret_view);

const char *view_day(const struct view *view);	    /* the day it shows */
const char *view_registry(const struct view *view); /* the registry's name */
const char *view_notice(const struct view *view);
uint64_t view_event(const struct view *view); /* the chain's number when it was built */
const char *view_event_hash(const struct view *view);

/* The pool in which all texts of rows stand, each ended by NUL and each distinct one once: to look through them all.
 * The last octet is NUL. */
const char *view_texts(const struct view *view, size_t *ret_size);

uint32_t view_count(const struct view *view);
/* Rows in the order of their sources and files: bases by rank, then own.  False when there is none. */
bool view_row(const struct view *view, uint32_t index, struct view_row *ret_row);

unsigned view_source_count(const struct view *view);
bool view_source(const struct view *view, unsigned index, struct view_source *ret_source);
unsigned view_band_count(const struct view *view);
bool view_band(const struct view *view, unsigned index, struct view_band *ret_band);

/* True when the row speaks for this transport: it is its own, or the row has none and means all.  transport 0: any. */
bool view_row_in_transport(const struct view_row *row, int transport);
/* True when its numbers can be proposed: Unassigned, and no unauthorized use was reported (rule P11). */
bool view_row_is_free(const struct view_row *row);

/* Every row that covers the port in this transport (0: in any): own rows before bases', of each numbers before ranges;
 * calls `each` until it returns false.  Rows that a row of "own" replaces are still given. */
void view_at_port(const struct view *view, int port, int transport,
		  bool (*each)(const struct view_row *row, uint32_t index, void *context), void *context);
/* Every row with this name in any case. */
void view_named(const struct view *view, const char *name,
		bool (*each)(const struct view_row *row, uint32_t index, void *context), void *context);
