/* check_solver.h - the state of one search for values that make all claims true.  Private to check_guards.c and
 * check_linear.c. */
#pragma once

#include "description/examine/check_guards.h"
#include "description/examine/check_values.h"

enum {
	TERMS_MAX = 24,
	BOUNDS_MAX = 600,
	UNKNOWNS_MAX = 64,
	TEXTS_MAX = 256,
	PIECES_MAX = 32, /* of a field with more, only the lowest and highest value are used */
	GOALS_MAX = 1000,
	ZERO = 0, /* the term that is 0 */
};

#define NUMBER_LIMIT (INT64_C(1) << 52) /* so that no sum of constraints overflows */

struct term {
	const void *key;
	unsigned at;	    /* a moment, or a message */
	struct field field; /* item NULL: a variable, or the length of a message */
};

/* plus - minus <= limit */
struct bound {
	unsigned plus, minus;
	int64_t limit;
};

/* plus - minus + constant */
struct linear {
	bool known;
	unsigned plus, minus;
	int64_t constant;
};

/* A condition that is true or false for reasons of its own. */
struct unknown {
	const struct expression *condition;
	bool denied;
	unsigned moment, message;
};

struct text_value {
	struct octets text;
	bool nocase;
};

struct solver {
	struct guards *guards;
	struct term terms[TERMS_MAX];
	unsigned terms_count;
	struct bound bounds[BOUNDS_MAX];
	unsigned bounds_count;
	struct unknown unknowns[UNKNOWNS_MAX];
	unsigned unknowns_count;
	struct text_value texts[TEXTS_MAX];
	unsigned texts_count;
	unsigned depth;
	bool lost; /* a limit was passed: everything may hold */
};

/* ---- check_linear.c ---- */

/* plus - minus <= limit from now on. */
void solver_bound(struct solver *solver, unsigned plus, unsigned minus, int64_t limit);
void solver_bound_interval(struct solver *solver, unsigned term, struct interval interval);

/* True if all bounds can hold. */
bool solver_is_consistent(const struct solver *solver);

/* What an expression amounts to; not known if it is more than the difference of two terms. */
struct linear linear_of(struct solver *solver, const struct expression *expression, unsigned moment, unsigned message);
struct linear linear_of_variable(struct solver *solver, const struct variable *variable, unsigned moment);
struct linear linear_sum(struct linear left, struct linear right);
struct linear linear_negated(struct linear linear);

/* Of a comparison of a field with a text: the difference of the field's text and this one.  Only whether it is 0
 * means something. */
struct linear linear_of_text(struct solver *solver, const struct expression *comparison, unsigned message);

/* The number of a text of this field; the same text has the same number. */
int64_t solver_text(struct solver *solver, struct octets text, const struct item *item);
bool solver_same_text(struct octets left, struct octets right, bool nocase);
