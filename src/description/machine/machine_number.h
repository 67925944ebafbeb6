/* machine_number.h - numbers, octet by octet.  Private to machine*.c. */
#pragma once

#include "description/machine/machine.h"

enum taken {
	TAKEN,	     /* and the instruction wants more */
	TAKEN_LAST,  /* and that was its last octet */
	TAKEN_NOT,   /* the octet belongs to what comes behind, if the instruction may end here */
	TAKEN_WRONG, /* nothing legal begins like this */
};

/* The next octet of a number; its value stands in `strand->value` after the last. */
enum taken number_take(const struct machine *machine, const struct number_spec *spec, struct strand *strand,
		       uint8_t octet);

/* True when the number may end without another octet (decimal only); its value stands in `strand->value` then. */
bool number_leave(const struct machine *machine, const struct number_spec *spec, struct strand *strand);
