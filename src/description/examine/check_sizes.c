/* check_sizes.c - E4: lengths that no content can have, cases that never come, messages without an end.  That single
 * values and ranges fit their fields is the resolver's business.
 *
 * Interval arithmetic: what is called impossible here is impossible; what is not may be, if lengths depend on each
 * other. */
#include <errno.h>
#include <inttypes.h>

#include "description/examine/check.h"
#include "description/examine/check_extent.h"
#include "description/examine/check_values.h"

enum { SHORT_OF_THE_FORM = 14, SHORT_MAX = 15 };

struct sizes {
	const struct protocol *protocol;
	struct report *report;
	struct arena arena;
	struct extents extents;
	struct narrower narrower;
};

#define WRONG(sizes, place, help, ...) \
	report_add((sizes)->report, (sizes)->protocol->source, FINDING_ERROR, "E4", (place), NULL, (help), __VA_ARGS__)

static const char *bound_text(struct sizes *sizes, uint64_t bound)
{
	return bound == UNBOUNDED ? "any number of" : report_text(sizes->report, "%" PRIu64, bound);
}

static const char *extent_text(struct sizes *sizes, uint64_t low, uint64_t high)
{
	if (low == high) {
		return bound_text(sizes, low);
	}
	if (high == UNBOUNDED) {
		return report_text(sizes->report, "%s or more", bound_text(sizes, low));
	}
	return report_text(sizes->report, "%s to %s", bound_text(sizes, low), bound_text(sizes, high));
}

/* ---- lengths ---- */

/* True when every field in it says which values it has: then the author meant them all. */
static bool is_deliberate(const struct expression *expression, const struct narrowed *narrowed)
{
	if (expression == NULL) {
		return true;
	}
	if (expression->kind == EXPRESSION_NAME) {
		struct field field = expression_field(expression);
		return field_is_number(field) && !is_doubtful(narrowed, field) &&
		       (field.bits != NULL ? field.bits->ranges : field.item->ranges) != NULL;
	}
	return expression->kind != EXPRESSION_REST && is_deliberate(expression->left, narrowed) &&
	       is_deliberate(expression->right, narrowed);
}

static void check_count(struct sizes *sizes, const struct expression *expression, const struct narrowed *narrowed)
{
	struct interval count = expression_interval(expression, narrowed);

	if (count.low <= count.high && (count.high < 0 || (count.low < 0 && is_deliberate(expression, narrowed)))) {
		WRONG(sizes, expression->place, "bound the field with \"in\", or ask with \"if\" first",
		      "this size can be %" PRId64 ", which is below 0", count.low);
	}
}

/* `content` must be able to fill one of `sizes_left`. */
static void check_fit(struct sizes *sizes, struct place place, struct extent content, struct interval sizes_left)
{
	uint64_t low = sizes_left.low < 0 ? 0 : (uint64_t)sizes_left.low;
	uint64_t high = sizes_left.high == INT64_MAX ? UNBOUNDED : (uint64_t)sizes_left.high;

	if (sizes_left.high < 0 || content.minimum > content.maximum ||
	    (content.minimum <= high && content.maximum >= low)) {
		return;
	}
	WRONG(sizes, place, "make the length and what it counts agree",
	      "the block takes %s octets, but its length says %s", extent_text(sizes, content.minimum, content.maximum),
	      extent_text(sizes, low, high));
}

static void check_sized(struct sizes *sizes, const struct item *item)
{
	struct field field = { .item = item };
	struct extent content = extent_of_block(&sizes->extents, item->block);

	if (item->ranges == NULL) {
		check_fit(sizes, item->place, content, block_sizes(item, field_interval(field)));
	}
	for (const struct range *range = item->ranges; range != NULL; range = range->next) {
		struct interval left = block_sizes(item, field_range(field, range));
		if (left.low < 0 && left.low <= left.high) {
			WRONG(sizes, range->low.place, "the smallest length counts at least itself",
			      "a length of %" PRId64 " leaves the block %" PRId64 " octets", range->low.number,
			      left.low);
		} else if (left.low <= left.high) {
			check_fit(sizes, range->low.place, content, left);
		}
	}
}

static void check_within(struct sizes *sizes, const struct item *item, const struct narrowed *narrowed)
{
	struct interval left = expression_interval(item->expression, narrowed);

	check_count(sizes, item->expression, narrowed);
	if (left.low <= left.high) {
		check_fit(sizes, item->place, extent_of_block(&sizes->extents, item->block), left);
	}
}

/* ---- blocks ---- */

static void check_block(struct sizes *sizes, const struct item *block, const struct narrowed *narrowed);

static void check_case(struct sizes *sizes, struct field selector, const struct value *value)
{
	struct pieces pieces = pieces_of(selector);
	int64_t number = field_value(selector, value);
	struct interval allowed;

	while (pieces_next(&pieces, &allowed)) {
		if (number >= allowed.low && number <= allowed.high) {
			return;
		}
	}
	WRONG(sizes, value->place, "take the case away, or let the field have this value",
	      "this case never comes: %s cannot be %s",
	      selector.bits != NULL ? selector.bits->name : selector.item->name,
	      value->name != NULL ? value->name : report_text(sizes->report, "%" PRId64, value->number));
}

static void check_cases(struct sizes *sizes, const struct item *item, const struct narrowed *narrowed)
{
	struct field selector = { item->selector, item->selector_bits };

	for (const struct switch_case *branch = item->cases; branch != NULL; branch = branch->next) {
		const struct narrowed *inner = narrowed;
		for (const struct range *value = branch->values; value != NULL; value = value->next) {
			check_case(sizes, selector, &value->low);
		}
		if (branch->values != NULL && branch->values->next == NULL) {
			inner = narrow_field(&sizes->narrower, narrowed, selector,
					     field_range(selector, branch->values));
		}
		check_block(sizes, branch->block, inner);
	}
}

static void check_item(struct sizes *sizes, const struct item *item, const struct narrowed *narrowed)
{
	switch ((int)item->kind) {
	case ITEM_SIZED:
		check_sized(sizes, item);
		check_block(sizes, item->block, narrowed);
		break;
	case ITEM_WITHIN:
		check_within(sizes, item, narrowed);
		check_block(sizes, item->block, narrowed);
		break;
	case ITEM_BYTES:
	case ITEM_PAYLOAD:
		if (item->count == COUNT_EXPRESSION) {
			check_count(sizes, item->expression, narrowed);
		}
		break;
	case ITEM_SWITCH:
		check_cases(sizes, item, narrowed);
		break;
	case ITEM_IF:
		check_block(sizes, item->block,
			    narrow_by_condition(&sizes->narrower, narrowed, item->expression, true));
		check_block(sizes, item->otherwise,
			    narrow_by_condition(&sizes->narrower, narrowed, item->expression, false));
		break;
	default:
		check_block(sizes, item->block, narrowed);
		break;
	}
}

static void check_block(struct sizes *sizes, const struct item *block, const struct narrowed *narrowed)
{
	const struct item *taker = NULL; /* of all that is left */

	for (const struct item *item = block; item != NULL; item = item->next) {
		struct extent extent = extent_of_item(&sizes->extents, item);
		check_item(sizes, item, narrowed);
		if (taker != NULL && extent.minimum > 0) {
			WRONG(sizes, item->place, "let it stand before, or bound what stands before with \"sized\"",
			      "nothing is left for this: what begins in line %u takes all the rest", taker->place.line);
			return;
		}
		taker = extent.takes_rest ? item : taker;
	}
}

/* Over tcp a message must say itself where it ends; a carrier says it for what it carries. */
static void check_end(struct sizes *sizes, const struct message *message)
{
	bool in_stream = (sizes->protocol->transports & TRANSPORT_TCP) != 0 && message->over == NULL;

	for (const struct item *item = message->block; in_stream && item != NULL; item = item->next) {
		if (extent_of_item(&sizes->extents, item).needs_block) {
			WRONG(sizes, item->place, "put a length before it: sized u16 { ... }",
			      "over tcp this has no end: no counted block stands around it");
			return;
		}
	}
}

/* ---- kept values, short names ---- */

static void check_assignments(struct sizes *sizes, const struct rule *rules)
{
	for (const struct rule *rule = rules; rule != NULL; rule = rule->next) {
		for (const struct assignment *set = rule->assignments; set != NULL; set = set->next) {
			struct interval value = expression_interval(set->expression, NULL);
			struct interval limits = number_interval(set->variable->number);
			if (!set->variable->is_counter && (value.low > limits.high || value.high < limits.low)) {
				WRONG(sizes, set->place, "choose a larger type for it, or another number",
				      "%s holds 0 to %" PRId64, set->name, limits.high);
			}
		}
	}
}

void check_short(const struct source *source, const struct entry *entries, struct report *report)
{
	const struct entry *entry = entry_find(entries, "short");
	size_t size = entry != NULL ? entry->answers->text.size : 0;

	if (size > SHORT_MAX) {
		report_add(report, source, FINDING_ERROR, "E4", entry->place, NULL, "choose a shorter one",
			   "the short name has %zu characters: 14 on the form, 15 in RFC 6335", size);
	} else if (size > SHORT_OF_THE_FORM) {
		report_add(report, source, FINDING_WARNING, "E4", entry->place, NULL, "choose a shorter one",
			   "the short name has 15 characters: 14 characters on the form, 15 in RFC 6335");
	}
}

/* ---- all of them ---- */

static void check_all(struct sizes *sizes)
{
	const struct protocol *protocol = sizes->protocol;

	for (const struct format *format = protocol->formats; format != NULL; format = format->next) {
		check_block(sizes, format->block, NULL);
	}
	for (const struct message *message = protocol->messages; message != NULL; message = message->next) {
		check_block(sizes, message->block, NULL);
		check_end(sizes, message);
	}
	check_assignments(sizes, protocol->always);
	for (const struct state *state = protocol->states; state != NULL; state = state->next) {
		check_assignments(sizes, state->rules);
	}
	check_short(protocol->source, protocol->headers, sizes->report);
}

/* Extents need the formats of the protocol and nothing of its messages, whose formats are among them. */
int check_sizes(const struct protocol *protocol, struct report *report)
{
	struct sizes sizes = { .protocol = protocol, .report = report };

	sizes.narrower.arena = &sizes.arena;
	int r = extents_init(&sizes.extents, &sizes.arena, protocol->formats, NULL);

	if (r == 0) {
		check_all(&sizes);
		r = sizes.narrower.no_memory ? -ENOMEM : 0;
	}
	arena_finish(&sizes.arena);
	return r;
}

int message_size_range(const struct message *message, uint64_t *ret_minimum, uint64_t *ret_maximum)
{
	struct arena arena = { .chunks = NULL };
	struct extents extents;
	int r = extents_init(&extents, &arena, NULL, message->block);

	if (r == 0) {
		struct extent extent = extent_of_block(&extents, message->block);
		*ret_minimum = extent.minimum;
		*ret_maximum = extent.maximum;
	}
	arena_finish(&arena);
	return r;
}
