/* registry_band.c - `berth band`: the number line cut into bands. */
#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "cmd/registry_store.h"
#include "registry/lookup/lookup.h"
#include "store/bands.h"

/* ---- list: anyone, from the view ---- */

static void print_band(const struct view_band *band)
{
	(void)printf("%5d-%-5d  %-16s  %-8s  %-9s  %-6s  %d  %s\n", band->lo, band->hi, band->name, band->kind,
		     band->decides, band->expert ? "yes" : "no", band->eyes, band->over);
}

static json_t *object_of(const struct view_band *band)
{
	return json_pack("{s:i, s:i, s:s, s:s, s:s, s:b, s:i, s:s}", "lo", band->lo, "hi", band->hi, "name", band->name,
			 "kind", band->kind, "decides", band->decides, "expert", band->expert, "eyes", band->eyes,
			 "over", band->over);
}

static int list(const struct request *request)
{
	struct registry_view view;
	struct view_band band;
	json_t *array = json_array();
	int status = registry_view_open(request, NULL, &view);

	if (status != EXIT_DONE) {
		json_decref(array);
		return status;
	}
	if (!request->json) {
		(void)puts("PORTS        NAME              KIND      DECIDES    EXPERT  EYES  OVER A BASE");
	}
	for (unsigned i = 0; view_band(&view.view, i, &band); i++) {
		if (request->json) {
			(void)json_array_append_new(array, object_of(&band));
		} else {
			print_band(&band);
		}
	}
	if (request->json) {
		(void)json_dumpf(array, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII);
		(void)putchar('\n');
	}
	json_decref(array);
	registry_view_close(&view);
	return EXIT_DONE;
}

/* ---- changes: an administrator ---- */

static int one_of(const char *option, const char *value, const char *const *words)
{
	for (const char *const *word = words; *word != NULL; word++) {
		if (strcmp(*word, value) == 0) {
			return EXIT_DONE;
		}
	}
	complain_about("--%s is not \"%s\"; see `berth help band`", option, value);
	return EXIT_USAGE;
}

static int read_band(const struct request *request, struct band *ret_band)
{
	static const char *const kinds[] = { "private", "user", "system", "dynamic", "closed", NULL };
	static const char *const deciders[] = { "registrar", "anyone", "board", "none", NULL };
	static const char *const overs[] = { "refuse", "warn", NULL };
	struct question question;
	char complaint[256];

	if (request->word_count != 3 || question_read(request->words[1], &question, complaint, sizeof(complaint)) < 0 ||
	    question.kind != QUESTION_PORTS || question.transport != 0) {
		complain_about("band set takes a range and a name, like: berth band set 20000-24999 team");
		return EXIT_USAGE;
	}
	*ret_band = (struct band){
		.lo = question.lo,
		.hi = question.hi,
		.name = request->words[2],
		.kind = request->kind != NULL ? request->kind : "private",
		.expert = request->expert,
		.eyes = request->eyes == 0 ? 1 : (int)request->eyes,
		.over = request->over != NULL ? request->over : "refuse",
	};
	bool closed = strcmp(ret_band->kind, "closed") == 0 || strcmp(ret_band->kind, "dynamic") == 0;
	bool system = strcmp(ret_band->kind, "system") == 0;
	ret_band->decides = request->decides != NULL ? request->decides
			    : closed		     ? "none"
			    : system		     ? "board"
						     : "registrar";
	ret_band->eyes = request->eyes == 0 && system ? 2 : ret_band->eyes;
	if (one_of("kind", ret_band->kind, kinds) != EXIT_DONE ||
	    one_of("decides", ret_band->decides, deciders) != EXIT_DONE ||
	    one_of("over", ret_band->over, overs) != EXIT_DONE) {
		return EXIT_USAGE;
	}
	if (request->eyes > 2) {
		complain_about("--eyes is 1 or 2: how many people decide");
		return EXIT_USAGE;
	}
	return EXIT_DONE;
}

static int finish(const struct request *request, struct store *store, struct change *change, int error)
{
	if (error == 0) {
		error = change_commit(change, NULL);
	} else {
		(void)change_abandon(change);
	}
	if (error == 0) {
		return registry_store_publish(request, store);
	}
	complain_about("%s", store_complaint(store)[0] != '\0' ? store_complaint(store) : strerror(-error));
	return error == -EPERM || error == -ENOENT ? EXIT_NO : EXIT_COULD_NOT;
}

static int change(const struct request *request, const struct band *band_or_null, const char *name)
{
	struct store *store = NULL;
	struct change *change = NULL;
	int64_t staff = 0;
	char subject[128];
	int status = registry_store_change(request, "administrator", "registrar", &store, &staff);

	if (status != EXIT_DONE) {
		return status;
	}
	(void)snprintf(subject, sizeof(subject), "band %s", name);
	const struct change_by by = {
		.staff = staff,
		.act = band_or_null != NULL ? "band-set" : "band-remove",
		.subject = subject,
		.why = request->why,
	};
	int r = change_begin(store, &by, &change);
	if (r == 0) {
		r = band_or_null != NULL ? band_set(change, band_or_null) : band_remove(change, name);
		status = finish(request, store, change, r);
	} else {
		complain_about("%s", store_complaint(store));
		status = EXIT_COULD_NOT;
	}
	(void)store_close(store);
	return status;
}

int registry_band_verb(const struct request *request)
{
	struct band band;

	if (request->word == NULL || strcmp(request->word, "list") == 0) {
		return list(request);
	}
	if (strcmp(request->word, "set") == 0) {
		return read_band(request, &band) == EXIT_DONE ? change(request, &band, band.name) : EXIT_USAGE;
	}
	if (strcmp(request->word, "remove") == 0 && request->word_count == 2) {
		return change(request, NULL, request->words[1]);
	}
	complain_about("band is list, set LO-HI NAME, or remove NAME; see `berth help band`");
	return EXIT_USAGE;
}
