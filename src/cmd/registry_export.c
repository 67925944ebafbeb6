/* registry_export.c - `berth export`: the registry in the formats of other programs, each file replaced as a whole. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/registry_store.h"
#include "config/nearest.h"
#include "registry/words/day.h"
#include "registry/export/export.h"
#include "registry/keep/stored.h"

/* ---- writing ---- */

static bool is_folder(const char *path)
{
	struct stat status;
	size_t length = path == NULL ? 0 : strlen(path);

	return length > 0 && (path[length - 1] == '/' || (stat(path, &status) == 0 && S_ISDIR(status.st_mode)));
}

static int write_folder(const struct request *request, struct export_request *wanted)
{
	size_t count = 0;

	wanted->folder = request->output;
	if (mkdir(request->output, 0755) < 0 && errno != EEXIST) {
		complain_about("%s: %s", request->output, strerror(errno));
		return EXIT_COULD_NOT;
	}
	int r = export_firewalld_folder(wanted, &count);
	if (r < 0) {
		complain_about("%s: %s", request->output, strerror(-r));
		return EXIT_COULD_NOT;
	}
	(void)printf("%zu files\n", count);
	return EXIT_DONE;
}

static int write_format(const struct request *request, const struct export_format *format,
			struct export_request *wanted)
{
	struct registry_output output;
	int status;

	if (format->many_files && is_folder(request->output)) {
		return write_folder(request, wanted);
	}
	status = registry_output_open(request, &output);
	if (status != EXIT_DONE) {
		return status;
	}
	int r = format->write == NULL
			? (fwrite(wanted->view->octets, 1, wanted->view->size, output.stream) == wanted->view->size
				   ? 0
				   : -EIO)
			: format->write(wanted, output.stream);
	if (r == -EINVAL && request->name != NULL) {
		complain_about("--name \"%s\" is not what %s takes: letters, digits and _, a letter first",
			       request->name, format->name);
		registry_output_discard(&output);
		return EXIT_USAGE;
	}
	if (r == -E2BIG) {
		complain_about("%s is a file for each service: name one, or a folder with -o FOLDER/", format->name);
		registry_output_discard(&output);
		return EXIT_USAGE;
	}
	return registry_output_close(request, &output, r);
}

static int write_view(const struct request *request, const struct export_format *format, const struct view *view,
		      const struct rows *people, const char *header)
{
	struct selection selection;
	struct export_request wanted = {
		.view = view,
		.selection = &selection,
		.set_name = request->name,
		.people = people == NULL ? NULL : people->people,
		.person_count = people == NULL ? 0 : people->person_count,
		.header = header,
	};

	return registry_selection(request, view, 1, &selection) != EXIT_DONE ? EXIT_USAGE
									     : write_format(request, format, &wanted);
}

/* From the store: a snapshot as it came, or rows with their people. */
static int write_snapshot(const struct request *request, const struct export_format *format, struct store *store,
			  const struct stored *stored)
{
	struct registry_output output;
	struct stored_view view;

	if (strcmp(format->name, "iana-csv") == 0) {
		int status = registry_output_open(request, &output);
		return status != EXIT_DONE ? status
					   : registry_output_close(request, &output,
								   stored_write_csv(store, stored, output.stream));
	}
	int status = EXIT_COULD_NOT;
	if (stored_view(store, stored, &view) == 0) {
		bool xml = strcmp(stored->format, "iana-xml") == 0;
		status = write_view(request, format, &view.view, &view.people.rows, xml ? stored->header : NULL);
	} else {
		complain_about("%s", store_complaint(store));
	}
	stored_view_finish(&view);
	return status;
}

static bool is_chosen(const struct request *request)
{
	return request->own || request->band != NULL || request->status != NULL || request->transport != NULL ||
	       request->word_count > 1;
}

/* IANA's own formats come from a snapshot; EXIT_NO when the store cannot be read and the view must do. */
static int from_store(const struct request *request, const struct export_format *format, const char *day_or_null)
{
	struct registry_place place;
	struct store *store = NULL;
	char complaint[STORE_COMPLAINT_MAX];
	struct stored stored;

	registry_place(request, &place);
	if (store_open(place.url, STORE_READ, &store, complaint) < 0) {
		if (request->snapshot == 0) {
			return EXIT_NO;
		}
		complain_about("%s", complaint);
		return EXIT_COULD_NOT;
	}
	int status = EXIT_COULD_NOT;
	if (stored_find(store, (int64_t)request->snapshot, day_or_null, &stored) == 0) {
		status = write_snapshot(request, format, store, &stored);
	} else if (request->snapshot != 0) {
		complain_about("there is no snapshot %llu; see: berth registry list",
			       (unsigned long long)request->snapshot);
	} else {
		status = EXIT_NO;
	}
	stored_finish(&stored);
	(void)store_close(store);
	return status;
}

static int export_as(const struct request *request, const struct export_format *format)
{
	struct registry_view view;
	char buffer[DAY_SIZE];
	const char *day = NULL;
	int status = registry_as_of(request, buffer, &day);

	if (status != EXIT_DONE) {
		return status;
	}
	bool is_iana = strncmp(format->name, "iana-", 5) == 0;
	if ((is_iana && !is_chosen(request)) || request->snapshot != 0) {
		status = from_store(request, format, day);
		if (status != EXIT_NO) {
			return status;
		}
	}
	status = registry_view_open(request, day, &view);
	if (status == EXIT_DONE) {
		status = write_view(request, format, &view.view, NULL, NULL);
		registry_view_close(&view);
	}
	return status;
}

int registry_export_verb(const struct request *request)
{
	struct nearest nearest;
	char hint[NEAREST_HINT_MAX];

	if (request->word == NULL) {
		for (const struct export_format *format = export_formats; format->name != NULL; format++) {
			(void)printf("  %-15s %s\n", format->name, format->summary);
		}
		return EXIT_DONE;
	}
	const struct export_format *format = export_format_find(request->word);
	if (format == NULL) {
		nearest_init(&nearest, request->word);
		for (format = export_formats; format->name != NULL; format++) {
			nearest_try(&nearest, format->name);
		}
		complain_about("there is no format \"%s\"%s", request->word, nearest_hint(&nearest, hint));
		return EXIT_USAGE;
	}
	return export_as(request, format);
}
