/* check_graph.h - who leads to whom: states by their rules, formats by what they hold.  Private to the checks.
 *
 * Nothing here calls itself, because a description may be one chain of a hundred thousand states. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/arena.h"

enum direction { FORWARD, BACKWARD, DIRECTIONS };

struct edge {
	uint32_t end[DIRECTIONS]; /* to, from: where it leads in each direction */
	const void *label;	  /* the rule or item */
};

/* The edges that leave each node in one direction: of node n those from order[first[n]] up to order[first[n + 1]]. */
struct graph_side {
	uint32_t *first;
	uint32_t *order;
};

/* Zeroed but for `arena` and `nodes`; then graph_add() and at last graph_finish(). */
struct graph {
	struct arena *arena;
	uint32_t nodes;
	struct edge *edges;
	uint32_t edge_count, edge_room;
	struct graph_side sides[DIRECTIONS];
	uint32_t *work; /* two numbers for each node */
};

/* How a node was reached: an edge's number, or one of these. */
#define NOT_REACHED UINT32_MAX
#define REACHED_AT_ONCE (UINT32_MAX - 1)

/* 0 or -ENOMEM. */
int graph_add(struct graph *graph, uint32_t from, uint32_t to, const void *label);
int graph_finish(struct graph *graph);

/* An array for graph_reach(), all NOT_REACHED; NULL without memory. */
uint32_t *graph_ways(const struct graph *graph);

/* Enters in `ways` what can be reached from `node`, by the fewest edges; what was reached before stays as it is. */
void graph_reach(struct graph *graph, enum direction direction, uint32_t node, uint32_t *ways);

/* The nodes of `within` (NULL: all) so that each stands behind those it leads to, but for cycles.  Returns how many;
 * `order` has room for all nodes. */
uint32_t graph_order(struct graph *graph, enum direction direction, const bool *within, uint32_t *order);

/* The fewest nodes of `within` from which all others of it can be reached, where the cause of a fault is.  Returns
 * how many are in `roots`, which has room for all nodes; -ENOMEM. */
int graph_roots(struct graph *graph, enum direction direction, const bool *within, uint32_t *roots);
