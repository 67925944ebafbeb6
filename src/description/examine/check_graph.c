/* check_graph.c - searches in graphs, each linear in nodes and edges. */
#include "description/examine/check_graph.h"

#include <errno.h>
#include <string.h>

enum { EDGES_FIRST = 64 };

int graph_add(struct graph *graph, uint32_t from, uint32_t to, const void *label)
{
	if (graph->edge_count == graph->edge_room) {
		uint32_t room = graph->edge_room == 0 ? EDGES_FIRST : graph->edge_room * 2;
		struct edge *edges = arena_take(graph->arena, room * sizeof(*edges));
		if (edges == NULL) {
			return -ENOMEM;
		}
		if (graph->edge_count > 0) {
			memcpy(edges, graph->edges, graph->edge_count * sizeof(*edges));
		}
		graph->edges = edges;
		graph->edge_room = room;
	}
	graph->edges[graph->edge_count++] = (struct edge){ .end = { to, from }, .label = label };
	return 0;
}

static uint32_t start_of(const struct edge *edge, enum direction direction)
{
	return edge->end[direction == FORWARD ? BACKWARD : FORWARD];
}

/* Counts the edges of each node, then puts each edge's number where its node's begin. */
static int sort_side(struct graph *graph, enum direction direction)
{
	struct graph_side *side = &graph->sides[direction];

	side->first = arena_take(graph->arena, (graph->nodes + (size_t)2) * sizeof(*side->first));
	side->order = arena_take(graph->arena, (graph->edge_count + (size_t)1) * sizeof(*side->order));
	if (side->first == NULL || side->order == NULL) {
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < graph->edge_count; i++) {
		side->first[start_of(&graph->edges[i], direction) + 2]++;
	}
	for (uint32_t node = 0; node < graph->nodes; node++) {
		side->first[node + 2] += side->first[node + 1];
	}
	for (uint32_t i = 0; i < graph->edge_count; i++) {
		side->order[side->first[start_of(&graph->edges[i], direction) + 1]++] = i;
	}
	return 0;
}

int graph_finish(struct graph *graph)
{
	graph->work = arena_take(graph->arena, (graph->nodes * (size_t)2 + 1) * sizeof(*graph->work));
	if (graph->work == NULL || sort_side(graph, FORWARD) < 0 || sort_side(graph, BACKWARD) < 0) {
		return -ENOMEM;
	}
	return 0;
}

uint32_t *graph_ways(const struct graph *graph)
{
	uint32_t *ways = arena_take(graph->arena, (graph->nodes + (size_t)1) * sizeof(*ways));

	for (uint32_t node = 0; ways != NULL && node < graph->nodes; node++) {
		ways[node] = NOT_REACHED;
	}
	return ways;
}

void graph_reach(struct graph *graph, enum direction direction, uint32_t node, uint32_t *ways)
{
	const struct graph_side *side = &graph->sides[direction];
	uint32_t *queue = graph->work;
	uint32_t taken = 0;
	uint32_t waiting = 0;

	if (ways[node] != NOT_REACHED) {
		return;
	}
	ways[node] = REACHED_AT_ONCE;
	queue[waiting++] = node;
	while (taken < waiting) {
		uint32_t from = queue[taken++];
		for (uint32_t i = side->first[from]; i < side->first[from + 1]; i++) {
			uint32_t to = graph->edges[side->order[i]].end[direction];
			if (ways[to] == NOT_REACHED) {
				ways[to] = side->order[i];
				queue[waiting++] = to;
			}
		}
	}
}

/* ---- depth first ---- */

struct descent {
	struct graph *graph;
	enum direction direction;
	const bool *within;
	uint32_t *next; /* of each node: the edge to try next; 0: not seen, so this counts from 1 */
	uint32_t *path; /* from the first node down to the current one */
	uint32_t depth;
	uint32_t *order;
	uint32_t count;
};

static void enter(struct descent *descent, uint32_t node)
{
	bool wanted = descent->within == NULL || descent->within[node];

	if (wanted && descent->next[node] == 0) {
		descent->next[node] = descent->graph->sides[descent->direction].first[node] + 1;
		descent->path[descent->depth++] = node;
	}
}

static void descend(struct descent *descent, uint32_t root)
{
	const struct graph *graph = descent->graph;
	const struct graph_side *side = &graph->sides[descent->direction];

	enter(descent, root);
	while (descent->depth > 0) {
		uint32_t node = descent->path[descent->depth - 1];
		if (descent->next[node] > side->first[node + 1]) {
			descent->order[descent->count++] = node;
			descent->depth--;
			continue;
		}
		const struct edge *edge = &graph->edges[side->order[descent->next[node]++ - 1]];
		enter(descent, edge->end[descent->direction]);
	}
}

uint32_t graph_order(struct graph *graph, enum direction direction, const bool *within, uint32_t *order)
{
	struct descent descent = {
		.graph = graph,
		.direction = direction,
		.within = within,
		.next = graph->work,
		.path = graph->work + graph->nodes,
		.order = order,
	};

	memset(descent.next, 0, graph->nodes * sizeof(*descent.next));
	for (uint32_t node = 0; node < graph->nodes; node++) {
		descend(&descent, node);
	}
	return descent.count;
}

/* What a depth-first search leaves last cannot be reached from what it left before, unless both are in one cycle. */
int graph_roots(struct graph *graph, enum direction direction, const bool *within, uint32_t *roots)
{
	uint32_t *order = arena_take(graph->arena, (graph->nodes + (size_t)1) * sizeof(*order));
	uint32_t *ways = graph_ways(graph);
	int count = 0;

	if (order == NULL || ways == NULL) {
		return -ENOMEM;
	}
	for (uint32_t left = graph_order(graph, direction, within, order); left > 0; left--) {
		uint32_t node = order[left - 1];
		if (ways[node] == NOT_REACHED) {
			roots[count++] = node;
			graph_reach(graph, direction, node, ways);
		}
	}
	return count;
}
