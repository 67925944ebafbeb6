/* registry_place.c - where the registry stands, and what the options of its verbs mean (registry.h). */
#include "cmd/registry.h"

#include <ini.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "registry/words/day.h"
#include "registry/records/derive.h"
#include "registry/keep/registry_place.h"

static const char configuration[] = "/etc/berth/berthd.conf";

/* The one key of the configuration that is for this command; berthd checks the rest. */
static int take_setting(void *context, const char *section, const char *name, const char *value)
{
	char **configured = context;

	if (strcmp(section, "berthd") == 0 && strcmp(name, "registry") == 0 && value[0] != '\0') {
		free(*configured);
		*configured = strdup(value);
	}
	return 1;
}

void registry_place(const struct request *request, struct registry_place *ret_place)
{
	const char *url = request->registry != NULL ? request->registry : getenv("BERTH_REGISTRY");
	char *configured = NULL;
	const char *published = request->published != NULL ? request->published : getenv("BERTH_PUBLISHED");

	if (url == NULL) {
		(void)ini_parse(configuration, take_setting, &configured);
		url = configured != NULL ? configured : REGISTRY_URL;
	}
	(void)snprintf(ret_place->url, sizeof(ret_place->url), "%s", url);
	free(configured);
	registry_published_path(ret_place->url, ret_place->published, sizeof(ret_place->published));
	/* A registry named on the command line is not the one of the environment's view. */
	if (request->published != NULL || (published != NULL && request->registry == NULL)) {
		(void)snprintf(ret_place->published, sizeof(ret_place->published), "%s", published);
	}
}

int registry_as_of(const struct request *request, char buffer[static 11], const char **ret_day)
{
	*ret_day = NULL;
	if (request->as_of == NULL) {
		return EXIT_DONE;
	}
	if (!day_read(request->as_of, true, buffer)) {
		complain_about("--as-of takes a day like 2026-02-25 or a month like 2026-02, not \"%s\"",
			       request->as_of);
		return EXIT_USAGE;
	}
	*ret_day = buffer;
	return EXIT_DONE;
}

int registry_transport(const struct request *request, int *ret_transport)
{
	int transport = request->transport == NULL ? 0 : entry_transport(request->transport);

	if (request->transport != NULL && (transport < ENTRY_TCP || transport > ENTRY_DCCP)) {
		complain_about("--transport is tcp, udp, sctp or dccp, not \"%s\"", request->transport);
		return EXIT_USAGE;
	}
	*ret_transport = transport;
	return EXIT_DONE;
}

int registry_selection(const struct request *request, const struct view *view, size_t first,
		       struct selection *ret_selection)
{
	struct selection selection = { .own = request->own, .band = request->band };
	int transport = 0;

	if (registry_transport(request, &transport) != EXIT_DONE) {
		return EXIT_USAGE;
	}
	if (request->status != NULL && selection_statuses(request->status, &selection.statuses) < 0) {
		complain_about(
			"--status takes assigned, reserved, unassigned, unclear with commas between them, not \"%s\"",
			request->status);
		return EXIT_USAGE;
	}
	if (request->band != NULL && !selection_band_exists(view, request->band)) {
		complain_about("there is no band \"%s\"; `berth band list` lists them", request->band);
		return EXIT_USAGE;
	}
	selection.transports = transport == 0 ? 0 : 1U << transport;
	if (request->word_count > first) {
		selection.names = request->words + first;
		selection.name_count = request->word_count - first;
	}
	*ret_selection = selection;
	return EXIT_DONE;
}

void registry_notice_to_people(const struct view *view)
{
	struct view_source source;
	const char *gap = "";

	if (!isatty(STDERR_FILENO)) {
		return;
	}
	for (unsigned i = 0; view_source(view, i, &source); i++) {
		if (source.rows > 0 && strcmp(source.name, "own") != 0) {
			(void)fprintf(stderr, "%s%s %s", gap, source.name, source.dated);
			gap = ", ";
		}
	}
	(void)fprintf(stderr, "%s%s\n", gap[0] != '\0' ? ". " : "", view_notice(view));
}
