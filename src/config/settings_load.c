/* settings_load.c - which files are read, in which order, and who owns what comes of them.
 *
 * Called by the supervisor and by `berthd --check`.  All files are read before anything is judged
 * that needs more than a line, so one run reports all that is wrong. */
#include "config/settings.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/document.h"
#include "config/fill.h"
#include "config/lines.h"

/* What settings_destroy is given is the first member of what was made. */
struct loaded {
	struct settings settings;
	struct arena arena; /* holds every text and array of the settings */
};

struct loading {
	struct loaded *loaded;
	struct document document;
};

static int loading_init(struct loading *loading, struct complaints *complaints)
{
	document_init(&loading->document, complaints);
	loading->loaded = calloc(1, sizeof(*loading->loaded));
	return loading->loaded != NULL ? 0 : -ENOMEM;
}

/* Gives the settings to the caller when all is well, else throws them away.  `r` is what reading
 * came to. */
static int loading_finish(struct loading *loading, size_t complaints_before, int r, struct settings **ret_settings)
{
	if (r == 0) {
		r = settings_fill(&loading->document, &loading->loaded->settings, &loading->loaded->arena);
	}
	if (r == 0 && loading->document.complaints->count > complaints_before) {
		r = -EINVAL;
	}
	document_finish(&loading->document);
	if (r < 0) {
		settings_destroy(&loading->loaded->settings);
		return r;
	}
	*ret_settings = &loading->loaded->settings;
	return 0;
}

struct settings *settings_destroy(struct settings *settings)
{
	struct loaded *loaded = (struct loaded *)(void *)settings;

	if (loaded != NULL) {
		arena_finish(&loaded->arena);
		free(loaded);
	}
	return NULL;
}

int settings_parse(const char *name, const char *text, size_t size, struct complaints *complaints,
		   struct settings **ret_settings)
{
	size_t complaints_before = complaints->count;
	struct loading loading;
	char *file;
	int r = loading_init(&loading, complaints);

	if (r < 0) {
		return r;
	}
	file = arena_text(&loading.loaded->arena, name, strlen(name));
	r = file != NULL ? lines_read(&loading.document, file, text, size) : -ENOMEM;
	return loading_finish(&loading, complaints_before, r, ret_settings);
}

/* ---- files ---- */

/* Reads all of a stream; the caller frees *ret_text. */
static int read_stream(FILE *stream, char **ret_text, size_t *ret_size)
{
	size_t room = 65536;
	size_t used = 0;
	char *text = malloc(room);

	while (text != NULL) {
		used += fread(text + used, 1, room - used, stream);
		if (used < room || used > CONFIG_FILE_MAX) {
			break;
		}
		room *= 2;
		char *larger = realloc(text, room);
		if (larger == NULL) {
			free(text);
		}
		text = larger;
	}
	if (text == NULL) {
		return -ENOMEM;
	}
	if (ferror(stream) || used > CONFIG_FILE_MAX) {
		free(text);
		return ferror(stream) ? -errno : -EFBIG;
	}
	*ret_text = text;
	*ret_size = used;
	return 0;
}

static int read_file(struct loading *loading, const char *path)
{
	struct place_in_file place = { .file = arena_text(&loading->loaded->arena, path, strlen(path)) };
	char *text = NULL;
	size_t size = 0;
	FILE *stream;
	int r;

	if (place.file == NULL) {
		return -ENOMEM;
	}
	stream = fopen(path, "re");
	r = stream != NULL ? read_stream(stream, &text, &size) : -errno;
	if (stream != NULL) {
		(void)fclose(stream);
	}
	if (r == -EFBIG) {
		complain(loading->document.complaints, &place, "the file is larger than %d octets", CONFIG_FILE_MAX);
		return 0;
	}
	if (r < 0 && r != -ENOMEM) {
		complain(loading->document.complaints, &place, "cannot be read: %s", strerror(-r));
		return 0;
	}
	if (r == 0) {
		r = lines_read(&loading->document, place.file, text, size);
	}
	free(text);
	return r;
}

static int ends_in_conf(const struct dirent *entry)
{
	size_t size = strlen(entry->d_name);

	return entry->d_name[0] != '.' && size > 5 && strcmp(entry->d_name + size - 5, ".conf") == 0;
}

/* By octets, so that the order is the same in every locale. */
static int compare_files(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int read_entry(struct loading *loading, const char *folder, const char *name)
{
	char *path;
	int r;

	if (asprintf(&path, "%s/%s", folder, name) < 0) {
		return -ENOMEM;
	}
	r = read_file(loading, path);
	free(path);
	return r;
}

static int read_folder(struct loading *loading, const char *folder)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, ends_in_conf, compare_files);
	int r = 0;

	if (count < 0) {
		if (errno == ENOMEM) {
			return -ENOMEM;
		}
		if (errno != ENOENT) {
			complain(loading->document.complaints, NULL, "%s: cannot be read: %s", folder, strerror(errno));
		}
		return 0;
	}
	for (int i = 0; i < count; i++) {
		if (r == 0) {
			r = read_entry(loading, folder, entries[i]->d_name);
		}
		free(entries[i]);
	}
	free(entries);
	return r;
}

/* functions.d stands beside the file. */
static int read_functions_beside(struct loading *loading, const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder;
	int r;

	if (asprintf(&folder, "%.*sfunctions.d", slash != NULL ? (int)(slash + 1 - path) : 0, path) < 0) {
		return -ENOMEM;
	}
	r = read_folder(loading, folder);
	free(folder);
	return r;
}

int settings_load(const char *path, struct complaints *complaints, struct settings **ret_settings)
{
	size_t complaints_before = complaints->count;
	struct loading loading;
	int r = loading_init(&loading, complaints);

	if (r < 0) {
		return r;
	}
	r = read_file(&loading, path);
	if (r == 0) {
		r = read_functions_beside(&loading, path);
	}
	return loading_finish(&loading, complaints_before, r, ret_settings);
}
