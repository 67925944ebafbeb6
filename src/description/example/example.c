/* example.c - example messages: the tries, what carries them, and the writer's small tools. */
#include "description/example/example.h"

#include <errno.h>
#include <string.h>

#include "description/example/example_writer.h"

enum {
	TRIES_MAX = 64,
	UNITS_MAX = 8,	     /* carriers of one message */
	CARRY_TRIES_MAX = 8, /* messages made until one can be carried */
};

/* ---- choices ---- */

static uint64_t next_random(uint64_t *state)
{
	uint64_t mixed = *state += UINT64_C(0x9E3779B97F4A7C15);

	mixed = (mixed ^ mixed >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94D049BB133111EB);
	return mixed ^ mixed >> 31;
}

int64_t writer_random(struct writer *writer, int64_t low, int64_t high)
{
	uint64_t span = (uint64_t)high - (uint64_t)low;
	uint64_t random = next_random(&writer->random);

	return low >= high ? low : (int64_t)((uint64_t)low + (span == UINT64_MAX ? random : random % (span + 1)));
}

int64_t writer_pick(struct writer *writer, int64_t low, int64_t high)
{
	int64_t way = writer->is_first_try ? 0 : writer_random(writer, 0, 4);

	if (low >= high || way == 1) {
		return low;
	}
	if (way == 2) {
		return high;
	}
	if (way == 3 || writer->size == EXAMPLE_TYPICAL) {
		return writer_random(writer, low, high);
	}
	return writer->size == EXAMPLE_SMALLEST ? low : high;
}

/* ---- what is written ---- */

struct writer_place writer_here(const struct writer *writer)
{
	return (struct writer_place){ writer->used, writer->mark_count, writer->value_count, writer->carried_at };
}

void writer_back(struct writer *writer, struct writer_place place)
{
	writer->used = place.used;
	writer->mark_count = place.mark_count;
	writer->value_count = place.value_count;
	writer->carried_at = place.carried_at;
	writer->open_text.set = writer->open_text.end > place.used ? NULL : writer->open_text.set;
}

int writer_put(struct writer *writer, const void *octets, size_t size)
{
	if (size > writer->room - writer->used) {
		return -EAGAIN;
	}
	if (octets == NULL) {
		memset(writer->octets + writer->used, 0, size);
	} else if (size > 0) {
		memcpy(writer->octets + writer->used, octets, size);
	}
	writer->used += size;
	return 0;
}

int writer_mark(struct writer *writer, const struct item *item, enum mark_kind kind, size_t offset, int64_t value)
{
	if (writer->mark_count == MARKS_MAX) {
		return -EAGAIN;
	}
	writer->marks[writer->mark_count++] = (struct example_mark){
		.item = item,
		.kind = kind,
		.offset = offset,
		.size = writer->used - offset,
		.value = value,
	};
	return 0;
}

/* ---- values ---- */

int writer_set_value(struct writer *writer, const struct item *item, const char *bit_name, int64_t value, bool is_known)
{
	if (item->name == NULL && bit_name == NULL) {
		return 0;
	}
	if (writer->value_count == VALUES_MAX) {
		return -EAGAIN;
	}
	writer->values[writer->value_count++] = (struct known_value){ item, bit_name, value, is_known };
	return 0;
}

/* The newest: a format may have been written more than once. */
int writer_value_of(const struct writer *writer, const struct item *item, const char *bit_name, int64_t *ret_value)
{
	for (size_t i = writer->value_count; i > 0; i--) {
		const struct known_value *value = &writer->values[i - 1];
		bool same_bits =
			bit_name == NULL || (value->bit_name != NULL && strcmp(bit_name, value->bit_name) == 0);
		if (value->item == item && same_bits) {
			*ret_value = value->value;
			return value->is_known ? 0 : -EAGAIN;
		}
	}
	return -EAGAIN;
}

static int evaluate_leaf(const struct writer *writer, const struct expression *expression, int64_t *ret_value)
{
	if (expression->kind == EXPRESSION_NAME) {
		const char *bit_name = expression->field->kind == ITEM_BITS ? expression->name : NULL;
		return writer_value_of(writer, expression->field, bit_name, ret_value);
	}
	if (expression->kind == EXPRESSION_REST) {
		*ret_value = writer->block_end - (int64_t)writer->used;
		return writer->block_end < 0 ? -EAGAIN : 0;
	}
	*ret_value = expression->value.number;
	return 0;
}

/* Sums that are too large are as good as any other value that does not fit. */
static int64_t combine(enum expression_kind kind, int64_t left, int64_t right)
{
	int64_t value = 0;

	switch ((int)kind) {
	case EXPRESSION_OR:
		return left != 0 || right != 0;
	case EXPRESSION_AND:
		return left != 0 && right != 0;
	case EXPRESSION_EQUAL:
		return left == right;
	case EXPRESSION_UNEQUAL:
		return left != right;
	case EXPRESSION_LESS:
		return left < right;
	case EXPRESSION_LESS_EQUAL:
		return left <= right;
	case EXPRESSION_GREATER:
		return left > right;
	case EXPRESSION_GREATER_EQUAL:
		return left >= right;
	case EXPRESSION_ADD:
		return __builtin_add_overflow(left, right, &value) ? INT64_MAX : value;
	case EXPRESSION_SUBTRACT:
		return __builtin_sub_overflow(left, right, &value) ? INT64_MAX : value;
	case EXPRESSION_MULTIPLY:
		return __builtin_mul_overflow(left, right, &value) ? INT64_MAX : value;
	case EXPRESSION_BIT_AND:
		return left & right;
	case EXPRESSION_SHIFT_LEFT:
		return right < 0 || right > 62 || left < 0 || left > INT64_MAX >> right ? INT64_MAX : left << right;
	case EXPRESSION_SHIFT_RIGHT:
	default:
		return right < 0 || right > 62 ? 0 : left >> right;
	}
}

int writer_evaluate(const struct writer *writer, const struct expression *expression, int64_t *ret_value)
{
	int64_t left = 0;
	int64_t right = 0;

	if (expression->kind < EXPRESSION_OR) {
		return evaluate_leaf(writer, expression, ret_value);
	}
	int r = writer_evaluate(writer, expression->left, &left);
	if (r == 0) {
		r = writer_evaluate(writer, expression->right, &right);
	}
	if (r < 0) {
		return r;
	}
	*ret_value = combine(expression->kind, left, right);
	return 0;
}

/* ---- tries ---- */

static int writer_init(struct writer *writer, struct arena *arena, enum example_size size, size_t room,
		       const struct item *block)
{
	*writer = (struct writer){
		.arena = arena,
		.size = size,
		.room = room < (size_t)ROOM_MAX ? room : (size_t)ROOM_MAX,
		.octets = arena_take(arena, room > 0 ? room : 1),
		.marks = arena_take(arena, MARKS_MAX * sizeof(struct example_mark)),
		.values = arena_take(arena, VALUES_MAX * sizeof(struct known_value)),
		.block_end = -1,
	};
	if (writer->octets == NULL || writer->marks == NULL || writer->values == NULL) {
		return -ENOMEM;
	}
	int r = extents_init(&writer->extents, arena, NULL, block);
	return r < 0 ? r : collect_uses(arena, &writer->extents, block, &writer->uses);
}

/* What stands in a datagram may need to know how large it is, so some tries settle that beforehand. */
static int write_whole(struct writer *writer, const struct item *block, bool settle_size)
{
	struct room room = { 0, (int64_t)writer->room };

	if (settle_size) {
		struct extent extent = extent_of_block(&writer->extents, block);
		int64_t low = extent.minimum < writer->room ? (int64_t)extent.minimum : room.high;
		int64_t high = room.high - low > OCTETS_ADDED_MAX ? low + OCTETS_ADDED_MAX : room.high;
		room.low = writer_random(writer, low, high);
		room.high = room.low;
	}
	writer->block_end = settle_size ? room.high : -1;
	return write_block(writer, block, room);
}

/* The message itself, without its carrier. */
static int write_message(struct writer *writer, const struct item *block, bool is_datagram, uint64_t seed,
			 bool is_first_try)
{
	int r = -EAGAIN;

	for (unsigned i = 0; i < TRIES_MAX && r == -EAGAIN; i++) {
		writer_back(writer, (struct writer_place){ 0 });
		writer->random = seed + i;
		writer->is_first_try = is_first_try && i == 0;
		r = write_whole(writer, block, is_datagram && i % 4 == 3);
	}
	return r == -EAGAIN ? -EDOM : r;
}

/* ---- carriers ---- */

/* The largest example comes in two units, so that somebody looks at messages that do. */
static int write_units(struct writer *writer, const struct item *carrier)
{
	size_t whole = writer->carried->used;
	int r = 0;

	writer->carried_at = 0;
	for (unsigned i = 0; i < UNITS_MAX && (i == 0 || writer->carried_at < whole) && r == 0; i++) {
		size_t left = whole - writer->carried_at;
		writer->carried_size = writer->size == EXAMPLE_LARGEST && i == 0 && left > 1 ? left / 2 : left;
		writer->block_end = -1;
		r = write_block(writer, carrier, (struct room){ 0, (int64_t)(writer->room - writer->used) });
	}
	return r == 0 && writer->carried_at < whole ? -EAGAIN : r;
}

static int carry(struct writer *writer, const struct writer *message, const struct item *carrier, uint64_t seed)
{
	int r = -EAGAIN;

	writer->carried = message;
	for (unsigned i = 0; i < TRIES_MAX && r == -EAGAIN; i++) {
		writer_back(writer, (struct writer_place){ 0 });
		writer->random = ~seed + i;
		writer->is_first_try = i == 0;
		r = write_units(writer, carrier);
	}
	return r == -EAGAIN ? -EDOM : r;
}

static int make_carried(struct writer *writer, struct writer *carrier, const struct message *message, bool is_datagram,
			uint64_t seed)
{
	int r = -EDOM;

	for (unsigned i = 0; i < CARRY_TRIES_MAX && r == -EDOM; i++) {
		uint64_t own_seed = seed + (uint64_t)i * TRIES_MAX;
		r = write_message(writer, message->block, is_datagram, own_seed, i == 0);
		if (r == 0) {
			r = carry(carrier, writer, message->over->block, own_seed);
		}
	}
	return r;
}

static int make(const struct protocol *protocol, const struct message *message, uint64_t seed, enum example_size size,
		size_t room, struct example *example)
{
	bool is_datagram = (protocol->transports & (TRANSPORT_UDP | TRANSPORT_DCCP)) != 0;
	struct writer writer = { .arena = NULL };
	struct writer carrier = { .arena = NULL };
	const struct writer *result = message->over != NULL ? &carrier : &writer;
	int r = writer_init(&writer, &example->arena, size, room, message->block);

	if (r == 0 && message->over != NULL) {
		r = writer_init(&carrier, &example->arena, size, room, message->over->block);
		r = r < 0 ? r : make_carried(&writer, &carrier, message, is_datagram, seed);
	} else if (r == 0) {
		r = write_message(&writer, message->block, is_datagram, seed, true);
	}
	if (r < 0) {
		return r;
	}
	example->octets = result->octets;
	example->size = result->used;
	example->marks = result->marks;
	example->mark_count = result->mark_count;
	return 0;
}

/* ---- what the header promises ---- */

int example_make(const struct protocol *protocol, const struct message *message, uint64_t seed, enum example_size size,
		 size_t room, struct example *ret_example)
{
	struct example example = { .size = 0 };
	int r = make(protocol, message, seed, size, room, &example);

	if (r < 0) {
		example_finish(&example);
		return r;
	}
	*ret_example = example;
	return 0;
}

void example_finish(struct example *example)
{
	arena_finish(&example->arena);
}
