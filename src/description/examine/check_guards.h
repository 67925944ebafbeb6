/* check_guards.h - which conditions of rules can hold together.  Private to the checks.
 *
 * Conditions that compare two values, or a value and a number, become difference constraints (left - right <= c),
 * for which it is decided exactly whether all can hold; any other condition may hold or not, but not both.  So
 * "cannot hold" is a proof, and "may hold" is not. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "description/language/tree.h"

enum {
	MOMENTS = 5,	       /* of counters and kept values */
	CLAIMS_MAX = 256,      /* at one time */
	GUARD_STEPS = 2000000, /* of one protocol */
	GUARD_WORK = 50000000, /* rules looked at, likewise */
};

/* When counters and kept values are looked at: after a rule has set some of them.  The first has no rule. */
struct moment {
	const struct rule *rule;
	unsigned before;  /* the moment it followed */
	unsigned message; /* the message it took, of guards.messages */
};

/* A condition and when it is asked; or a bound: its value is at most `limit`. */
struct claim {
	const struct expression *condition;
	bool denied;
	bool is_bound;
	int64_t limit;
	unsigned moment;
	unsigned message; /* whose fields it means */
};

/* Zeroed, then messages and moments as needed.  Beyond its limits everything may hold. */
struct guards {
	const struct message *messages[2]; /* NULL: a close, which has no fields */
	struct moment moments[MOMENTS];
	bool fresh; /* counters are 0 at the first moment */
	struct claim claims[CLAIMS_MAX];
	size_t count;

	bool full;	/* there were more claims */
	unsigned steps; /* done so far */
	unsigned work;	/* rules looked at; whoever goes through all rules stops at GUARD_WORK */
};

/* Claims that the condition holds, or, `denied`, that it does not; NULL is a condition that always holds. */
void guards_claim(struct guards *guards, const struct expression *condition, bool denied, unsigned moment,
		  unsigned message);

/* Claims that the value is at most `limit`. */
void guards_claim_at_most(struct guards *guards, const struct expression *value, int64_t limit, unsigned moment,
			  unsigned message);

/* Claims that of the state's `own` rules and, behind them, those of `always` this one is the first to hold.  Only
 * rules that take the same count. */
void guards_claim_first(struct guards *guards, const struct rule *own, const struct rule *always,
			const struct rule *rule, unsigned moment, unsigned message);

/* Claims that none of them takes what `rule` takes.  Returns how many might. */
size_t guards_claim_none(struct guards *guards, const struct rule *own, const struct rule *always,
			 const struct rule *rule, unsigned moment, unsigned message);

/* Takes back all claims but the first `count`. */
void guards_forget(struct guards *guards, size_t count);

/* False: the claims cannot hold together. */
bool guards_may_hold(struct guards *guards);

/* True if the variable surely has the same value at both moments. */
bool guards_same_value(struct guards *guards, const struct variable *variable, unsigned left, unsigned right);

/* True if both rules take the same: a message of one role from the same port, or its close. */
bool rules_take_same(const struct rule *left, const struct rule *right);
