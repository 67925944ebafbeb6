/* reader.h - reads one message exactly, and says the values of its selectors.
 *
 * The second tier of the classifier, and how generated messages are checked.  Pure; allocates nothing. */
#pragma once

#include "description/machine/machine.h"

enum {
	READER_VALUES_MAX = 64,	     /* what comes behind them is not kept */
	READER_VALUES_OCTETS = 4096, /* of all values together; what is longer is cut */
};

struct reader_value {
	uint32_t selector;
	uint32_t at; /* in octets */
	uint32_t size;
	bool cut; /* there was more of it */
};

struct reader {
	struct machine machine;
	struct configurations now; /* once it was wrong: the last that lived, or none where nobody wants values */
	struct configurations next;
	struct notes notes;
	bool wants_values;
	bool stops_at_sure;
	bool wrong;
	uint32_t offset;      /* octets read */
	uint32_t complete_at; /* the message may end there: the last such place, or 0 */
	uint32_t sure_at;     /* where its author is sure of it, or 0 */
	uint32_t value_count; /* values so far; of a message that may end here, all */
	struct reader_value values[READER_VALUES_MAX];
	uint8_t octets[READER_VALUES_OCTETS];
};

enum reader_verdict {
	READER_MORE,	 /* a legal beginning */
	READER_COMPLETE, /* a whole message; offset says where it ends */
	READER_WRONG,	 /* no legal message begins like this; offset says where that shows */
};

void reader_start(struct reader *reader, const struct program *program, unsigned message);

/* The same for one who wants no values: faster.  With `stops_at_sure` reading stops, once, where its author is sure. */
void reader_start_plain(struct reader *reader, const struct program *program, unsigned message, bool stops_at_sure);

/* Reads on.  A message that may end or go on (text until the sender stops) is READER_MORE with complete_at. */
enum reader_verdict reader_feed(struct reader *reader, const uint8_t *octets, size_t size);
