/* view_of_day.c - the registry as it stood on a day, gathered from the store into a view, and published.
 *
 * Called by the commands and after each change.  Bases come first by rank, then the registry's own rows, then bands. */
#include "registry/keep/registry.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registry/words/day.h"
#include "registry/records/derive.h"
#include "registry/view/view_build.h"
#include "store/audit.h"
#include "store/bands.h"
#include "store/own.h"
#include "store/settings.h"
#include "store/snapshots.h"

const char registry_notice[] =
	"Assignment of a number is no endorsement; traffic on a port need not be its service's, nor good traffic. "
	"Administrators should go by what they know of their traffic.";

/* ---- snapshots are numbered first: their rows are read in queries of their own ---- */

struct chosen {
	int64_t id;
	char source[64];
	char dated[DAY_SIZE];
};

enum { SOURCES_MAX = 64 };

struct choice {
	struct chosen all[SOURCES_MAX];
	size_t count;
};

static int choose(const struct snapshot *snapshot, void *context)
{
	struct choice *choice = context;

	if (choice->count == SOURCES_MAX) {
		return -E2BIG;
	}
	struct chosen *chosen = &choice->all[choice->count++];
	chosen->id = snapshot->id;
	(void)snprintf(chosen->source, sizeof(chosen->source), "%s", snapshot->source);
	(void)snprintf(chosen->dated, sizeof(chosen->dated), "%s", snapshot->dated);
	return 0;
}

/* ---- into the builder ---- */

static int put_entry(const struct entry *entry, void *context)
{
	return view_builder_row(context, entry, NULL);
}

static int put_own(const struct own_row *row, void *context)
{
	return view_builder_row(context, &row->entry, row->since_day);
}

static int put_band(const struct band *band, void *context)
{
	const struct view_band of_view = {
		.lo = band->lo,
		.hi = band->hi,
		.name = band->name,
		.kind = band->kind,
		.decides = band->decides,
		.expert = band->expert,
		.eyes = band->eyes,
		.over = band->over,
	};

	return view_builder_band(context, &of_view);
}

static int put_bases(struct store *store, const char *day_or_null, struct view_builder *builder)
{
	struct choice choice = { .count = 0 };
	int r = snapshot_in_force(store, day_or_null, choose, &choice);

	for (size_t i = 0; r == 0 && i < choice.count; i++) {
		r = view_builder_source(builder, choice.all[i].source, choice.all[i].dated);
		if (r == 0) {
			r = snapshot_rows(store, choice.all[i].id, put_entry, builder);
		}
	}
	return r;
}

static int put_all(struct store *store, const char *day_or_null, const char *day, struct view_builder *builder)
{
	int r = put_bases(store, day_or_null, builder);

	if (r == 0) {
		r = view_builder_source(builder, "own", day);
	}
	if (r == 0) {
		r = own_rows(store, day_or_null, put_own, builder);
	}
	return r < 0 ? r : band_each(store, put_band, builder);
}

static int build(const struct view_about *about, int (*put)(void *context, struct view_builder *builder), void *context,
		 void **ret_octets, size_t *ret_size)
{
	struct view_builder *builder = NULL;
	int r = view_builder_create(about, &builder);

	if (r == 0) {
		r = put(context, builder);
	}
	if (r == 0) {
		r = view_builder_finish(builder, ret_octets, ret_size);
	}
	(void)view_builder_destroy(builder);
	return r;
}

/* ---- of a store ---- */

struct of_store {
	struct store *store;
	const char *day_or_null;
	const char *day;
};

static int put_store(void *context, struct view_builder *builder)
{
	const struct of_store *of = context;

	return put_all(of->store, of->day_or_null, of->day, builder);
}

/* `about` lacks the registry's name and notice, and of a new view the event. */
static int build_of_store(struct of_store *of, struct view_about *about, void **ret_octets, size_t *ret_size)
{
	struct audit_head head = { 0 };
	char *name = setting_get(of->store, "name");
	char *notice = setting_get(of->store, "notice");
	int r = name == NULL || notice == NULL ? -errno : audit_head(of->store, &head);

	if (r == 0) {
		about->registry = name[0] != '\0' ? name : "berth";
		about->notice = notice[0] != '\0' ? notice : registry_notice;
		if (about->event_hash == NULL) {
			about->event = (uint64_t)head.event;
			about->event_hash = head.hash;
		}
		r = build(about, put_store, of, ret_octets, ret_size);
	}
	free(name);
	free(notice);
	return r;
}

static int view_of_store(struct store *store, const char *day_or_null, struct view_about *about, void **ret_octets,
			 size_t *ret_size)
{
	struct of_store of = { store, day_or_null, about->day };
	int r = store_read_begin(store);

	if (r == 0) {
		r = build_of_store(&of, about, ret_octets, ret_size);
		store_read_end(store);
	}
	return r;
}

int registry_view(struct store *store, const char *day_or_null, void **ret_octets, size_t *ret_size)
{
	char today[DAY_SIZE];
	struct view_about about = { .day = day_or_null != NULL ? day_or_null : today };

	day_today(today);
	return view_of_store(store, day_or_null, &about, ret_octets, ret_size);
}

int registry_view_like(struct store *store, const struct view *like, void **ret_octets, size_t *ret_size)
{
	struct view_about about = {
		.day = view_day(like),
		.event = view_event(like),
		.event_hash = view_event_hash(like),
	};

	return view_of_store(store, NULL, &about, ret_octets, ret_size);
}

/* ---- of the rows of one file ---- */

static int put_rows(void *context, struct view_builder *builder)
{
	const struct rows *rows = context;
	int r = view_builder_source(builder, "iana", rows->dated != NULL ? rows->dated : "");

	for (size_t i = 0; r == 0 && i < rows->count; i++) {
		r = view_builder_row(builder, &rows->entries[i], NULL);
	}
	return r;
}

int registry_view_of_rows(struct rows *rows, const char *day, void **ret_octets, size_t *ret_size)
{
	const struct view_about about = { .day = day, .registry = "", .notice = registry_notice, .event_hash = "" };

	return build(&about, put_rows, rows, ret_octets, ret_size);
}

/* ---- of one snapshot ---- */

struct of_snapshot {
	struct store *store;
	int64_t id;
	const char *dated;
};

static int put_snapshot(void *context, struct view_builder *builder)
{
	const struct of_snapshot *of = context;
	int r = view_builder_source(builder, "iana", of->dated);

	return r < 0 ? r : snapshot_rows(of->store, of->id, put_entry, builder);
}

int registry_view_of_snapshot(struct store *store, int64_t snapshot, const char *dated, void **ret_octets,
			      size_t *ret_size)
{
	struct of_snapshot of = { store, snapshot, dated };
	const struct view_about about = { .day = dated, .registry = "", .notice = registry_notice, .event_hash = "" };

	return build(&about, put_snapshot, &of, ret_octets, ret_size);
}

/* ---- published ---- */

int registry_publish(struct store *store, const char *path)
{
	void *octets = NULL;
	size_t size = 0;
	int r = registry_view(store, NULL, &octets, &size);

	if (r == 0) {
		r = view_publish(path, octets, size);
	}
	free(octets);
	return r;
}
