/* registry_init.c - `berth registry`: a registry made, named, and its snapshots listed. */
#include <errno.h>
#include <jansson.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/registry_store.h"
#include "registry/keep/registry.h"
#include "registry/keep/registry_place.h"
#include "registry/keep/registry_words.h"
#include "store/snapshots.h"

enum { SAID_MAX = 5 };

/* ---- init ---- */

static int init(const struct request *request)
{
	struct registry_place place;
	struct store *store = NULL;

	registry_place(request, &place);
	/* Only the default's folder is made: under another name it is more likely a slip. */
	if (strcmp(place.url, REGISTRY_URL) == 0 && mkdir(REGISTRY_FOLDER, 0755) < 0 && errno != EEXIST) {
		complain_about("%s: %s", REGISTRY_FOLDER, strerror(errno));
		return EXIT_COULD_NOT;
	}
	int status = registry_store_open(request, STORE_CREATE, &store);
	if (status != EXIT_DONE) {
		return status;
	}
	int r = registry_init(store, request->name != NULL ? request->name : "berth", registry_login());
	if (r < 0) {
		complain_about("%s", store_complaint(store)[0] != '\0' ? store_complaint(store) : strerror(-r));
		status = EXIT_COULD_NOT;
	} else {
		status = registry_store_publish(request, store);
		(void)printf("an empty registry; %s is its administrator and registrar\n", registry_login());
	}
	(void)store_close(store);
	return status;
}

/* ---- list ---- */

static int list_snapshot(const struct snapshot *snapshot, void *context)
{
	json_t *array = context;

	if (array == NULL) {
		(void)printf("%8lld  %-8s  %s  %-8s  %7lld  %.16s\n", (long long)snapshot->id, snapshot->source,
			     snapshot->dated, snapshot->format, (long long)snapshot->rows, snapshot->sha256);
		return 0;
	}
	return json_array_append_new(array, json_pack("{s:I, s:s, s:s, s:s, s:I, s:s, s:I}", "snapshot",
						      (json_int_t)snapshot->id, "source", snapshot->source, "dated",
						      snapshot->dated, "format", snapshot->format, "rows",
						      (json_int_t)snapshot->rows, "sha256", snapshot->sha256, "event",
						      (json_int_t)snapshot->event));
}

static int list(const struct request *request)
{
	struct store *store = NULL;
	json_t *array = request->json ? json_array() : NULL;
	int status = registry_store_open(request, STORE_READ, &store);

	if (status == EXIT_DONE) {
		if (!request->json) {
			(void)puts("SNAPSHOT  SOURCE    DAY         FORMAT       ROWS  SHA-256");
		}
		if (snapshot_list(store, NULL, list_snapshot, array) < 0) {
			complain_about("%s", store_complaint(store));
			status = EXIT_COULD_NOT;
		} else if (request->json) {
			(void)json_dumpf(array, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII);
			(void)putchar('\n');
		}
		(void)store_close(store);
	}
	json_decref(array);
	return status;
}

/* ---- set ---- */

/* As options, or one as words: registry set motto "For everybody". */
static size_t collect_said(const struct request *request, struct registry_said ret_said[static SAID_MAX])
{
	const struct {
		const char *key, *text;
	} given[SAID_MAX] = {
		{ "name", request->name },
		{ "notice", request->notice },
		{ "email", request->email },
		{ "link", request->link },
		{ request->word_count == 3 ? request->words[1] : "",
		  request->word_count == 3 ? request->words[2] : NULL },
	};
	size_t count = 0;

	for (size_t i = 0; i < SAID_MAX; i++) {
		const struct registry_word *word = registry_word_find(given[i].key);
		if (given[i].text != NULL && word != NULL) {
			ret_said[count++] = (struct registry_said){ word, given[i].text };
		}
	}
	return count;
}

static void complain_of_words(void)
{
	complain_about("registry set takes a word and its text; the words are:");
	for (const struct registry_word *word = registry_words; word->key != NULL; word++) {
		(void)fprintf(stderr, "  %-9s %s\n", word->key, word->hint);
	}
}

static int set(const struct request *request)
{
	struct registry_said said[SAID_MAX];
	struct complaint complaint = { "" };
	struct store *store = NULL;
	int64_t staff = 0;
	size_t count = collect_said(request, said);

	if (count == 0 || (request->word_count != 1 && request->word_count != 3) ||
	    (request->word_count == 3 && registry_word_find(request->words[1]) == NULL)) {
		complain_of_words();
		return EXIT_USAGE;
	}
	int status = registry_store_change(request, "administrator", NULL, &store, &staff);
	if (status != EXIT_DONE) {
		return status;
	}
	int r = registry_say(store, staff, NULL, said, count, &complaint);
	if (r < 0) {
		complain_about("%s", complaint.sentence);
		status = r == -EINVAL ? EXIT_USAGE : EXIT_COULD_NOT;
	} else {
		status = registry_store_publish(request, store);
	}
	(void)store_close(store);
	return status;
}

int registry_registry_verb(const struct request *request)
{
	const char *word = request->word == NULL ? "" : request->word;

	if (strcmp(word, "init") == 0) {
		return init(request);
	}
	if (strcmp(word, "list") == 0) {
		return list(request);
	}
	if (strcmp(word, "set") == 0) {
		return set(request);
	}
	complain_about("registry is init, list or set; see `berth help registry`");
	return EXIT_USAGE;
}
