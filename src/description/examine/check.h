/* check.h - the examiner's checks that need the tree alone: all but those that run the messages' automata.
 *
 *	E2	everything that is declared is used			check_use.c
 *	E3	every state can be reached, and left for the end	check_states.c
 *	E4	sizes can be, cases can come, messages end		check_sizes.c
 *	E5	what messages hold is bounded				check_memory.c
 *	E7	cases and rules leave nothing open and hide nothing	check_conditions.c
 *	E10	no messages cross without a receiver			check_diamond.c
 *	E12	counters stay between 0 and their maximum		check_counters.c
 *	E13	the form is complete					check_form.c
 *	E14	warnings						check_warnings.c
 *
 * Each adds its findings to the report and returns 0 or -ENOMEM.  They need a tree without errors of syntax and
 * names: where names are not linked, nothing else can be judged. */
#pragma once

#include <stdint.h>

#include "description/language/report.h"
#include "description/language/tree.h"

/* All of them; none if the report already holds an error. */
int check_tree(const struct tree *tree, struct report *report);

int check_use(const struct protocol *protocol, struct report *report);
int check_states(const struct protocol *protocol, struct report *report);
int check_sizes(const struct protocol *protocol, struct report *report);
int check_memory(const struct protocol *protocol, struct report *report);
int check_conditions(const struct protocol *protocol, struct report *report);
int check_counters(const struct protocol *protocol, struct report *report);
int check_diamond(const struct protocol *protocol, struct report *report);
int check_form(const struct tree *tree, struct report *report);
int check_warnings(const struct tree *tree, struct report *report);

/* E4 for the "short" of a header or an answer. */
void check_short(const struct source *source, const struct entry *entries, struct report *report);

/* How many octets the message can have, without what carries it; UINT64_MAX: any number.  The least is never too
 * large and the most never too small, with numbers in text in their shortest form.  0 or -ENOMEM. */
int message_size_range(const struct message *message, uint64_t *ret_minimum, uint64_t *ret_maximum);
