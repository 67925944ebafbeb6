/* registry_audit.c - `berth audit`: the registry proved against its events, anchors of the chain, the events
 * themselves. */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/registry_store.h"
#include "registry/words/answers_text.h"
#include "registry/records/derive.h"
#include "store/audit.h"

enum { ANCHORS_MAX = 1000000, ANCHOR_LINE_MAX = 512, SENTENCE_MAX = 2048 };

/* ---- anchors: one a line, "event hash time" ---- */

struct anchors {
	struct audit_anchor *all;
	size_t count;
};

static int read_anchor(const char *line, struct audit_anchor *ret_anchor)
{
	long long event = 0;
	char hash[STORE_HASH_SIZE];
	char at[AUDIT_TIME_SIZE] = "";

	if (sscanf(line, "%lld %64[0-9a-f] %20s", &event, hash, at) < 2 || event <= 0 ||
	    strlen(hash) != STORE_HASH_SIZE - 1) {
		return -EBADMSG;
	}
	ret_anchor->event = event;
	memcpy(ret_anchor->at, at, sizeof(at));
	memcpy(ret_anchor->hash, hash, sizeof(hash));
	return 0;
}

static int read_lines(const char *path, FILE *stream, struct anchors *anchors)
{
	char line[ANCHOR_LINE_MAX];
	size_t number = 0;

	while (fgets(line, sizeof(line), stream) != NULL && anchors->count < ANCHORS_MAX) {
		number++;
		if (line[0] == '#' || line[0] == '\n') {
			continue;
		}
		struct audit_anchor *all = reallocarray(anchors->all, anchors->count + 1, sizeof(*all));
		if (all == NULL) {
			return EXIT_COULD_NOT;
		}
		anchors->all = all;
		if (read_anchor(line, &all[anchors->count]) < 0) {
			complain_about(
				"%s:%zu: no anchor; a line is \"NUMBER HASH TIME\", as berth audit anchor prints it",
				path, number);
			return EXIT_COULD_NOT;
		}
		anchors->count++;
	}
	return EXIT_DONE;
}

static int read_anchors(const char *path, struct anchors *ret_anchors)
{
	if (path == NULL) {
		return EXIT_DONE;
	}
	FILE *stream = fopen(path, "re");
	if (stream == NULL) {
		complain_about("%s: %s", path, strerror(errno));
		return EXIT_COULD_NOT;
	}
	int status = read_lines(path, stream, ret_anchors);
	(void)fclose(stream);
	return status;
}

/* ---- verify ---- */

struct verification {
	bool json;
	json_t *faults;
};

static void tell_fault(const char *sentence, void *context)
{
	const struct verification *verification = context;

	if (verification->json) {
		(void)json_array_append_new(verification->faults, json_string(sentence));
	} else {
		char shown[SENTENCE_MAX];
		shown_text(sentence, shown, sizeof(shown));
		(void)puts(shown);
	}
}

static int derive_again(struct entry *entry)
{
	entry_derive(entry);
	return 0;
}

static void tell_result(const struct verification *verification, const struct audit_result *result)
{
	if (verification->json) {
		json_t *object = json_pack("{s:I, s:I, s:I, s:O}", "events", (json_int_t)result->events, "last_anchor",
					   (json_int_t)result->last_anchor, "fault_count", (json_int_t)result->faults,
					   "faults", verification->faults);
		(void)json_dumpf(object, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII);
		(void)putchar('\n');
		json_decref(object);
		return;
	}
	if (result->faults == 0) {
		(void)printf("%lld events, chain whole; tables equal to their replay", (long long)result->events);
		if (result->last_anchor > 0) {
			(void)printf("; last anchor %lld", (long long)result->last_anchor);
		}
		(void)putchar('\n');
	} else {
		(void)printf("%llu fault%s in %lld events and their tables\n", (unsigned long long)result->faults,
			     result->faults == 1 ? "" : "s", (long long)result->events);
	}
}

static int verify(const struct request *request, struct store *store)
{
	struct verification verification = { .json = request->json, .faults = json_array() };
	struct anchors anchors = { 0 };
	struct audit_result result = { 0 };
	int status = read_anchors(request->anchor, &anchors);

	if (status == EXIT_DONE) {
		int r = audit_verify(store, derive_again, anchors.all, anchors.count, tell_fault, &verification,
				     &result);
		if (r < 0) {
			complain_about("%s", store_complaint(store)[0] != '\0' ? store_complaint(store) : strerror(-r));
			status = EXIT_COULD_NOT;
		} else {
			tell_result(&verification, &result);
			status = result.faults > 0 ? EXIT_NO : EXIT_DONE;
		}
	}
	json_decref(verification.faults);
	free(anchors.all);
	return status;
}

/* ---- anchor ---- */

/* Added at the end, in one write, and synced. */
static int append(const char *path, const char *line)
{
	int descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);

	if (descriptor < 0) {
		return -errno;
	}
	ssize_t written = write(descriptor, line, strlen(line));
	int r = written != (ssize_t)strlen(line) ? (written < 0 ? -errno : -ENOSPC)
		: fsync(descriptor) < 0		 ? -errno
						 : 0;
	/* A pipe cannot be synced, and need not be. */
	r = r == -EINVAL || r == -EROFS ? 0 : r;
	(void)close(descriptor);
	return r;
}

static int anchor(const struct request *request)
{
	struct store *store = NULL;
	struct audit_anchor head;
	char line[ANCHOR_LINE_MAX];
	int status = registry_store_open(request, STORE_WRITE, &store);

	if (status != EXIT_DONE) {
		return status;
	}
	int r = audit_anchor(store, request->output == NULL ? "standard output" : request->output, &head);
	if (r < 0) {
		complain_about("%s", store_complaint(store));
	} else {
		(void)snprintf(line, sizeof(line), "%lld %s %s\n", (long long)head.event, head.hash, head.at);
		r = request->output == NULL ? (fputs(line, stdout) < 0 ? -EIO : 0) : append(request->output, line);
		if (r < 0) {
			complain_about("%s: %s", request->output == NULL ? "standard output" : request->output,
				       strerror(-r));
		}
	}
	(void)store_close(store);
	return r < 0 ? EXIT_COULD_NOT : EXIT_DONE;
}

/* ---- log ---- */

static int print_event(const struct audit_event *event, void *context)
{
	const struct request *request = context;
	char why[1024];

	if (request->json) {
		json_t *object = json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s}", "n", (json_int_t)event->n, "at",
					   event->at, "login", event->login, "act", event->act, "subject",
					   event->subject, "why", event->why, "hash", event->hash);
		(void)json_dumpf(object, stdout, JSON_COMPACT | JSON_ENSURE_ASCII);
		(void)putchar('\n');
		json_decref(object);
		return 0;
	}
	shown_text(event->why, why, sizeof(why));
	(void)printf("%6lld  %s  %-12s  %-12s  %s%s%s\n", (long long)event->n, event->at, event->login, event->act,
		     event->subject, why[0] != '\0' ? ": " : "", why);
	return 0;
}

static int print_log(const struct request *request, struct store *store)
{
	struct request copy = *request;
	const char *subject = request->word_count > 1 ? request->words[1] : NULL;
	int r = audit_events(store, request->from == 0 ? 1 : (int64_t)request->from, 0, subject, print_event, &copy);

	if (r < 0) {
		complain_about("%s", store_complaint(store));
	}
	return r < 0 ? EXIT_COULD_NOT : EXIT_DONE;
}

int registry_audit_verb(const struct request *request)
{
	struct store *store = NULL;
	bool is_verify = request->word != NULL && strcmp(request->word, "verify") == 0;

	if (request->word != NULL && strcmp(request->word, "anchor") == 0) {
		return anchor(request);
	}
	if (!is_verify && (request->word == NULL || strcmp(request->word, "log") != 0)) {
		complain_about("audit is verify, anchor or log; see `berth help audit`");
		return EXIT_USAGE;
	}
	int status = registry_store_open(request, STORE_READ, &store);
	if (status == EXIT_DONE) {
		status = is_verify ? verify(request, store) : print_log(request, store);
		(void)store_close(store);
	}
	return status;
}
