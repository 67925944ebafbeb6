/* stored.c - one snapshot of IANA's list out of the store (stored.h). */
#include "registry/keep/stored.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "registry/keep/registry.h"
#include "registry/records/csv.h"
#include "store/snapshots.h"

struct search {
	struct stored *stored;
	bool by_number;
};

static int keep(const struct snapshot *snapshot, void *context)
{
	const struct search *search = context;
	struct stored *stored = search->stored;

	if (search->by_number ? snapshot->id != stored->id : strcmp(snapshot->source, "iana") != 0) {
		return 0;
	}
	stored_finish(stored);
	*stored = (struct stored){
		.id = snapshot->id,
		.crlf = snapshot->crlf,
		.last_eol = snapshot->last_eol,
		.rows = snapshot->rows,
		.header = strdup(snapshot->header),
		.format = strdup(snapshot->format),
	};
	(void)snprintf(stored->dated, sizeof(stored->dated), "%s", snapshot->dated);
	return stored->header == NULL || stored->format == NULL ? -ENOMEM : 0;
}

void stored_finish(struct stored *stored)
{
	free(stored->header);
	free(stored->format);
	*stored = (struct stored){ .id = stored->id };
}

int stored_find(struct store *store, int64_t snapshot, const char *day_or_null, struct stored *ret_stored)
{
	struct search search = { ret_stored, snapshot != 0 };

	*ret_stored = (struct stored){ .id = snapshot };
	int r = search.by_number ? snapshot_list(store, NULL, keep, &search)
				 : snapshot_in_force(store, day_or_null, keep, &search);
	return r < 0 ? r : ret_stored->header == NULL ? -ENOENT : 0;
}

/* ---- as it came ---- */

struct csv_job {
	FILE *stream;
	const struct stored *stored;
	int64_t at;
};

static int write_row(const struct entry *entry, void *context)
{
	struct csv_job *job = context;

	job->at++;
	return csv_write_entry(job->stream, entry, job->stored->crlf,
			       job->at < job->stored->rows || job->stored->last_eol);
}

int stored_write_csv(struct store *store, const struct stored *stored, FILE *stream)
{
	struct csv_job job = { .stream = stream, .stored = stored };
	int r;

	if (strcmp(stored->format, "iana-csv") != 0) {
		r = csv_write_header(stream, NULL, false);
	} else if (stored->rows == 0 && !stored->last_eol) {
		r = fputs(stored->header, stream) < 0 ? -EIO : 0;
	} else {
		r = csv_write_header(stream, stored->header, stored->crlf);
	}
	return r < 0 ? r : snapshot_rows(store, stored->id, write_row, &job);
}

/* ---- as a view ---- */

int stored_view(struct store *store, const struct stored *stored, struct stored_view *ret_view)
{
	size_t size = 0;

	*ret_view = (struct stored_view){ .octets = NULL };
	int r = registry_view_of_snapshot(store, stored->id, stored->dated, &ret_view->octets, &size);
	if (r == 0) {
		r = view_of(ret_view->octets, size, &ret_view->view);
	}
	return r < 0 ? r : collect_people(store, "iana", &ret_view->people);
}

void stored_view_finish(struct stored_view *view)
{
	collect_finish(&view->people);
	free(view->octets);
}
