/* classifier_table.h - the block of a classifier.  Private to classifier*.c.
 *
 * The deciding table walks all first messages at once until few are left; then the automata of these few run side by
 * side and say how sure one can be (classifier_race.c).  So tables add up instead of multiplying.  Behind a protocol
 * stand the names of its functions (classifier_names.c).  Offsets are octets from the start of the block. */
#pragma once

#include "description/automaton/automaton.h"
#include "description/classifier/classifier.h"
#include "description/machine/program.h"

/* Entries of the deciding table: a state, or the few messages that are left. */
enum {
	CELL_FEW = 0x8000, /* the rest is an index of struct table_few */
	FEW_MAX = 4,
	AMBIGUOUS = 0xFFFF, /* two messages are whole at the same octet */
};

/* Messages that live on together.  None: nothing begins like this. */
struct table_few {
	uint16_t count;
	uint16_t messages[FEW_MAX + 3];
};

/* A cell of a message's automaton: the row of cells behind an octet, what the octet is worth, and the STATE_ flags
 * there.  Row 0: the message is not this one.  CELL_RUNS: a run goes on from there, whose number stands in the last
 * column of the row. */
enum {
	CELL_FLAGS = STATE_COMPLETE | STATE_SURE | STATE_PROVED,
	CELL_RUNS = 8,
	CELL_EVIDENCE_SHIFT = 4,
	CELL_EVIDENCE_MASK = 0x7F,
	CELL_ROW_SHIFT = 11,
	ROW_MAX = (1 << 21) - 1,
};

/* Octets that can only be these, or any: looked at all at once.  No flags are raised before the last of them. */
struct table_run {
	uint64_t octets; /* in the order of memory, */
	uint64_t mask;	 /* and zero where any octet may stand */
	uint32_t cell;	 /* behind them */
	uint16_t evidence;
	uint8_t size;
	uint8_t no_repeat; /* the first must differ from the octet before it, else it is worth less */
};

enum { RUN_MIN = 2, RUN_MAX = sizeof(uint64_t) };

static inline uint32_t cell_row(uint32_t cell)
{
	return cell >> CELL_ROW_SHIFT;
}

static inline uint32_t cell_evidence(uint32_t cell)
{
	return cell >> CELL_EVIDENCE_SHIFT & CELL_EVIDENCE_MASK;
}

/* A first message of a protocol, with its automaton. */
struct table_message {
	uint32_t protocol;
	uint32_t message; /* in the program */
	uint32_t weak;
	uint32_t sure;
	uint32_t columns;    /* of a row: one for each class, and one for the run */
	uint32_t classes_at; /* uint8_t[256] */
	uint32_t cells_at;   /* uint32_t[rows][columns] */
	uint32_t rows;
	uint32_t runs_at; /* struct table_run */
	uint32_t run_count;
};

/* The cell before the first octet. */
static inline uint32_t message_start(const struct table_message *message, const uint32_t *cells)
{
	uint32_t row = STATE_START * message->columns;

	return row << CELL_ROW_SHIFT | (cells[row + message->columns - 1] != 0 ? CELL_RUNS : 0);
}

struct table_protocol {
	uint32_t program_at;
	uint32_t first_message; /* of the messages */
	uint32_t message_count;
	int32_t priority;
	uint32_t first_function; /* of the functions, in their order */
	uint32_t function_count;
	uint32_t conditions; /* functions that have some */
	uint32_t otherwise;  /* index of the first function that has none, or CLASSIFIER_NONE */
	uint32_t slots_at;   /* struct name_slot, a power of two of them; 0 without conditions */
	uint32_t slot_count;
	uint32_t at_once;
	uint32_t alone; /* no other protocol is here */
};

struct table_function {
	uint32_t id;
	int32_t message; /* in the program, or -1: any */
	uint32_t conditions_at;
	uint32_t condition_count;
	uint32_t key; /* the condition by whose values it is found */
	uint32_t padding;
};

/* One selector and the values that fit. */
struct table_condition {
	uint32_t selector;
	uint32_t values_at; /* struct table_value */
	uint32_t value_count;
	uint32_t padding;
};

struct table_value {
	uint32_t text_at;
	uint32_t size;
};

/* A value, and the functions that one finds by it. */
struct name_slot {
	uint64_t hash; /* 0: free */
	uint32_t selector;
	uint32_t text_at;
	uint32_t size;
	uint32_t functions_at; /* uint32_t indexes of functions */
	uint32_t function_count;
	uint32_t padding;
};

struct classifier {
	uint32_t magic;
	uint32_t size;
	uint32_t states;
	uint32_t classes_count;
	uint32_t next_at;  /* uint16_t[states][classes_count] */
	uint32_t whole_at; /* uint16_t[states]: the message that may end here, from 1; 0; AMBIGUOUS */
	uint32_t few_at;   /* struct table_few */
	uint32_t few_count;
	uint32_t messages_at;
	uint32_t message_count;
	uint32_t protocols_at;
	uint32_t protocol_count;
	uint32_t functions_at;
	uint32_t function_count;
	uint8_t classes[256];
};

struct reader;

static inline const void *table_at(const struct classifier *classifier, uint32_t at)
{
	return (const char *)classifier + at;
}

static inline const struct table_message *table_message(const struct classifier *classifier, uint32_t index)
{
	return (const struct table_message *)table_at(classifier, classifier->messages_at) + index;
}

static inline const struct table_protocol *table_protocol(const struct classifier *classifier, uint32_t index)
{
	return (const struct table_protocol *)table_at(classifier, classifier->protocols_at) + index;
}

/* ---- classifier_race.c ---- */

enum race_verdict { RACE_MORE, RACE_NOBODY, RACE_WON };

struct race_result {
	uint32_t message; /* RACE_WON: of this classifier */
	uint32_t octets;  /* that it took */
};

/* Who of these few it is.  Verdicts count from `flow->offset` on: before that others lived, which are dead now. */
enum race_verdict race(const struct classifier *classifier, const struct classifier_flow *flow,
		       const struct table_few *few, const uint8_t *octets, size_t size, struct race_result *ret_result);

/* Who it is when nothing more comes: among messages that are whole just here. */
enum race_verdict race_settle(const struct classifier *classifier, const uint8_t *octets, size_t size,
			      struct race_result *ret_result);

/* ---- classifier_names.c ---- */

/* A value that a first message has. */
struct named_value {
	uint32_t selector;
	uint32_t size;
	bool cut; /* it goes on, but was too long to be kept */
	const uint8_t *octets;
};

/* How a selector's values are compared, by its name: "sni" and "host" are domain names, "path" is a path. */
enum value_kind { VALUE_EXACT, VALUE_DOMAIN, VALUE_PATH };

enum value_kind value_kind_of(const char *selector);

/* The part that counts, in `room` (of at least `size` octets): blanks around it, a port behind a host and a
 * query behind a path are taken away, a domain name becomes lower case.  Returns its size. */
size_t value_canonical(enum value_kind kind, const uint8_t *octets, size_t size, uint8_t *room);

/* A "*" stands only where it means something: "*.example.org" or "/folder/" and "*", in 8 labels or folders at most. */
bool value_is_sound(enum value_kind kind, const uint8_t *octets, size_t size);

uint64_t value_hash(uint32_t selector, const uint8_t *octets, size_t size);

/* The index of the function that fits best among those of a protocol: exact values before wildcards, longer wildcards
 * before shorter ones, more conditions before fewer, then the order of registration.  CLASSIFIER_NONE: none fits. */
uint32_t names_choose(const struct classifier *classifier, const struct table_protocol *protocol, uint32_t message,
		      const struct named_value *values, unsigned value_count);
