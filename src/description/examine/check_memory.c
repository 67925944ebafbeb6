/* check_memory.c - E5: what a reader must remember is bounded, and reading always goes on.  That a format which
 * contains itself says how deep is the resolver's business.
 *
 * Messages are written out with their formats, as the compiler does it, and given up where it would: so nobody
 * need wait for formats that double each other forty times. */
#include <errno.h>

#include "description/examine/check.h"
#include "description/examine/check_extent.h"
#include "description/examine/check_walk.h"
#include "description/machine/program.h"

enum { WRITTEN_MAX = 8 * INSTRUCTIONS_MAX }; /* items of a protocol, those of formats as often as they are used */

struct memory {
	const struct protocol *protocol;
	struct report *report;
	struct arena arena;
	struct extents extents;
	unsigned written;
	unsigned scopes;			   /* counted blocks open here */
	unsigned depth;				   /* formats open here, */
	const struct format *formats[NESTING_MAX]; /* these */
	bool refused;
};

#define WRONG(memory, place, help, ...)                                                                      \
	report_add((memory)->report, (memory)->protocol->source, FINDING_ERROR, "E5", (place), NULL, (help), \
		   __VA_ARGS__)

/* ---- repeats and formats without an end ---- */

static void check_repeat(const struct item *item, void *context)
{
	struct memory *memory = context;

	if (item->kind == ITEM_REPEAT && extent_of_block(&memory->extents, item->block).minimum == 0) {
		WRONG(memory, item->place, "let the block take an octet at least",
		      "this repeats a block that may be empty, so it need never end");
	}
}

/* Of formats that nothing can ever fill, those that hold themselves: in the order of a search that goes down first,
 * an edge which does not lead to an earlier place closes a circle. */
static int check_endless(struct memory *memory)
{
	struct graph *graph = &memory->extents.graph;
	uint32_t *order = arena_take(&memory->arena, (graph->nodes + (size_t)1) * sizeof(*order));
	uint32_t *place = arena_take(&memory->arena, (graph->nodes + (size_t)1) * sizeof(*place));
	bool *impossible = arena_take(&memory->arena, graph->nodes + (size_t)1);

	if (order == NULL || place == NULL || impossible == NULL) {
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < graph->nodes; i++) {
		impossible[i] = memory->extents.known[i].minimum > memory->extents.known[i].maximum;
	}
	uint32_t count = graph_order(graph, FORWARD, impossible, order);
	for (uint32_t i = 0; i < count; i++) {
		place[order[i]] = i;
	}
	for (uint32_t i = 0; i < graph->edge_count; i++) {
		uint32_t to = graph->edges[i].end[FORWARD];
		uint32_t from = graph->edges[i].end[BACKWARD];
		if (impossible[to] && impossible[from] && place[to] >= place[from]) {
			impossible[to] = false; /* said once */
			WRONG(memory, memory->extents.formats[to]->place,
			      "let it stand in itself only under a condition",
			      "%s always contains itself, so it never ends", memory->extents.formats[to]->name);
		}
	}
	return 0;
}

/* ---- written out ---- */

static void write_block(struct memory *memory, const struct item *block);

static void refuse(struct memory *memory, struct place place, const char *help, const char *text)
{
	if (!memory->refused) {
		WRONG(memory, place, help, "%s", text);
	}
	memory->refused = true;
}

static unsigned times_open(const struct memory *memory, const struct format *format)
{
	unsigned times = 0;

	for (unsigned i = 0; i < memory->depth; i++) {
		times += memory->formats[i] == format;
	}
	return times;
}

static void write_format(struct memory *memory, const struct item *item)
{
	if (item->format->nested > 0 && times_open(memory, item->format) > item->format->nested) {
		return;
	}
	if (memory->depth == NESTING_MAX) {
		refuse(memory, item->place, "nest formats less deeply",
		       "too many formats stand within each other here");
		return;
	}
	memory->formats[memory->depth++] = item->format;
	write_block(memory, item->format->block);
	memory->depth--;
}

static void write_item(struct memory *memory, const struct item *item)
{
	bool counted = item->kind == ITEM_SIZED || item->kind == ITEM_WITHIN;

	if (++memory->written > WRITTEN_MAX) {
		refuse(memory, item->place, "nest formats less deeply, or describe less of them",
		       "the messages are too long when their formats are written out");
		return;
	}
	if (counted && ++memory->scopes > SCOPES_MAX) {
		refuse(memory, item->place, report_text(memory->report, "nest at most %d of them", SCOPES_MAX),
		       "too many counted blocks stand within each other here");
	}
	if (item->kind == ITEM_FORMAT) {
		write_format(memory, item);
	}
	write_block(memory, item->block);
	write_block(memory, item->otherwise);
	for (const struct switch_case *branch = item->cases; branch != NULL; branch = branch->next) {
		write_block(memory, branch->block);
	}
	memory->scopes -= counted;
}

static void write_block(struct memory *memory, const struct item *block)
{
	for (const struct item *item = block; item != NULL && !memory->refused; item = item->next) {
		write_item(memory, item);
	}
}

static void check_written(struct memory *memory)
{
	for (const struct message *message = memory->protocol->messages; message != NULL; message = message->next) {
		write_block(memory, message->over != NULL ? message->over->block : NULL);
		write_block(memory, message->block);
	}
}

int check_memory(const struct protocol *protocol, struct report *report)
{
	struct memory memory = { .protocol = protocol, .report = report };
	int r = extents_init(&memory.extents, &memory.arena, protocol->formats, NULL);

	if (r == 0) {
		walk_protocol(protocol, check_repeat, &memory);
		check_written(&memory);
		r = check_endless(&memory);
	}
	arena_finish(&memory.arena);
	return r;
}
