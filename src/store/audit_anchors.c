/* audit_anchors.c - anchors against the events they saw (audit_chain.h).  Called by audit_chain.c only. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "store/audit_chain.h"

struct audit_kept_anchor {
	struct audit_anchor anchor;
	bool is_given; /* else from the registry's own table, which proves less */
};

static int keep(struct audit_anchors *anchors, const struct audit_anchor *anchor, bool is_given)
{
	struct audit_kept_anchor *all = array_grow(anchors->all, anchors->count, &anchors->capacity, sizeof(*all));

	if (all == NULL) {
		return -ENOMEM;
	}
	anchors->all = all;
	anchors->all[anchors->count++] = (struct audit_kept_anchor){ *anchor, is_given };
	return 0;
}

static int read_table(struct audit_anchors *anchors, struct audit *audit)
{
	struct statement *statement = NULL;
	int r = statement_prepare(audit->store->database, "SELECT n, hash, at FROM anchor", &statement);

	while (r >= 0 && (r = statement_step(statement)) > 0) {
		struct audit_anchor anchor = { .event = statement_integer(statement, 0) };
		audit_read_hash(statement, 1, anchor.hash);
		(void)snprintf(anchor.at, sizeof(anchor.at), "%s", statement_text(statement, 2));
		r = keep(anchors, &anchor, false);
	}
	(void)statement_free(statement);
	return r < 0 ? store_complain(audit->store, r, NULL) : 0;
}

static int by_event(const void *a, const void *b)
{
	const struct audit_kept_anchor *one = a;
	const struct audit_kept_anchor *other = b;

	return (one->anchor.event > other->anchor.event) - (one->anchor.event < other->anchor.event);
}

int audit_anchors_read(struct audit_anchors *anchors, struct audit *audit, const struct audit_anchor *given,
		       size_t given_count)
{
	int r = read_table(anchors, audit);

	for (size_t i = 0; r == 0 && i < given_count; i++) {
		r = keep(anchors, &given[i], true);
		r = r < 0 ? store_complain(audit->store, r, NULL) : 0;
	}
	if (anchors->count > 0) {
		qsort(anchors->all, anchors->count, sizeof(*anchors->all), by_event);
	}
	return r;
}

static const char *name_of(const struct audit_kept_anchor *kept, char buffer[static AUDIT_VALUE_MAX])
{
	(void)snprintf(buffer, AUDIT_VALUE_MAX, "an anchor%s%s%s", kept->is_given ? "" : " kept here",
		       kept->anchor.at[0] != '\0' ? " of " : "", kept->anchor.at);
	return buffer;
}

static void tell_other(struct audit_anchors *anchors, struct audit *audit, const struct audit_kept_anchor *kept)
{
	char buffer[AUDIT_VALUE_MAX];

	if (kept->is_given && anchors->is_told) {
		return;
	}
	audit_report(audit, "event %lld is not the one that %s saw", (long long)kept->anchor.event,
		     name_of(kept, buffer));
	anchors->is_told = anchors->is_told || kept->is_given;
	audit->chain_broken = audit->chain_broken || kept->is_given;
}

void audit_anchors_meet(struct audit_anchors *anchors, struct audit *audit, const struct audit_event_row *row,
			bool fits)
{
	for (; anchors->next < anchors->count && anchors->all[anchors->next].anchor.event <= row->n; anchors->next++) {
		const struct audit_kept_anchor *kept = &anchors->all[anchors->next];
		if (kept->anchor.event < 1) {
			audit_report(audit, "anchor %lld: no event can have this number",
				     (long long)kept->anchor.event);
		}
		if (kept->anchor.event != row->n || !fits) {
			continue;
		}
		if (strcmp(kept->anchor.hash, row->hash) != 0) {
			tell_other(anchors, audit, kept);
		} else if (kept->is_given) {
			audit->result.last_anchor = row->n;
		}
	}
}

void audit_anchors_end(struct audit_anchors *anchors, struct audit *audit)
{
	char buffer[AUDIT_VALUE_MAX];

	if (anchors->next < anchors->count && !audit->end_missing) {
		const struct audit_kept_anchor *newest = &anchors->all[anchors->count - 1];
		audit_report(audit, "the chain ends at event %lld, %s saw %lld", (long long)audit->last_event,
			     name_of(newest, buffer), (long long)newest->anchor.event);
		audit->end_missing = true;
		audit->chain_broken = true;
	}
}

void audit_anchors_finish(struct audit_anchors *anchors)
{
	free(anchors->all);
}
