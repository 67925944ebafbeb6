/* service.c - finds services in a view.  Called by nss_berth.c, which holds the lock. */
#include "nss/service.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "registry/records/derive.h"

static const char *const protocols[] = {
	[ENTRY_TCP] = "tcp",
	[ENTRY_UDP] = "udp",
	[ENTRY_SCTP] = "sctp",
	[ENTRY_DCCP] = "dccp",
};

int service_transport_of(const char *protocol)
{
	for (int i = ENTRY_TCP; i <= ENTRY_DCCP; i++) {
		if (strcmp(protocol, protocols[i]) == 0) {
			return i;
		}
	}
	return 0;
}

/* Names of former times may have blanks, which no reader of services(5) expects. */
static bool is_one_word(const char *name)
{
	for (const char *place = name; *place != '\0'; place++) {
		if ((unsigned char)*place <= ' ' || *place == 0x7f) {
			return false;
		}
	}
	return name[0] != '\0';
}

unsigned service_transports(const struct view_row *row)
{
	if (row->lo == ENTRY_NO_PORT || row->status == ENTRY_UNASSIGNED || !is_one_word(row->fold)) {
		return 0;
	}
	switch (row->transport) {
	case ENTRY_TRANSPORT_NONE:
		return 1U << ENTRY_TCP | 1U << ENTRY_UDP;
	case ENTRY_TRANSPORT_OTHER:
		return 0;
	default:
		return 1U << row->transport;
	}
}

/* The lowest of some transports. */
static int first_of(unsigned transports)
{
	return __builtin_ctz(transports);
}

static bool has_name(const struct service *service, const char *name)
{
	for (size_t i = 0; i < service->count; i++) {
		if (strcmp(service->names[i], name) == 0) {
			return true;
		}
	}
	return false;
}

static void add_name(struct service *service, const char *name, uint32_t row, bool plain)
{
	bool is_first = service->count == 0 || (plain && !service->plain);

	if (service->count == SERVICE_NAMES_MAX || has_name(service, name)) {
		return;
	}
	service->names[service->count++] = name;
	if (is_first) {
		service->names[service->count - 1] = service->names[0];
		service->names[0] = name;
		service->row = row;
		service->plain = plain;
	}
}

static bool gather(const struct view_row *row, uint32_t index, void *context)
{
	struct service *service = context;

	if ((service_transports(row) >> service->transport & 1) == 0) {
		return true;
	}
	/* Own rows come first; what others say of this port counts no more then. */
	if (service->count > 0 && service->own && !row->own) {
		return false;
	}
	service->own = row->own;
	add_name(service, row->fold, index, (row->oddities & (ODD_REPLACED | ODD_NAME)) == 0);
	return true;
}

bool service_at(const struct view *view, int port, int transport, struct service *ret_service)
{
	struct service service = { .view = view, .port = port, .transport = transport };

	view_at_port(view, port, transport, gather, &service);
	if (service.count == 0) {
		return false;
	}
	*ret_service = service;
	return true;
}

/* The first row that is a service in the transport asked for. */
struct search {
	const struct view *view;
	int port; /* ENTRY_NO_PORT: any, for a name */
	int transport;
	struct service *service;
	bool found;
};

static bool look(const struct view_row *row, uint32_t index, void *context)
{
	struct search *search = context;
	unsigned transports = service_transports(row);

	(void)index;
	if (search->transport != 0) {
		transports &= 1U << search->transport;
	}
	if (transports == 0) {
		return true;
	}
	int port = search->port == ENTRY_NO_PORT ? row->lo : search->port;
	/* A base's name at a number that the organisation uses otherwise is not there. */
	search->found = service_at(search->view, port, first_of(transports), search->service) &&
			has_name(search->service, row->fold);
	return !search->found;
}

bool service_named(const struct view *view, const char *name, int transport, struct service *ret_service)
{
	struct search search = { .view = view, .port = ENTRY_NO_PORT, .transport = transport, .service = ret_service };

	view_named(view, name, look, &search);
	return search.found;
}

bool service_at_port(const struct view *view, int port, int transport, struct service *ret_service)
{
	struct search search = { .view = view, .port = port, .transport = transport, .service = ret_service };

	view_at_port(view, port, transport, look, &search);
	return search.found;
}

/* What is left of the caller's buffer. */
struct room {
	char *place;
	size_t size;
};

static char *put_text(struct room *room, const char *text)
{
	size_t size = strlen(text) + 1;
	char *place = room->place;

	if (size > room->size) {
		return NULL;
	}
	memcpy(place, text, size);
	room->place += size;
	room->size -= size;
	return place;
}

/* Room for this many pointers, where pointers may stand. */
static char **put_pointers(struct room *room, size_t count)
{
	size_t padding = -(uintptr_t)room->place % _Alignof(char *);
	size_t size = count * sizeof(char *);

	if (room->size < padding + size) {
		return NULL;
	}
	void *place = room->place + padding;
	room->place += padding + size;
	room->size -= padding + size;
	return place;
}

int service_write(const struct service *service, struct servent *ret_servent, char *buffer, size_t size)
{
	struct room room = { .place = buffer, .size = size };
	char **aliases = put_pointers(&room, service->count);
	char *name = put_text(&room, service->names[0]);
	char *protocol = put_text(&room, protocols[service->transport]);

	if (aliases == NULL || name == NULL || protocol == NULL) {
		return -ERANGE;
	}
	for (size_t i = 1; i < service->count; i++) {
		aliases[i - 1] = put_text(&room, service->names[i]);
		if (aliases[i - 1] == NULL) {
			return -ERANGE;
		}
	}
	aliases[service->count - 1] = NULL;
	*ret_servent = (struct servent){
		.s_name = name,
		.s_aliases = aliases,
		.s_port = htons((uint16_t)service->port),
		.s_proto = protocol,
	};
	return 0;
}
