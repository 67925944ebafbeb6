/* machine_take.c - instructions that take an octet: which octets, and what they leave behind. */
#include "description/machine/machine_run.h"

enum { SEEN_CR = 0x8000 }; /* in a strand's count: CR came, LF must follow */

static uint8_t folded(uint8_t octet)
{
	return octet >= 'A' && octet <= 'Z' ? (uint8_t)(octet + 32) : octet;
}

static enum taken take_literal(const struct machine *machine, const struct instruction *instruction,
			       struct strand *strand, uint8_t octet)
{
	uint8_t wanted = program_data(machine->program)[instruction->a + strand->count];

	if (octet != wanted && !(instruction->nocase && folded(octet) == folded(wanted))) {
		return TAKEN_WRONG;
	}
	strand->count++;
	return strand->count == instruction->b ? TAKEN_LAST : TAKEN;
}

static enum taken take_eol(struct strand *strand, uint8_t octet)
{
	if (octet == '\r' && (strand->count & SEEN_CR) == 0) {
		strand->count |= SEEN_CR;
		return TAKEN;
	}
	return octet == '\n' ? TAKEN_LAST : TAKEN_WRONG;
}

/* Counts only what can matter: up to the minimum, and up to a maximum that the window may reach. */
static void count_text(const struct machine *machine, const struct text_spec *spec, struct strand *strand)
{
	if (machine->exact || spec->maximum < WINDOW_MAX || strand->value < spec->minimum) {
		strand->value++;
	}
}

static enum taken take_text_to(const struct machine *machine, const struct instruction *instruction,
			       struct strand *strand, uint8_t octet, bool *ret_is_text)
{
	const struct text_spec *spec = program_texts(machine->program) + instruction->a;
	bool to_eol = spec->delimiter == DELIMITER_EOL;
	bool may_end = strand->value >= spec->minimum;

	*ret_is_text = false;
	if ((strand->count & SEEN_CR) != 0) {
		return octet == '\n' ? TAKEN_LAST : TAKEN_WRONG;
	}
	if (to_eol ? octet == '\n' : octet == spec->delimiter) {
		return may_end ? TAKEN_LAST : TAKEN_WRONG;
	}
	if (to_eol && octet == '\r' && may_end) {
		strand->count |= SEEN_CR;
		return TAKEN;
	}
	if (octet == 0 || (spec->delimiter != 0 && (octet == '\r' || octet == '\n')) ||
	    (spec->maximum != UINT32_MAX && strand->value >= spec->maximum)) {
		return TAKEN_WRONG;
	}
	count_text(machine, spec, strand);
	*ret_is_text = true;
	return TAKEN;
}

static enum taken take_text_of(const struct machine *machine, const struct instruction *instruction,
			       struct strand *strand, uint8_t octet)
{
	const struct text_spec *spec = program_texts(machine->program) + instruction->a;

	if (!octet_set_has(program_sets(machine->program) + spec->set, octet)) {
		return TAKEN_NOT;
	}
	count_text(machine, spec, strand);
	return TAKEN;
}

static bool is_word_octet(uint8_t octet)
{
	return (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z') || (octet >= '0' && octet <= '9') ||
	       octet == '_' || octet == '.' || octet == '|' || octet == ':' || octet == '-';
}

static uint16_t word_child(const struct machine *machine, const struct word_spec *spec, uint16_t at, uint8_t octet)
{
	const struct word_node *nodes = program_nodes(machine->program) + spec->nodes.first;
	uint8_t wanted = spec->nocase ? folded(octet) : octet;

	for (uint32_t child = at == 0 ? 0 : nodes[at - 1].child; child != 0; child = nodes[child].sibling) {
		if (nodes[child].octet == wanted) {
			return (uint16_t)(child + 1);
		}
	}
	return 0;
}

static enum taken take_word(const struct machine *machine, const struct instruction *instruction, struct strand *strand,
			    uint8_t octet)
{
	const struct word_spec *spec = program_words(machine->program) + instruction->a;
	uint16_t child = word_child(machine, spec, strand->count, octet);
	bool other = strand->value != WORD_OVER && is_word_octet(octet);

	if (child == 0 && !other) {
		return word_has_left(machine, instruction, strand) != 0 ? TAKEN_WRONG : TAKEN_NOT;
	}
	strand->count = child;
	strand->value = other ? WORD_BEGUN : WORD_OVER;
	return TAKEN;
}

enum taken take_octet(const struct machine *machine, const struct instruction *instruction, struct strand *strand,
		      uint8_t octet, bool *ret_is_text)
{
	const struct octet_set *set = program_sets(machine->program) + instruction->a;

	switch ((int)instruction->operation) {
	case TAKE_LITERAL:
		return take_literal(machine, instruction, strand, octet);
	case TAKE_SET:
		return octet_set_has(set, octet) ? TAKEN_LAST : TAKEN_WRONG;
	case TAKE_BITS:
		strand->value = octet >> instruction->b & instruction->c;
		return octet_set_has(set, octet) ? TAKEN_LAST : TAKEN_WRONG;
	case TAKE_SKIP:
		strand->value -= strand->value != SIZE_BIG;
		return TAKEN;
	case TAKE_REST:
	case TAKE_UNKNOWN:
		return TAKEN;
	case TAKE_ANY_OF:
		strand->count |= octet_set_has(set, octet);
		return TAKEN;
	case TAKE_NUMBER:
		return number_take(machine, program_numbers(machine->program) + instruction->a, strand, octet);
	case TAKE_TEXT_TO:
		return take_text_to(machine, instruction, strand, octet, ret_is_text);
	case TAKE_TEXT_OF:
		return take_text_of(machine, instruction, strand, octet);
	case TAKE_WORD:
		return take_word(machine, instruction, strand, octet);
	case TAKE_EOL:
		return take_eol(strand, octet);
	default:
		return TAKEN_WRONG;
	}
}

/* ---- octets that lead to the same ---- */

static uint8_t first_alike(const struct octet_set *set, uint8_t octet)
{
	bool wanted = octet_set_has(set, octet);
	unsigned first = 0;

	while (octet_set_has(set, (uint8_t)first) != wanted) {
		first++;
	}
	return (uint8_t)first;
}

static uint8_t alike_in_text_to(const struct text_spec *spec, uint8_t octet)
{
	bool special = octet == 0 || octet == '\r' || octet == '\n' || octet == spec->delimiter;

	return special ? octet : (spec->delimiter == 1 ? 2 : 1);
}

/* All octets that are refused are alike. */
static uint8_t alike_in_literal(const struct machine *machine, const struct instruction *instruction,
				const struct strand *strand, uint8_t octet)
{
	uint8_t wanted = program_data(machine->program)[instruction->a + strand->count];

	if (folded(octet) == folded(wanted)) {
		return octet;
	}
	return wanted == 0 ? 1 : 0;
}

/* What a number makes of the octet and of the one below it. */
static uint8_t alike_in_number(const struct machine *machine, const struct instruction *instruction,
			       const struct strand *strand, uint8_t octet)
{
	const struct number_spec *spec = program_numbers(machine->program) + instruction->a;
	struct strand here = *strand;
	struct strand below = *strand;

	if (octet == 0) {
		return 0;
	}
	enum taken taken = number_take(machine, spec, &here, octet);
	if (taken == TAKEN_NOT || number_take(machine, spec, &below, (uint8_t)(octet - 1)) != taken) {
		return octet;
	}
	bool same = taken == TAKEN_WRONG || (here.count == below.count && here.value == below.value);
	return same ? (uint8_t)(octet - 1) : octet;
}

uint8_t machine_alike(const struct machine *machine, const struct configuration *configuration, uint8_t octet)
{
	const struct strand *strand = runs(configuration);
	const struct instruction *instruction = instruction_of(machine, strand);
	const struct octet_set *sets = program_sets(machine->program);

	switch ((int)instruction->operation) {
	case TAKE_SKIP:
	case TAKE_REST:
	case TAKE_UNKNOWN:
	case DO_ACCEPT:
		return 0;
	case TAKE_SET:
	case TAKE_ANY_OF:
		return first_alike(sets + instruction->a, octet);
	case TAKE_LITERAL:
		return alike_in_literal(machine, instruction, strand, octet);
	case TAKE_EOL:
		return octet == '\r' || octet == '\n' ? octet : 0;
	case TAKE_TEXT_TO:
		return alike_in_text_to(program_texts(machine->program) + instruction->a, octet);
	case TAKE_NUMBER:
		return alike_in_number(machine, instruction, strand, octet);
	case TAKE_TEXT_OF: {
		const struct octet_set *set = sets + program_texts(machine->program)[instruction->a].set;
		return octet_set_has(set, octet) ? first_alike(set, octet) : octet;
	}
	default:
		return octet;
	}
}
