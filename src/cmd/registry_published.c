/* registry_published.c - the view that berth reads: the published file.  Of other days, or without a file that can be
 * read, berth-registry answers in its place. */
#include "cmd/registry.h"

#include <errno.h>
#include <string.h>

int registry_view_open(const struct request *request, const char *day_or_null, struct registry_view *ret_view)
{
	struct registry_place place;

	*ret_view = (struct registry_view){ 0 };
	registry_place(request, &place);
	if (day_or_null == NULL && view_map(place.published, &ret_view->view) == 0) {
		return EXIT_DONE;
	}
	return registry_run(request);
}

void registry_view_close(struct registry_view *view)
{
	view_unmap(&view->view);
}
