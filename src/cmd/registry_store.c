/* registry_store.c - the store opened for the verbs of berth-registry, and views made from it (registry_store.h). */
#include "cmd/registry_store.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "registry/keep/registry.h"
#include "registry/records/rows.h"
#include "store/staff.h"

int registry_store_open(const struct request *request, enum store_mode mode, struct store **ret_store)
{
	struct registry_place place;
	char complaint[STORE_COMPLAINT_MAX];

	registry_place(request, &place);
	if (store_open(place.url, mode, ret_store, complaint) < 0) {
		complain_about("%s", complaint);
		return EXIT_COULD_NOT;
	}
	return EXIT_DONE;
}

const char *registry_login(void)
{
	const struct passwd *entry = getpwuid(getuid());
	static char number[32];

	if (entry != NULL) {
		return entry->pw_name;
	}
	(void)snprintf(number, sizeof(number), "uid-%u", getuid());
	return number;
}

static int check_staff(struct store *store, const char *role, const char *other_role, int64_t *ret_staff)
{
	const char *login = registry_login();
	int r = staff_by_login(store, login, ret_staff);

	if (r == -ENOENT) {
		complain_about(
			"%s is not on the staff of this registry; an administrator can change that: berth staff add %s",
			login, login);
		return EXIT_NO;
	}
	if (r == 0) {
		r = staff_has_role(store, *ret_staff, role);
	}
	if (r == 0 && other_role != NULL) {
		r = staff_has_role(store, *ret_staff, other_role);
	}
	if (r < 0) {
		complain_about("%s", store_complaint(store));
		return EXIT_COULD_NOT;
	}
	if (r == 0) {
		complain_about("this takes the role of %s%s%s, which %s has not", role,
			       other_role != NULL ? " or " : "", other_role != NULL ? other_role : "", login);
		return EXIT_NO;
	}
	return EXIT_DONE;
}

int registry_store_change(const struct request *request, const char *role, const char *other_role,
			  struct store **ret_store, int64_t *ret_staff)
{
	int status = registry_store_open(request, STORE_WRITE, ret_store);

	if (status == EXIT_DONE) {
		status = check_staff(*ret_store, role, other_role, ret_staff);
		if (status != EXIT_DONE) {
			*ret_store = store_close(*ret_store);
		}
	}
	return status;
}

int registry_store_publish(const struct request *request, struct store *store)
{
	struct registry_place place;

	registry_place(request, &place);
	int r = registry_publish(store, place.published);
	if (r < 0) {
		complain_about("the change stands, but %s was not written: %s; try: berth publish", place.published,
			       strerror(-r));
		return EXIT_COULD_NOT;
	}
	return EXIT_DONE;
}

/* ---- files ---- */

static int read_whole(FILE *stream, char **ret_octets, size_t *ret_size)
{
	char *octets = NULL;
	size_t size = 0;
	size_t capacity = 0;

	for (;;) {
		if (size == capacity) {
			capacity = capacity == 0 ? 65536 : capacity * 2;
			char *larger = realloc(octets, capacity);
			if (larger == NULL || capacity > 4 * (size_t)FILE_OCTETS_MAX) {
				free(larger == NULL ? octets : larger);
				return larger == NULL ? -ENOMEM : -EFBIG;
			}
			octets = larger;
		}
		size_t count = fread(octets + size, 1, capacity - size, stream);
		size += count;
		if (count == 0) {
			break;
		}
	}
	if (ferror(stream) || size > FILE_OCTETS_MAX) {
		free(octets);
		return ferror(stream) ? -EIO : -EFBIG;
	}
	*ret_octets = octets;
	*ret_size = size;
	return 0;
}

/* The size is known of a file, so it is taken at once. */
static int read_file(const char *path, char **ret_octets, size_t *ret_size)
{
	struct stat status;
	FILE *stream = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");

	if (stream == NULL) {
		return -errno;
	}
	int r = fstat(fileno(stream), &status) < 0 ? -errno
		: S_ISDIR(status.st_mode)	   ? -EISDIR
		: S_ISREG(status.st_mode) && status.st_size > FILE_OCTETS_MAX
			? -EFBIG
			: read_whole(stream, ret_octets, ret_size);
	if (stream != stdin) {
		(void)fclose(stream);
	}
	return r;
}

int registry_file_read(const char *path, char **ret_octets, size_t *ret_size)
{
	int r = read_file(path, ret_octets, ret_size);

	if (r == -EFBIG) {
		complain_about("%s: more than %d MB; no registry is that large", path, FILE_OCTETS_MAX / 1024 / 1024);
	} else if (r < 0) {
		complain_about("%s: %s", path, strerror(-r));
	}
	return r < 0 ? EXIT_COULD_NOT : EXIT_DONE;
}

/* ---- views ---- */

static int view_of_store(struct store *store, const char *day_or_null, struct registry_view *ret_view)
{
	size_t size = 0;
	int r = registry_view(store, day_or_null, &ret_view->owned, &size);

	if (r == 0) {
		r = view_of(ret_view->owned, size, &ret_view->view);
	}
	if (r < 0) {
		complain_about("%s", store_complaint(store)[0] != '\0' ? store_complaint(store) : strerror(-r));
		free(ret_view->owned);
		return EXIT_COULD_NOT;
	}
	return EXIT_DONE;
}

/* Who has no right on the store reads what was published. */
int registry_view_open(const struct request *request, const char *day_or_null, struct registry_view *ret_view)
{
	struct registry_place place;
	struct store *store = NULL;
	char complaint[STORE_COMPLAINT_MAX];

	*ret_view = (struct registry_view){ 0 };
	registry_place(request, &place);
	if (store_open(place.url, STORE_READ, &store, complaint) == 0) {
		int status = view_of_store(store, day_or_null, ret_view);
		(void)store_close(store);
		return status;
	}
	if (day_or_null == NULL && view_map(place.published, &ret_view->view) == 0) {
		return EXIT_DONE;
	}
	complain_about("%s", complaint);
	return EXIT_COULD_NOT;
}

void registry_view_close(struct registry_view *view)
{
	if (view->owned != NULL) {
		free(view->owned);
	} else {
		view_unmap(&view->view);
	}
}
