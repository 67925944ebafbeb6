/* verification.c - the audit of the whole registry in a process of its own (verification.h).  Called by the page of the
 * audit. */
#include "web/site/verification.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/child.h"
#include "os/clock.h"
#include "registry/records/derive.h"
#include "store/audit.h"

enum { NICE = 10, DESCRIPTORS_MAX = 1 << 16 };

struct verification {
	enum verification_state state;
	pid_t child;
	int pipe; /* -1: none */
	uint64_t ends_ms;
	char at[32];
	char *text;
	size_t size;
	json_t *result;
};

/* ---- the child ---- */

static int derive_again(struct entry *entry)
{
	entry_derive(entry);
	return 0;
}

static void note_fault(const char *sentence, void *context)
{
	json_t *faults = context;

	if (json_array_size(faults) < VERIFICATION_FAULTS_MAX) {
		(void)json_array_append_new(faults, json_string(sentence));
	}
}

/* Nothing is said when it could not be proved: who waits sees that. */
static void prove(const char *url, int out)
{
	char complaint[STORE_COMPLAINT_MAX];
	struct audit_result result = { 0 };
	struct store *store = NULL;
	json_t *faults = json_array();

	if (store_open(url, STORE_READ, &store, complaint) < 0 ||
	    audit_verify(store, derive_again, NULL, 0, note_fault, faults, &result) < 0) {
		return;
	}
	json_t *object = json_pack("{s:I, s:I, s:o}", "events", (json_int_t)result.events, "fault_count",
				   (json_int_t)result.faults, "faults", faults);
	(void)json_dumpfd(object, out, JSON_COMPACT);
}

/* Who reads from a connection until its end must not wait for us.  Files stay as they are: SQLite knows by itself which
 * of them it has open in this process. */
static void close_sockets(void)
{
	struct stat status;

	for (int descriptor = 3; descriptor < DESCRIPTORS_MAX; descriptor++) {
		if (fstat(descriptor, &status) == 0 && S_ISSOCK(status.st_mode)) {
			(void)close(descriptor);
		}
	}
}

/* A connection to SQLite must not be used on both sides of a fork: ours is left alone there, and the child ends without
 * closing it. */
static void run_child(int output, const void *context)
{
	const struct rlimit processor = { VERIFICATION_MAX_S, VERIFICATION_MAX_S };
	const struct site *site = context;

	close_sockets();
	(void)setrlimit(RLIMIT_CPU, &processor);
	(void)setpriority(PRIO_PROCESS, 0, NICE);
	prove(site->settings.registry, output);
}

/* ---- begun ---- */

static struct verification *make(void)
{
	struct verification *verification = calloc(1, sizeof(*verification));

	if (verification != NULL) {
		verification->pipe = -1;
	}
	return verification;
}

static void forget(struct verification *verification)
{
	free(verification->text);
	json_decref(verification->result);
	*verification = (struct verification){ .pipe = -1 };
}

static int start(struct site *site, struct verification *verification)
{
	json_object_seed(0); /* else the first object asks the kernel for one, which the child might not */
	int r = child_work(run_child, site, &verification->child, &verification->pipe);

	if (r == 0) {
		verification->ends_ms = clock_now_ms() + (uint64_t)VERIFICATION_MAX_S * 1000;
		verification->state = VERIFICATION_RUNS;
		(void)snprintf(verification->at, sizeof(verification->at), "%s", site->now);
	}
	return r;
}

int verification_begin(struct site *site)
{
	const json_t *result = NULL;
	const char *at = NULL;

	if (site->verification == NULL) {
		site->verification = make();
	}
	if (site->verification == NULL) {
		return -ENOMEM;
	}
	if (verification_look(site, &result, &at) == VERIFICATION_RUNS) {
		return -EALREADY;
	}
	forget(site->verification);
	return start(site, site->verification);
}

/* ---- looked at ---- */

/* 1: it goes on; 0: the child has ended what it says; -errno. */
static int read_some(struct verification *verification)
{
	char octets[4096];
	ssize_t count;

	while ((count = read(verification->pipe, octets, sizeof(octets))) > 0) {
		char *text = verification->size + (size_t)count > VERIFICATION_OCTETS_MAX
				     ? NULL
				     : realloc(verification->text, verification->size + (size_t)count);
		if (text == NULL) {
			return -E2BIG;
		}
		memcpy(text + verification->size, octets, (size_t)count);
		verification->text = text;
		verification->size += (size_t)count;
	}
	return count == 0 ? 0 : errno == EAGAIN || errno == EINTR ? 1 : -errno;
}

static void end(struct verification *verification, bool by_force)
{
	if (by_force) {
		(void)kill(verification->child, SIGKILL);
	}
	(void)close(verification->pipe);
	verification->pipe = -1;
	/* It has closed its end or was killed, so this takes no time. */
	while (waitpid(verification->child, NULL, 0) < 0 && errno == EINTR) {
	}
	verification->result =
		verification->size == 0 ? NULL : json_loadb(verification->text, verification->size, 0, NULL);
	verification->state = json_is_object(verification->result) ? VERIFICATION_DONE : VERIFICATION_FAILED;
}

enum verification_state verification_look(struct site *site, const json_t **ret_result, const char **ret_at)
{
	struct verification *verification = site->verification;

	if (verification == NULL) {
		return VERIFICATION_NONE;
	}
	if (verification->state == VERIFICATION_RUNS) {
		int r = read_some(verification);
		bool too_long = clock_now_ms() >= verification->ends_ms;
		if (r <= 0 || too_long) {
			end(verification, r != 0);
		}
	}
	*ret_result = verification->result;
	*ret_at = verification->at;
	return verification->state;
}

struct verification *verification_close(struct verification *verification)
{
	if (verification != NULL) {
		if (verification->state == VERIFICATION_RUNS) {
			end(verification, true);
		}
		forget(verification);
		free(verification);
	}
	return NULL;
}
