/* launcher_output.c - descriptor 2 of functions: a pipe for each function in use, its lines into the log.  The
 * supervisor keeps each reading end too: should we die, nobody who writes gets a SIGPIPE, and our successor reads on.
 *
 * Called by the launcher when it starts a process.  Pipes are made at first use.  When all OUTPUTS_MAX belong to
 * functions that run, further functions share one, whose lines do not say which it was. */
#include "rendezvous/launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "os/log.h"
#include "rendezvous/channel.h"

enum { OUTPUTS_MAX = 64, OUTPUT_LINE_MAX = 512 };

struct output {
	struct loop_source source; /* its descriptor is the reading end; -1: unused */
	int writing;		   /* -1: adopted, only read until its writers are gone */
	uint64_t function_id;
	uint64_t token; /* tells it from all others of this account */
	uint64_t used;	/* a count that grows with each use */
	struct name name;
	size_t size; /* of the unfinished line */
	char line[OUTPUT_LINE_MAX + 1];
	struct outputs *outputs;
};

struct outputs {
	struct loop *loop;
	int channel;
	uint64_t uses;
	struct output items[OUTPUTS_MAX];
	struct output shared;
};

int outputs_create(struct loop *loop, int channel, struct outputs **ret_outputs)
{
	struct outputs *outputs = calloc(1, sizeof(*outputs));

	if (outputs == NULL) {
		return -ENOMEM;
	}
	outputs->loop = loop;
	outputs->shared.source.descriptor = -1;
	outputs->channel = channel;
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

/* The supervisor keeps a copy of the reading end (or, when there is none any more, forgets it). */
static void tell_supervisor(const struct output *output, int descriptor)
{
	struct control_message message = { .kind = CONTROL_OUTPUT, .number = output->token, .name = output->name };

	(void)channel_offer(output->outputs->channel, message, descriptor);
}

static void close_output(struct output *output)
{
	if (output->source.descriptor < 0) {
		return;
	}
	say(output);
	tell_supervisor(output, -1);
	loop_remove(output->outputs->loop, &output->source);
	close(output->source.descriptor);
	if (output->writing >= 0) {
		close(output->writing);
	}
	output->source.descriptor = -1;
}

static void on_output(struct loop_source *source, uint32_t events)
{
	char octets[4096];
	ssize_t size = read(source->descriptor, octets, sizeof(octets));

	(void)events;
	if (size > 0) {
		take_octets(source->data, octets, (size_t)size);
	} else if (size == 0) {
		close_output(source->data); /* adopted, and its last writer is gone */
	}
}

struct outputs *outputs_destroy(struct outputs *outputs)
{
	for (int i = 0; outputs != NULL && i < OUTPUTS_MAX; i++) {
		close_output(&outputs->items[i]);
	}
	if (outputs != NULL) {
		close_output(&outputs->shared);
	}
	free(outputs);
	return NULL;
}

static int watch(struct outputs *outputs, struct output *output, int reading)
{
	/* Only our end is non-blocking: a function that writes much waits for us, as for any terminal. */
	(void)fcntl(reading, F_SETFL, O_NONBLOCK);
	output->source = (struct loop_source){ .descriptor = reading, .ready = on_output, .data = output };
	output->outputs = outputs;
	output->size = 0;
	int r = loop_add(outputs->loop, &output->source, EPOLLIN);
	if (r < 0) {
		output->source.descriptor = -1;
	}
	return r;
}

static int open_output(struct outputs *outputs, struct output *output, const struct name *name, uint64_t function_id)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0) {
		return -errno;
	}
	int r = watch(outputs, output, ends[0]);
	if (r < 0) {
		close(ends[0]);
		close(ends[1]);
		return r;
	}
	output->writing = ends[1];
	output->function_id = function_id;
	output->name = *name;
	output->token = (uint64_t)getpid() << 32 | (outputs->uses & UINT32_MAX);
	tell_supervisor(output, ends[0]);
	return 0;
}

/* Somebody may still write to it, and closing it would hurt him. */
static bool is_in_use(const struct account *account, const struct output *output)
{
	return output->source.descriptor >= 0 &&
	       (output->writing < 0 || account_count(account, function_place(output->function_id), 0).of_function > 0);
}

/* A place for one more: an unused one, or that of the output used longest ago by a function that does not run.
 * NULL when there is none. */
static struct output *make_room(struct outputs *outputs, const struct account *account)
{
	struct output *oldest = NULL;

	for (int i = 0; i < OUTPUTS_MAX; i++) {
		struct output *output = &outputs->items[i];
		if ((oldest == NULL || output->source.descriptor < 0 || output->used < oldest->used) &&
		    !is_in_use(account, output)) {
			oldest = output;
		}
		if (output->source.descriptor < 0) {
			break;
		}
	}
	if (oldest != NULL) {
		close_output(oldest);
		oldest->used = ++outputs->uses;
	}
	return oldest;
}

static int get_shared(struct outputs *outputs)
{
	static const struct name several = { "several" };

	if (outputs->shared.source.descriptor < 0 && open_output(outputs, &outputs->shared, &several, 0) < 0) {
		return STDERR_FILENO;
	}
	return outputs->shared.writing;
}

int outputs_get(struct outputs *outputs, const struct account *account, const struct plan_function *function)
{
	for (int i = 0; i < OUTPUTS_MAX; i++) {
		struct output *output = &outputs->items[i];
		if (output->source.descriptor >= 0 && output->writing >= 0 && output->function_id == function->id) {
			output->used = ++outputs->uses;
			return output->writing;
		}
	}
	struct output *output = make_room(outputs, account);
	if (output == NULL || open_output(outputs, output, &function->name, function->id) < 0) {
		return get_shared(outputs);
	}
	return output->writing;
}

void outputs_adopt(struct outputs *outputs, const struct account *account, const struct control_message *message,
		   int descriptor)
{
	struct output *output = descriptor >= 0 ? make_room(outputs, account) : NULL;

	if (output == NULL) {
		if (descriptor >= 0) {
			close(descriptor); /* the supervisor still has it, so nobody is hurt */
		}
		return;
	}
	output->writing = -1;
	output->name = message->name;
	output->token = message->number;
	if (watch(outputs, output, descriptor) < 0) {
		close(descriptor);
	}
}
