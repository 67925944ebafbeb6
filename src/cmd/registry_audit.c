/* registry_audit.c - `berth audit`: the registry proved against its events, and the published file against the
 * registry; anchors of the chain; the events themselves. */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/moment.h"
#include "cmd/registry_store.h"
#include "registry/keep/registry.h"
#include "registry/records/derive.h"
#include "registry/view/view_build.h"
#include "registry/words/answers_text.h"
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
	char at[MOMENT_SIZE] = "";

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
	bool is_published;
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

/* ---- verify: the published file ---- */

struct published {
	struct store *store;
	const char *path;
	struct view view;
	struct audit_head head;
	char hash[STORE_HASH_SIZE]; /* of the view's event, in the chain */
	char fault[256];	    /* "" while nothing is wrong */
};

__attribute__((format(printf, 2, 3))) static void find_fault(struct published *published, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(published->fault, sizeof(published->fault), format, arguments);
	va_end(arguments);
}

static int take_hash(const struct audit_event *event, void *context)
{
	struct published *published = context;

	(void)snprintf(published->hash, sizeof(published->hash), "%s", event->hash);
	return 0;
}

/* An event alone makes no file old: applications and letters are events, and nothing of them is published. */
static int compare_with_tables(struct published *published)
{
	const struct view *view = &published->view;
	void *octets = NULL;
	size_t size = 0;
	int r = registry_view_like(published->store, view, &octets, &size);

	if (r < 0) {
		return r;
	}
	bool is_same = size == view->size && memcmp(octets, view->octets, size) == 0;
	free(octets);
	if (!is_same && view_event(view) < (uint64_t)published->head.event) {
		find_fault(published, "is older than the registry: written at event %llu of %lld; run: berth publish",
			   (unsigned long long)view_event(view), (long long)published->head.event);
	} else if (!is_same) {
		find_fault(published, "does not show what the tables hold; run: berth publish");
	}
	return 0;
}

static int compare_with_chain(struct published *published)
{
	uint64_t event = view_event(&published->view);
	int r = audit_head(published->store, &published->head);

	if (r == 0 && event > (uint64_t)published->head.event) {
		find_fault(published, "was written at event %llu, the chain ends at event %lld",
			   (unsigned long long)event, (long long)published->head.event);
		return 0;
	}
	if (r == 0 && event > 0) {
		r = audit_events(published->store, (int64_t)event, (int64_t)event, NULL, take_hash, published);
	}
	if (r == 0 && strcmp(published->hash, view_event_hash(&published->view)) != 0) {
		find_fault(published, "was written at another event %llu than the chain has",
			   (unsigned long long)event);
		return 0;
	}
	return r < 0 ? r : compare_with_tables(published);
}

/* 0 also when it is not there: then look-ups ask the store. */
static int verify_published(struct published *published, bool *ret_is_there)
{
	int r = view_map(published->path, &published->view);

	*ret_is_there = r != -ENOENT;
	if (r < 0 && r != -ENOENT) {
		find_fault(published, "cannot be read: %s; run: berth publish",
			   r == -EBADMSG ? "it is no published registry, or cut short" : strerror(-r));
	}
	if (r < 0) {
		return 0;
	}
	if (view_verify(&published->view) < 0) {
		find_fault(published, "is damaged, its digest is another one; run: berth publish");
	} else {
		r = compare_with_chain(published);
	}
	view_unmap(&published->view);
	return r;
}

static int check_published(const struct request *request, struct store *store, struct verification *verification,
			   struct audit_result *result)
{
	struct registry_place place;
	struct published published = { .store = store, .path = place.published };
	char sentence[SENTENCE_MAX];

	registry_place(request, &place);
	int r = verify_published(&published, &verification->is_published);
	if (r == 0 && published.fault[0] != '\0') {
		(void)snprintf(sentence, sizeof(sentence), "%.*s %s", SENTENCE_MAX / 2, place.published,
			       published.fault);
		tell_fault(sentence, verification);
		result->faults++;
	}
	return r;
}

/* ---- verify: all of it ---- */

static void tell_result(const struct verification *verification, const struct audit_result *result)
{
	if (verification->json) {
		json_t *object =
			json_pack("{s:I, s:I, s:b, s:I, s:O}", "events", (json_int_t)result->events, "last_anchor",
				  (json_int_t)result->last_anchor, "published", (int)verification->is_published,
				  "fault_count", (json_int_t)result->faults, "faults", verification->faults);
		(void)json_dumpf(object, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII);
		(void)putchar('\n');
		json_decref(object);
		return;
	}
	if (result->faults == 0) {
		(void)printf("%lld events, chain whole; tables equal to their replay; %s", (long long)result->events,
			     verification->is_published ? "published file equal to the tables" : "nothing published");
		if (result->last_anchor > 0) {
			(void)printf("; last anchor %lld", (long long)result->last_anchor);
		}
		(void)putchar('\n');
	} else {
		(void)printf("%llu fault%s in %lld events, their tables and the published file\n",
			     (unsigned long long)result->faults, result->faults == 1 ? "" : "s",
			     (long long)result->events);
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
		r = r < 0 ? r : check_published(request, store, &verification, &result);
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
