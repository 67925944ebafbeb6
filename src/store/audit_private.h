/* audit_private.h - one run of audit_verify, shared by audit*.c.
 *
 * What is wrong in itself (an event whose hash does not fit, an entry whose text does not) is reported where it is
 * found.  What differs from what the events say is kept until the chain is known to be whole: when events are missing
 * or changed, such differences follow from that, and are told of together in one sentence that does not count as a
 * fault. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/audit.h"
#include "store/audit_replay.h"
#include "store/store_private.h"

enum { AUDIT_SENTENCE_MAX = 512, AUDIT_DIFFERENCES_MAX = 64, AUDIT_VALUE_MAX = 64 };

struct audit {
	struct store *store;
	audit_fault *fault;
	void *context;
	int (*derive)(struct entry *entry);
	struct audit_result result;
	int64_t last_event;
	bool chain_broken; /* an event is missing or not what it was */
	bool end_missing;  /* the last events are missing, and that was told */
	char *differences[AUDIT_DIFFERENCES_MAX];
	uint64_t difference_count;
	struct replay *replay;
};

__attribute__((format(printf, 2, 3))) void audit_report(struct audit *audit, const char *format, ...);
/* Of what rests on the chain being whole. */
__attribute__((format(printf, 2, 3))) void audit_differ(struct audit *audit, const char *format, ...);

/* A value as it may stand in a sentence, cut when it is long: "NULL" or in quotation marks. */
const char *audit_value(const char *value_or_null, char buffer[static AUDIT_VALUE_MAX]);

/* The parts of a verification; 0 or -errno with a complaint. */
int audit_chain(struct audit *audit, const struct audit_anchor *anchors, size_t anchor_count);
int audit_tables(struct audit *audit);
int audit_entries(struct audit *audit);
int audit_people(struct audit *audit);
