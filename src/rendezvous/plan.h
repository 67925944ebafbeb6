/* plan.h - the configuration as every process sees it: one sealed block of memory, mapped read-only.
 *
 * Built by the supervisor (plan_build.c) for each (re)load and handed to acceptors, launchers and the port
 * broker as one descriptor.  It holds no pointers: things refer to each other by index or by offset
 * from the start of the plan, and nothing in it ever changes. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "base/limits.h"
#include "base/name.h"
#include "config/settings.h"
#include "os/privilege.h"

enum { PLAN_MAGIC = 0x62506c31 };
#define PLAN_NONE UINT32_MAX /* no such index */

/* An array somewhere in the plan. */
struct plan_array {
	uint32_t at; /* octets from the start of the plan */
	uint32_t count;
};

/* One listening address. */
struct plan_socket {
	uint32_t listen; /* index of its [listen] section */
	uint32_t is_unix;
	uint32_t text_at; /* "[::]:1", "unix:/path" */
	uint32_t mode;
};

/* A function is for calls with one of these values only. */
struct plan_condition {
	uint32_t selector_at;
	struct plan_array values; /* uint32_t offsets of texts */
};

struct plan_listen {
	char name[32];
	uint32_t dialects; /* bits 1 << enum setting_dialect */
	uint32_t quiet_ms;
	struct plan_array functions; /* uint32_t function indexes in the order of their names: what HELP lists */
	struct plan_array table;     /* the same as a hash table: uint32_t index or PLAN_NONE, a power of two */
	struct plan_array access;    /* struct access_rule */
	struct plan_array proxies;   /* struct prefix: who must send a PROXY header */
	uint32_t silent;	     /* function index or PLAN_NONE */
	uint32_t first_message_ms;
	uint32_t calls_max;
	uint32_t calls_per_source;
	uint32_t rate_per_second;
	uint32_t rate_burst;
	uint32_t backlog;
	uint32_t defer_accept;
};

struct plan_function {
	uint64_t id; /* never used again for another function; its low 16 bits are the place */
	struct name name;
	uint32_t account;
	uint32_t queue;
	uint32_t handover; /* enum setting_handover, and so on */
	uint32_t as;
	uint32_t greet;
	uint32_t bind;
	uint32_t share;
	uint32_t admit;
	struct plan_array access;	  /* struct access_rule */
	struct plan_array admit_prefixes; /* struct prefix */
	struct plan_array conditions;	  /* struct plan_condition */
	uint32_t description_at;	  /* the protocol's name; "": never detected */
	int32_t priority;
	struct plan_array command; /* uint32_t offsets of texts */
	struct plan_array environment;
	struct plan_array read_only;
	struct plan_array read_write;
	uint32_t directory_at;
	uint32_t processes_max;
	uint32_t processes_per_source;
	uint32_t open_files;
	uint64_t memory;
	uint32_t tasks;
	int32_t nice;
	uint32_t timeout_ms;
	uint32_t no_network;
	uint32_t queue_timeout_ms;
	uint32_t workers;
	uint32_t attach;       /* 1: others may attach */
	uint32_t attach_group; /* gid */
	uint32_t idle_ms;
	uint32_t wait_ms;
	uint32_t quarantine_ms;
	uint32_t ports_per_source;
	uint16_t port_first;
	uint16_t port_last;
};

struct plan_account {
	char name[64]; /* "user" or "user:group"; stays the same over reloads */
	struct identity identity;
	uint32_t queue;
	uint32_t worker_functions; /* how many functions here have workers that berthd starts */
	uint32_t port_functions;   /* how many functions here call back */
};

/* A call queue: of an account's launchers, or of a function that has workers. */
struct plan_queue {
	uint32_t account;
	uint32_t function; /* index, or PLAN_NONE for the account's */
	uint32_t calls_max;
	uint32_t padding;
	uint64_t owner; /* what it stays the same for over reloads: the function's id, or 0 */
};

struct plan {
	uint32_t magic;
	uint32_t size;
	uint64_t generation;
	uint32_t acceptors;
	uint32_t launchers;
	uint32_t log; /* enum log_format */
	uint32_t port_functions;
	struct plan_array sockets;   /* struct plan_socket */
	struct plan_array listens;   /* struct plan_listen */
	struct plan_array functions; /* struct plan_function */
	struct plan_array accounts;  /* struct plan_account */
	struct plan_array queues;    /* struct plan_queue */
	struct plan_array places;    /* uint32_t function index or PLAN_NONE for each place */
};

/* Maps a plan.  0, -EBADMSG when it is not one, or -errno.  Unmap with plan_unmap; NULL is fine there. */
int plan_map(int descriptor, const struct plan **ret_plan);
const struct plan *plan_unmap(const struct plan *plan);

const struct plan_socket *plan_socket(const struct plan *plan, uint32_t index);
const struct plan_listen *plan_listen(const struct plan *plan, uint32_t index);
const struct plan_function *plan_function(const struct plan *plan, uint32_t index);
const struct plan_account *plan_account(const struct plan *plan, uint32_t index);
const struct plan_queue *plan_queue(const struct plan *plan, uint32_t index);
const char *plan_text(const struct plan *plan, uint32_t at);
const void *plan_items(const struct plan *plan, struct plan_array array);

/* A text of an array of texts (command, environment, paths). */
const char *plan_word(const struct plan *plan, struct plan_array words, uint32_t index);

/* What may be called by this name at this listen, or NULL. */
const struct plan_function *plan_find(const struct plan *plan, const struct plan_listen *listen,
				      const struct name *name);

/* The function with this id, or NULL when the plan has it no more. */
const struct plan_function *plan_find_id(const struct plan *plan, uint64_t id);

/* The function in a place, or NULL. */
const struct plan_function *plan_in_place(const struct plan *plan, uint32_t place);

uint32_t function_place(uint64_t id);
