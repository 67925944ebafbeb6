/* settings.h - the configuration as typed values: what berthd.conf and functions.d/ say.
 *
 * Made by config/, read by rendezvous/plan_build.c, and by nobody behind it: processes other than the
 * supervisor see the plan.  A settings object is immutable once loaded and owns all its memory. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/address.h"
#include "base/limits.h"
#include "base/name.h"

enum setting_log { SETTING_LOG_JOURNAL, SETTING_LOG_STDERR, SETTING_LOG_STDERR_JSON };
enum setting_handover { SETTING_SPAWN, SETTING_WORKER, SETTING_PORT, SETTING_RELAY };
enum setting_dialect { SETTING_LINE, SETTING_DETECT }; /* bits 1 << of listen_settings.dialects */
enum setting_as { SETTING_AS_STDIO, SETTING_AS_LISTEN_FD };
enum setting_greet { SETTING_GREET_BERTH, SETTING_GREET_FUNCTION };
enum setting_header { SETTING_HEADER_OFF, SETTING_HEADER_V1, SETTING_HEADER_V2 };
enum setting_bind { SETTING_BIND_BERTH, SETTING_BIND_SELF };
enum setting_share { SETTING_SHARE_CALL, SETTING_SHARE_KEY, SETTING_SHARE_ALL };
enum setting_admit { SETTING_ADMIT_CALLER, SETTING_ADMIT_ANY, SETTING_ADMIT_PREFIXES };

/* A list of words; each entry and the array belong to the settings. */
struct words {
	char **items;
	size_t count;
};

/* allow = and deny = of a section; the most specific prefix wins, and without any rule all may call. */
struct access_rule {
	struct prefix prefix;
	bool allow;
};

struct access_rules {
	struct access_rule *items;
	size_t count;
};

/* Where something was said, for errors found when sections are held against each other. */
struct place_in_file {
	const char *file; /* belongs to the settings */
	unsigned line;
};

/* A function is for calls with one of these values only. */
struct condition_settings {
	const char *selector; /* as the description calls it */
	struct words values;
};

struct listen_settings {
	char *name;
	struct place_in_file place;
	unsigned dialects;
	uint32_t quiet_ms;
	struct words addresses; /* "[::]:1", "0.0.0.0:1", "unix:/path": checked and in this form */
	bool all_functions;	/* functions = * */
	struct words functions; /* else these, in lower case; each exists */
	char *silent;		/* name of a function or NULL */
	uint32_t first_message_ms;
	uint32_t calls_max;
	uint32_t calls_per_source; /* 0: off */
	uint32_t rate_per_second;  /* 0: off */
	uint32_t rate_burst;
	uint32_t backlog;
	bool defer_accept;
	uint32_t socket_mode; /* of unix sockets */
	struct access_rules access;
	struct prefix *proxies; /* who must tell in a PROXY header who calls */
	size_t proxy_count;
};

struct function_settings {
	struct name name;
	struct place_in_file place;
	enum setting_handover handover;
	char *description;		       /* name of a protocol; NULL: never detected */
	struct condition_settings *conditions; /* all must hold */
	size_t condition_count;
	int32_t priority;
	struct words command; /* words, quotes taken off; command[0] is an absolute path */
	char *directory;
	char *user;		  /* NULL: not said */
	char *group;		  /* NULL: the user's */
	struct words environment; /* "NAME=value" */
	enum setting_as as;
	enum setting_greet greet;
	uint32_t processes_max;
	uint32_t processes_per_source; /* 0: off */
	uint32_t open_files;	       /* 0: not set */
	uint64_t memory;	       /* octets, 0: not set */
	uint32_t tasks;		       /* 0: not set */
	int32_t nice;
	uint32_t timeout_ms; /* 0: none */
	bool no_network;
	struct words read_only; /* paths; with read_write empty as well: no file rules */
	struct words read_write;
	uint32_t queue_max;
	uint32_t queue_timeout_ms;
	/* handover = worker and relay */
	uint32_t workers;
	char *attach_group; /* NULL: nobody attaches */
	/* handover = relay */
	char *target;			   /* "host:port", "[v6]:port", "unix:/path" */
	enum setting_header target_header; /* what the target is told of the caller */
	uint32_t connect_timeout_ms;
	uint32_t idle_timeout_ms;	 /* 0: none */
	uint32_t connections_max;	 /* 0: as descriptors allow */
	uint32_t connections_per_source; /* 0: off */
	/* handover = port */
	uint16_t port_first;
	uint16_t port_last;
	enum setting_bind bind;
	enum setting_share share;
	enum setting_admit admit;
	struct prefix *admit_prefixes;
	size_t admit_prefix_count;
	uint32_t idle_ms;
	uint32_t wait_ms;
	uint32_t quarantine_ms;
	uint32_t ports_per_source;
	struct access_rules access;
};

struct settings {
	char *user;		   /* the acceptors' account; NULL: not said */
	uint32_t acceptors;	   /* 0: auto */
	uint32_t launchers;	   /* of each account */
	char *run_dir;		   /* NULL: not said */
	struct words descriptions; /* folders; none: those that came with berth */
	char *registry;		   /* a store's URL; NULL: not said.  For the command berth; berthd does not read it */
	enum setting_log log;
	struct listen_settings *listens;
	size_t listen_count;
	struct function_settings *functions;
	size_t function_count;
};

/* Everything that is wrong, each with file and line, in one text made for people. */
struct complaints {
	FILE *stream; /* where they are written; the caller's */
	size_t count;
};

/* Writes "file:line: text" and counts it.  `place` may be NULL. */
void complain(struct complaints *complaints, const struct place_in_file *place, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Reads `path`, and functions.d/ *.conf beside it when that folder exists, in the order of their names.
 * Returns 0, or -EINVAL after complaining about all that is wrong (a file that cannot be read included),
 * or -ENOMEM.  The caller destroys *ret_settings. */
int settings_load(const char *path, struct complaints *complaints, struct settings **ret_settings);

/* The same from memory, as one file called `name`; for tests and the fuzzer. */
int settings_parse(const char *name, const char *text, size_t size, struct complaints *complaints,
		   struct settings **ret_settings);

/* Takes NULL; returns NULL. */
struct settings *settings_destroy(struct settings *settings);

/* Every key with its section, default and meaning, as berthd.conf(5) and `berthd --keys` print them. */
void settings_print_keys(FILE *stream);
