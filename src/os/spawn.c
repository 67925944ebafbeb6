/* spawn.c - the parent's side of starting a process: places, and one clone(2).  Called by the
 * launcher.
 *
 * Never forks, never waits for exec, never reaps: the caller does that.  A place is one mapping
 * each:
 *
 *	| guard page | stack, growing down | struct place |
 *
 * The kernel zeroes place.taken at the child's exec or exit; until then only the child touches
 * place.child. Places are used in turn, so that the reason of a failure stays readable as long as
 * possible. */
#include "os/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "os/raw_system_call.h"
#include "os/spawn_child.h"

enum {
	STACK_SIZE = 16384,
	STACK_ALIGNMENT = 16,
	PATIENCE_NS = 10000000,
	TRIES = 100, /* of PATIENCE_NS each */
	CLONE_MODE = CLONE_VM | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD,
};

/* The parent stops until exec: to compare with, and where both sides would share one errno. */
#if defined(BERTH_SPAWN_VFORK) || RAW_SYSTEM_CALLS_SHARE_ERRNO
enum { CLONE_WAIT = CLONE_VFORK };
#else
enum { CLONE_WAIT = 0 };
#endif

struct place {
	_Alignas(STACK_ALIGNMENT) struct spawn_child child; /* the stack ends where this starts */
	_Atomic int32_t taken;
	pid_t pid; /* of the last child, for spawn_failure */
};

struct spawn_pool {
	char *start;
	size_t stride; /* octets of a place */
	size_t size;
	size_t next;
	int null;
};

static struct place *place_at(const struct spawn_pool *pool, size_t index)
{
	char *end = pool->start + (index % pool->size + 1) * pool->stride;

	return (struct place *)(void *)(end - sizeof(struct place));
}

static int map_places(struct spawn_pool *pool)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t used = STACK_SIZE + sizeof(struct place);
	void *start;

	pool->stride = page + (used + page - 1) / page * page;
	start = mmap(NULL, pool->stride * pool->size, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE, -1, 0);
	if (start == MAP_FAILED) {
		return -errno;
	}
	pool->start = start;
	for (size_t i = 0; i < pool->size; i++) {
		if (mprotect(pool->start + i * pool->stride, page, PROT_NONE) < 0) {
			return -errno;
		}
	}
	return 0;
}

int spawn_pool_create(size_t size, struct spawn_pool **ret_pool)
{
	struct spawn_pool *pool;
	int r;

	pool = calloc(1, sizeof(*pool));
	if (pool == NULL) {
		return -ENOMEM;
	}
	pool->size = size;
	pool->null = open("/dev/null", O_RDWR | O_CLOEXEC);
	r = pool->null < 0 ? -errno : map_places(pool);
	if (r < 0) {
		spawn_pool_destroy(pool);
		return r;
	}
	*ret_pool = pool;
	return 0;
}

struct spawn_pool *spawn_pool_destroy(struct spawn_pool *pool)
{
	if (pool == NULL) {
		return NULL;
	}
	if (pool->start != NULL) {
		munmap(pool->start, pool->stride * pool->size);
	}
	if (pool->null >= 0) {
		close(pool->null);
	}
	free(pool);
	return NULL;
}

bool spawn_pool_idle(struct spawn_pool *pool)
{
	for (size_t i = 0; i < pool->size; i++) {
		if (place_at(pool, i)->taken != 0) {
			return false;
		}
	}
	return true;
}

static struct place *find_free_place(struct spawn_pool *pool)
{
	for (size_t i = 0; i < pool->size; i++) {
		struct place *place = place_at(pool, pool->next + i);

		if (place->taken == 0) {
			pool->next = (pool->next + i + 1) % pool->size;
			return place;
		}
	}
	return NULL;
}

/* All taken means that children have not had the processor yet: let them, for a moment.  The kernel wakes
 * whoever waits for the word it clears. */
static struct place *wait_for_place(struct spawn_pool *pool)
{
	const struct timespec patience = { .tv_nsec = PATIENCE_NS };
	struct place *place = find_free_place(pool);

	for (int tries = 0; place == NULL && tries < TRIES; tries++) {
		struct place *oldest = place_at(pool, pool->next);
		(void)syscall(SYS_futex, &oldest->taken, FUTEX_WAIT, 1, &patience, NULL, 0);
		place = find_free_place(pool);
	}
	return place;
}

/* Copies a string with its NUL; what no longer fits is seen by the caller in text->cut. */
static char *keep(struct text *text, const char *string)
{
	char *start = text->start + text->used;

	text_put_bytes(text, string, strlen(string) + 1);
	return start;
}

static int fill_environment(struct spawn_child *child, const struct spawn_request *request, struct text *text)
{
	size_t count = request->environment_count;

	if (count > ENVIRONMENT_MAX) {
		return -E2BIG;
	}
	for (size_t i = 0; i < count; i++) {
		child->environment[i] = keep(text, request->environment[i]);
	}
	child->listen_pid = NULL;
	if (request->listen_pid) { /* the child writes its digits over these, and a NUL */
		child->environment[count] = keep(text, "LISTEN_PID=0123456789");
		child->listen_pid = child->environment[count++] + strlen("LISTEN_PID=");
	}
	child->environment[count] = NULL;
	return 0;
}

static int fill_child(struct spawn_child *child, const struct spawn_request *request, int null)
{
	const struct spawn_program *program = request->program;
	struct text text;
	int r;

	text_init(&text, child->text, sizeof(child->text));
	r = fill_environment(child, request, &text);
	if (r < 0) {
		return r;
	}
	child->greeting = NULL;
	child->apology = NULL;
	child->caller = -1;
	if (request->greeting != NULL) {
		child->greeting_size = strlen(request->greeting);
		child->greeting = keep(&text, request->greeting);
		child->caller = request->caller;
	}
	if (request->apology != NULL) {
		child->apology_size = strlen(request->apology);
		child->apology = keep(&text, request->apology);
		child->caller = request->caller;
	}
	child->program = program;
	child->arguments = request->arguments != NULL ? request->arguments : program->arguments;
	child->directory = strcmp(program->directory, "/") == 0 ? NULL : program->directory;
	child->input_output = request->input_output >= 0 ? request->input_output : null;
	child->error = request->error;
	child->third = request->third;
	child->file_rules = program->file_rules;
	child->failure = 0;
	return text.cut ? -E2BIG : 0;
}

int spawn(struct spawn_pool *pool, const struct spawn_request *request, _Atomic int32_t *pid_word)
{
	struct place *place;
	int pid;
	int r;

	place = wait_for_place(pool);
	if (place == NULL) {
		return -EAGAIN;
	}
	place->pid = 0;
	r = fill_child(&place->child, request, pool->null);
	if (r < 0) {
		return r;
	}
	place->taken = 1;
	pid = clone(spawn_child_run, place, CLONE_MODE | CLONE_WAIT, &place->child, pid_word, NULL, &place->taken);
	if (pid < 0) {
		place->taken = 0;
		return -errno;
	}
	place->pid = pid;
	return 0;
}

int spawn_failure(struct spawn_pool *pool, pid_t pid)
{
	/* The youngest first: pids come round again. */
	for (size_t i = 1; i <= pool->size; i++) {
		const struct place *place = place_at(pool, pool->next + pool->size - i);

		if (place->pid == pid) {
			return place->taken == 0 ? place->child.failure : 0;
		}
	}
	return 0;
}
