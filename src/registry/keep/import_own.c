/* import_own.c - an organisation's own list becomes rights: new rows are assigned, changed ones edited, all or none.
 *
 * Called by cmd/registry_import.c.  Each row is held against its band, against the rows of the bases, and against what
 * stands already; whatever refuses becomes a finding at the row's line, and then nothing is changed. */
#include "registry/keep/registry.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/array.h"
#include "registry/words/complain.h"
#include "registry/records/derive.h"
#include "store/own.h"

/* What stands already, with what the list says of it. */
struct standing {
	int64_t publication;
	struct entry entry;
};

struct job {
	struct change *change;
	struct own_list *list;
	const char *day;
	struct view view;
	struct standing *standing;
	size_t standing_count, standing_capacity;
	struct own_list_finding *findings; /* the list's, once there are more than its own */
	size_t finding_capacity;
	struct own_report report;
};

/* ---- findings ---- */

__attribute__((format(printf, 4, 5))) static int find(struct job *job, size_t row, bool refuses, const char *format,
						      ...)
{
	struct own_list *list = job->list;
	size_t count = list->finding_count;
	struct own_list_finding *all = job->findings;
	va_list arguments;

	if (count == job->finding_capacity) {
		job->finding_capacity = count * 2 + 16;
		all = arena_take(&list->rows.arena, job->finding_capacity * sizeof(*all));
		if (all == NULL) {
			return -ENOMEM;
		}
		if (count > 0) {
			memcpy(all, list->findings, count * sizeof(*all));
		}
		job->findings = all;
	}
	all[count].line = list->lines[row];
	all[count].refuses = refuses;
	va_start(arguments, format);
	(void)vsnprintf(all[count].sentence, sizeof(all[count].sentence), format, arguments);
	va_end(arguments);
	list->findings = all;
	list->finding_count = count + 1;
	return 0;
}

/* ---- against the band ---- */

/* "12000" or "12000-12010" */
static const char *ports_text(const struct entry *entry, char *buffer, size_t size)
{
	if (entry->lo == entry->hi) {
		(void)snprintf(buffer, size, "%d", entry->lo);
	} else {
		(void)snprintf(buffer, size, "%d-%d", entry->lo, entry->hi);
	}
	return buffer;
}

static int check_band(struct job *job, size_t row, const struct view_band *band)
{
	const struct entry *entry = &job->list->rows.entries[row];
	char ports[32];

	(void)ports_text(entry, ports, sizeof(ports));
	if (strcmp(band->decides, "none") == 0) {
		return find(job, row, true, "P2: %s is in the band \"%s\" (%d-%d), in which nothing is assigned", ports,
			    band->name, band->lo, band->hi);
	}
	if (strcmp(band->decides, "board") == 0) {
		return find(job, row, true,
			    "J2: %s is in the band \"%s\" (%d-%d), which takes an application and a board of two",
			    ports, band->name, band->lo, band->hi);
	}
	if (strcmp(band->kind, "private") != 0) {
		return find(
			job, row, false,
			"%s is in IANA's band \"%s\"; an own band over it says whose it is: berth band set LO-HI NAME",
			ports, band->name);
	}
	return 0;
}

/* ---- against the bases ---- */

struct in_the_way {
	const char *fold;
	int transport;
	const char *source;
	char row[160];
	bool same_name;
	const struct view *view;
};

static bool note_assigned(const struct view_row *row, uint32_t index, void *context)
{
	struct in_the_way *way = context;
	struct view_source source;

	(void)index;
	bool applies = row->transport == ENTRY_TRANSPORT_NONE || row->transport == way->transport;
	if (row->status != ENTRY_ASSIGNED || !applies || !view_source(way->view, row->source, &source) ||
	    strcmp(source.name, "own") == 0) {
		return true;
	}
	way->same_name = strcmp(row->fold, way->fold) == 0;
	(void)snprintf(way->row, sizeof(way->row), "%s %s/%s (%s %s)", row->columns[ENTRY_NAME],
		       row->columns[ENTRY_PORT], row->columns[ENTRY_TRANSPORT], source.name, source.dated);
	return false;
}

static int check_base(struct job *job, size_t row, const struct view_band *band)
{
	const struct entry *entry = &job->list->rows.entries[row];
	struct in_the_way way = {
		.fold = entry->fold,
		.transport = entry_transport(entry->columns[ENTRY_TRANSPORT]),
		.view = &job->view,
	};

	for (int port = entry->lo; port <= entry->hi && way.row[0] == '\0'; port++) {
		view_at_port(&job->view, port, 0, note_assigned, &way);
	}
	if (way.row[0] == '\0' || way.same_name) {
		return 0;
	}
	return find(job, row, strcmp(band->over, "refuse") == 0, "P5: the number is assigned: %s%s", way.row,
		    strcmp(band->over, "refuse") == 0 ? "; a band set with --over warn lets an own list stand over it"
						      : "");
}

static int check_bands(struct job *job, size_t row)
{
	const struct entry *entry = &job->list->rows.entries[row];
	struct view_band band;
	int r = 0;

	for (unsigned i = 0; r == 0 && view_band(&job->view, i, &band); i++) {
		if (entry->lo == ENTRY_NO_PORT || band.hi < entry->lo || band.lo > entry->hi) {
			continue;
		}
		r = check_band(job, row, &band);
		if (r == 0) {
			r = check_base(job, row, &band);
		}
	}
	return r;
}

/* ---- against what stands ---- */

static int keep_standing(const struct own_row *row, void *context)
{
	struct job *job = context;
	struct arena *arena = &job->list->rows.arena;

	struct standing *all = array_grow(job->standing, job->standing_count, &job->standing_capacity, sizeof(*all));
	if (all == NULL) {
		return -ENOMEM;
	}
	job->standing = all;
	struct standing *standing = &job->standing[job->standing_count++];
	standing->publication = row->publication;
	standing->entry = row->entry;
	for (size_t i = 0; i < ENTRY_COLUMNS; i++) {
		const char *text = row->entry.columns[i];
		standing->entry.columns[i] = arena_text(arena, text, strlen(text));
		if (standing->entry.columns[i] == NULL) {
			return -ENOMEM;
		}
	}
	return 0;
}

static bool overlaps(const struct entry *a, const struct entry *b)
{
	return a->lo != ENTRY_NO_PORT && b->lo != ENTRY_NO_PORT && a->lo <= b->hi && b->lo <= a->hi &&
	       strcmp(a->columns[ENTRY_TRANSPORT], b->columns[ENTRY_TRANSPORT]) == 0;
}

static bool same_place(const struct entry *a, const struct entry *b)
{
	return a->lo == b->lo && a->hi == b->hi &&
	       strcmp(a->columns[ENTRY_TRANSPORT], b->columns[ENTRY_TRANSPORT]) == 0 &&
	       (a->lo != ENTRY_NO_PORT || strcasecmp(a->columns[ENTRY_NAME], b->columns[ENTRY_NAME]) == 0);
}

static struct standing *standing_at(struct job *job, const struct entry *entry)
{
	for (size_t i = 0; i < job->standing_count; i++) {
		if (same_place(&job->standing[i].entry, entry) || overlaps(&job->standing[i].entry, entry)) {
			return &job->standing[i];
		}
	}
	return NULL;
}

/* A list without a column leaves what stands in it: an empty text never takes one away. */
static bool fill(struct entry *entry, const struct standing *standing)
{
	bool changed = false;

	for (size_t i = 0; i < ENTRY_COLUMNS; i++) {
		if (entry->columns[i][0] == '\0' || i == ENTRY_MODIFIED || i == ENTRY_REGISTERED) {
			entry->columns[i] = standing->entry.columns[i];
		}
		changed = changed || strcmp(entry->columns[i], standing->entry.columns[i]) != 0;
	}
	return changed;
}

static int edit(struct job *job, size_t row, const struct standing *standing)
{
	struct entry *entry = &job->list->rows.entries[row];

	if (!same_place(&standing->entry, entry) ||
	    strcasecmp(standing->entry.columns[ENTRY_NAME], entry->columns[ENTRY_NAME]) != 0) {
		return find(job, row, true, "P5: %s/%s is \"%s\" (holder %s); release it first: berth release %s/%s",
			    standing->entry.columns[ENTRY_PORT], standing->entry.columns[ENTRY_TRANSPORT],
			    standing->entry.columns[ENTRY_NAME], standing->entry.columns[ENTRY_ASSIGNEE],
			    standing->entry.columns[ENTRY_PORT], standing->entry.columns[ENTRY_TRANSPORT]);
	}
	if (!fill(entry, standing)) {
		job->report.same++;
		return 0;
	}
	entry->columns[ENTRY_MODIFIED] = job->day;
	entry_derive(entry);
	job->report.edited++;
	return own_edit(job->change, standing->publication, entry, job->day);
}

static int assign(struct job *job, size_t row)
{
	struct entry *entry = &job->list->rows.entries[row];

	if (entry->columns[ENTRY_REGISTERED][0] == '\0') {
		entry->columns[ENTRY_REGISTERED] = job->day;
	}
	entry_derive(entry);
	job->report.added++;
	return own_assign(job->change, entry, job->day);
}

static size_t refusals(const struct own_list *list)
{
	size_t count = 0;

	for (size_t i = 0; i < list->finding_count; i++) {
		count += list->findings[i].refuses;
	}
	return count;
}

/* Rows are written only while nothing refuses: on PostgreSQL a failed statement ends the transaction. */
static int take_row(struct job *job, size_t row)
{
	struct standing *standing = standing_at(job, &job->list->rows.entries[row]);

	if (standing != NULL) {
		return edit(job, row, standing);
	}
	int r = check_bands(job, row);
	if (r < 0 || refusals(job->list) > 0) {
		return r;
	}
	r = assign(job, row);
	if (r == -EEXIST || r == -EPERM) {
		return find(job, row, true, "%s", store_complaint(change_store(job->change)));
	}
	return r;
}

static int take_rows(struct job *job)
{
	int r = own_rows(change_store(job->change), NULL, keep_standing, job);

	for (size_t i = 0; r == 0 && i < job->list->rows.count; i++) {
		r = take_row(job, i);
	}
	job->report.refused = refusals(job->list);
	job->report.warned = job->list->finding_count - job->report.refused;
	return r;
}

static int run(struct job *job, struct store *store, int64_t staff, bool dry_run, struct complaint *complaint)
{
	const struct change_by by = { .staff = staff, .act = "import-own", .subject = "list" };
	int r = change_begin(store, &by, &job->change);

	if (r < 0) {
		return complain_of(complaint, r, "%s", store_complaint(store));
	}
	r = take_rows(job);
	bool nothing = job->report.added + job->report.edited == 0;
	if (r < 0 || dry_run || job->report.refused > 0 || nothing) {
		(void)change_abandon(job->change);
		return r < 0 ? complain_of(complaint, r, "%s", store_complaint(store)) : 0;
	}
	r = change_commit(job->change, NULL);
	return r < 0 ? complain_of(complaint, r, "%s", store_complaint(store)) : 0;
}

int registry_import_own(struct store *store, int64_t staff, struct own_list *list, const char *day, bool dry_run,
			struct own_report *ret_report, struct complaint *ret_complaint)
{
	struct job job = { .list = list,
			   .day = day,
			   .finding_capacity = list->finding_count,
			   .report = { .rows = list->rows.count } };
	void *octets = NULL;
	size_t size = 0;
	int r = registry_view(store, NULL, &octets, &size);

	if (r == 0) {
		r = view_of(octets, size, &job.view);
	}
	if (r < 0) {
		free(octets);
		return complain_of(ret_complaint, r, "%s", store_complaint(store));
	}
	r = run(&job, store, staff, dry_run, ret_complaint);
	free(job.standing);
	free(octets);
	if (r == 0) {
		*ret_report = job.report;
	}
	return r;
}

/* ---- giving a number back ---- */

struct wanted {
	int lo, hi, transport;
	int64_t publication;
};

static int note_wanted(const struct own_row *row, void *context)
{
	struct wanted *wanted = context;
	int transport = entry_transport(row->entry.columns[ENTRY_TRANSPORT]);

	if (row->entry.lo == wanted->lo && row->entry.hi == wanted->hi && transport == wanted->transport &&
	    row->entry.status == ENTRY_ASSIGNED) {
		wanted->publication = row->publication;
	}
	return 0;
}

int registry_release(struct store *store, int64_t staff, int lo, int hi, int transport, const char *why,
		     const char *day)
{
	struct wanted wanted = { lo, hi, transport, 0 };
	struct change *change = NULL;
	char subject[64];
	char note[COMPLAINT_MAX];

	(void)snprintf(subject, sizeof(subject), "claim %s %d", entry_transport_name(transport), lo);
	(void)snprintf(note, sizeof(note), "De-assigned on %s: %s", day, why);
	const struct change_by by = { .staff = staff, .act = "release", .subject = subject, .why = why };
	int r = change_begin(store, &by, &change);
	if (r < 0) {
		return r;
	}
	r = own_rows(store, NULL, note_wanted, &wanted);
	if (r == 0) {
		r = wanted.publication == 0 ? -ENOENT : own_release(change, wanted.publication, day, note);
	}
	if (r < 0) {
		(void)change_abandon(change);
		return r;
	}
	return change_commit(change, NULL);
}
