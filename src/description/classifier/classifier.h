/* classifier.h - which function a first message is for: one table over all descriptions of a listener.
 *
 * Built once for each load (classifier_build.c), as one block without pointers that any process can map; then read
 * only.  A call keeps eight octets of state.  Whoever asks passes all octets that have come so far, from the first,
 * each time: they are peeked, never consumed.  Which verdict there is depends on the octets alone and never on how they
 * arrived; when it is known may depend on that (classifier_feed). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "description/machine/program.h"

enum {
	CLASSIFIER_MAGIC = 0x62436c31,
	CLASSIFIER_OCTETS_MAX = 32768,	 /* of a first message that are looked at */
	CLASSIFIER_PROTOCOLS_MAX = 1024, /* of one classifier */
	CLASSIFIER_TABLE_MAX = 2 << 20,	 /* octets of the table that decides */
	CLASSIFIER_VALUES_MAX = 64,	 /* of selectors, of one first message */
};

#define CLASSIFIER_NONE UINT32_MAX

struct classifier;

/* All zero before the first octet. */
struct classifier_flow {
	uint16_t state;
	uint16_t remembered; /* the message that was whole while others lived on, from 1; or AMBIGUOUS */
	uint8_t remembered_at;
	uint8_t offset;	 /* octets looked at by the table */
	uint8_t looks;	 /* behind the window, each of them from the first octet */
	uint8_t look_at; /* the next one; in units of 256 octets */
};

enum classifier_verdict {
	CLASSIFIER_MORE,     /* not decided yet */
	CLASSIFIER_NOBODY,   /* no description begins like this */
	CLASSIFIER_FUNCTION, /* decided */
};

struct classifier_answer {
	uint32_t protocol; /* index, as given to the builder */
	uint32_t function; /* `id` of the function, or CLASSIFIER_NONE: the protocol, but none of its functions */
	uint32_t octets;   /* that it took */
	bool at_once;	   /* the protocol is one that somebody else reads (struct classifier_protocol) */
};

/* `octets` are all that have come.  With CLASSIFIER_FUNCTION *ret_answer is set.  What comes in very many pieces is not
 * looked at with each of them, so that it costs little; it may then take an eighth more octets, or the silence behind
 * the last of them, until the verdict is known. */
enum classifier_verdict classifier_feed(const struct classifier *classifier, struct classifier_flow *flow,
					const uint8_t *octets, size_t size, struct classifier_answer *ret_answer);

/* Nothing more has come for a while, or will: a message that is whole may be taken now though others might go on.
 * Never CLASSIFIER_MORE. */
enum classifier_verdict classifier_settle(const struct classifier *classifier, struct classifier_flow *flow,
					  const uint8_t *octets, size_t size, struct classifier_answer *ret_answer);

/* ---- building ---- */

/* "sni = a.example.org, *.example.org": one of the values must fit. */
struct classifier_condition {
	const char *selector;
	const char *const *values;
	size_t value_count;
};

struct classifier_function {
	uint32_t id; /* the caller's */
	uint32_t protocol;
	int32_t priority;
	const char *message;			       /* only this first message; NULL: any */
	const struct classifier_condition *conditions; /* all must hold */
	size_t condition_count;
};

struct classifier_protocol {
	const struct program *program;
	bool at_once; /* decided as soon as no other is left: somebody else will say what is wrong with it */
};

struct classifier_costs {
	uint32_t states;  /* of the deciding table */
	uint32_t classes; /* of octets in it */
	uint32_t few;	  /* sets of few messages that it ends in */
	uint32_t size;	  /* octets of the deciding table */
	uint32_t whole;	  /* octets of everything */
};

/* Functions stand in the order of their registration, which decides between equals.  `room` takes the name of the
 * offender with -EINVAL (a condition on a selector that its protocol has not); -E2BIG: too many states; -ENOMEM.
 * Free *ret_classifier with free(). */
int classifier_build(const struct classifier_protocol *protocols, size_t protocol_count,
		     const struct classifier_function *functions, size_t function_count, struct text *ret_offender,
		     struct classifier_costs *ret_costs, struct classifier **ret_classifier);

/* The octets of the whole block. */
size_t classifier_size(const struct classifier *classifier);

/* 0, or -EBADMSG when the block is none: then using it might lead outside of it.  Goes through all of it, once. */
int classifier_check(const void *block, size_t size);

/* ---- explaining: classifier_explain.c ---- */

enum classifier_standing_kind {
	STANDING_DEAD,	/* it does not begin like this */
	STANDING_ALIVE, /* it may go on, and whole_at says whether it may also have ended */
	STANDING_WHOLE, /* it ended after `octets`; what comes behind is the next message */
};

/* How one first message stands against octets. */
struct classifier_standing {
	uint32_t protocol; /* index, as given to the builder */
	uint32_t message;  /* index in its program */
	bool weak;	   /* as its author marked it */
	bool sure;
	enum classifier_standing_kind kind;
	uint32_t octets;	   /* that it took; DEAD: the next one was wrong */
	uint32_t whole_at;	   /* the last place where it may end, or 0 */
	uint32_t sure_at;	   /* where its author is sure of it, or 0 */
	uint32_t evidence;	   /* in eighths of a bit, as far as was counted */
	uint32_t proved_at;	   /* where counting ended since enough was known, or 0 */
	struct octet_set expected; /* DEAD: what could have come instead */
	uint32_t line;		   /* DEAD: of the description, where that stands */
};

/* First messages of all protocols. */
uint32_t classifier_message_count(const struct classifier *classifier);

void classifier_hold(const struct classifier *classifier, uint32_t index, const uint8_t *octets, size_t size,
		     struct classifier_standing *ret_standing);
