/* registry_history.c - `berth history` and `berth lookup --history`: what became of a name or a number. */
#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "cmd/registry_store.h"
#include "registry/words/answers_text.h"
#include "registry/keep/history.h"

enum { SHOWN_MAX = 1024 };

struct listing {
	const struct request *request;
	json_t *array;
};

static int print_line(const struct history_line *line, void *context)
{
	const struct listing *listing = context;
	char name[SHOWN_MAX];
	char detail[SHOWN_MAX];

	if (listing->request->json) {
		return json_array_append_new(listing->array,
					     json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "day", line->day, "what",
						       line->what, "ports", line->ports, "name", line->name, "detail",
						       line->detail, "source", line->source));
	}
	shown_text(line->name[0] != '\0' ? line->name : "-", name, sizeof(name));
	shown_text(line->detail, detail, sizeof(detail));
	(void)printf(listing->request->tabs ? "%s\t%s\t%s\t%s\t%s\t%s\n" : "%-10s  %-10s  %-11s  %-15s  %-4s  %s\n",
		     line->day, line->what, line->ports, name, line->source, detail);
	return 0;
}

static int tell(const struct listing *listing, struct store *store, const char *word)
{
	struct question question;
	char complaint[256];
	void *context = (void *)(uintptr_t)listing;

	if (question_read(word, &question, complaint, sizeof(complaint)) < 0) {
		complain_about("%s", complaint);
		return EXIT_USAGE;
	}
	int r = history_of(store, &question, print_line, context);
	if (r == -EINVAL) {
		complain_about("history is of names and numbers, not of service codes: \"%s\"", word);
		return EXIT_USAGE;
	}
	if (r < 0) {
		complain_about("%s", store_complaint(store)[0] != '\0' ? store_complaint(store) : strerror(-r));
		return EXIT_COULD_NOT;
	}
	return r > 0 ? EXIT_DONE : EXIT_NO;
}

int registry_history_verb(const struct request *request)
{
	struct listing listing = { .request = request, .array = request->json ? json_array() : NULL };
	struct store *store = NULL;
	int status = EXIT_USAGE;

	if (request->word_count == 0) {
		complain_about("history takes names or numbers; see `berth help history`");
	} else {
		status = registry_store_open(request, STORE_READ, &store);
	}
	for (size_t i = 0; store != NULL && i < request->word_count; i++) {
		int of_word = tell(&listing, store, request->words[i]);
		status = of_word > status ? of_word : status;
	}
	if (listing.array != NULL && status <= EXIT_NO) {
		(void)json_dumpf(listing.array, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII);
		(void)putchar('\n');
	}
	json_decref(listing.array);
	(void)store_close(store);
	return status;
}
