/* program.c - what a function executes, and in which environment: built from nothing but the plan and the
 * connection.
 *
 * Called by the launcher's other files.  Programs are prepared once for each plan, so that a call costs no
 * preparation. */
#include "rendezvous/launcher.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "os/sandbox.h"
#include "os/socket.h"

struct program {
	uint64_t function_id;
	struct spawn_program spawn;
	char *arguments[ARGUMENTS_MAX + 1]; /* texts of the plan */
};

/* ---- environment ---- */

void variables_init(struct variables *variables)
{
	variables->count = 0;
	variables->used = 0;
}

void variables_put(struct variables *variables, const char *name, const char *value)
{
	size_t room = sizeof(variables->bytes) - variables->used;
	int size = snprintf(variables->bytes + variables->used, room, "%s=%s", name, value);

	if (size < 0 || (size_t)size >= room || variables->count == VARIABLES_MAX) {
		return;
	}
	variables->items[variables->count++] = variables->bytes + variables->used;
	variables->used += (size_t)size + 1;
}

void variables_put_number(struct variables *variables, const char *name, uint64_t value)
{
	char digits[24];

	(void)snprintf(digits, sizeof(digits), "%llu", (unsigned long long)value);
	variables_put(variables, name, digits);
}

static void put_end(struct variables *variables, const struct address *address, uint16_t port, const char *address_name,
		    const char *port_name)
{
	char text[ADDRESS_TEXT_MAX];

	address_text(address, text);
	variables_put(variables, address_name, text);
	variables_put_number(variables, port_name, port);
}

void variables_put_connection(struct variables *variables, const struct call_message *message, int connection)
{
	char proxy[ADDRESS_TEXT_MAX];
	struct address peer;
	struct address local;
	uint16_t peer_port;
	uint16_t local_port;

	if (socket_peer(connection, &peer, &peer_port) < 0 || socket_local(connection, &local, &local_port) < 0) {
		variables_put(variables, "PROTO", "UNIX");
		return;
	}
	if ((message->flags & CALL_TOLD) != 0) {
		address_text(&peer, proxy);
		variables_put(variables, "BERTH_PROXY", proxy);
		peer = message->told;
		peer_port = message->told_port;
	}
	variables_put(variables, "PROTO", "TCP");
	put_end(variables, &peer, peer_port, "TCPREMOTEIP", "TCPREMOTEPORT");
	put_end(variables, &local, local_port, "TCPLOCALIP", "TCPLOCALPORT");
	put_end(variables, &peer, peer_port, "REMOTE_ADDR", "REMOTE_PORT");
}

void variables_put_function(struct variables *variables, const struct plan *plan, const struct plan_function *function,
			    const char *key)
{
	variables_put(variables, "BERTH_FUNCTION", function->name.text);
	if (key[0] != '\0') {
		variables_put(variables, "BERTH_KEY", key);
	}
	for (uint32_t i = 0; i < function->environment.count && variables->count < VARIABLES_MAX; i++) {
		variables->items[variables->count++] = plan_word(plan, function->environment, i);
	}
}

/* ---- programs ---- */

static void free_program(struct program *program)
{
	if (program != NULL && program->spawn.file_rules >= 0) {
		close(program->spawn.file_rules);
	}
	free(program);
}

void programs_forget(struct launcher *launcher)
{
	for (uint32_t place = 0; place < launcher->kit.plan->places.count; place++) {
		if (launcher->programs[place] != NULL) {
			free_program(launcher->programs[place]);
			launcher->programs[place] = NULL;
		}
	}
}

/* Words of the plan as the array of pointers that exec and others want; they are never written to. */
static size_t words_as_pointers(const struct plan *plan, struct plan_array words, char **pointers, size_t room)
{
	size_t count = 0;

	for (uint32_t i = 0; i < words.count && count < room; i++) {
		pointers[count++] = (char *)(uintptr_t)plan_word(plan, words, i);
	}
	return count;
}

static int file_rules_of(const struct plan *plan, const struct plan_function *function)
{
	char *read_only[ARGUMENTS_MAX];
	char *read_write[ARGUMENTS_MAX];

	if (function->read_only.count + function->read_write.count == 0) {
		return -1;
	}
	size_t read_only_count = words_as_pointers(plan, function->read_only, read_only, ARGUMENTS_MAX);
	size_t read_write_count = words_as_pointers(plan, function->read_write, read_write, ARGUMENTS_MAX);
	return sandbox_files_create(read_only, read_only_count, read_write, read_write_count);
}

static int make_program(const struct plan *plan, const struct plan_function *function, struct program **ret_program)
{
	struct program *program = calloc(1, sizeof(*program));

	if (program == NULL) {
		return -ENOMEM;
	}
	(void)words_as_pointers(plan, function->command, program->arguments, ARGUMENTS_MAX);
	program->function_id = function->id;
	program->spawn = (struct spawn_program){
		.path = program->arguments[0],
		.arguments = program->arguments,
		.directory = plan_text(plan, function->directory_at),
		.open_files = function->open_files,
		.memory = function->memory,
		.tasks = function->tasks,
		.nice = function->nice,
		.file_rules = file_rules_of(plan, function),
		.filter = function->no_network ? sandbox_no_network() : NULL,
	};
	/* What cannot be kept is refused: a function that asked for file rules never runs without them. */
	if (program->spawn.file_rules < -1) {
		int r = program->spawn.file_rules;
		free(program);
		return r;
	}
	*ret_program = program;
	return 0;
}

int program_get(struct launcher *launcher, const struct plan_function *function,
		const struct spawn_program **ret_program)
{
	struct program **program = &launcher->programs[function_place(function->id)];

	if (*program == NULL || (*program)->function_id != function->id) {
		free_program(*program);
		*program = NULL;
		int r = make_program(launcher->kit.plan, function, program);
		if (r < 0) {
			return r;
		}
	}
	if ((*program)->spawn.path == NULL) {
		return -ENOENT;
	}
	if (access((*program)->spawn.path, X_OK) < 0) {
		return -errno;
	}
	*ret_program = &(*program)->spawn;
	return 0;
}

static bool same_words(const struct plan *a_plan, struct plan_array a, const struct plan *b_plan, struct plan_array b)
{
	bool same = a.count == b.count;

	for (uint32_t i = 0; i < a.count && same; i++) {
		same = strcmp(plan_word(a_plan, a, i), plan_word(b_plan, b, i)) == 0;
	}
	return same;
}

bool program_same(const struct plan *a_plan, const struct plan_function *a, const struct plan *b_plan,
		  const struct plan_function *b)
{
	return same_words(a_plan, a->command, b_plan, b->command) &&
	       same_words(a_plan, a->environment, b_plan, b->environment) &&
	       same_words(a_plan, a->read_only, b_plan, b->read_only) &&
	       same_words(a_plan, a->read_write, b_plan, b->read_write) &&
	       strcmp(plan_text(a_plan, a->directory_at), plan_text(b_plan, b->directory_at)) == 0 &&
	       a->open_files == b->open_files && a->memory == b->memory && a->tasks == b->tasks && a->nice == b->nice &&
	       a->no_network == b->no_network;
}
