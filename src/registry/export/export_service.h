/* export_service.h - rows as services: what a firewall knows by one name.
 *
 * For export_firewalld.c and export_ufw.c only. */
#pragma once

#include "config/arena.h"
#include "registry/export/export.h"
#include "registry/export/export_span.h"

enum { EXPORT_IDENTIFIER_MAX = 40 };

struct export_service {
	const char *identifier;		 /* of characters every firewall takes; no two services have the same */
	const struct export_span *spans; /* by transport and port */
	size_t count;
};

struct export_services {
	struct export_service *items; /* by identifier */
	size_t count;
	struct export_spans spans;
	struct arena arena;
};

/* Names that only differ in characters no firewall takes are one service to it: of these only the one that needs no
 * change is kept, or else the first, so that none gets another's ports.  0 or -errno. */
int export_services_collect(const struct export_request *request, unsigned transports,
			    struct export_services *ret_services);
void export_services_finish(struct export_services *services);

/* The text of the first of its rows, on one line; the name when there is none. */
const char *export_service_text(const struct view *view, const struct export_service *service, char *buffer,
				size_t size);
