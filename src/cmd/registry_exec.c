/* registry_exec.c - berth becomes berth-registry for whatever needs the store.
 *
 * The program beside this one is taken, else the installed one; never one from PATH. */
#include "cmd/registry.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static const char program[] = "berth-registry";

int registry_run(const struct request *request)
{
	char path[4096];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - sizeof(program));

	if (length > 0) {
		path[length] = '\0';
		char *slash = strrchr(path, '/');
		(void)memcpy(slash == NULL ? path : slash + 1, program,
			     sizeof(program)); /* there is room, see readlink */
		(void)execv(path, request->arguments);
	}
	(void)execv(BINDIR "/berth-registry", request->arguments);
	complain_about("%s does not start: %s", program, strerror(errno));
	return EXIT_COULD_NOT;
}
