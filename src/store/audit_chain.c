/* audit_chain.c - the chain of events, from the first to its head.  Called by audit.c only.
 *
 * An event whose hash is not that of its columns was changed, or stands under another's number.  Where the hash was
 * made to fit, the next event still names the old one: so a link that does not hold accuses the event before it, or,
 * when the next link does not hold either, the one between the two.  Each event is replayed on the way. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/audit_chain.h"
#include "store/audit_private.h"
#include "store/journal.h"

struct head {
	bool is_there;
	int64_t n;
	char hash[STORE_HASH_SIZE];
};

struct chain {
	struct audit *audit;
	struct audit_anchors anchors;
	struct audit_suspects suspects;
	struct head head;
	int64_t expected;		 /* the next event's number */
	char last_hash[STORE_HASH_SIZE]; /* of the event before it */
	bool last_fits;			 /* that event is known, and its hash is that of its columns */
	bool is_doubtful;		 /* the link behind the event `doubtful` did not hold */
	int64_t doubtful;
};

/* ---- rows ---- */

void audit_read_event(struct statement *statement, struct audit_event_row *ret_row)
{
	const char *texts[9];

	for (int i = 0; i < 9; i++) {
		texts[i] = statement_text(statement, i);
		texts[i] = texts[i] != NULL ? texts[i] : "";
	}
	*ret_row = (struct audit_event_row){
		.n = statement_integer(statement, 0),
		.columns = { texts[0], texts[1], texts[2], texts[3], texts[4], texts[5], texts[6], texts[7] },
		.hash = texts[8],
	};
}

bool audit_event_fits(const struct audit_event_row *row, int64_t as_number)
{
	char hash[STORE_HASH_SIZE];
	char number[24];
	struct journal_event columns = row->columns;

	(void)snprintf(number, sizeof(number), "%lld", (long long)as_number);
	columns.n = number;
	journal_event_hash(&columns, hash);
	return strcmp(hash, row->hash) == 0;
}

void audit_read_hash(struct statement *statement, int column, char ret_hash[static STORE_HASH_SIZE])
{
	const char *text = statement_text(statement, column);
	bool is_one = text != NULL && strlen(text) == STORE_HASH_SIZE - 1;

	(void)snprintf(ret_hash, STORE_HASH_SIZE, "%s", is_one ? text : "");
}

/* ---- links ---- */

static void accuse(struct chain *chain, int64_t event)
{
	if (event == 0) {
		audit_report(chain->audit, "event 1 is not the one that the chain began with");
	} else {
		audit_report(chain->audit, "event %lld was changed after it was written, and its hash made to fit",
			     (long long)event);
	}
	chain->audit->chain_broken = true;
}

/* Between the event before `number` and this one. */
static void check_link(struct chain *chain, int64_t number, bool holds)
{
	if (!holds && !chain->is_doubtful) {
		chain->is_doubtful = true;
		chain->doubtful = number - 1;
		return;
	}
	if (chain->is_doubtful) {
		accuse(chain, holds ? chain->doubtful : number - 1);
	}
	chain->is_doubtful = false;
}

/* There is no next link that could tell more. */
static void end_links(struct chain *chain)
{
	if (chain->is_doubtful) {
		accuse(chain, chain->doubtful);
	}
	chain->is_doubtful = false;
}

/* ---- events ---- */

static void miss(struct chain *chain, int64_t from, int64_t to)
{
	audit_suspects_miss(&chain->suspects, from, to);
	chain->audit->chain_broken = true;
}

static void suspect(struct chain *chain, int64_t event)
{
	audit_suspects_add(&chain->suspects, chain->audit, event);
	chain->audit->chain_broken = true;
}

/* Numbers that no event of a whole chain has. */
static bool is_stray(struct chain *chain, const struct audit_event_row *row, bool fits)
{
	char number[24];

	(void)snprintf(number, sizeof(number), "%lld", (long long)row->n);
	if (strcmp(number, row->columns.n) != 0 || (row->n < chain->expected && fits)) {
		char buffer[AUDIT_VALUE_MAX];
		audit_report(chain->audit, "event %s: no event can have this number",
			     audit_value(row->columns.n, buffer));
		chain->audit->chain_broken = true;
		return true;
	}
	if (row->n < chain->expected || (!fits && chain->head.is_there && row->n > chain->head.n)) {
		suspect(chain, row->n);
		return true;
	}
	return false;
}

static void check_event(struct chain *chain, const struct audit_event_row *row)
{
	bool fits = audit_event_fits(row, row->n);

	if (is_stray(chain, row, fits)) {
		return;
	}
	if (row->n > chain->expected) {
		miss(chain, chain->expected, row->n - 1);
		chain->last_fits = false;
	}
	if (!fits) {
		suspect(chain, row->n);
	}
	if (fits && chain->last_fits) {
		check_link(chain, row->n, strcmp(row->columns.prev, chain->last_hash) == 0);
	} else {
		end_links(chain);
	}
	audit_anchors_meet(&chain->anchors, chain->audit, row, fits);
	chain->expected = row->n + 1;
	chain->last_fits = fits;
	(void)snprintf(chain->last_hash, sizeof(chain->last_hash), "%s", row->hash);
}

static int replay(struct audit *audit, const struct audit_event_row *row)
{
	char sentence[REPLAY_SENTENCE_MAX];
	int r = replay_event(audit->replay, row->n, row->columns.body, strlen(row->columns.body), sentence);

	if (r == -EBADMSG) {
		audit_differ(audit, "event %lld %s", (long long)row->n, sentence);
	}
	return r == -ENOMEM ? store_complain(audit->store, r, NULL) : 0;
}

/* Reads on behind `bound`; ret_bound stays when nothing with a greater number came. */
static int walk_some(struct chain *chain, struct statement *statement, int64_t *ret_bound)
{
	struct audit_event_row row;
	int r;

	statement_bind_integer(statement, 1, *ret_bound);
	while ((r = statement_step(statement)) > 0) {
		audit_read_event(statement, &row);
		chain->audit->result.events++;
		check_event(chain, &row);
		r = replay(chain->audit, &row);
		if (r < 0) {
			return r;
		}
		*ret_bound = row.n > *ret_bound ? row.n : *ret_bound;
	}
	return r < 0 ? store_complain(chain->audit->store, r, NULL) : 0;
}

static int walk(struct chain *chain)
{
	struct statement *statement = NULL;
	int64_t bound = INT64_MIN;
	int64_t before;
	int r = statement_prepare(chain->audit->store->database,
				  "SELECT n, at, staff, act, subject, why, body, prev, hash FROM event WHERE n > ? "
				  "ORDER BY n LIMIT 1000", /* some at a time: there may be more than memory */
				  &statement);

	if (r < 0) {
		return store_complain(chain->audit->store, r, NULL);
	}
	do {
		before = bound;
		r = walk_some(chain, statement, &bound);
	} while (r == 0 && bound > before);
	(void)statement_free(statement);
	return r;
}

/* ---- the head ---- */

static int read_head(struct audit *audit, struct head *ret_head)
{
	struct statement *statement = NULL;
	int r = statement_prepare(audit->store->database, "SELECT one, n, hash FROM chain ORDER BY one", &statement);

	while (r >= 0 && (r = statement_step(statement)) > 0) {
		if (statement_integer(statement, 0) != 1 || ret_head->is_there) {
			audit_report(audit, "the chain has a head too many");
		} else {
			ret_head->is_there = true;
			ret_head->n = statement_integer(statement, 1);
			audit_read_hash(statement, 2, ret_head->hash);
		}
	}
	(void)statement_free(statement);
	return r < 0 ? store_complain(audit->store, r, NULL) : 0;
}

static void check_head(struct chain *chain)
{
	struct audit *audit = chain->audit;
	int64_t last = chain->expected - 1;
	bool holds = strcmp(chain->head.hash, chain->last_hash) == 0;

	if (!chain->head.is_there) {
		audit_report(audit, "the chain has no head");
	} else if (chain->head.n < last) {
		audit_report(audit, "the chain's head says event %lld, the events go to %lld", (long long)chain->head.n,
			     (long long)last);
	} else if (chain->head.n > last && holds) {
		audit_report(audit, "the chain's head says event %lld, its hash is that of event %lld",
			     (long long)chain->head.n, (long long)last);
	} else if (chain->head.n > last) {
		miss(chain, last + 1, chain->head.n);
		audit->end_missing = true;
	} else if (chain->is_doubtful) {
		check_link(chain, last + 1, holds);
	} else if (chain->last_fits && !holds) {
		audit_report(audit, "event %lld and the chain's head do not fit: one of them was changed",
			     (long long)last);
		audit->chain_broken = true;
	}
	end_links(chain);
}

int audit_chain(struct audit *audit, const struct audit_anchor *anchors, size_t anchor_count)
{
	struct chain chain = { .audit = audit, .expected = 1, .last_fits = true };
	int r = audit_anchors_read(&chain.anchors, audit, anchors, anchor_count);

	memcpy(chain.last_hash, journal_no_hash, STORE_HASH_SIZE);
	if (r == 0) {
		r = read_head(audit, &chain.head);
	}
	if (r == 0) {
		r = walk(&chain);
	}
	if (r == 0) {
		check_head(&chain);
		audit->last_event = chain.expected - 1;
		audit_anchors_end(&chain.anchors, audit);
		r = audit_suspects_tell(&chain.suspects, audit);
	}
	audit_anchors_finish(&chain.anchors);
	return r;
}
