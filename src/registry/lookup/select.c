/* select.c - which rows of a view are meant.  Called for each row by exports, differences and searches. */
#include "registry/lookup/select.h"

#include <errno.h>
#include <string.h>

#include "registry/lookup/question.h"

int selection_statuses(const char *text, unsigned *ret_statuses)
{
	unsigned statuses = 0;

	for (;;) {
		char name[16];
		enum entry_status status;
		size_t size = strcspn(text, ",");
		if (size >= sizeof(name)) {
			return -EINVAL;
		}
		memcpy(name, text, size);
		name[size] = '\0';
		if (entry_status_of(name, &status) < 0) {
			return -EINVAL;
		}
		statuses |= 1U << status;
		if (text[size] == '\0') {
			*ret_statuses = statuses;
			return 0;
		}
		text += size + 1;
	}
}

static bool touches_band(const struct view *view, const char *name, const struct view_row *row)
{
	struct view_band band;

	for (unsigned i = 0; view_band(view, i, &band); i++) {
		if (row->lo <= band.hi && row->hi >= band.lo && strcmp(band.name, name) == 0) {
			return true;
		}
	}
	return false;
}

static bool is_named(const struct selection *selection, const struct view_row *row)
{
	struct question question;

	for (size_t i = 0; i < selection->name_count; i++) {
		if (question_read(selection->names[i], &question, NULL, 0) == 0 && question_takes(&question, row)) {
			return true;
		}
	}
	return false;
}

bool selection_takes(const struct selection *selection, const struct view *view, const struct view_row *row)
{
	if (selection == NULL) {
		return true;
	}
	return (!selection->own || row->own) &&
	       (selection->statuses == SELECT_STATUS_ALL || (selection->statuses >> row->status & 1) != 0) &&
	       (selection->transports == 0 || (selection->transports >> row->transport & 1) != 0) &&
	       (selection->band == NULL || (row->lo != ENTRY_NO_PORT && touches_band(view, selection->band, row))) &&
	       (selection->names == NULL || is_named(selection, row));
}

bool selection_band_exists(const struct view *view, const char *band)
{
	struct view_band found;

	for (unsigned i = 0; view_band(view, i, &found); i++) {
		if (strcmp(found.name, band) == 0) {
			return true;
		}
	}
	return false;
}
