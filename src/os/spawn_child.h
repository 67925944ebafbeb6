/* spawn_child.h - what spawn() prepares and what runs between clone and exec.  Private to
 * os/spawn*.c. */
#pragma once

#include "os/spawn.h"

/* The environment with LISTEN_PID, the greeting and the apology. */
enum { SPAWN_TEXT_MAX = ENVIRONMENT_BYTES + FIRST_MESSAGE_MAX };

/* Everything the child reads, and one word that it writes.  Belongs to the child from clone until
 * the kernel has zeroed the place's cleartid word. */
struct spawn_child {
	const struct spawn_program *program;
	char *const *arguments;
	const char *directory;			/* NULL: it is where the parent is */
	char *environment[ENVIRONMENT_MAX + 2]; /* LISTEN_PID and the NULL at the end */
	char *listen_pid;			/* where the digits go, or NULL */
	int input_output;
	int error;
	int third;
	int caller;
	int file_rules;
	const char *greeting; /* NULL: none */
	size_t greeting_size;
	const char *apology; /* NULL: none, or the greeting is out already */
	size_t apology_size;
	int32_t failure; /* errno of the step that failed */
	char text[SPAWN_TEXT_MAX];
};

/* The body of the child, for clone(2).  Does not return. */
int spawn_child_run(void *child);
