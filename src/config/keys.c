/* keys.c - the one table of all keys, and what is read from it: look-up, and the list for people.
 *
 * A row says where a key stands, how its value is read and where it goes, what it is when nobody
 * says it, and what it means.  The rows stand in the order of the manual page. */
#include "config/keys.h"

#include <string.h>

#include "config/value.h"

/* Numbers that only this table knows. */
#define SECOND 1000
#define WEEK (INT64_C(7) * 24 * 3600 * SECOND) /* the longest time; what shall last longer is "off" */
#define MEGABYTE (INT64_C(1) << 20)
#define TERABYTE (INT64_C(1) << 40)
#define QUEUE_CALLS_MIN 8
#define COUNT_MAX 1000000 /* for counts that only memory bounds */
#define PORT_MIN 1024	  /* of call back ports: below are the system's */

#define IN_BERTHD (1U << SECTION_BERTHD)
#define IN_LISTEN (1U << SECTION_LISTEN)
#define IN_FUNCTION (1U << SECTION_FUNCTION)
#define IN_BOTH (IN_BERTHD | IN_FUNCTION) /* [berthd] sets the default of functions */

#define WITH_SPAWN (1U << SETTING_SPAWN)
#define WITH_WORKER (1U << SETTING_WORKER)
#define WITH_PORT (1U << SETTING_PORT)
#define WITH_RELAY (1U << SETTING_RELAY)
#define WITHOUT_PORT (WITH_SPAWN | WITH_WORKER | WITH_RELAY) /* its clients know nothing of another port */
#define WITH_PROGRAM (WITH_SPAWN | WITH_WORKER | WITH_PORT)  /* one that the section names */

#define BERTHD(field) .sections = IN_BERTHD, .offset = offsetof(struct settings, field)
#define LISTEN(field) .sections = IN_LISTEN, .offset = offsetof(struct listen_settings, field)
#define FUNCTION(field) .sections = IN_FUNCTION, .offset = offsetof(struct function_settings, field)
#define FUNCTION_ITSELF .sections = IN_FUNCTION
#define BOTH(field) .sections = IN_BOTH, .offset = offsetof(struct function_settings, field)

const struct key keys[] = {
	{ "user", BERTHD(user), .read = read_account, .form = "ACCOUNT", .meaning = "the account of the acceptors" },
	{ "acceptors", BERTHD(acceptors), .read = read_count, .form = "NUMBER", .initial = "auto", .low = 1,
	  .high = ACCEPTORS_MAX, .zero = "auto",
	  .meaning = "processes that read first messages; auto: one for each core" },
	{ "launchers", BERTHD(launchers), .read = read_count, .form = "NUMBER", .initial = "1", .low = 1,
	  .high = LAUNCHERS_MAX, .meaning = "launchers of each account" },
	{ "run-dir", BERTHD(run_dir), .read = read_path, .form = "PATH",
	  .meaning = "where the control socket and the sockets of attached workers are" },
	{ "log", BERTHD(log), .read = read_choice, .form = "journal|stderr|stderr-json", .initial = "journal",
	  .meaning = "the form of the events on descriptor 2" },
	{ "descriptions", BERTHD(descriptions), .read = read_paths, .form = "PATH,...",
	  .meaning = "folders of descriptions, NAME.berth, in this order; else those that came with berth" },
	{ "registry", BERTHD(registry), .read = read_store_url, .form = "URL", .may_be_empty = true,
	  .meaning = "the registry of ports that `berth` reads: sqlite:FILE or postgresql://..." },

	{ "address", LISTEN(addresses), .read = read_addresses, .form = "ADDRESS:PORT,...", .required = true,
	  .meaning = "where to listen: 0.0.0.0:1, [::]:1 or unix:/path" },
	{ "dialects", LISTEN(dialects), .read = read_choices, .form = "line|detect", .initial = "line",
	  .meaning = "what clients may speak; detect: anything that the description of a function describes" },
	{ "functions", .sections = IN_LISTEN, .read = read_functions, .form = "NAME,...|*", .initial = "*",
	  .meaning = "what may be called here; * is everything" },
	{ "silent", LISTEN(silent), .read = read_silent, .form = "NAME", .may_be_empty = true,
	  .meaning = "the function of a client that says nothing" },
	{ "quiet", LISTEN(quiet_ms), .read = read_duration, .form = "TIME", .initial = "200ms", .low = 1, .high = WEEK,
	  .meaning = "how long a whole first message waits that could be the beginning of another" },
	{ "first-message", LISTEN(first_message_ms), .read = read_duration, .form = "TIME", .initial = "5s", .low = 1,
	  .high = WEEK, .meaning = "how long a client may take for its first message" },
	{ "calls-max", LISTEN(calls_max), .read = read_count, .form = "NUMBER", .initial = "10000", .low = 1,
	  .high = COUNT_MAX, .meaning = "unfinished first messages at one time; the oldest gives way" },
	{ "calls-per-source", LISTEN(calls_per_source), .read = read_count, .form = "NUMBER", .initial = "100",
	  .low = 1, .high = COUNT_MAX, .zero = "off",
	  .meaning = "the same of one source: an IPv4 address, an IPv6 /64, a user" },
	{ "rate-per-source", .sections = IN_LISTEN, .read = read_rate, .form = "NUMBER/s [burst NUMBER]",
	  .initial = "200/s burst 400", .low = 1, .high = COUNT_MAX, .zero = "off",
	  .meaning = "calls of one source in a second; a burst is twice as many unless said" },
	{ "allow", LISTEN(access), .read = read_allow, .form = "PREFIX,...",
	  .meaning = "who may call; the most specific prefix of allow and deny decides" },
	{ "deny", LISTEN(access), .read = read_deny, .form = "PREFIX,...", .meaning = "who may not call" },
	{ "proxy-protocol", .sections = IN_LISTEN, .read = read_proxies, .form = "required-from PREFIX,...",
	  .initial = "off", .zero = "off", .meaning = "the proxies that must tell the address of their client" },
	{ "backlog", LISTEN(backlog), .read = read_count, .form = "NUMBER", .initial = "4096", .low = 1, .high = 65535,
	  .meaning = "connections that the kernel holds until they are accepted" },
	{ "defer-accept", LISTEN(defer_accept), .read = read_switch, .form = "yes|no", .initial = "no",
	  .meaning = "whether the kernel holds a connection until its first octet is there" },
	{ "socket-mode", LISTEN(socket_mode), .read = read_mode, .form = "MODE", .initial = "0666", .high = 0777,
	  .meaning = "who may connect to unix:/path, as chmod(1) writes it" },

	{ "handover", FUNCTION(handover), .read = read_choice, .form = "spawn|worker|port|relay", .required = true,
	  .meaning = "how a call is served" },
	{ "command", FUNCTION(command), .read = read_command, .form = "PATH WORD...", .handovers = WITH_PROGRAM,
	  .meaning = "the program and its arguments; needed unless workers = 0" },
	{ "description", FUNCTION(description), .read = read_description, .form = "PROTOCOL", .handovers = WITHOUT_PORT,
	  .meaning = "what its clients say first, for the detect dialect: the name of a description" },
	{ "sni", FUNCTION_ITSELF, .read = read_selector, .form = "DOMAIN,...", .handovers = WITHOUT_PORT,
	  .meaning = "only for these server names (TLS); *.example.org is every name below it" },
	{ "alpn", FUNCTION_ITSELF, .read = read_selector, .form = "PROTOCOL,...", .handovers = WITHOUT_PORT,
	  .meaning = "only for clients that offer one of these (TLS)" },
	{ "host", FUNCTION_ITSELF, .read = read_selector, .form = "DOMAIN,...", .handovers = WITHOUT_PORT,
	  .meaning = "only for these hosts (HTTP)" },
	{ "path", FUNCTION_ITSELF, .read = read_selector, .form = "PATH,...", .handovers = WITHOUT_PORT,
	  .meaning = "only for these paths (HTTP, git); /api/* is everything below /api/" },
	{ "database", FUNCTION_ITSELF, .read = read_selector, .form = "NAME,...", .handovers = WITHOUT_PORT,
	  .meaning = "only for these databases (PostgreSQL)" },
	{ "service", FUNCTION_ITSELF, .read = read_selector, .form = "NAME,...", .handovers = WITHOUT_PORT,
	  .meaning = "only for these services (git, Oracle)" },
	{ "when", FUNCTION_ITSELF, .read = read_when, .form = "SELECTOR = VALUE [and ...]", .handovers = WITHOUT_PORT,
	  .meaning = "only when these selectors of its description have these values" },
	{ "priority", FUNCTION(priority), .read = read_signed, .form = "NUMBER", .initial = "0", .low = -1000,
	  .high = 1000, .handovers = WITHOUT_PORT,
	  .meaning = "where a first message could be of two descriptions, the higher one has it" },
	{ "directory", FUNCTION(directory), .read = read_path, .form = "PATH", .initial = "/",
	  .handovers = WITH_PROGRAM, .meaning = "where it runs" },
	{ "user", FUNCTION(user), .read = read_account, .form = "ACCOUNT", .meaning = "the account it runs as" },
	{ "group", FUNCTION(group), .read = read_account, .form = "GROUP",
	  .meaning = "its group; the account's own unless said" },
	{ "environment", FUNCTION(environment), .read = read_environment, .form = "NAME=VALUE ...",
	  .handovers = WITH_PROGRAM, .meaning = "variables it gets beside those of berthd" },
	{ "as", FUNCTION(as), .read = read_choice, .form = "stdio|listen-fd", .initial = "stdio",
	  .handovers = WITH_SPAWN, .meaning = "which descriptors the connection is: 0 and 1, or 3" },
	{ "greet", FUNCTION(greet), .read = read_choice, .form = "berth|function", .initial = "berth",
	  .handovers = WITH_SPAWN | WITH_WORKER | WITH_RELAY, .meaning = "who sends the \"+\" that accepts the call" },
	{ "processes-max", FUNCTION(processes_max), .read = read_count, .form = "NUMBER", .initial = "256", .low = 1,
	  .high = ACCOUNT_SLOTS, .handovers = WITH_SPAWN | WITH_PORT, .meaning = "processes at one time" },
	{ "processes-per-source", FUNCTION(processes_per_source), .read = read_count, .form = "NUMBER", .initial = "32",
	  .low = 1, .high = ACCOUNT_SLOTS, .zero = "off", .handovers = WITH_SPAWN | WITH_PORT,
	  .meaning = "the same of one source" },
	{ "open-files", FUNCTION(open_files), .read = read_count, .form = "NUMBER", .initial = "1024", .low = 8,
	  .high = 1 << 30, .zero = "off", .meaning = "descriptors a process may have" },
	{ "memory", FUNCTION(memory), .read = read_size, .form = "SIZE", .initial = "off", .low = MEGABYTE,
	  .high = 16 * TERABYTE, .zero = "off", .meaning = "address space a process may have" },
	{ "tasks", FUNCTION(tasks), .read = read_count, .form = "NUMBER", .initial = "off", .low = 1, .high = 1 << 22,
	  .zero = "off", .meaning = "processes and threads the account may have" },
	{ "nice", FUNCTION(nice), .read = read_signed, .form = "NUMBER", .initial = "0", .low = -20, .high = 19,
	  .meaning = "scheduling priority, as nice(1) has it" },
	{ "timeout", FUNCTION(timeout_ms), .read = read_duration, .form = "TIME", .initial = "off", .low = 1,
	  .high = WEEK, .zero = "off", .handovers = WITH_SPAWN | WITH_PORT, .meaning = "how long a process may live" },
	{ "no-network", FUNCTION(no_network), .read = read_switch, .form = "yes|no", .initial = "no",
	  .handovers = WITH_PROGRAM, .meaning = "whether it is kept from opening sockets of the network" },
	{ "read-only", FUNCTION(read_only), .read = read_paths, .form = "PATH,...", .handovers = WITH_PROGRAM,
	  .meaning = "what it may read and execute; with this or read-write, nothing else" },
	{ "read-write", FUNCTION(read_write), .read = read_paths, .form = "PATH,...", .handovers = WITH_PROGRAM,
	  .meaning = "what it may read, execute and change" },
	{ "queue-max", BOTH(queue_max), .read = read_count, .form = "NUMBER", .initial = "1024", .low = QUEUE_CALLS_MIN,
	  .high = 65536, .meaning = "calls that wait in the queue; the next is busy" },
	{ "queue-timeout", BOTH(queue_timeout_ms), .read = read_duration, .form = "TIME", .initial = "5s", .low = 1,
	  .high = WEEK, .meaning = "how long a call may wait in the queue" },
	{ "workers", FUNCTION(workers), .read = read_count, .form = "NUMBER", .initial = "1", .low = 0,
	  .high = ACCOUNT_SLOTS, .handovers = WITH_WORKER | WITH_RELAY,
	  .meaning = "processes that berthd starts; 0 with attach-group: others bring them" },
	{ "attach-group", FUNCTION(attach_group), .read = read_account, .form = "GROUP", .handovers = WITH_WORKER,
	  .meaning = "whose processes may attach as workers" },
	{ "target", FUNCTION(target), .read = read_target, .form = "HOST:PORT|unix:PATH", .handovers = WITH_RELAY,
	  .meaning = "where the relay connects to" },
	{ "proxy-protocol", FUNCTION(target_header), .read = read_choice, .form = "off|v1|v2", .initial = "off",
	  .handovers = WITH_RELAY, .meaning = "the PROXY header that tells the target who calls" },
	{ "connect-timeout", FUNCTION(connect_timeout_ms), .read = read_duration, .form = "TIME", .initial = "5s",
	  .low = 1, .high = WEEK, .handovers = WITH_RELAY, .meaning = "how long an address of the target may take" },
	{ "idle-timeout", FUNCTION(idle_timeout_ms), .read = read_duration, .form = "TIME", .initial = "1h", .low = 1,
	  .high = WEEK, .zero = "off", .handovers = WITH_RELAY,
	  .meaning = "how long a connection lives on which nothing is said" },
	{ "connections-max", FUNCTION(connections_max), .read = read_count, .form = "NUMBER", .initial = "auto",
	  .low = 1, .high = COUNT_MAX, .zero = "auto", .handovers = WITH_RELAY,
	  .meaning = "connections of one relay at one time; auto: as its descriptors allow" },
	{ "connections-per-source", FUNCTION(connections_per_source), .read = read_count, .form = "NUMBER",
	  .initial = "1000", .low = 1, .high = COUNT_MAX, .zero = "off", .handovers = WITH_RELAY,
	  .meaning = "the same of one source" },
	{ "ports", .sections = IN_BOTH, .read = read_ports, .form = "FIRST-LAST", .initial = "61000-65535",
	  .low = PORT_MIN, .high = UINT16_MAX, .handovers = WITH_PORT,
	  .meaning = "which numbers a rendezvous may send clients to" },
	{ "bind", FUNCTION(bind), .read = read_choice, .form = "berth|self", .initial = "berth", .handovers = WITH_PORT,
	  .meaning = "who opens the port; self: the program, told by {port}" },
	{ "share", FUNCTION(share), .read = read_choice, .form = "call|key|all", .initial = "call",
	  .handovers = WITH_PORT, .meaning = "one process for each call, for each key, or for everybody" },
	{ "admit", .sections = IN_FUNCTION, .read = read_admit, .form = "caller|any|PREFIX,...", .handovers = WITH_PORT,
	  .meaning = "for whom the port exists; caller where that is possible, else any" },
	{ "idle", FUNCTION(idle_ms), .read = read_duration, .form = "TIME", .initial = "60s", .low = 1, .high = WEEK,
	  .handovers = WITH_PORT, .meaning = "how long a process lives that nobody is connected to" },
	{ "wait", FUNCTION(wait_ms), .read = read_duration, .form = "TIME", .initial = "30s", .low = 1, .high = WEEK,
	  .handovers = WITH_PORT, .meaning = "how long a process waits to be called at all" },
	{ "quarantine", BOTH(quarantine_ms), .read = read_duration, .form = "TIME", .initial = "60s", .low = 0,
	  .high = WEEK, .handovers = WITH_PORT, .meaning = "how long a port that was used stays closed" },
	{ "ports-per-source", BOTH(ports_per_source), .read = read_count, .form = "NUMBER", .initial = "16", .low = 1,
	  .high = UINT16_MAX, .zero = "off", .handovers = WITH_PORT, .meaning = "ports of one source at one time" },
	{ "allow", FUNCTION(access), .read = read_allow, .form = "PREFIX,...",
	  .meaning = "who may call; the most specific prefix of allow and deny decides" },
	{ "deny", FUNCTION(access), .read = read_deny, .form = "PREFIX,...", .meaning = "who may not call" },
};

const size_t key_count = sizeof(keys) / sizeof(keys[0]);

const struct key *key_find(enum section_kind kind, const char *name)
{
	for (size_t i = 0; i < key_count; i++) {
		/* Comparing the first letter here spares most calls of strcmp: there may be many
		 * settings. */
		if (keys[i].name[0] == name[0] && (keys[i].sections & 1U << kind) != 0 &&
		    strcmp(keys[i].name, name) == 0) {
			return &keys[i];
		}
	}
	return NULL;
}

enum section_kind key_target_kind(const struct key *key)
{
	if ((key->sections & IN_FUNCTION) != 0) {
		return SECTION_FUNCTION;
	}
	return (key->sections & IN_LISTEN) != 0 ? SECTION_LISTEN : SECTION_BERTHD;
}

const char *section_kind_word(enum section_kind kind)
{
	static const char *const words[SECTION_KINDS] = { "berthd", "listen", "function" };

	return words[kind];
}

static void print_key(FILE *stream, const struct key *key)
{
	(void)fprintf(stream, "\n  %s = %s%s%s\n", key->name, key->form, key->zero != NULL ? "|" : "",
		      key->zero != NULL ? key->zero : "");
	(void)fprintf(stream, "      %s", key->meaning);
	if (key->required) {
		(void)fputs(" (required)", stream);
	}
	if (key->initial != NULL) {
		(void)fprintf(stream, " (default %s)", key->initial);
	}
	(void)fputc('\n', stream);
}

void settings_print_keys(FILE *stream)
{
	static const char *const headings[SECTION_KINDS] = { "[berthd]", "[listen NAME]", "[function NAME]" };

	for (enum section_kind kind = 0; kind < SECTION_KINDS; kind++) {
		(void)fprintf(stream, "%s%s\n", kind > 0 ? "\n" : "", headings[kind]);
		for (size_t i = 0; i < key_count; i++) {
			if ((keys[i].sections & 1U << kind) != 0) {
				print_key(stream, &keys[i]);
			}
		}
	}
}
