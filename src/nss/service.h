/* service.h - one service as services(5) would have it: a port, a transport, and the names that both have in the
 * registry.
 *
 * Private to libnss_berth.  Libc only; allocates nothing; texts point into the view. */
#pragma once

#include <netdb.h>

#include "registry/view/view.h"

enum { SERVICE_NAMES_MAX = 64 };

struct service {
	const struct view *view;
	int port;
	int transport;			      /* ENTRY_TCP ... */
	bool own;			      /* its first name is the organisation's own */
	const char *names[SERVICE_NAMES_MAX]; /* in lower case; the first is the one to go by */
	size_t count;
	uint32_t row; /* the one that gave the first name */
	bool plain;   /* the first name is well-formed and replaced by no other */
};

/* The transports a row is a service in, as bits 1 << ENTRY_TCP ...: none for rows without a number, without a name
 * of one word, or that say Unassigned; a row without a transport means tcp and udp. */
unsigned service_transports(const struct view_row *row);

/* 0 for what is no transport of the registry. */
int service_transport_of(const char *protocol);

/* All names of this port in this transport.  False when there is none.  Own rows hide others. */
bool service_at(const struct view *view, int port, int transport, struct service *ret_service);

/* The first service with the name, in any case, or the first at the port; transport 0: in any. */
bool service_named(const struct view *view, const char *name, int transport, struct service *ret_service);
bool service_at_port(const struct view *view, int port, int transport, struct service *ret_service);

/* Puts it into a servent whose texts stand in the buffer.  0, or -ERANGE when that is too small. */
int service_write(const struct service *service, struct servent *ret_servent, char *buffer, size_t size);
