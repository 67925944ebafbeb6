/* berth_registryd_sandbox.c - what berth-registryd keeps when it is ready: the folders of its registry, the clock of
 * tests, and what a connection to a database server reads. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/berth_registryd.h"
#include "os/log.h"
#include "os/sandbox.h"
#include "os/sandbox_registryd.h"

enum { PATHS_MAX = 8 };

struct paths {
	char texts[PATHS_MAX][PATH_MAX];
	const char *list[PATHS_MAX + 1];
	size_t count;
};

static void add(struct paths *paths, const char *folder, size_t size, const char *name)
{
	char *text = paths->texts[paths->count];

	(void)snprintf(text, PATH_MAX, "%.*s%s", (int)size, folder, name);
	paths->list[paths->count++] = text;
}

/* The folder that a file stands in: beside it SQLite and publishing make others. */
static void add_folder_of(struct paths *paths, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL) {
		add(paths, "", 0, ".");
	} else {
		add(paths, path, slash == path ? 1 : (size_t)(slash - path), "");
	}
}

/* What libpq and the resolver read when a server is connected to again. */
static void add_client_files(struct paths *paths)
{
	const char *home = getenv("HOME");
	const char *passwords = getenv("PGPASSFILE");

	if (passwords != NULL) {
		add(paths, passwords, strlen(passwords), "");
	}
	if (home != NULL && home[0] == '/') {
		add(paths, home, strlen(home), "/.pgpass");
		add(paths, home, strlen(home), "/.postgresql");
	}
}

int registryd_give_up(const struct registryd *registryd)
{
	/* Of other processes Landlock shows nothing in /proc that ptrace(2) guards. */
	static const char *const always[] = { "/etc", "/usr/share/zoneinfo", "/run/systemd/resolve", "/proc" };
	const char *registry = registryd->site.registry;
	bool connects = strstr(registry, "://") != NULL;
	struct paths *paths = calloc(2, sizeof(*paths));
	unsigned missing = 0;

	if (paths == NULL) {
		return -ENOMEM;
	}
	struct paths *written = &paths[0];
	struct paths *only_read = &paths[1];
	if (!connects) {
		add_folder_of(written, strncmp(registry, "sqlite:", 7) == 0 ? registry + 7 : registry);
	}
	add_folder_of(written, registryd->site.published);
	for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++) {
		add(only_read, always[i], strlen(always[i]), "");
	}
	if (connects) {
		add_client_files(only_read);
	}
	if (registryd->site.now != NULL && registryd->site.now[0] == '/') {
		add_folder_of(only_read, registryd->site.now);
	}
	const struct sandbox_registryd needs = { written->list, only_read->list, connects };
	int r = sandbox_enter_registryd(&needs, &missing);
	free(paths);
	if (r == 0 && missing != 0) {
		log_event(LOG_LEVEL_WARNING, "sandbox-partial", "missing",
			  (missing & SANDBOX_NO_LANDLOCK) != 0 ? "landlock" : "landlock-network", NULL);
	}
	return r;
}
