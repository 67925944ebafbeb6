/* check_values.h - which values a field can have, and between which an expression lies.  Private to the checks. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "config/arena.h"
#include "description/language/tree.h"

/* Both ends included; INT64_MAX also stands for all that is above. */
struct interval {
	int64_t low, high;
};

/* A field that holds a number or a code: an item, or a field of its bits { }. */
struct field {
	const struct item *item;
	const struct bit_field *bits; /* NULL: the item itself */
};

/* The field an expression of kind NAME means; item NULL: it is a counter or kept value. */
struct field expression_field(const struct expression *expression);

/* What tells two fields apart. */
const void *field_key(struct field field);

/* True for fields that hold a number, or a code of a set of numbers. */
bool field_is_number(struct field field);

/* What the wire can carry, whatever "in" says. */
struct interval number_interval(struct number_type type);
struct interval field_interval_on_wire(struct field field);

/* The number of a value for this field.  Codes of text sets are told apart by their addresses; 0 is any other word. */
int64_t field_value(struct field field, const struct value *value);
struct interval field_range(struct field field, const struct range *range);

/* Goes through the values of a field: its ranges, else the codes of its closed set, else all of them. */
struct pieces {
	struct field field;
	const struct range *range;
	const struct code *code;
	bool whole;
	const struct code *given; /* the code that was given last, of text sets */
};

struct pieces pieces_of(struct field field);
bool pieces_next(struct pieces *pieces, struct interval *ret_interval);

/* From the lowest to the highest value. */
struct interval field_interval(struct field field);

/* Fields of which more is known here than everywhere, by an "if" or "switch" around. */
struct narrowed {
	const struct narrowed *outer;
	const void *key;
	struct interval interval;
	bool doubtful; /* a condition says something else about it */
};

struct interval expression_interval(const struct expression *expression, const struct narrowed *narrowed);

/* Where what is known about fields is kept. */
struct narrower {
	struct arena *arena;
	bool no_memory; /* something got lost */
};

/* What is known besides where the condition is `truth`, or where the field lies in the interval. */
const struct narrowed *narrow_by_condition(struct narrower *narrower, const struct narrowed *narrowed,
					   const struct expression *condition, bool truth);
const struct narrowed *narrow_field(struct narrower *narrower, const struct narrowed *narrowed, struct field field,
				    struct interval interval);

/* True if a condition around says something about the field that no interval can say. */
bool is_doubtful(const struct narrowed *narrowed, struct field field);

bool expression_has_rest(const struct expression *expression);
