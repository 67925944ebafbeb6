/* launcher_output.c - descriptor 2 of functions: a pipe for each function in use, its lines into the log.
 *
 * Called by the launcher when it starts a process.  Pipes are made at first use; of more than OUTPUTS_MAX the
 * one unused longest is closed, which only means that its processes' further errors are lost. */
#include "rendezvous/launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "os/log.h"

enum { OUTPUTS_MAX = 64, OUTPUT_LINE_MAX = 512 };

struct output {
	struct loop_source source; /* its descriptor is the reading end; -1: unused */
	int writing;
	uint64_t function_id;
	uint64_t used; /* a count that grows with each use */
	struct name name;
	size_t size; /* of the unfinished line */
	char line[OUTPUT_LINE_MAX + 1];
};

struct outputs {
	struct loop *loop;
	uint64_t uses;
	struct output items[OUTPUTS_MAX];
};

int outputs_create(struct loop *loop, struct outputs **ret_outputs)
{
	struct outputs *outputs = calloc(1, sizeof(*outputs));

	if (outputs == NULL) {
		return -ENOMEM;
	}
	outputs->loop = loop;
	for (int i = 0; i < OUTPUTS_MAX; i++) {
		outputs->items[i].source.descriptor = -1;
	}
	*ret_outputs = outputs;
	return 0;
}

static void say(struct output *output)
{
	if (output->size > 0) {
		output->line[output->size] = '\0';
		log_event(LOG_LEVEL_INFO, "output", "function", output->name.text, "text", output->line, NULL);
		output->size = 0;
	}
}

static void take_octets(struct output *output, const char *octets, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (octets[i] == '\n' || output->size == OUTPUT_LINE_MAX) {
			say(output);
		}
		if (octets[i] != '\n') {
			output->line[output->size++] = octets[i] != '\0' ? octets[i] : '?';
		}
	}
}

static void on_output(struct loop_source *source, uint32_t events)
{
	char octets[4096];
	ssize_t size = read(source->descriptor, octets, sizeof(octets));

	(void)events;
	if (size > 0) {
		take_octets(source->data, octets, (size_t)size);
	}
}

static void close_output(struct outputs *outputs, struct output *output)
{
	if (output->source.descriptor >= 0) {
		say(output);
		loop_remove(outputs->loop, &output->source);
		close(output->source.descriptor);
		close(output->writing);
		output->source.descriptor = -1;
	}
}

struct outputs *outputs_destroy(struct outputs *outputs)
{
	for (int i = 0; outputs != NULL && i < OUTPUTS_MAX; i++) {
		close_output(outputs, &outputs->items[i]);
	}
	free(outputs);
	return NULL;
}

static int open_output(struct outputs *outputs, struct output *output, const struct plan_function *function)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0) {
		return -errno;
	}
	/* Only our end is non-blocking: a function that writes much waits for us, as for any terminal. */
	(void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
	output->source = (struct loop_source){ .descriptor = ends[0], .ready = on_output, .data = output };
	output->writing = ends[1];
	output->function_id = function->id;
	output->name = function->name;
	output->size = 0;
	int r = loop_add(outputs->loop, &output->source, EPOLLIN);
	if (r < 0) {
		close(ends[0]);
		close(ends[1]);
		output->source.descriptor = -1;
	}
	return r;
}

int outputs_get(struct outputs *outputs, const struct plan_function *function)
{
	struct output *oldest = &outputs->items[0];

	for (int i = 0; i < OUTPUTS_MAX; i++) {
		struct output *output = &outputs->items[i];
		if (output->source.descriptor >= 0 && output->function_id == function->id) {
			output->used = ++outputs->uses;
			return output->writing;
		}
		if (output->source.descriptor < 0 || output->used < oldest->used) {
			oldest = output;
		}
	}
	close_output(outputs, oldest);
	oldest->used = ++outputs->uses;
	return open_output(outputs, oldest, function) == 0 ? oldest->writing : STDERR_FILENO;
}
