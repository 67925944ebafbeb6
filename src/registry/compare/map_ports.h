/* map_ports.h - what each of the 65,536 ports is, for the pictures and for who counts them. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "registry/compare/map.h"

/* The stronger has the greater number. */
enum map_state { MAP_NO_ROW, MAP_UNASSIGNED, MAP_RESERVED, MAP_ASSIGNED, MAP_OWN, MAP_STATES };

enum { MAP_PORTS = 65536, MAP_NUMBER_SIZE = sizeof("65,536") };

struct map_ports {
	uint8_t now[MAP_PORTS];	     /* enum map_state */
	bool came[MAP_PORTS];	     /* assigned now, and not in the older view */
	bool went[MAP_PORTS];	     /* the other way round */
	unsigned states[MAP_STATES]; /* how many ports of lo..hi */
	unsigned came_count, went_count;
	int lo, hi; /* of the request, set right */
};

/* 0 or -ENOMEM; free with free(). */
int map_ports_create(const struct map_request *request, struct map_ports **ret_ports);

/* Whether a row counts in this transport; 0 is tcp and udp. */
bool map_takes(const struct view_row *row, int transport);

/* "TCP", "TCP and UDP" ... */
const char *map_transport_title(int transport);
/* "assigned", "reserved" ..., for the legend. */
const char *map_state_name(enum map_state state);
/* 12345 as "12,345". */
const char *map_number(unsigned number, char buffer[static MAP_NUMBER_SIZE]);
