/* call.h - a call as it lies in a call queue: this struct and one descriptor, in one message.
 *
 * Written by acceptors, read by launchers and by workers through libberth.  Both ends run on one
 * machine from one build or a compatible one; `version` tells. */
#pragma once

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "base/limits.h"

enum {
	CALL_MAGIC = 0x62437631, /* "bCv1" */
	CALL_GREET = 1 << 0,	 /* whoever serves the call sends "+" first */
	CALL_KEY = 1 << 1,	 /* the client named a key */
	CALL_UNIX = 1 << 2,	 /* the connection is a unix socket */
	CALL_TOLD = 1 << 3,	 /* a trusted proxy told who calls */
};

enum call_dialect {
	CALL_DIALECT_NONE, /* a silent caller: say nothing */
	CALL_DIALECT_LINE,
	CALL_DIALECT_DETECT, /* it knows nothing of berth: say nothing, and its first message is unread */
};

struct call_message {
	uint32_t magic;
	uint16_t dialect; /* enum call_dialect */
	uint16_t flags;
	uint64_t function_id;
	uint64_t accepted_ns;	   /* CLOCK_MONOTONIC */
	uint64_t source_key;	   /* who limits count this call for */
	uint32_t queue_timeout_ms; /* older calls are refused, not served */
	uint32_t first_message_ms; /* what the caller took to say its first message: not waiting */
	char function[FUNCTION_NAME_MAX + 1];
	char key[KEY_MAX + 1];
	struct address told; /* with CALL_TOLD: for limits, logs and functions; it never gives a right */
	uint8_t padding;
	uint16_t told_port;
	uint8_t padding_2[4];
};

static_assert(sizeof(struct call_message) <= 128, "a call is at most 128 bytes");
static_assert(sizeof(struct call_message) == 112, "no hidden padding");

/* How long a call has waited in its queue by `now_ns` of CLOCK_MONOTONIC. */
uint64_t call_waited_ms(const struct call_message *message, uint64_t now_ns);

/* 0, or -EBADMSG when the bytes are not a call message: wrong size, magic, dialect, or text without end. */
int call_message_check(const void *bytes, size_t size, struct call_message *ret_message);
