/* export_service.c - rows as services: what a firewall knows by one name. */
#include "registry/export/export_service.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "registry/export/export_text.h"

static int by_identifier(const void *left, const void *right)
{
	const struct export_service *a = left, *b = right;
	int order = strcmp(a->identifier, b->identifier);
	bool a_changed, b_changed;

	if (order != 0) {
		return order;
	}
	a_changed = strcmp(a->identifier, a->spans->service) != 0;
	b_changed = strcmp(b->identifier, b->spans->service) != 0;
	return a_changed != b_changed ? a_changed - b_changed : strcmp(a->spans->service, b->spans->service);
}

static int add(struct export_services *services, const struct export_span *spans, size_t count)
{
	struct export_service *service = &services->items[services->count];
	char identifier[EXPORT_IDENTIFIER_MAX + 1];

	export_identifier(spans->service, identifier, sizeof(identifier));
	if (*identifier == '\0') {
		return 0;
	}
	service->identifier = arena_text(&services->arena, identifier, strlen(identifier));
	service->spans = spans;
	service->count = count;
	services->count++;
	return service->identifier == NULL ? -ENOMEM : 0;
}

static void keep_first_of_each(struct export_services *services)
{
	size_t kept = 0;

	for (size_t i = 0; i < services->count; i++) {
		if (i == 0 || strcmp(services->items[i].identifier, services->items[kept - 1].identifier) != 0) {
			services->items[kept++] = services->items[i];
		}
	}
	services->count = kept;
}

static int divide(struct export_services *services)
{
	const struct export_spans *spans = &services->spans;
	int r = 0;

	services->items = calloc(spans->count + 1, sizeof(services->items[0]));
	if (services->items == NULL) {
		return -ENOMEM;
	}
	for (size_t i = 0, count; i < spans->count && r == 0; i += count) {
		count = export_same_service(&spans->items[i], spans->count - i);
		r = add(services, &spans->items[i], count);
	}
	if (r == 0) {
		qsort(services->items, services->count, sizeof(services->items[0]), by_identifier);
		keep_first_of_each(services);
	}
	return r;
}

int export_services_collect(const struct export_request *request, unsigned transports,
			    struct export_services *ret_services)
{
	const struct export_choice choice = { .transports = transports, .order = EXPORT_BY_SERVICE };
	struct export_services services = { NULL, 0, { NULL, 0 }, { NULL } };
	int r;

	r = export_spans_collect(request, &choice, &services.spans);
	if (r == 0) {
		r = divide(&services);
	}
	if (r < 0) {
		export_services_finish(&services);
		return r;
	}
	*ret_services = services;
	return 0;
}

void export_services_finish(struct export_services *services)
{
	free(services->items);
	export_spans_finish(&services->spans);
	arena_finish(&services->arena);
}

const char *export_service_text(const struct view *view, const struct export_service *service, char *buffer,
				size_t size)
{
	struct view_row row;

	if (view_row(view, service->spans->row, &row) && *export_description(&row, buffer, size) != '\0') {
		return buffer;
	}
	return service->identifier;
}
