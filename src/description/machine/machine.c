/* machine.c - what instructions mean: from a configuration and an octet to the configurations behind it.
 *
 * Octets are hostile, programs are not: they were made by compile.c, and examined when they come from a file of
 * somebody else's. */
#include "description/machine/machine.h"

#include <string.h>

#include "description/machine/machine_run.h"

/* ---- octets ---- */

static void count_off(struct strand *strand, uint32_t size)
{
	for (uint32_t i = 0; i < strand->depth; i++) {
		if (strand->left[i] != SIZE_BIG) {
			strand->left[i] -= size;
		}
	}
}

static void count_octets(struct configuration *configuration, uint32_t size)
{
	if (!configuration->in_carrier) {
		count_off(&configuration->message, size);
	}
	if (configuration->carried) {
		count_off(&configuration->carrier, size);
	}
}

/* Octets of a value are kept as long as none of it is missing. */
static void note_octets(const struct machine *machine, struct configuration *configuration, uint32_t size)
{
	struct notes *notes = machine->notes;

	if (notes == NULL || configuration->selector == 0 || configuration->in_carrier) {
		return;
	}
	if (configuration->value_kept == configuration->value_size && configuration->value_kept < VALUE_KEPT_MAX) {
		uint32_t kept = size < VALUE_KEPT_MAX ? size : VALUE_KEPT_MAX;
		kept = kept < notes->room ? kept : notes->room;
		if (configuration->value_size == 0) {
			configuration->value_at = notes->used;
		}
		configuration->value_kept += kept;
		notes->wanted = kept > notes->wanted ? kept : notes->wanted;
	}
	configuration->value_size += size;
}

static void step_from(const struct machine *machine, const struct configuration *from, uint8_t octet, unsigned dive,
		      unsigned *budget, struct configurations *to);

/* The octet belongs to what comes behind. */
static APART void leave_and_step(const struct machine *machine, struct configuration *configuration, uint8_t octet,
				 unsigned dive, unsigned *budget, struct configurations *to)
{
	struct strand *strand = running(configuration);
	UNFILLED struct configurations behind;

	if (!may_leave(machine, instruction_of(machine, strand), strand) || dive == DIVE_MAX) {
		to->overflow = to->overflow || dive == DIVE_MAX;
		return;
	}
	go_on(strand);
	configurations_clear(&behind);
	settle(machine, configuration, budget, &behind);
	to->overflow = to->overflow || behind.overflow;
	for (unsigned i = 0; i < behind.count; i++) {
		step_from(machine, &behind.items[i], octet, dive + 1, budget, to);
	}
}

static void step_from(const struct machine *machine, const struct configuration *from, uint8_t octet, unsigned dive,
		      unsigned *budget, struct configurations *to)
{
	UNFILLED struct configuration otherwise;
	struct configuration *configuration = place_behind(to, &otherwise);

	if (configuration != from) {
		*configuration = *from;
	}
	struct strand *strand = running(configuration);
	const struct instruction *instruction = instruction_of(machine, strand);
	bool is_text = true;
	enum taken taken = take_octet(machine, instruction, strand, octet, &is_text);

	if (taken == TAKEN_WRONG) {
		return;
	}
	if (taken == TAKEN_NOT) {
		leave_and_step(machine, configuration, octet, dive, budget, to);
		return;
	}
	if (is_text) {
		note_octets(machine, configuration, 1);
	}
	if (taken == TAKEN_LAST) {
		if (instruction->operation != TAKE_NUMBER && instruction->operation != TAKE_BITS) {
			strand->value = 0;
		}
		go_on(strand);
	}
	count_octets(configuration, 1);
	settle(machine, configuration, budget, to);
}

/* ---- from outside ---- */

void machine_start(const struct machine *machine, unsigned message, struct configurations *ret_configurations)
{
	const struct program_message *start = program_messages(machine->program) + message;
	struct configuration configuration;
	unsigned budget = SETTLE_MAX;

	memset(&configuration, 0, sizeof(configuration));
	configurations_clear(ret_configurations);
	configuration.message.at = (uint16_t)start->start;
	if (start->carrier != NO_CARRIER) {
		configuration.carried = true;
		configuration.in_carrier = true;
		configuration.carrier.at = (uint16_t)start->carrier;
	}
	settle(machine, &configuration, &budget, ret_configurations);
}

unsigned machine_step(const struct machine *machine, const struct configuration *from, uint8_t octet,
		      struct configurations *to)
{
	unsigned budget = SETTLE_MAX;

	step_from(machine, from, octet, 0, &budget, to);
	return SETTLE_MAX - budget;
}

/* Nothing else can end without an octet more. */
static bool is_left(enum operation operation)
{
	return operation == TAKE_REST || operation == TAKE_ANY_OF || operation == TAKE_NUMBER ||
	       operation == TAKE_TEXT_OF || operation == TAKE_WORD;
}

static bool can_leave(const struct machine *machine, const struct configuration *configuration)
{
	const struct strand *strand = runs(configuration);
	const struct instruction *instruction = instruction_of(machine, strand);

	if (configuration->in_carrier || !is_left(instruction->operation) ||
	    (instruction->operation == TAKE_WORD && word_has_left(machine, instruction, strand) != 0)) {
		return false;
	}
	struct strand tried = *strand;
	return may_leave(machine, instruction, &tried);
}

static APART bool end_from(const struct machine *machine, const struct configuration *from, unsigned dive,
			   unsigned *budget, struct configuration *ret_end)
{
	enum operation operation = instruction_of(machine, runs(from))->operation;
	UNFILLED struct configurations behind;

	if (operation == DO_ACCEPT || operation == TAKE_UNKNOWN) {
		*ret_end = *from;
		return true;
	}
	if (dive == DIVE_MAX || !can_leave(machine, from)) {
		return false;
	}
	struct configuration configuration = *from;
	struct strand *strand = running(&configuration);
	(void)may_leave(machine, instruction_of(machine, strand), strand);
	go_on(strand);
	configurations_clear(&behind);
	settle(machine, &configuration, budget, &behind);
	for (unsigned i = 0; i < behind.count; i++) {
		if (end_from(machine, &behind.items[i], dive + 1, budget, ret_end)) {
			return true;
		}
	}
	return false;
}

bool machine_end(const struct machine *machine, const struct configuration *configuration,
		 struct configuration *ret_end)
{
	unsigned budget = SETTLE_MAX;

	return end_from(machine, configuration, 0, &budget, ret_end);
}

static APART bool ends_silently(const struct machine *machine, const struct configuration *configuration)
{
	const struct machine silent = { .program = machine->program, .exact = machine->exact };
	UNFILLED struct configuration end;

	return machine_end(&silent, configuration, &end);
}

bool machine_complete(const struct machine *machine, const struct configuration *configuration)
{
	enum operation operation = instruction_of(machine, runs(configuration))->operation;

	if (operation == DO_ACCEPT || operation == TAKE_UNKNOWN) {
		return true;
	}
	return can_leave(machine, configuration) && ends_silently(machine, configuration);
}

static bool strand_is_beyond(const struct machine *machine, const struct strand *strand)
{
	const struct instruction *instruction = instruction_of(machine, strand);

	for (unsigned i = 0; i < strand->depth; i++) {
		if (strand->left[i] == SIZE_BIG) {
			return true;
		}
	}
	return instruction->operation == TAKE_UNKNOWN ||
	       (instruction->operation == TAKE_SKIP && strand->value == SIZE_BIG);
}

bool machine_beyond(const struct machine *machine, const struct configuration *configuration)
{
	for (unsigned i = 0; i < REGISTERS_MAX; i++) {
		if (configuration->registers[i] > WINDOW_MAX) {
			return true; /* a count that does not go down */
		}
	}
	return strand_is_beyond(machine, &configuration->message) ||
	       (configuration->carried && strand_is_beyond(machine, &configuration->carrier));
}

static uint32_t smaller(int64_t left, uint32_t right)
{
	return left < right ? (uint32_t)left : right;
}

static bool is_plain(const struct text_spec *spec, uint8_t octet)
{
	return octet != 0 && octet != spec->delimiter && (spec->delimiter == 0 || (octet != '\r' && octet != '\n'));
}

/* How many of these octets only make a text longer. */
static uint32_t text_run(const struct machine *machine, const struct instruction *instruction,
			 const struct strand *strand, const uint8_t *octets, uint32_t size)
{
	const struct text_spec *spec = program_texts(machine->program) + instruction->a;
	uint32_t run = 0;

	if (strand->count != 0) { /* the line end has begun */
		return 0;
	}
	size = spec->maximum == UINT32_MAX ? size : smaller(spec->maximum - strand->value, size);
	if (instruction->operation == TAKE_TEXT_OF) {
		const struct octet_set *set = program_sets(machine->program) + spec->set;
		while (run < size && octet_set_has(set, octets[run])) {
			run++;
		}
	} else {
		while (run < size && is_plain(spec, octets[run])) {
			run++;
		}
	}
	return run;
}

uint32_t machine_skippable(const struct machine *machine, const struct configuration *configuration,
			   const uint8_t *octets, size_t size)
{
	const struct strand *strand = runs(configuration);
	const struct instruction *instruction = instruction_of(machine, strand);
	uint32_t most = smaller(size < UINT32_MAX ? (int64_t)size : UINT32_MAX, left_in(strand));

	if (configuration->carried) {
		most = smaller(most, left_in(&configuration->carrier));
	}
	switch ((int)instruction->operation) {
	case TAKE_SKIP:
		return smaller(strand->value, most);
	case TAKE_REST:
		return most;
	case TAKE_TEXT_TO:
	case TAKE_TEXT_OF:
		return text_run(machine, instruction, strand, octets, most);
	default:
		return 0;
	}
}

void machine_skip(const struct machine *machine, const struct configuration *from, uint32_t size,
		  struct configurations *to)
{
	UNFILLED struct configuration otherwise;
	struct configuration *configuration = place_behind(to, &otherwise);
	unsigned budget = SETTLE_MAX;

	*configuration = *from;
	struct strand *strand = running(configuration);
	if (instruction_of(machine, strand)->operation == TAKE_SKIP) {
		strand->value -= size;
	} else if (instruction_of(machine, strand)->operation != TAKE_REST) {
		strand->value += size;
	}
	note_octets(machine, configuration, size);
	count_octets(configuration, size);
	settle(machine, configuration, &budget, to);
}
