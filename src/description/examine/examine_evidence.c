/* examine_evidence.c - E15: does a first message say enough about itself, even one that says as little as it
 * can?
 *
 * The cheapest path is looked for octet by octet: what is known of a way through the automaton is the state,
 * what it cost, and its last octet, because an octet that repeats the one before it is worth little.  So each
 * layer holds the cheapest way to each state and, where that matters, each class of last octets.  A way ends
 * where the message is whole, and at the end of the window where it can only be whole behind that; one that
 * could have been whole before, had a text been shorter, is none.  Called by examine.c. */
#include <errno.h>
#include <stdlib.h>

#include "description/examine/examine_parts.h"

#define NO_WAY UINT32_MAX

/* A way: its last octet, and the way it came. */
struct way {
	uint32_t before; /* index, or NO_WAY */
	uint32_t cost;	 /* evidence so far */
	uint16_t state;
	uint8_t octet;
};

struct search {
	const struct automaton *automaton;
	struct effort *effort;
	uint8_t octets[256]; /* of each class, one */
	struct way *ways;    /* of all layers */
	uint32_t count;
	uint32_t room;
	uint32_t *newest; /* [state][class + 1]: the way there, + 1; class 0 where the last octet does not matter */
	uint32_t best;	  /* the cheapest to an end, or NO_WAY */
};

static uint32_t cell_of(const struct search *search, uint32_t state, unsigned kind)
{
	return state * search->automaton->classes_count + kind;
}

/* Another octet of this class could come, and would be worth more than a repeated one. */
static bool repeating_matters(const struct search *search, uint32_t state, unsigned kind)
{
	uint32_t cell = cell_of(search, state, kind);

	return search->automaton->next[cell] != STATE_DEAD && search->automaton->evidence[cell] > EVIDENCE_PLAIN;
}

static int add_way(struct search *search, uint32_t layer, struct way way)
{
	unsigned kind = search->automaton->classes[way.octet];
	unsigned place = repeating_matters(search, way.state, kind) ? kind + 1 : 0;
	uint32_t *newest = &search->newest[way.state * (search->automaton->classes_count + 1) + place];

	if (*newest > layer) {
		struct way *known = &search->ways[*newest - 1];
		if (way.cost < known->cost) {
			*known = way;
		}
		return 0;
	}
	if (search->count == search->room) {
		uint32_t room = search->room == 0 ? 1024 : search->room * 2;
		struct way *moved = reallocarray(search->ways, room, sizeof(way));
		if (moved == NULL) {
			return -ENOMEM;
		}
		search->ways = moved;
		search->room = room;
	}
	search->ways[search->count++] = way;
	*newest = search->count;
	return 0;
}

/* All octets behind a way; of a class that can repeat, the repeated octet is the cheapest. */
static int go_on(struct search *search, uint32_t layer, uint32_t from)
{
	const struct way before = search->ways[from];
	unsigned last = search->automaton->classes[before.octet];

	if (!effort_spend(search->effort, search->automaton->classes_count)) {
		return -E2BIG;
	}
	for (unsigned kind = 0; kind < search->automaton->classes_count; kind++) {
		uint32_t cell = cell_of(search, before.state, kind);
		uint32_t evidence = search->automaton->evidence[cell];
		bool repeats = before.before != NO_WAY && kind == last;
		struct way way = {
			.before = from,
			.cost = before.cost + (repeats && evidence > EVIDENCE_PLAIN ? EVIDENCE_PLAIN : evidence),
			.state = search->automaton->next[cell],
			.octet = repeats ? before.octet : search->octets[kind],
		};
		int r = way.state == STATE_DEAD ? 0 : add_way(search, layer, way);
		if (r < 0) {
			return r;
		}
	}
	return 0;
}

static bool is_end(const struct search *search, uint32_t way, unsigned depth)
{
	uint32_t state = search->ways[way].state;

	return (search->automaton->flags[state] & (STATE_COMPLETE | STATE_PROVED)) != 0 ||
	       (depth == WINDOW_MAX && (search->automaton->flags[state] & STATE_ENDS) == 0);
}

static bool is_cheaper(const struct search *search, uint32_t way)
{
	return search->best == NO_WAY || search->ways[way].cost < search->ways[search->best].cost;
}

/* Layer by layer; ways that cost more than the best one to an end are left. */
static int find_cheapest(struct search *search)
{
	uint32_t first = 0;
	int r = add_way(search, 0, (struct way){ .before = NO_WAY, .state = STATE_START });

	for (unsigned depth = 0; depth <= WINDOW_MAX && r == 0; depth++) {
		uint32_t end = search->count;
		for (uint32_t way = first; way < end; way++) {
			search->best = is_end(search, way, depth) && is_cheaper(search, way) ? way : search->best;
		}
		for (uint32_t way = first; way < end && depth < WINDOW_MAX && r == 0; way++) {
			r = is_cheaper(search, way) ? go_on(search, end, way) : 0;
		}
		first = end;
	}
	return r;
}

/* Letters first, so that a path can be read. */
static void find_octets(struct search *search)
{
	for (unsigned i = 256; i-- > 0;) {
		uint8_t octet = (uint8_t)(i + 'a');
		search->octets[search->automaton->classes[octet]] = octet;
	}
}

/* ---- what the path tells ---- */

struct path {
	uint32_t size;
	uint32_t checked; /* octets up to the last one that is worth something */
	uint8_t octets[WINDOW_MAX];
	uint32_t ways[WINDOW_MAX]; /* behind each octet */
};

static void trace(const struct search *search, struct path *path)
{
	uint32_t way = search->best;

	path->size = 0;
	path->checked = 0;
	for (uint32_t at = way; search->ways[at].before != NO_WAY; at = search->ways[at].before) {
		path->size++;
	}
	for (uint32_t i = path->size; i-- > 0; way = search->ways[way].before) {
		path->octets[i] = search->ways[way].octet;
		path->ways[i] = way;
	}
}

/* The last item that takes octets, in whatever block it is. */
static const struct item *last_item(const struct item *block)
{
	const struct item *last = NULL;

	for (const struct item *item = block; item != NULL; item = item->next) {
		last = item->kind == ITEM_SURE || item->kind == ITEM_WEAK ? last : item;
	}
	if (last == NULL) {
		return NULL;
	}
	const struct item *inner = last->kind == ITEM_FORMAT ? last->format->block : last->block;
	bool is_block = last->kind == ITEM_FORMAT || last->kind == ITEM_SIZED || last->kind == ITEM_WITHIN ||
			last->kind == ITEM_MAYBE;
	return is_block ? last_item(inner) : last;
}

static bool ends_unknown(const struct message *message)
{
	const struct item *last = last_item(message->block);

	return last != NULL && (last->kind == ITEM_PAYLOAD || last->kind == ITEM_BYTES) && last->count == COUNT_REST;
}

static void tell(const struct search *search, struct path *path, struct examined_message *examined)
{
	examined->examined = true;
	examined->evidence = search->ways[search->best].cost;
	examined->octets = path->size;
	for (uint32_t i = 0; i < path->size; i++) {
		const struct way *way = &search->ways[path->ways[i]];
		uint32_t evidence = way->cost - search->ways[way->before].cost;
		examined->tested += evidence >= EVIDENCE_BIT;
		path->checked = evidence > 0 ? i + 1 : path->checked;
		if (examined->decides_at == 0 && way->cost >= EVIDENCE_DECIDES) {
			examined->decides_at = i + 1;
		}
		if (examined->sure_at == 0 && (search->automaton->flags[way->state] & STATE_SURE) != 0) {
			examined->sure_at = i + 1;
		}
	}
	examined->stops_at = ends_unknown(examined->message) ? path->checked + 1 : 0;
}

static void complain(struct examiner *examiner, const struct specimen *specimen, const struct path *path)
{
	const struct examined_message *examined = specimen->examined;
	struct report *report = examiner->report;
	const char *stops = examined->stops_at == 0 ? ""
						    : report_text(report, "; it stopped checking at octet %u",
								  (unsigned)examined->stops_at);

	report_add(
		report, specimen->protocol->source, FINDING_ERROR, "E15", specimen->message->place,
		octets_shown(report, path->octets, path->checked),
		"check more octets; or add \"sure;\" behind what nobody else would send, or \"weak;\" if it shall only "
		"be known alone on its port",
		"first message %s may carry only %.1f bits of evidence, and it takes %d%s", specimen->message->name,
		(double)examined->evidence / EVIDENCE_BIT, EVIDENCE_DECIDES / EVIDENCE_BIT, stops);
}

int examine_evidence(struct examiner *examiner, const struct specimen *specimen)
{
	const struct automaton *automaton = specimen->automaton;
	struct search search = { .automaton = automaton, .effort = &examiner->effort, .best = NO_WAY };
	size_t places = (size_t)automaton->states * (automaton->classes_count + 1);
	struct path path;

	find_octets(&search);
	search.newest = calloc(places, sizeof(uint32_t));
	int r = search.newest == NULL ? -ENOMEM : find_cheapest(&search);
	if (r == 0 && search.best != NO_WAY) {
		trace(&search, &path);
		tell(&search, &path, specimen->examined);
		bool known = (automaton->flags[search.ways[search.best].state] & STATE_PROVED) == 0;
		if (known && specimen->examined->evidence < EVIDENCE_DECIDES && !specimen->message->sure &&
		    !specimen->message->weak) {
			complain(examiner, specimen, &path);
		}
	}
	free(search.newest);
	free(search.ways);
	return r == -E2BIG ? 0 : r;
}
