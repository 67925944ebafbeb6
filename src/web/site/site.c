/* site.c - what all pages share (site.h).  Made once for a process. */
#include "web/site/site.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/moment.h"
#include "os/clock.h"
#include "os/log.h"
#include "registry/keep/registry.h"
#include "store/settings.h"
#include "web/site/session.h"
#include "web/site/verification.h"

/* A few days at a time: each is a view of its own in memory, made from the store. */
enum { DAYS_KEPT = 4, WORDS_LIVE_MS = 10 * 1000 };

struct day_view {
	char day[16]; /* "" free */
	void *octets;
	struct view view;
	uint64_t used; /* the larger, the later */
};

struct site_private {
	struct stat published; /* the file that is mapped */
	uint64_t words_end_ms; /* of the machine's running: then they are read again */
	struct day_view days[DAYS_KEPT];
	uint64_t uses;
};

/* ---- words ---- */

static void free_words(struct site_words *words)
{
	free(words->name);
	free(words->motto);
	free(words->licence);
	free(words->comments);
	free(words->edition);
	free(words->notice);
	free(words->email);
}

static char *word_or(struct store *store, const char *key, const char *otherwise)
{
	char *word = setting_get(store, key);

	if (word != NULL && word[0] == '\0') {
		free(word);
		word = strdup(otherwise);
	}
	return word;
}

static int read_words(struct site *site)
{
	struct site_words words = { .email = setting_get(site->store, "email") };

	words.name = word_or(site->store, "name", "Registry");
	words.motto = word_or(site->store, "motto", "");
	words.licence = word_or(site->store, "licence", "");
	words.comments = word_or(site->store, "comments", words.email == NULL ? "" : words.email);
	words.edition = word_or(site->store, "edition", "");
	words.notice = word_or(site->store, "notice", registry_notice);
	if (words.name == NULL || words.motto == NULL || words.licence == NULL || words.comments == NULL ||
	    words.edition == NULL || words.notice == NULL || words.email == NULL) {
		free_words(&words);
		return -EIO;
	}
	free_words(&site->words);
	site->words = words;
	site->process.registry = words.name;
	site->process.staff_address = words.email;
	return 0;
}

/* ---- the clock ---- */

/* Tests name a file whose first line is the time; so they can turn the clock while we run. */
static bool read_clock_file(const char *path, char ret_now[static 32])
{
	FILE *stream = fopen(path, "re");
	bool read = stream != NULL && fscanf(stream, "%31s", ret_now) == 1;

	if (stream != NULL) {
		(void)fclose(stream);
	}
	return read;
}

static void tell_time(struct site *site)
{
	const char *told = site->settings.now;

	if (told == NULL) {
		(void)moment_write(time(NULL), site->now);
	} else if (told[0] == '/') {
		(void)read_clock_file(told, site->now);
	} else {
		(void)snprintf(site->now, sizeof(site->now), "%s", told);
	}
}

/* ---- views ---- */

static void forget_days(struct site *site)
{
	for (int i = 0; i < DAYS_KEPT; i++) {
		free(site->hidden->days[i].octets);
		site->hidden->days[i] = (struct day_view){ .day = "" };
	}
}

static void unmap_published(struct site *site)
{
	if (site->view.size > 0) {
		view_unmap(&site->view);
	}
	site->view = (struct view){ 0 };
}

static bool is_other_file(const struct stat *a, const struct stat *b)
{
	return a->st_ino != b->st_ino || a->st_dev != b->st_dev || a->st_size != b->st_size ||
	       a->st_mtim.tv_sec != b->st_mtim.tv_sec || a->st_mtim.tv_nsec != b->st_mtim.tv_nsec;
}

/* A damaged or missing file leaves what was mapped before. */
static void map_published(struct site *site)
{
	struct stat status;
	struct view view;

	if (stat(site->settings.published, &status) < 0 ||
	    (site->view.size > 0 && !is_other_file(&status, &site->hidden->published)) ||
	    view_map(site->settings.published, &view) < 0) {
		return;
	}
	unmap_published(site);
	forget_days(site);
	site->view = view;
	site->hidden->published = status;
}

void site_refresh(struct site *site)
{
	uint64_t now_ms = clock_now_ms();

	tell_time(site);
	map_published(site);
	if (now_ms >= site->hidden->words_end_ms) {
		site->hidden->words_end_ms = now_ms + WORDS_LIVE_MS;
		(void)read_words(site); /* the old words serve when the store is away */
	}
}

int site_publish(struct site *site)
{
	int r = registry_publish(site->store, site->settings.published);

	if (r == 0) {
		map_published(site);
	}
	return r;
}

/* The one asked for, or the one to make room for it: free, or longest unused. */
static struct day_view *place_of(struct site *site, const char *day)
{
	struct day_view *place = &site->hidden->days[0];

	for (int i = 0; i < DAYS_KEPT; i++) {
		struct day_view *kept = &site->hidden->days[i];
		if (strcmp(kept->day, day) == 0) {
			return kept;
		}
		place = kept->used < place->used ? kept : place;
	}
	return place;
}

static int make_day(struct site *site, const char *day, struct day_view *place)
{
	struct day_view made = { .day = "" };
	size_t size = 0;
	int r = registry_view(site->store, day, &made.octets, &size);

	if (r == 0) {
		r = view_of(made.octets, size, &made.view);
	}
	if (r == 0 && view_count(&made.view) == 0) {
		r = -ENOENT; /* older than anything that is known */
	}
	if (r < 0) {
		free(made.octets);
		return r;
	}
	free(place->octets);
	*place = made;
	(void)snprintf(place->day, sizeof(place->day), "%s", day);
	return 0;
}

static bool changes_list(const struct process_done *done)
{
	return done->assigned[0] != '\0' || strcmp(done->state, "assigned") == 0 || strcmp(done->state, "done") == 0 ||
	       strcmp(done->state, "de-assigned") == 0;
}

int site_do(struct site *site, const struct process_act *act, struct process_done *ret_done,
	    struct complaint *ret_complaint)
{
	int r = process_do(&site->process, act, ret_done, ret_complaint);

	if (r == 0 && changes_list(ret_done) && site_publish(site) < 0) {
		log_event(LOG_LEVEL_ERROR, "publish-failed", "application", ret_done->reference, "because",
			  store_complaint(site->store), NULL);
	}
	return r;
}

int site_view_of(struct site *site, const char *day, const struct view **ret_view)
{
	if (day[0] == '\0' || (site->view.size > 0 && strcmp(day, view_day(&site->view)) == 0)) {
		*ret_view = &site->view;
		return site->view.size > 0 ? 0 : -ENOENT;
	}
	struct day_view *place = place_of(site, day);
	int r = strcmp(place->day, day) == 0 ? 0 : make_day(site, day, place);
	if (r == 0) {
		place->used = ++site->hidden->uses;
		*ret_view = &place->view;
	}
	return r;
}

/* ---- opening ---- */

static int open_process(struct site *site, struct complaint *ret_complaint)
{
	site->process.store = site->store;
	site->process.now = site->now;
	site->process.link = site->link;
	(void)snprintf(site->link, sizeof(site->link), "%s/", site->settings.url);
	if (read_words(site) < 0) {
		return complain_of(ret_complaint, -EIO, "%s", store_complaint(site->store));
	}
	if (site->words.email[0] == '\0') {
		return complain_of(ret_complaint, -EINVAL,
				   "where does the staff read mail? berth registry set --email ADDRESS");
	}
	if (process_prepare(&site->process) < 0) {
		return complain_of(ret_complaint, -EPROTONOSUPPORT,
				   "the registry's table of moves is another version's: %s",
				   store_complaint(site->store));
	}
	return 0;
}

int site_open(const struct site_settings *settings, struct site **ret_site, struct complaint *ret_complaint)
{
	struct site *site = calloc(1, sizeof(*site));
	struct site_private *hidden = calloc(1, sizeof(*hidden));
	char complaint[STORE_COMPLAINT_MAX];

	if (site == NULL || hidden == NULL) {
		free(site);
		free(hidden);
		return complain_of(ret_complaint, -ENOMEM, "out of memory");
	}
	site->settings = *settings;
	site->hidden = hidden;
	tell_time(site);
	int r = store_open(settings->registry, STORE_WRITE, &site->store, complaint);
	if (r < 0) {
		(void)complain_of(ret_complaint, r, "%s", complaint);
	} else {
		r = open_process(site, ret_complaint);
	}
	if (r == 0) {
		r = sessions_open(&site->sessions);
		(void)(r < 0 ? complain_of(ret_complaint, r, "no key can be made for forms") : 0);
	}
	if (r < 0) {
		(void)site_close(site);
		return r;
	}
	site_refresh(site);
	if (site->view.size == 0) {
		(void)site_publish(site); /* a registry that was never published; pages say so when it fails */
	}
	*ret_site = site;
	return 0;
}

struct site *site_close(struct site *site)
{
	unmap_published(site);
	forget_days(site);
	free_words(&site->words);
	(void)verification_close(site->verification);
	if (site->sessions != NULL) {
		(void)sessions_close(site->sessions);
	}
	if (site->store != NULL) {
		(void)store_close(site->store);
	}
	free(site->hidden);
	free(site);
	return NULL;
}
