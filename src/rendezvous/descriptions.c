/* descriptions.c - from the descriptions of functions to the classifiers of listeners: the supervisor's side.
 *
 * The supervisor reads the files as octets only.  What they say is parsed by the describer (describer.c), a process
 * without any right that lives as long as a load takes; what it leaves behind is memory for the acceptors. */
#include "rendezvous/descriptions.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "config/arena.h"
#include "config/bundled.h"
#include "config/nearest.h"
#include "description/language/tree.h"
#include "os/child.h"
#include "os/clock.h"
#include "os/memory.h"
#include "rendezvous/blob.h"
#include "rendezvous/channel.h"
#include "rendezvous/described.h"

enum { DESCRIBE_TIME_MS = 60000, COMPLAINTS_MAX = 65536 };

struct gathering {
	const struct settings *settings;
	struct complaints *complaints;
	struct blob blob;
	struct described_source *sources;
	size_t source_count;
};

/* ---- files ---- */

/* A device or a pipe is no description: reading it might never end. */
static int read_file(const char *path, char **ret_text, size_t *ret_size)
{
	struct stat status;
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int r = file < 0 || fstat(file, &status) < 0 ? -errno : S_ISREG(status.st_mode) ? 0 : -EINVAL;

	/* An octet more than a description may have: the describer says that it is too large. */
	r = r < 0 ? r : bundled_read(file, SOURCE_SIZE_MAX + 1, ret_text, ret_size);
	if (file >= 0) {
		close(file);
	}
	return r;
}

static int add_source(struct gathering *gathering, const char *name, const char *path)
{
	struct described_source source = { 0 };
	char *text = NULL;
	size_t size = 0;
	int r = read_file(path, &text, &size);

	if (r < 0) {
		return r;
	}
	source.name_at = blob_put_text(&gathering->blob, name);
	source.path_at = blob_put_text(&gathering->blob, path);
	source.text_at = blob_put(&gathering->blob, text, size + 1);
	source.text_size = (uint32_t)size;
	free(text);
	struct described_source *moved = reallocarray(gathering->sources, gathering->source_count + 1, sizeof(source));
	if (moved == NULL) {
		return -ENOMEM;
	}
	gathering->sources = moved;
	gathering->sources[gathering->source_count++] = source;
	return 0;
}

/* Every NAME.berth of a folder may have been meant. */
static void try_folder(struct nearest *nearest, const char *folder, struct arena *arena)
{
	static const char ending[] = ".berth";
	DIR *files = opendir(folder);

	for (struct dirent *file = files != NULL ? readdir(files) : NULL; file != NULL; file = readdir(files)) {
		size_t size = strlen(file->d_name);
		if (size > strlen(ending) && strcmp(file->d_name + size - strlen(ending), ending) == 0) {
			char *name = arena_text(arena, file->d_name, size - strlen(ending));
			nearest_try(nearest, name != NULL ? name : "");
		}
	}
	if (files != NULL) {
		(void)closedir(files);
	}
}

static void complain_missing(const struct gathering *gathering, const struct function_settings *function)
{
	const struct words *folders = &gathering->settings->descriptions;
	struct arena arena = { .chunks = NULL };
	struct nearest nearest;
	char hint[NEAREST_HINT_MAX];
	char room[PATH_MAX];
	char folder[PATH_MAX];
	const char *bundled = bundled_folders(room);

	nearest_init(&nearest, function->description);
	for (size_t i = 0; i < folders->count; i++) {
		try_folder(&nearest, folders->items[i], &arena);
	}
	for (const char *rest = bundled; bundled_next(&rest, folder);) {
		try_folder(&nearest, folder, &arena);
	}
	complain(gathering->complaints, &function->place,
		 "[function %s] description = %s: there is no %s.berth in %s%s", function->name.text,
		 function->description, function->description, folders->count > 0 ? folders->items[0] : bundled,
		 nearest_hint(&nearest, hint));
	arena_finish(&arena);
}

/* In one folder: -ENOENT when it is not there, else complains of what is wrong with it. */
static int try_source(struct gathering *gathering, const struct function_settings *function, const char *folder)
{
	char path[PATH_MAX + 128];

	(void)snprintf(path, sizeof(path), "%s/%s.berth", folder, function->description);
	int r = add_source(gathering, function->description, path);
	if (r == 0 || r == -ENOENT || r == -ENOMEM) {
		return r;
	}
	complain(gathering->complaints, &function->place, "[function %s] description = %s: %s: %s", function->name.text,
		 function->description, path, strerror(-r));
	return 0;
}

/* The first folder that has it. */
static int find_source(struct gathering *gathering, const struct function_settings *function)
{
	const struct words *folders = &gathering->settings->descriptions;
	char room[PATH_MAX];
	char folder[PATH_MAX];
	const char *bundled = bundled_folders(room);
	int r = -ENOENT;

	for (size_t i = 0; i < folders->count && r == -ENOENT; i++) {
		r = try_source(gathering, function, folders->items[i]);
	}
	while (r == -ENOENT && bundled_next(&bundled, folder)) {
		r = try_source(gathering, function, folder);
	}
	if (r == -ENOENT) {
		complain_missing(gathering, function);
		return 0;
	}
	return r;
}

static bool is_known(const struct gathering *gathering, const char *name)
{
	for (size_t i = 0; i < gathering->source_count; i++) {
		if (strcmp((const char *)gathering->blob.bytes + gathering->sources[i].name_at, name) == 0) {
			return true;
		}
	}
	return false;
}

/* ---- the block ---- */

static uint32_t put_places(struct gathering *gathering)
{
	const struct settings *settings = gathering->settings;
	uint32_t at = blob_reserve(&gathering->blob, settings->function_count * sizeof(struct described_function));

	for (size_t i = 0; i < settings->function_count; i++) {
		const struct function_settings *function = &settings->functions[i];
		struct described_function place = { .line = function->place.line };
		place.file_at = blob_put_text(&gathering->blob, function->place.file);
		if (!gathering->blob.failed) {
			memcpy(gathering->blob.bytes + at + i * sizeof(place), &place, sizeof(place));
		}
	}
	return at;
}

static uint32_t put_listen_places(struct gathering *gathering)
{
	const struct settings *settings = gathering->settings;
	uint32_t at = blob_reserve(&gathering->blob, settings->listen_count * sizeof(struct described_function));

	for (size_t i = 0; i < settings->listen_count; i++) {
		struct described_function place = { .line = settings->listens[i].place.line };
		place.file_at = blob_put_text(&gathering->blob, settings->listens[i].place.file);
		if (!gathering->blob.failed) {
			memcpy(gathering->blob.bytes + at + i * sizeof(place), &place, sizeof(place));
		}
	}
	return at;
}

/* Everything the describer needs to know beside the plan; a descriptor or -errno. */
static int gather(struct gathering *gathering)
{
	const struct settings *settings = gathering->settings;
	size_t complaints_before = gathering->complaints->count;
	struct described head = { .magic = DESCRIBED_MAGIC, .function_count = (uint32_t)settings->function_count };
	int r = 0;

	(void)blob_reserve(&gathering->blob, sizeof(head));
	for (size_t i = 0; i < settings->function_count && r == 0; i++) {
		const struct function_settings *function = &settings->functions[i];
		if (function->description != NULL && !is_known(gathering, function->description)) {
			r = find_source(gathering, function);
		}
	}
	if (r < 0 || gathering->complaints->count > complaints_before) {
		return r < 0 ? r : -EINVAL;
	}
	head.functions_at = put_places(gathering);
	head.listens_at = put_listen_places(gathering);
	head.listen_count = (uint32_t)settings->listen_count;
	head.sources_at = blob_put(&gathering->blob, gathering->sources,
				   gathering->source_count * sizeof(struct described_source));
	head.source_count = (uint32_t)gathering->source_count;
	if (gathering->blob.failed) {
		return -ENOMEM;
	}
	head.size = (uint32_t)gathering->blob.used;
	memcpy(gathering->blob.bytes, &head, sizeof(head));
	return memory_create_sealed("berth-descriptions", gathering->blob.bytes, gathering->blob.used);
}

/* ---- the describer ---- */

struct describing {
	pid_t process;
	int channel;
	const struct plan *plan;
	int *classifiers;
	int complaints;
};

static int give(const struct describing *describing, enum control_kind kind, uint32_t index, int descriptor)
{
	struct control_message message = { .kind = (uint16_t)kind, .index = index };

	return channel_send(describing->channel, message, descriptor);
}

static int equip(const struct describing *describing, int plan_descriptor, int described)
{
	int r = give(describing, CONTROL_PLAN, 0, plan_descriptor);

	r = r < 0 ? r : give(describing, CONTROL_DESCRIPTIONS, 0, described);
	r = r < 0 ? r : give(describing, CONTROL_COMPLAINTS, 0, describing->complaints);
	for (uint32_t i = 0; i < describing->plan->listens.count && r == 0; i++) {
		if (describing->classifiers[i] >= 0) {
			r = give(describing, CONTROL_CLASSIFIER, i, describing->classifiers[i]);
		}
	}
	return r < 0 ? r : give(describing, CONTROL_START, 0, -1);
}

/* The describer's word, or -ETIMEDOUT, or -EPIPE when it died. */
static int await(const struct describing *describing)
{
	struct pollfd readable = { .fd = describing->channel, .events = POLLIN };
	uint64_t until_ms = clock_now_ms() + DESCRIBE_TIME_MS;
	struct control_message message;
	int descriptor = -1;
	int r = -EAGAIN;

	while (r == -EAGAIN && clock_now_ms() < until_ms) {
		(void)poll(&readable, 1, 1000);
		r = channel_receive(describing->channel, CONTROL_BIT(CONTROL_DONE), &message, &descriptor);
	}
	if (r == 0 && descriptor >= 0) {
		close(descriptor);
	}
	return r == -EAGAIN ? -ETIMEDOUT : r < 0 ? r : message.result;
}

/* What it complained of becomes ours, line by line. */
static void pass_on_complaints(int memory, struct complaints *complaints)
{
	char *text = calloc(1, COMPLAINTS_MAX + 1);
	ssize_t size = text != NULL ? pread(memory, text, COMPLAINTS_MAX, 0) : -1;

	for (char *line = size > 0 ? strtok(text, "\n") : NULL; line != NULL; line = strtok(NULL, "\n")) {
		(void)fprintf(complaints->stream, "%s\n", line);
		complaints->count += line[0] != ' ';
	}
	free(text);
}

static int run_describer(int self, const struct identity *identity, struct describing *describing, int plan_descriptor,
			 int described)
{
	char program[] = "berthd";
	char option[] = "--role";
	char role[] = "describer";
	char log_format[] = "0";
	char title[] = "describer";
	char *const arguments[] = { program, option, role, log_format, title, NULL };
	int r = child_start(self, arguments, identity, -1, &describing->process, &describing->channel);

	if (r < 0) {
		return r;
	}
	r = equip(describing, plan_descriptor, described);
	r = r < 0 ? r : await(describing);
	if (r == -ETIMEDOUT) {
		(void)kill(describing->process, SIGKILL);
	}
	close(describing->channel);
	(void)waitpid(describing->process, NULL, 0);
	return r;
}

static int make_memory(const char *name)
{
	int memory = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);

	return memory < 0 || fchmod(memory, 0600) < 0 ? -errno : memory;
}

static int make_memories(struct describing *describing)
{
	describing->complaints = make_memory("berth-complaints");
	int r = describing->complaints < 0 ? describing->complaints : 0;

	for (uint32_t i = 0; i < describing->plan->listens.count && r == 0; i++) {
		if ((plan_listen(describing->plan, i)->dialects & 1U << SETTING_DETECT) != 0) {
			describing->classifiers[i] = make_memory("berth-classifier");
			r = describing->classifiers[i] < 0 ? describing->classifiers[i] : 0;
		}
	}
	return r;
}

/* Nobody changes them any more. */
static int seal(const struct describing *describing)
{
	const int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;

	for (uint32_t i = 0; i < describing->plan->listens.count; i++) {
		if (describing->classifiers[i] >= 0 && fcntl(describing->classifiers[i], F_ADD_SEALS, seals) < 0) {
			return -errno;
		}
	}
	return 0;
}

static void let_go(struct describing *describing)
{
	for (uint32_t i = 0; i < describing->plan->listens.count; i++) {
		if (describing->classifiers[i] >= 0) {
			close(describing->classifiers[i]);
		}
		describing->classifiers[i] = -1;
	}
}

static bool detects(const struct plan *plan)
{
	for (uint32_t i = 0; i < plan->listens.count; i++) {
		if ((plan_listen(plan, i)->dialects & 1U << SETTING_DETECT) != 0) {
			return true;
		}
	}
	return false;
}

static int say_what_failed(int r, struct complaints *complaints)
{
	if (r == -EPIPE) {
		complain(complaints, NULL,
			 "the descriptions ask for more time or memory than a load may take; "
			 "`berth check` says what each costs");
		return -EINVAL;
	}
	return r;
}

int descriptions_classify(int self, const struct identity *identity, const struct settings *settings,
			  const struct plan *plan, int plan_descriptor, struct complaints *complaints,
			  int *ret_classifiers)
{
	struct gathering gathering = { .settings = settings, .complaints = complaints };
	struct describing describing = { .plan = plan, .classifiers = ret_classifiers, .complaints = -1 };

	for (uint32_t i = 0; i < plan->listens.count; i++) {
		ret_classifiers[i] = -1;
	}
	if (!detects(plan)) {
		return 0;
	}
	int described = gather(&gathering);
	int r = described < 0 ? described : make_memories(&describing);
	if (r == 0) {
		r = run_describer(self, identity, &describing, plan_descriptor, described);
		pass_on_complaints(describing.complaints, complaints);
		r = r < 0 ? say_what_failed(r, complaints) : seal(&describing);
	}
	if (r < 0) {
		let_go(&describing);
	}
	if (described >= 0) {
		close(described);
	}
	if (describing.complaints >= 0) {
		close(describing.complaints);
	}
	free(gathering.sources);
	blob_finish(&gathering.blob);
	return r;
}
