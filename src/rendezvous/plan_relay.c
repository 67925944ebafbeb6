/* plan_relay.c - a function with handover = relay is a worker whose program is berth's own: berth-relay, which lies
 * beside berthd, with the section's settings as its arguments.
 *
 * Called by plan_build.c.  From here on a relay is started, counted, reloaded and replaced as workers are. */
#include "rendezvous/plan_relay.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { NUMBER_MAX = 16 };

/* Beside our own program, whatever path that was started by. */
static void find_program(char *path, size_t size)
{
	static const char name[] = "berth-relay";
	char self[PATH_MAX];
	ssize_t self_size = readlink("/proc/self/exe", self, sizeof(self) - 1);

	self[self_size > 0 ? self_size : 0] = '\0';
	char *slash = strrchr(self, '/');
	(void)snprintf(path, size, "%.*s%s", slash != NULL ? (int)(slash + 1 - self) : 0, self, name);
}

struct plan_array plan_put_relay(struct blob *blob, const struct function_settings *from)
{
	static const char *const headers[] = { "off", "v1", "v2" };
	char program[PATH_MAX];
	char connect_timeout[NUMBER_MAX];
	char idle_timeout[NUMBER_MAX];
	char connections_max[NUMBER_MAX];
	char connections_per_source[NUMBER_MAX];
	const char *const words[] = {
		program,
		"--target",
		from->target,
		"--proxy-protocol",
		headers[from->target_header],
		"--connect-timeout",
		connect_timeout,
		"--idle-timeout",
		idle_timeout,
		"--connections-max",
		connections_max,
		"--connections-per-source",
		connections_per_source,
	};
	uint32_t offsets[sizeof(words) / sizeof(words[0])];
	const uint32_t count = sizeof(words) / sizeof(words[0]);

	find_program(program, sizeof(program));
	(void)snprintf(connect_timeout, sizeof(connect_timeout), "%" PRIu32, from->connect_timeout_ms);
	(void)snprintf(idle_timeout, sizeof(idle_timeout), "%" PRIu32, from->idle_timeout_ms);
	(void)snprintf(connections_max, sizeof(connections_max), "%" PRIu32, from->connections_max);
	(void)snprintf(connections_per_source, sizeof(connections_per_source), "%" PRIu32,
		       from->connections_per_source);
	for (uint32_t i = 0; i < count; i++) {
		offsets[i] = blob_put_text(blob, words[i]);
	}
	return (struct plan_array){ blob_put(blob, offsets, sizeof(offsets)), count };
}
