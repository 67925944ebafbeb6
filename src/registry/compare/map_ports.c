/* map_ports.c - what each of the 65,536 ports is, for the pictures. */
#include "registry/compare/map_ports.h"

#include <errno.h>
#include <stdlib.h>

#include "registry/records/derive.h"

bool map_takes(const struct view_row *row, int transport)
{
	if (transport != 0) {
		return view_row_in_transport(row, transport);
	}
	return view_row_in_transport(row, ENTRY_TCP) || view_row_in_transport(row, ENTRY_UDP);
}

static enum map_state state_of(const struct view_row *row)
{
	switch (row->status) {
	case ENTRY_ASSIGNED:
		return row->own ? MAP_OWN : MAP_ASSIGNED;
	case ENTRY_UNASSIGNED:
		return MAP_UNASSIGNED;
	case ENTRY_RESERVED:
	case ENTRY_UNCLEAR:
		break;
	}
	return MAP_RESERVED;
}

static void paint(const struct view *view, int transport, uint8_t states[static MAP_PORTS])
{
	struct view_row row;

	for (uint32_t i = 0; view_row(view, i, &row); i++) {
		if (row.lo == ENTRY_NO_PORT || !map_takes(&row, transport)) {
			continue;
		}
		for (int port = row.lo; port <= row.hi && port < MAP_PORTS; port++) {
			if (states[port] < state_of(&row)) {
				states[port] = (uint8_t)state_of(&row);
			}
		}
	}
}

static void compare(struct map_ports *ports, const uint8_t then[static MAP_PORTS])
{
	for (int port = ports->lo; port <= ports->hi; port++) {
		bool had = then[port] >= MAP_ASSIGNED, has = ports->now[port] >= MAP_ASSIGNED;
		ports->came[port] = has && !had;
		ports->went[port] = had && !has;
		ports->came_count += ports->came[port];
		ports->went_count += ports->went[port];
	}
}

int map_ports_create(const struct map_request *request, struct map_ports **ret_ports)
{
	struct map_ports *ports = calloc(1, sizeof(*ports));
	uint8_t *then = request->older == NULL ? NULL : calloc(MAP_PORTS, 1);

	if (ports == NULL || (request->older != NULL && then == NULL)) {
		free(ports);
		free(then);
		return -ENOMEM;
	}
	ports->lo = request->lo < 0 || request->lo >= MAP_PORTS ? 0 : request->lo;
	ports->hi = request->hi < ports->lo || request->hi >= MAP_PORTS ? MAP_PORTS - 1 : request->hi;
	paint(request->view, request->transport, ports->now);
	for (int port = ports->lo; port <= ports->hi; port++) {
		ports->states[ports->now[port]]++;
	}
	if (then != NULL) {
		paint(request->older, request->transport, then);
		compare(ports, then);
	}
	free(then);
	*ret_ports = ports;
	return 0;
}

const char *map_transport_title(int transport)
{
	static const char *const titles[] = {
		[0] = "TCP and UDP",   [ENTRY_TCP] = "TCP",   [ENTRY_UDP] = "UDP",
		[ENTRY_SCTP] = "SCTP", [ENTRY_DCCP] = "DCCP",
	};

	return transport > ENTRY_DCCP ? "other transports" : titles[transport];
}

const char *map_state_name(enum map_state state)
{
	static const char *const names[] = {
		[MAP_NO_ROW] = "no entry",   [MAP_UNASSIGNED] = "unassigned", [MAP_RESERVED] = "reserved",
		[MAP_ASSIGNED] = "assigned", [MAP_OWN] = "assigned here",
	};

	return names[state];
}

const char *map_number(unsigned number, char buffer[static MAP_NUMBER_SIZE])
{
	unsigned thousands = number / 1000 % 100, rest = number % 1000;

	if (thousands > 0) {
		snprintf(buffer, MAP_NUMBER_SIZE, "%u,%03u", thousands, rest);
	} else {
		snprintf(buffer, MAP_NUMBER_SIZE, "%u", rest);
	}
	return buffer;
}
