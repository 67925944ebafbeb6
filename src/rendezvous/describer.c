/* describer.c - the process that reads descriptions: from their texts to a classifier for each listener.
 *
 * Run by cmd/berthd.c as a role, once for each load that has a listener with the detect dialect.  Descriptions may come
 * from strangers, so it has no file, no socket and no privilege, little memory and little time; it writes into memory
 * that it was given, says that it is done, and ends. */
#include "rendezvous/describer.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "os/memory.h"
#include "os/sandbox.h"
#include "rendezvous/channel.h"
#include "rendezvous/roles.h"

enum { CPU_SECONDS_MAX = 30, MEMORY_MAX = 1 << 30, OUTPUT_MAX = 256 << 20 };

/* ---- what is wrong ---- */

void describer_say(struct describer *describer, const char *format, ...)
{
	char line[2048];
	va_list arguments;

	va_start(arguments, format);
	int size = vsnprintf(line, sizeof(line) - 1, format, arguments);
	va_end(arguments);
	if (size > 0) {
		size_t used = (size_t)size < sizeof(line) - 1 ? (size_t)size : sizeof(line) - 2;
		line[used++] = '\n';
		(void)!write(describer->complaints, line, used);
	}
	describer->wrong = true;
}

void describer_say_of_function(struct describer *describer, uint32_t function, const char *text)
{
	const struct described_function *places =
		described_at(describer->described, describer->described->functions_at);
	const char *file = described_at(describer->described, places[function].file_at);

	describer_say(describer, "%s:%u: [function %s] %s", file, places[function].line,
		      plan_function(describer->plan, function)->name.text, text);
}

void describer_say_of_listen(struct describer *describer, uint32_t listen, const char *text)
{
	const struct described_function *places = described_at(describer->described, describer->described->listens_at);
	const char *file = described_at(describer->described, places[listen].file_at);

	describer_say(describer, "%s:%u: [listen %s] %s", file, places[listen].line,
		      plan_listen(describer->plan, listen)->name, text);
}

static void say_report(struct describer *describer, const struct report *report)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	if (stream != NULL) {
		report_print(report, stream);
		(void)fclose(stream);
		(void)!write(describer->complaints, text, size);
		free(text);
	}
	describer->wrong = true;
}

/* ---- reading ---- */

static const struct protocol *protocol_named(const struct tree *tree, const char *name)
{
	for (const struct protocol *protocol = tree->protocols; protocol != NULL; protocol = protocol->next) {
		if (strcmp(protocol->name, name) == 0) {
			return protocol;
		}
	}
	return NULL;
}

static bool has_first_message(const struct protocol *protocol)
{
	for (const struct message *message = protocol->messages; message != NULL; message = message->next) {
		if (message_is_first(protocol, message)) {
			return true;
		}
	}
	return false;
}

static int compile(struct describer *describer, struct source_read *source, const char *path, struct report *report)
{
	if (source->protocol == NULL) {
		describer_say(describer, "%s: there is no \"protocol %s\" in it", path, source->name);
	} else if ((source->protocol->transports & TRANSPORT_TCP) == 0) {
		describer_say(describer, "%s: %s is not spoken over tcp, so no listener can detect it", path,
			      source->name);
	} else if (!has_first_message(source->protocol)) {
		describer_say(describer,
			      "%s: in %s the server speaks first, so it cannot be detected; make its function the "
			      "listener's silent one",
			      path, source->name);
	} else {
		int r = program_compile(source->protocol, report, &source->program);
		if (r < 0) {
			return r;
		}
		source->automata = calloc(source->program->messages.count + 1, sizeof(*source->automata));
		return source->automata == NULL ? -ENOMEM : 0;
	}
	return 0;
}

static int read_source(struct describer *describer, const struct described_source *described,
		       struct source_read *source)
{
	const char *path = described_at(describer->described, described->path_at);
	const char *text = described_at(describer->described, described->text_at);
	struct report report = { .first = NULL };

	source->name = described_at(describer->described, described->name_at);
	int r = tree_read(path, text, described->text_size, &report, &source->tree);
	if (r == 0 && report.counts[FINDING_ERROR] == 0) {
		source->protocol = protocol_named(source->tree, source->name);
		r = compile(describer, source, path, &report);
	}
	if (report.counts[FINDING_ERROR] > 0) {
		say_report(describer, &report);
	}
	report_finish(&report);
	return r == -ENOMEM ? r : 0;
}

static int read_sources(struct describer *describer)
{
	const struct described *described = describer->described;
	const struct described_source *sources = described_at(described, described->sources_at);
	int r = 0;

	describer->sources = calloc(described->source_count + 1, sizeof(struct source_read));
	if (describer->sources == NULL) {
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < described->source_count && r == 0; i++) {
		r = read_source(describer, &sources[i], &describer->sources[i]);
	}
	return r;
}

static int describe(struct describer *describer)
{
	int r = read_sources(describer);

	for (uint32_t i = 0; i < describer->plan->listens.count && r == 0 && !describer->wrong; i++) {
		r = describer->classifiers[i] >= 0 ? describe_listen(describer, i) : 0;
	}
	return r < 0 ? r : describer->wrong ? -EINVAL : 0;
}

/* ---- the process ---- */

static int take_described(struct describer *describer, int descriptor)
{
	const void *start = NULL;
	size_t size = 0;
	int r = memory_map_read_only(descriptor, &size, &start);

	close(descriptor);
	if (r < 0) {
		return r;
	}
	describer->described = start;
	return size < sizeof(struct described) || describer->described->magic != DESCRIBED_MAGIC ||
			       describer->described->size != size
		       ? -EBADMSG
		       : 0;
}

static int take_plan(struct describer *describer, int descriptor)
{
	int r = plan_map(descriptor, &describer->plan);

	close(descriptor);
	if (r < 0) {
		return r;
	}
	describer->classifiers = calloc(describer->plan->listens.count + 1, sizeof(int));
	for (uint32_t i = 0; describer->classifiers != NULL && i < describer->plan->listens.count; i++) {
		describer->classifiers[i] = -1;
	}
	return describer->classifiers == NULL ? -ENOMEM : 0;
}

static int take(struct describer *describer, const struct control_message *message, int descriptor)
{
	switch (message->kind) {
	case CONTROL_PLAN:
		return take_plan(describer, descriptor);
	case CONTROL_DESCRIPTIONS:
		return take_described(describer, descriptor);
	case CONTROL_COMPLAINTS:
		describer->complaints = descriptor;
		return 0;
	case CONTROL_CLASSIFIER:
		if (describer->plan == NULL || message->index >= describer->plan->listens.count) {
			return -EBADMSG;
		}
		describer->classifiers[message->index] = descriptor;
		return 0;
	default:
		return -EBADMSG;
	}
}

static int receive(struct describer *describer)
{
	const uint64_t kinds = CONTROL_BIT(CONTROL_PLAN) | CONTROL_BIT(CONTROL_DESCRIPTIONS) |
			       CONTROL_BIT(CONTROL_COMPLAINTS) | CONTROL_BIT(CONTROL_CLASSIFIER) |
			       CONTROL_BIT(CONTROL_START);
	struct pollfd readable = { .fd = describer->channel, .events = POLLIN };
	struct control_message message;
	int descriptor;

	for (;;) {
		int r = channel_receive(describer->channel, kinds, &message, &descriptor);
		if (r == -EAGAIN) {
			(void)poll(&readable, 1, -1);
			continue;
		}
		if (r == 0 && message.kind == CONTROL_START) {
			return describer->plan == NULL || describer->described == NULL ? -EBADMSG : 0;
		}
		r = r < 0 ? r : take(describer, &message, descriptor);
		if (r < 0) {
			return r;
		}
	}
}

/* Under a sanitizer addresses are spent by the terabyte. */
static void limit_myself(void)
{
	struct rlimit time = { CPU_SECONDS_MAX, CPU_SECONDS_MAX };
	struct rlimit output = { OUTPUT_MAX, OUTPUT_MAX };

	(void)setrlimit(RLIMIT_CPU, &time);
	(void)setrlimit(RLIMIT_FSIZE, &output);
#if !defined(__SANITIZE_ADDRESS__)
	struct rlimit memory = { MEMORY_MAX, MEMORY_MAX };
	(void)setrlimit(RLIMIT_AS, &memory);
#endif
}

int describer_run(int channel)
{
	struct describer describer = { .channel = channel, .complaints = -1 };
	unsigned missing = 0;

	limit_myself();
	int r = receive(&describer);
	r = r < 0 ? r : sandbox_enter(SANDBOX_DESCRIBER, &missing);
	r = r < 0 ? r : describe(&describer);
	struct control_message done = { .kind = CONTROL_DONE, .result = r };
	(void)channel_send(channel, done, -1);
	_exit(0); /* everything goes at once; nothing of it is worth taking apart */
}
