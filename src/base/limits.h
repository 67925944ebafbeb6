/* limits.h - every compile-time maximum of the rendezvous, in one place.
 *
 * Included everywhere; holds numbers only.  Limits a user may change live in the configuration
 * (config/settings.h); these are the sizes that memory is laid out for. */
#pragma once

#include <assert.h>

enum {
	FUNCTION_NAME_MAX = 15,	   /* octets, RFC 6335 section 5.1 */
	FIRST_MESSAGE_MAX = 512,   /* octets of a line, CRLF included */
	KEY_MAX = 32,		   /* octets of key=K */
	FUNCTIONS_MAX = 65536,	   /* functions a berthd can know in its life */
	LISTENS_MAX = 64,	   /* listening addresses over all [listen] sections */
	ACCEPTORS_MAX = 16,	   /* acceptors that serve at one time */
	ACCEPTOR_COLUMNS_MAX = 32, /* the same and those that finish after a reload */
	ACCOUNTS_MAX = 1024,	   /* users (and groups) that functions run as */
	LAUNCHERS_MAX = 8,	   /* launchers of one account */
	QUEUES_MAX = FUNCTIONS_MAX + ACCOUNTS_MAX,
	ACCOUNT_SLOTS = 4096,	  /* processes of one account */
	SOURCES_MAX = 65536,	  /* source addresses remembered at one time */
	ARGUMENTS_MAX = 64,	  /* words of a command */
	ENVIRONMENT_MAX = 64,	  /* variables of a process */
	ENVIRONMENT_BYTES = 4096, /* all of them together */
	DRAIN_BYTES_MAX = 65536,  /* read and thrown away after a refusal */
	DRAIN_TIME_MS = 1000,
	LOG_LINES_PER_SECOND = 10, /* of one kind of event */
};

static_assert(ACCEPTORS_MAX * 2 <= ACCEPTOR_COLUMNS_MAX, "a reload can start its acceptors beside the old ones");
