/* classifier_check.c - whether a block is a classifier: all that is ever followed leads into it, and to what it should.
 *
 * Called once, by whoever was handed one.  After that nothing in it needs to be doubted. */
#include <errno.h>
#include <string.h>
#include "description/classifier/classifier_table.h"
#include "description/machine/reader.h"

/* `count` items of `size` octets at `at`, within `room`. */
static bool lies_within(uint64_t at, uint64_t count, uint64_t size, uint64_t room)
{
	return at % sizeof(uint64_t) == 0 && at <= room && count <= (room - at) / size;
}

static bool ends_within(const char *name, size_t size)
{
	return memchr(name, 0, size) != NULL;
}

static bool all_below(const uint8_t *octets, size_t size, uint32_t limit)
{
	for (size_t i = 0; i < size; i++) {
		if (octets[i] >= limit) {
			return false;
		}
	}
	return true;
}

static bool span_fits(struct span span, struct program_array array)
{
	return span.first <= array.count && span.count <= array.count - span.first;
}

/* What is no bool in memory must not be read as one. */
static bool is_bool(const bool *value)
{
	uint8_t octet = 0;

	memcpy(&octet, value, sizeof(octet));
	return octet <= 1;
}

static bool switch_fits(const struct program *program, const struct instruction *instruction)
{
	const struct switch_target *targets = program_targets(program) + instruction->a;

	if (instruction->c < 0 || instruction->c >= program->targets.count ||
	    !span_fits((struct span){ instruction->a, (uint32_t)instruction->c + 1 }, program->targets)) {
		return false;
	}
	for (int64_t i = 0; i <= instruction->c; i++) {
		if (targets[i].target >= program->instructions.count) {
			return false;
		}
	}
	return instruction->b < REGISTERS_MAX;
}

/* What it refers to is there; where it goes on is asked elsewhere. */
static bool operands_fit(const struct program *program, const struct instruction *instruction)
{
	const struct span span = { instruction->a, instruction->b };

	switch ((int)instruction->operation) {
	case TAKE_LITERAL:
		return span.count > 0 && span.count <= INT16_MAX && span_fits(span, program->data);
	case TAKE_SET:
	case TAKE_ANY_OF:
		return instruction->a < program->sets.count;
	case TAKE_BITS:
		return instruction->a < program->sets.count && instruction->b < 8;
	case TAKE_NUMBER:
		return instruction->a < program->numbers.count;
	case TAKE_TEXT_TO:
		return instruction->a < program->texts.count;
	case TAKE_TEXT_OF:
		return instruction->a < program->texts.count &&
		       program_texts(program)[instruction->a].set < program->sets.count;
	case TAKE_WORD:
		return instruction->a < program->words.count;
	case DO_VALUE:
		return instruction->a < program->expressions.count;
	case DO_UNLESS:
		return instruction->b < program->expressions.count;
	case DO_STORE:
	case DO_FORGET:
		return instruction->a < REGISTERS_MAX;
	case DO_COUNT_DOWN:
		return instruction->b < REGISTERS_MAX;
	case DO_SWITCH:
		return switch_fits(program, instruction);
	case DO_SELECT:
	case DO_SELECTED:
		return instruction->a < program->selectors.count;
	case DO_CODE:
		return instruction->a < program->selectors.count && instruction->c >= 0 &&
		       instruction->c <= program->code_names.count &&
		       span_fits((struct span){ instruction->b, (uint32_t)instruction->c }, program->code_names);
	default:
		return instruction->operation <= DO_ACCEPT;
	}
}

static bool goes_on_within(const struct program *program, uint32_t index)
{
	const struct instruction *instruction = program_instructions(program) + index;

	switch ((int)instruction->operation) {
	case DO_JUMP:
	case DO_RESTART:
		return instruction->a < program->instructions.count;
	case DO_FORK:
	case DO_UNTIL_END:
	case DO_COUNT_DOWN:
	case DO_UNLESS:
		return instruction->a < program->instructions.count && index + 1 < program->instructions.count;
	case DO_ACCEPT:
	case DO_FAIL:
	case DO_SWITCH:
	case TAKE_UNKNOWN:
		return true;
	default:
		return index + 1 < program->instructions.count;
	}
}

static bool instructions_fit(const struct program *program)
{
	const struct instruction *instructions = program_instructions(program);

	for (uint32_t i = 0; i < program->instructions.count; i++) {
		if (!is_bool(&instructions[i].nocase) || !is_bool(&instructions[i].forgets) ||
		    !operands_fit(program, &instructions[i]) || !goes_on_within(program, i)) {
			return false;
		}
	}
	return program->instructions.count > UNKNOWN_AT && program->instructions.count <= INSTRUCTIONS_MAX &&
	       instructions[UNKNOWN_AT].operation == TAKE_UNKNOWN;
}

static bool numbers_fit(const struct program *program)
{
	const struct number_spec *numbers = program_numbers(program);

	for (uint32_t i = 0; i < program->numbers.count; i++) {
		if (numbers[i].kind > NUMBER_BER || !is_bool(&numbers[i].little) || !is_bool(&numbers[i].is_signed) ||
		    !span_fits(numbers[i].ranges, program->ranges) || !span_fits(numbers[i].bounds, program->bounds)) {
			return false;
		}
	}
	return true;
}

/* Children stand behind their parents, and the later of two siblings comes first: no way leads in a circle. */
static bool words_fit(const struct program *program)
{
	const struct word_spec *words = program_words(program);

	for (uint32_t i = 0; i < program->words.count; i++) {
		if (!is_bool(&words[i].nocase) || !is_bool(&words[i].open) || !is_bool(&words[i].others) ||
		    words[i].nodes.count == 0 || words[i].nodes.count >= UINT16_MAX ||
		    !span_fits(words[i].nodes, program->nodes)) {
			return false;
		}
		const struct word_node *nodes = program_nodes(program) + words[i].nodes.first;
		for (uint32_t n = 0; n < words[i].nodes.count; n++) {
			if ((nodes[n].child != 0 && nodes[n].child <= n) || nodes[n].child >= words[i].nodes.count ||
			    (nodes[n].sibling != 0 && nodes[n].sibling >= n)) {
				return false;
			}
		}
	}
	return true;
}

static bool expressions_fit(const struct program *program)
{
	const struct span *expressions = program_expressions(program);
	const struct term *terms = program_terms(program);

	for (uint32_t i = 0; i < program->expressions.count; i++) {
		if (!span_fits(expressions[i], program->terms)) {
			return false;
		}
	}
	for (uint32_t i = 0; i < program->terms.count; i++) {
		if (terms[i].kind == TERM_REGISTER && (terms[i].number < 0 || terms[i].number >= REGISTERS_MAX)) {
			return false;
		}
	}
	return true;
}

static bool names_fit(const struct program *program)
{
	const struct program_message *messages = program_messages(program);
	bool fit = ends_within(program->name, sizeof(program->name)) && program->selectors.count <= SELECTORS_MAX;

	for (uint32_t i = 0; i < program->messages.count; i++) {
		fit = fit && ends_within(messages[i].name, sizeof(messages[i].name)) && is_bool(&messages[i].weak) &&
		      is_bool(&messages[i].sure) && is_bool(&messages[i].first) &&
		      messages[i].start < program->instructions.count &&
		      (messages[i].carrier < program->instructions.count || messages[i].carrier == NO_CARRIER);
	}
	for (uint32_t i = 0; i < program->selectors.count; i++) {
		const char *name = program_selectors(program)[i].name;
		fit = fit && ends_within(name, sizeof(program_selectors(program)->name));
	}
	for (uint32_t i = 0; i < program->code_names.count; i++) {
		const char *name = program_code_names(program)[i].name;
		fit = fit && ends_within(name, sizeof(program_code_names(program)->name));
	}
	return fit;
}

static bool program_fits(const struct classifier *classifier, uint32_t at)
{
	const struct program *program = table_at(classifier, at);
	bool fit = lies_within(at, 1, sizeof(*program), classifier->size) && program->size <= classifier->size - at;

#define ARRAY_FITS(type, array) \
	fit = fit && lies_within(program->array.at, program->array.count, sizeof(type), program->size);
	PROGRAM_ARRAYS(ARRAY_FITS)
#undef ARRAY_FITS
	return fit && instructions_fit(program) && numbers_fit(program) && words_fit(program) &&
	       expressions_fit(program) && names_fit(program);
}

static bool cell_fits(const struct table_message *message, const uint32_t *cells, uint32_t cell)
{
	uint32_t row = cell_row(cell);

	if (row % message->columns != 0 || row / message->columns >= message->rows) {
		return false;
	}
	uint32_t run = cells[row + message->columns - 1];
	return run <= message->run_count && (run != 0 || (cell & CELL_RUNS) == 0);
}

static bool automaton_fits(const struct classifier *classifier, const struct table_message *message)
{
	const uint32_t *cells = table_at(classifier, message->cells_at);
	const struct table_run *runs = table_at(classifier, message->runs_at);
	uint64_t count = (uint64_t)message->rows * message->columns;

	if (message->columns < 2 || message->rows <= STATE_START || count > ROW_MAX ||
	    !lies_within(message->cells_at, count, sizeof(*cells), classifier->size) ||
	    !lies_within(message->runs_at, message->run_count, sizeof(*runs), classifier->size) ||
	    !lies_within(message->classes_at, 256, 1, classifier->size) ||
	    !all_below(table_at(classifier, message->classes_at), 256, message->columns - 1)) {
		return false;
	}
	for (uint32_t i = 0; i < count; i++) {
		if (i % message->columns != message->columns - 1 && !cell_fits(message, cells, cells[i])) {
			return false;
		}
	}
	for (uint32_t i = 0; i < message->run_count; i++) {
		if (runs[i].size == 0 || runs[i].size > RUN_MAX || !cell_fits(message, cells, runs[i].cell)) {
			return false;
		}
	}
	return cell_fits(message, cells, message_start(message, cells));
}

/* It is a message of its protocol's, and its protocol says so too. */
static bool message_fits(const struct classifier *classifier, uint32_t index)
{
	const struct table_message *message = table_message(classifier, index);

	if (message->protocol >= classifier->protocol_count) {
		return false;
	}
	const struct table_protocol *protocol = table_protocol(classifier, message->protocol);
	const struct program *program = table_at(classifier, protocol->program_at);
	return message->message < program->messages.count && index >= protocol->first_message &&
	       index - protocol->first_message < protocol->message_count && automaton_fits(classifier, message);
}

static bool condition_fits(const struct classifier *classifier, const struct program *program,
			   const struct table_condition *condition)
{
	const struct table_value *values = table_at(classifier, condition->values_at);
	bool fit = condition->selector < program->selectors.count &&
		   lies_within(condition->values_at, condition->value_count, sizeof(*values), classifier->size);

	for (uint32_t i = 0; fit && i < condition->value_count; i++) {
		fit = lies_within(values[i].text_at, values[i].size, 1, classifier->size);
	}
	return fit;
}

static bool function_fits(const struct classifier *classifier, const struct program *program,
			  const struct table_function *function)
{
	const struct table_condition *conditions = table_at(classifier, function->conditions_at);
	bool fit =
		lies_within(function->conditions_at, function->condition_count, sizeof(*conditions), classifier->size);

	for (uint32_t i = 0; fit && i < function->condition_count; i++) {
		fit = condition_fits(classifier, program, &conditions[i]);
	}
	return fit;
}

static bool slot_fits(const struct classifier *classifier, const struct name_slot *slot)
{
	const uint32_t *functions = table_at(classifier, slot->functions_at);
	bool fit = lies_within(slot->text_at, slot->size, 1, classifier->size) &&
		   lies_within(slot->functions_at, slot->function_count, sizeof(*functions), classifier->size);

	for (uint32_t i = 0; fit && i < slot->function_count; i++) {
		fit = functions[i] < classifier->function_count;
	}
	return fit;
}

/* One slot at least is free: there a search ends. */
static bool slots_fit(const struct classifier *classifier, const struct table_protocol *protocol)
{
	const struct name_slot *slots = table_at(classifier, protocol->slots_at);
	uint32_t count = protocol->slot_count;
	uint32_t free_ones = 0;

	if (count == 0) {
		return true;
	}
	if ((count & (count - 1)) != 0 || !lies_within(protocol->slots_at, count, sizeof(*slots), classifier->size)) {
		return false;
	}
	for (uint32_t i = 0; i < count; i++) {
		free_ones += slots[i].hash == 0;
		if (slots[i].hash != 0 && !slot_fits(classifier, &slots[i])) {
			return false;
		}
	}
	return free_ones > 0;
}

static bool protocol_fits(const struct classifier *classifier, const struct table_protocol *protocol)
{
	const struct table_function *functions = table_at(classifier, classifier->functions_at);
	uint32_t first = protocol->first_function;
	bool fit = program_fits(classifier, protocol->program_at) && first <= classifier->function_count &&
		   protocol->function_count <= classifier->function_count - first &&
		   protocol->first_message <= classifier->message_count &&
		   protocol->message_count <= classifier->message_count - protocol->first_message;

	for (uint32_t i = 0; fit && i < protocol->function_count; i++) {
		fit = function_fits(classifier, table_at(classifier, protocol->program_at), &functions[first + i]);
	}
	return fit && slots_fit(classifier, protocol) &&
	       (protocol->otherwise == CLASSIFIER_NONE ||
		(protocol->otherwise >= first && protocol->otherwise - first < protocol->function_count));
}

/* The deciding table. */
static bool table_fits(const struct classifier *classifier)
{
	const uint16_t *next = table_at(classifier, classifier->next_at);
	const uint16_t *whole = table_at(classifier, classifier->whole_at);
	const struct table_few *few = table_at(classifier, classifier->few_at);
	bool fit = true;

	for (uint32_t i = 0; fit && i < classifier->states * classifier->classes_count; i++) {
		fit = (next[i] & CELL_FEW) != 0 ? (next[i] & ~CELL_FEW) < (int)classifier->few_count
						: next[i] < classifier->states;
	}
	for (uint32_t i = 0; fit && i < classifier->states; i++) {
		fit = whole[i] <= classifier->message_count || whole[i] == AMBIGUOUS;
	}
	for (uint32_t i = 0; fit && i < classifier->few_count; i++) {
		fit = few[i].count <= FEW_MAX;
		for (unsigned m = 0; fit && m < few[i].count; m++) {
			fit = few[i].messages[m] < classifier->message_count;
		}
	}
	return fit && all_below(classifier->classes, sizeof(classifier->classes), classifier->classes_count);
}

static bool arrays_fit(const struct classifier *classifier)
{
	const uint32_t room = classifier->size;
	uint64_t cells = (uint64_t)classifier->states * classifier->classes_count;

	return classifier->states > 0 && classifier->few_count <= CELL_FEW &&
	       cells <= CLASSIFIER_TABLE_MAX / sizeof(uint16_t) &&
	       lies_within(classifier->next_at, cells, sizeof(uint16_t), room) &&
	       lies_within(classifier->whole_at, classifier->states, sizeof(uint16_t), room) &&
	       lies_within(classifier->few_at, classifier->few_count, sizeof(struct table_few), room) &&
	       lies_within(classifier->messages_at, classifier->message_count, sizeof(struct table_message), room) &&
	       lies_within(classifier->protocols_at, classifier->protocol_count, sizeof(struct table_protocol), room) &&
	       lies_within(classifier->functions_at, classifier->function_count, sizeof(struct table_function), room);
}

int classifier_check(const void *block, size_t size)
{
	const struct classifier *classifier = block;
	bool fit = size >= sizeof(*classifier) && classifier->magic == CLASSIFIER_MAGIC && classifier->size == size &&
		   arrays_fit(classifier) && table_fits(classifier);

	for (uint32_t i = 0; fit && i < classifier->protocol_count; i++) {
		fit = protocol_fits(classifier, table_protocol(classifier, i));
	}
	for (uint32_t i = 0; fit && i < classifier->message_count; i++) {
		fit = message_fits(classifier, i);
	}
	return fit ? 0 : -EBADMSG;
}
