/* machine_settle.c - instructions that take no octet: from a configuration to those that wait for the next. */
#include <string.h>

#include "description/machine/machine_run.h"

/* ---- sizes ---- */

static uint32_t clamp_size(const struct machine *machine, int64_t size)
{
	return size > (machine->exact ? SIZE_BIG - 1 : WINDOW_MAX + (int64_t)machine->program->slack) ? SIZE_BIG
												      : (uint32_t)size;
}

static bool open_block(const struct machine *machine, struct strand *strand, int64_t adjust)
{
	uint32_t outer = left_in(strand);
	int64_t size = 0;

	if (__builtin_add_overflow(strand->value, adjust, &size)) {
		size = INT64_MAX;
	}
	uint32_t inner = size < 0 ? SIZE_BIG : clamp_size(machine, size);
	if (size < 0 || strand->depth == SCOPES_MAX || (outer != SIZE_BIG && (inner == SIZE_BIG || inner > outer))) {
		return false;
	}
	strand->left[strand->depth++] = inner;
	strand->value = 0;
	return true;
}

static bool close_block(struct strand *strand)
{
	if (left_in(strand) != 0) {
		return false;
	}
	strand->depth--;
	strand->left[strand->depth] = 0;
	return true;
}

static bool carrier_is_empty(const struct configuration *configuration)
{
	return configuration->carried && !configuration->in_carrier && left_in(&configuration->carrier) == 0;
}

/* ---- expressions ---- */

static int64_t apply(enum term_kind kind, int64_t left, int64_t right)
{
	switch ((int)kind) {
	case TERM_OR:
		return left != 0 || right != 0;
	case TERM_AND:
		return left != 0 && right != 0;
	case TERM_EQUAL:
		return left == right;
	case TERM_UNEQUAL:
		return left != right;
	case TERM_LESS:
		return left < right;
	case TERM_LESS_EQUAL:
		return left <= right;
	case TERM_GREATER:
		return left > right;
	case TERM_GREATER_EQUAL:
		return left >= right;
	case TERM_BIT_AND:
		return left & right;
	case TERM_SHIFT_LEFT:
		return right < 0 || right > 31 || left < 0 || left > UINT32_MAX ? INT64_MAX : left << right;
	case TERM_SHIFT_RIGHT:
		return right < 0 || right > 62 ? 0 : left >> right;
	default:
		break;
	}
	int64_t result = 0;
	bool overflow = false;
	if (kind == TERM_ADD) {
		overflow = __builtin_add_overflow(left, right, &result);
	} else if (kind == TERM_SUBTRACT) {
		overflow = __builtin_sub_overflow(left, right, &result);
	} else {
		overflow = __builtin_mul_overflow(left, right, &result);
	}
	return overflow ? INT64_MAX : result;
}

/* In a window a value may stand for others too.  False: they lead elsewhere, so the result is not known. */
static bool is_known(const struct machine *machine, const struct term *term, int64_t value)
{
	return machine->exact || term->exact_below == INT64_MAX || (value >= 0 && value < term->exact_below);
}

static bool evaluate(const struct machine *machine, const struct configuration *configuration,
		     const struct strand *strand, uint32_t expression, int64_t *ret_value)
{
	struct span span = program_expressions(machine->program)[expression];
	const struct term *terms = program_terms(machine->program) + span.first;
	UNFILLED int64_t stack[NESTING_MAX * 2];
	unsigned top = 0;
	bool known = true;

	stack[0] = 0;
	for (uint32_t i = 0; i < span.count && top < NESTING_MAX * 2; i++) {
		if (terms[i].kind == TERM_NUMBER) {
			stack[top++] = terms[i].number;
		} else if (terms[i].kind == TERM_REGISTER) {
			stack[top++] = configuration->registers[terms[i].number];
			known = known && is_known(machine, &terms[i], stack[top - 1]);
		} else if (terms[i].kind == TERM_REST) {
			stack[top++] = left_in(strand);
			known = known && is_known(machine, &terms[i], stack[top - 1]);
		} else if (top >= 2) {
			stack[top - 2] = apply(terms[i].kind, stack[top - 2], stack[top - 1]);
			top--;
		}
	}
	*ret_value = stack[0];
	return known;
}

/* ---- instructions that take no octet ---- */

static void add(struct configurations *to, const struct configuration *configuration)
{
	for (unsigned i = 0; i < to->count; i++) {
		if (memcmp(&to->items[i], configuration, offsetof(struct configuration, selector)) == 0) {
			return;
		}
	}
	if (to->count == CONFIGURATIONS_MAX) {
		to->overflow = true;
		return;
	}
	if (configuration != &to->items[to->count]) {
		to->items[to->count] = *configuration;
	}
	to->count++;
}

static bool count_down(const struct machine *machine, struct configuration *configuration,
		       const struct instruction *instruction)
{
	int64_t *counter = &configuration->registers[instruction->b];

	if (*counter <= 0) {
		*counter = 0;
		return false;
	}
	if (machine->exact || *counter <= instruction->c) {
		(*counter)--;
	} else {
		*counter = WINDOW_MAX + 1;
	}
	return true;
}

static uint32_t switch_target(const struct machine *machine, const struct instruction *instruction, int64_t value)
{
	const struct switch_target *targets = program_targets(machine->program) + instruction->a;

	for (int64_t i = 0; i < instruction->c; i++) {
		if (value >= targets[i].low && value <= targets[i].high) {
			return targets[i].target;
		}
	}
	return targets[instruction->c].low <= targets[instruction->c].high ? targets[instruction->c].target
									   : UINT32_MAX;
}

/* ---- values ---- */

static void add_note(const struct machine *machine, struct configuration *configuration, struct note note)
{
	struct notes *notes = machine->notes;

	if (notes != NULL && notes->count < NOTES_MAX) {
		note.before = configuration->notes;
		notes->items[notes->count++] = note;
		configuration->notes = notes->count;
	}
}

static void begin_value(struct configuration *configuration, uint32_t selector)
{
	configuration->selector = (uint8_t)(selector + 1);
	configuration->value_at = 0;
	configuration->value_kept = 0;
	configuration->value_size = 0;
}

static void end_value(const struct machine *machine, struct configuration *configuration, uint32_t selector)
{
	add_note(machine, configuration,
		 (struct note){
			 .selector = selector,
			 .at = configuration->value_at,
			 .size = configuration->value_kept,
			 .cut = configuration->value_kept < configuration->value_size,
		 });
	configuration->selector = 0;
}

static void note_code(const struct machine *machine, struct configuration *configuration,
		      const struct instruction *instruction, int64_t value)
{
	const struct code_name *names = program_code_names(machine->program) + instruction->b;

	for (uint32_t i = 0; i < instruction->c; i++) {
		if (names[i].number == value) {
			add_note(machine, configuration,
				 (struct note){ .selector = instruction->a, .code = instruction->b + i + 1 });
		}
	}
}

/* ---- one instruction ---- */

/* In a window, where nobody knows what comes: anything. */
static void give_up(struct configuration *configuration)
{
	bool sure = configuration->sure;

	memset(configuration, 0, sizeof(*configuration));
	configuration->sure = sure;
	configuration->message.at = UNKNOWN_AT;
}

enum passed { PASSED, FORKED, WAITS, FAILED };

static enum passed fork_to(struct configuration *configuration, uint32_t target, struct configuration *ret_other)
{
	*ret_other = *configuration;
	go_to(running(ret_other), target);
	go_on(running(configuration));
	return FORKED;
}

/* Instructions that choose where it goes on. */
static enum passed pass_branch(const struct machine *machine, struct configuration *configuration,
			       const struct instruction *instruction, struct configuration *ret_other)
{
	struct strand *strand = running(configuration);
	uint32_t target = instruction->a;
	int64_t value = 0;

	switch ((int)instruction->operation) {
	case DO_FORK:
		return fork_to(configuration, target, ret_other);
	case DO_UNTIL_END:
		if (strand->depth == 0) {
			return fork_to(configuration, target, ret_other); /* when the sender says no more */
		}
		target = left_in(strand) == 0 ? target : strand->at + 1U;
		break;
	case DO_COUNT_DOWN:
		target = count_down(machine, configuration, instruction) ? strand->at + 1U : target;
		break;
	case DO_UNLESS:
		if (!evaluate(machine, configuration, strand, instruction->b, &value)) {
			give_up(configuration);
			return PASSED;
		}
		target = value != 0 ? strand->at + 1U : target;
		break;
	case DO_SWITCH:
		target = switch_target(machine, instruction, configuration->registers[instruction->b]);
		configuration->registers[instruction->b] *= !instruction->forgets;
		break;
	default:
		break;
	}
	if (target == UINT32_MAX) {
		return FAILED;
	}
	go_to(strand, target);
	return PASSED;
}

/* Instructions behind which it goes on at the next. */
static bool pass_plain(const struct machine *machine, struct configuration *configuration,
		       const struct instruction *instruction)
{
	struct strand *strand = running(configuration);

	switch ((int)instruction->operation) {
	case DO_STORE:
		configuration->registers[instruction->a] = strand->value;
		return true;
	case DO_FORGET:
		configuration->registers[instruction->a] = 0;
		return true;
	case DO_OPEN:
		return open_block(machine, strand, instruction->c);
	case DO_CLOSE:
		return close_block(strand);
	case DO_SURE:
		configuration->sure = true;
		return true;
	case DO_SELECT:
		if (machine->notes != NULL) {
			begin_value(configuration, instruction->a);
		}
		return true;
	case DO_SELECTED:
		if (machine->notes != NULL) {
			end_value(machine, configuration, instruction->a);
		}
		return true;
	case DO_CODE:
		if (machine->notes != NULL) {
			note_code(machine, configuration, instruction, strand->value);
		}
		return true;
	default:
		return false; /* DO_FAIL */
	}
}

/* One instruction that takes no octet; `ret_other` is where a fork leads as well. */
static enum passed pass(const struct machine *machine, struct configuration *configuration,
			struct configuration *ret_other)
{
	struct strand *strand = running(configuration);
	const struct instruction *instruction = instruction_of(machine, strand);

	switch ((int)instruction->operation) {
	case DO_FORK:
	case DO_JUMP:
	case DO_UNTIL_END:
	case DO_COUNT_DOWN:
	case DO_UNLESS:
	case DO_SWITCH:
		return pass_branch(machine, configuration, instruction, ret_other);
	case DO_RESTART:
		strand->value = 0;
		go_to(strand, instruction->a);
		return PASSED;
	case DO_VALUE:
		if (!evaluate(machine, configuration, strand, instruction->a, &strand->value)) {
			give_up(configuration);
			return PASSED;
		}
		go_on(strand);
		return strand->value < 0 ? FAILED : PASSED;
	case DO_STORE:
	case DO_FORGET:
	case DO_OPEN:
	case DO_CLOSE:
	case DO_SURE:
	case DO_SELECT:
	case DO_SELECTED:
	case DO_CODE:
	case DO_FAIL:
		if (!pass_plain(machine, configuration, instruction)) {
			return FAILED;
		}
		go_on(strand);
		return PASSED;
	case DO_BODY:
		go_on(strand);
		configuration->in_carrier = false;
		return PASSED;
	default:
		return WAITS;
	}
}

/* ---- arriving at an instruction that takes octets ---- */

static const struct word_node *node_of(const struct machine *machine, const struct instruction *instruction,
				       const struct strand *strand)
{
	const struct word_spec *spec = program_words(machine->program) + instruction->a;

	return strand->count == 0 ? NULL : program_nodes(machine->program) + spec->nodes.first + (strand->count - 1);
}

/* False: it cannot stand here. */
static bool begin_item(const struct machine *machine, const struct instruction *instruction, struct strand *strand)
{
	if (strand->begun != 0) {
		return true;
	}
	strand->begun = 1;
	if (instruction->operation == TAKE_SKIP) {
		uint32_t left = left_in(strand);
		if (strand->value < 0) {
			return false;
		}
		strand->value = clamp_size(machine, strand->value);
		return left == SIZE_BIG || strand->value <= left;
	}
	strand->value = 0;
	if (instruction->operation == TAKE_WORD) {
		strand->count = 1;
		strand->value = program_words(machine->program)[instruction->a].others ? WORD_EMPTY : WORD_OVER;
	}
	return true;
}

/* Beside other words a code is a whole word too, unless it ends in an octet like ":" that ends every word; without
 * others it ends where it ends, though it may begin a longer one. */
static bool code_ends_at_once(const struct machine *machine, const struct instruction *instruction,
			      const struct word_node *node)
{
	bool alphanumeric = (node->octet >= 'a' && node->octet <= 'z') || (node->octet >= 'A' && node->octet <= 'Z') ||
			    (node->octet >= '0' && node->octet <= '9') || node->octet == '_';

	return !alphanumeric || !program_words(machine->program)[instruction->a].others;
}

uint32_t word_has_left(const struct machine *machine, const struct instruction *instruction,
		       const struct strand *strand)
{
	const struct word_node *node = node_of(machine, instruction, strand);

	return node != NULL && code_ends_at_once(machine, instruction, node) ? node->code : 0;
}

bool may_leave(const struct machine *machine, const struct instruction *instruction, struct strand *strand)
{
	switch ((int)instruction->operation) {
	case TAKE_TEXT_OF:
		if (strand->value < program_texts(machine->program)[instruction->a].minimum) {
			return false;
		}
		strand->value = 0;
		return true;
	case TAKE_REST:
		return strand->depth == 0; /* when the sender says no more */
	case TAKE_ANY_OF:
		return strand->depth == 0 && strand->count > 0;
	case TAKE_NUMBER:
		return number_leave(machine, program_numbers(machine->program) + instruction->a, strand);
	case TAKE_WORD: {
		const struct word_node *node = node_of(machine, instruction, strand);
		if (node != NULL && node->code != 0) {
			strand->value = node->code;
			return true;
		}
		if (strand->value != WORD_BEGUN) {
			return false;
		}
		strand->value = 0;
		return true;
	}
	default:
		return false;
	}
}

/* Nothing more can come: the item is over without looking at another octet. */
static bool is_over(const struct machine *machine, const struct instruction *instruction, struct strand *strand)
{
	bool at_end = left_in(strand) == 0;

	switch ((int)instruction->operation) {
	case TAKE_SKIP:
		return strand->value == 0;
	case TAKE_REST:
		return at_end;
	case TAKE_ANY_OF:
		return at_end && strand->count > 0;
	case TAKE_TEXT_OF:
		if (strand->value >= program_texts(machine->program)[instruction->a].maximum) {
			strand->value = 0;
			return true;
		}
		return at_end && may_leave(machine, instruction, strand);
	case TAKE_NUMBER:
	case TAKE_WORD:
		return at_end && may_leave(machine, instruction, strand);
	default:
		return false;
	}
}

/* A word that is a code may end at once, and go on as a longer one. */
static bool forks_here(const struct machine *machine, const struct instruction *instruction,
		       struct configuration *configuration, struct configuration *ret_other)
{
	struct strand *strand = running(configuration);
	uint32_t code = instruction->operation == TAKE_WORD ? word_has_left(machine, instruction, strand) : 0;

	if (code == 0) {
		return false;
	}
	*ret_other = *configuration;
	strand->value = WORD_OVER;
	running(ret_other)->value = code;
	go_on(running(ret_other));
	return true;
}

/* At an instruction that takes octets.  PASSED: there is more to pass before the next octet. */
static enum passed arrive(const struct machine *machine, struct configuration *configuration,
			  struct configuration *ret_other)
{
	struct strand *strand = running(configuration);
	const struct instruction *instruction = instruction_of(machine, strand);

	if (!begin_item(machine, instruction, strand)) {
		return FAILED;
	}
	if (is_over(machine, instruction, strand)) {
		go_on(strand);
		return PASSED;
	}
	return forks_here(machine, instruction, configuration, ret_other) ? FORKED : WAITS;
}

/* It waits for an octet.  True when its carrier must be read on before. */
static bool stand(const struct machine *machine, struct configuration *configuration, struct configurations *to)
{
	const struct strand *strand = running(configuration);
	bool at_end = instruction_of(machine, strand)->operation == DO_ACCEPT;

	if (!at_end && carrier_is_empty(configuration)) {
		configuration->in_carrier = true;
		return true;
	}
	if (at_end || left_in(strand) != 0) {
		add(to, configuration);
	}
	return false;
}

void settle(const struct machine *machine, struct configuration *configuration, unsigned *budget,
	    struct configurations *to)
{
	UNFILLED struct configuration other;
	UNFILLED struct configuration aside;
	bool goes_on = true;

	while (goes_on) {
		if (*budget == 0) {
			to->overflow = true;
			return;
		}
		(*budget)--;
		enum passed passed = pass(machine, configuration, &other);
		bool waits = passed == WAITS;
		passed = waits ? arrive(machine, configuration, &other) : passed;
		if (passed == FORKED) {
			aside = *configuration; /* the other one may take its place */
			configuration = &aside;
			settle(machine, &other, budget, to);
		}
		goes_on = passed != FAILED;
		if (waits && (passed == WAITS || passed == FORKED)) {
			goes_on = stand(machine, configuration, to);
		}
	}
}
