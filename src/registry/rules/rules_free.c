/* rules_free.c - the free numbers nearest to one that is taken.  Called when rules P3 to P6 found something. */
#include <stdlib.h>
#include <string.h>

#include "registry/rules/rules_check.h"

enum { FIRST_USER = 1024, LAST_USER = 49151, PORTS = 65536 };

static bool take_obstacle(const struct view_row *row, uint32_t index, void *context)
{
	bool *is_free = context;

	(void)index;
	*is_free = view_row_is_free(row);
	return *is_free;
}

/* Also free for the transports that were not asked for: else a person must ask their holder first. */
static bool is_unassigned(const struct view *view, int port)
{
	bool is_free = true;

	view_at_port(view, port, 0, take_obstacle, &is_free);
	return is_free;
}

static bool is_pending(const struct rules_check *check, int port)
{
	for (size_t i = 0; i < check->context->pending_count; i++) {
		if (check->context->pending[i].port == port) {
			return true;
		}
	}
	return false;
}

/* The edges of the ranges, and the two for experiments, are nobody's. */
static bool is_kept_back(int port)
{
	return port == 0 || (port >= 1021 && port <= FIRST_USER) || port >= LAST_USER;
}

/* Bands of one name are one, however many pieces they are cut into; without bands there are the ranges of RFC 6335. */
static bool is_in_same_band(const struct view *view, const struct view_band *band_or_null, int asked, int port)
{
	struct view_band other;

	if (band_or_null == NULL) {
		return (asked < FIRST_USER) == (port < FIRST_USER);
	}
	return rules_band_at(view, port, &other) && strcmp(other.name, band_or_null->name) == 0;
}

void rules_find_free(struct rules_check *check)
{
	const struct view *view = check->context->view;
	struct rule_report *report = check->report;
	struct view_band band;

	if (view == NULL) {
		return;
	}
	bool has_band = rules_band_at(view, check->port, &band);
	for (int distance = 1; distance < PORTS && report->free_count < RULES_FREE_MAX; distance++) {
		const int ports[] = { check->port - distance, check->port + distance };
		for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]) && report->free_count < RULES_FREE_MAX; i++) {
			int port = ports[i];
			if (port >= 0 && port < PORTS && !is_kept_back(port) &&
			    is_in_same_band(view, has_band ? &band : NULL, check->port, port) &&
			    !is_pending(check, port) && is_unassigned(view, port)) {
				report->free_near[report->free_count++] = (uint16_t)port;
			}
		}
	}
}
