/* classifier_race.h - few messages side by side, and what is known of each.  Private to classifier_race*.c.
 *
 *	classifier_race.c	 the window, by automata, octet by octet
 *	classifier_race_exact.c	 behind it, by the exact reader; what is remembered; silence */
#pragma once

#include "description/classifier/classifier_table.h"
#include "description/machine/machine.h"

struct runner {
	const struct table_message *message;
	const uint32_t *cells;
	const uint8_t *classes;
	const struct table_run *runs;
	uint32_t index;	    /* of the message, in the classifier */
	uint32_t cell;	    /* that led to where it is */
	uint32_t evidence;  /* in eighths of a bit */
	uint32_t proved_at; /* enough was known then, and its cells end there; 0: not yet */
	uint32_t whole_at;  /* the last place where it might end, or 0 */
	bool alive;
	bool whole; /* it may end just here */
	bool sure;  /* it has passed its author's `sure` */

	/* Read exactly, `read` octets: */
	uint32_t read;
	uint32_t dead_at; /* what shows first that it is not this, or UINT32_MAX */
	uint32_t sure_at;
	uint32_t ends_at;  /* it can only end there; 0: not known */
	uint32_t last_end; /* the last place where it may end */
};

struct course {
	const struct classifier *classifier;
	const uint8_t *octets;
	size_t size;
	unsigned count;
	bool doubtful;	     /* a runner is proved, so nobody looks whether it lives */
	uint32_t remembered; /* of the deciding table: index + 1; AMBIGUOUS; 0 */
	uint32_t remembered_at;
	struct runner runners[FEW_MAX];
};

/* ---- classifier_race.c ---- */

void runner_line_up(const struct classifier *classifier, uint32_t index, struct runner *ret_runner);

/* Takes the octets behind the first `at`: `end` of them at most, and none behind one that may change the verdict.
 * Returns how many it has taken then. */
uint32_t runner_take(struct runner *runner, const struct course *course, uint32_t at, uint32_t end);

/* After `octets` octets: is it decided? */
enum race_verdict race_judge(struct course *course, uint32_t octets, struct race_result *ret_result);

int32_t runner_priority(const struct course *course, const struct runner *runner);

/* ---- classifier_race_exact.c ---- */

/* Reads a runner exactly: `octets` at least, as far as its author's `sure` behind them, and never beyond `size`. */
void runner_read(const struct course *course, struct runner *runner, uint32_t octets, size_t size);

/* What is known of it after `octets` octets, once it was read so far. */
void runner_bring_to(struct runner *runner, uint32_t octets);

/* All lengths of it are met: it may end after `octets` octets. */
bool runner_ends_at(const struct course *course, const struct runner *runner, uint32_t octets);

/* Rule 5: all have died. */
enum race_verdict race_fall_back(const struct course *course, struct race_result *ret_result);

/* Rule 4: the window is over. */
enum race_verdict race_read_on(struct course *course, struct race_result *ret_result);
