/* check_linear.c - values of rules as differences of two terms, and what is known about such differences.
 *
 * The bounds form a graph that must not hold a circle of negative weight (Bellman, Ford).  Fields of a message
 * count as numbers only where they stand exactly once in it: a repeated field has many values. */
#include "description/examine/check_solver.h"

enum { SEARCH_STEPS = 2000, SEARCH_DEPTH = 16 };

/* ---- where fields stand ---- */

struct search {
	const struct item *wanted;
	unsigned found;
	unsigned steps;
	unsigned depth;
	bool unsure; /* found where it need not be, or given up */
};

static void search_block(struct search *search, const struct item *block, bool surely);

static void search_item(struct search *search, const struct item *item, bool surely)
{
	bool always = item->kind == ITEM_SIZED || item->kind == ITEM_WITHIN;

	if (item == search->wanted) {
		search->found++;
		search->unsure = search->unsure || !surely;
	}
	if (item->kind == ITEM_FORMAT) {
		search_block(search, item->format->block, surely);
	}
	search_block(search, item->block, surely && always);
	search_block(search, item->otherwise, false);
	for (const struct switch_case *branch = item->cases; branch != NULL; branch = branch->next) {
		search_block(search, branch->block, false);
	}
}

static void search_block(struct search *search, const struct item *block, bool surely)
{
	if (++search->depth > SEARCH_DEPTH) {
		search->unsure = true;
	}
	for (const struct item *item = block; item != NULL && search->depth <= SEARCH_DEPTH; item = item->next) {
		if (++search->steps > SEARCH_STEPS) {
			search->unsure = true;
			break;
		}
		search_item(search, item, surely);
	}
	search->depth--;
}

/* True if the field stands in the message, exactly once and always. */
static bool stands_once(const struct message *message, const struct item *item)
{
	struct search search = { .wanted = item };

	if (message != NULL) {
		search_block(&search, message->block, true);
	}
	return search.found == 1 && !search.unsure;
}

/* ---- bounds ---- */

void solver_bound(struct solver *solver, unsigned plus, unsigned minus, int64_t limit)
{
	if (limit >= NUMBER_LIMIT) {
		return;
	}
	if (solver->bounds_count == BOUNDS_MAX || limit <= -NUMBER_LIMIT) {
		solver->lost = true;
		return;
	}
	solver->bounds[solver->bounds_count++] = (struct bound){ plus, minus, limit };
}

void solver_bound_interval(struct solver *solver, unsigned term, struct interval interval)
{
	solver_bound(solver, term, ZERO, interval.high);
	if (interval.low > -NUMBER_LIMIT) {
		solver_bound(solver, ZERO, term, -interval.low);
	}
}

/* No circle of bounds that says of something that it is less than itself. */
bool solver_is_consistent(const struct solver *solver)
{
	int64_t highest[TERMS_MAX] = { 0 };
	bool changed = true;

	for (unsigned round = 0; changed; round++) {
		if (round > solver->terms_count) {
			return false;
		}
		changed = false;
		for (unsigned i = 0; i < solver->bounds_count; i++) {
			const struct bound *bound = &solver->bounds[i];
			if (highest[bound->minus] + bound->limit < highest[bound->plus]) {
				highest[bound->plus] = highest[bound->minus] + bound->limit;
				changed = true;
			}
		}
	}
	return true;
}

/* ---- terms ---- */

static unsigned term_of(struct solver *solver, struct term wanted, struct interval values)
{
	for (unsigned i = ZERO + 1; i < solver->terms_count; i++) {
		if (solver->terms[i].key == wanted.key && solver->terms[i].at == wanted.at) {
			return i;
		}
	}
	if (solver->terms_count == TERMS_MAX) {
		solver->lost = true;
		return ZERO;
	}
	solver->terms[solver->terms_count] = wanted;
	solver_bound_interval(solver, solver->terms_count, values);
	return solver->terms_count++;
}

static struct linear term_linear(struct solver *solver, struct term term, struct interval values)
{
	return (struct linear){ .known = true, .plus = term_of(solver, term, values) };
}

static const struct assignment *assignment_of(const struct rule *rule, const struct variable *variable)
{
	const struct assignment *set = rule->assignments;

	while (set != NULL && set->variable != variable) {
		set = set->next;
	}
	return set;
}

struct linear linear_of_variable(struct solver *solver, const struct variable *variable, unsigned moment)
{
	const struct guards *guards = solver->guards;

	while (moment != 0) {
		const struct moment *at = &guards->moments[moment];
		const struct assignment *set = assignment_of(at->rule, variable);
		if (set != NULL) {
			return linear_of(solver, set->expression, at->before, at->message);
		}
		moment = at->before;
	}
	struct interval values = number_interval(variable->number);
	if (variable->is_counter) {
		int64_t highest = variable->maximum < INT64_MAX ? (int64_t)variable->maximum : INT64_MAX;
		values = (struct interval){ 0, guards->fresh ? 0 : highest };
	}
	return term_linear(solver, (struct term){ .key = variable }, values);
}

static struct linear name_linear(struct solver *solver, const struct expression *expression, unsigned moment,
				 unsigned message)
{
	struct field field = expression_field(expression);

	if (expression->variable != NULL) {
		return linear_of_variable(solver, expression->variable, moment);
	}
	if (!field_is_number(field) || !stands_once(solver->guards->messages[message], field.item)) {
		return (struct linear){ .known = false };
	}
	return term_linear(solver, (struct term){ .key = field_key(field), .at = message, .field = field },
			   field_interval(field));
}

/* Terms that stand on both sides fall out. */
struct linear linear_sum(struct linear left, struct linear right)
{
	struct linear sum = { .known = left.known && right.known };

	if (left.plus == right.minus) {
		left.plus = right.minus = ZERO;
	}
	if (left.minus == right.plus) {
		left.minus = right.plus = ZERO;
	}
	if ((left.plus != ZERO && right.plus != ZERO) || (left.minus != ZERO && right.minus != ZERO) ||
	    __builtin_add_overflow(left.constant, right.constant, &sum.constant)) {
		sum.known = false;
	}
	sum.plus = left.plus != ZERO ? left.plus : right.plus;
	sum.minus = left.minus != ZERO ? left.minus : right.minus;
	return sum;
}

struct linear linear_negated(struct linear linear)
{
	return (struct linear){
		.known = linear.known && linear.constant > INT64_MIN,
		.plus = linear.minus,
		.minus = linear.plus,
		.constant = linear.constant > INT64_MIN ? -linear.constant : 0,
	};
}

struct linear linear_of(struct solver *solver, const struct expression *expression, unsigned moment, unsigned message)
{
	switch ((int)expression->kind) {
	case EXPRESSION_CODE:
		if (expression->value.code != NULL && expression->value.code->text.start != NULL) {
			break;
		}
		return (struct linear){ .known = true, .constant = expression->value.number };
	case EXPRESSION_NUMBER:
		return (struct linear){ .known = true, .constant = expression->value.number };
	case EXPRESSION_NAME:
		return name_linear(solver, expression, moment, message);
	case EXPRESSION_LENGTH:
		return term_linear(solver, (struct term){ .key = &solver->guards->messages[message], .at = message },
				   (struct interval){ 0, INT64_MAX });
	case EXPRESSION_ADD:
		return linear_sum(linear_of(solver, expression->left, moment, message),
				  linear_of(solver, expression->right, moment, message));
	case EXPRESSION_SUBTRACT:
		return linear_sum(linear_of(solver, expression->left, moment, message),
				  linear_negated(linear_of(solver, expression->right, moment, message)));
	default:
		break;
	}
	return (struct linear){ .known = false };
}

/* ---- texts ---- */

static uint8_t folded(uint8_t octet)
{
	return octet >= 'A' && octet <= 'Z' ? (uint8_t)(octet + 32) : octet;
}

bool solver_same_text(struct octets left, struct octets right, bool nocase)
{
	for (size_t i = 0; left.size == right.size && i < left.size; i++) {
		uint8_t a = nocase ? folded(left.start[i]) : left.start[i];
		uint8_t b = nocase ? folded(right.start[i]) : right.start[i];
		if (a != b) {
			return false;
		}
	}
	return left.size == right.size;
}

/* The same text has the same number. */
int64_t solver_text(struct solver *solver, struct octets text, const struct item *item)
{
	bool nocase = item->kind == ITEM_CODE && item->code_set->nocase;
	unsigned i = 0;

	while (i < solver->texts_count &&
	       (solver->texts[i].nocase != nocase || !solver_same_text(solver->texts[i].text, text, nocase))) {
		i++;
	}
	if (i == TEXTS_MAX) {
		solver->lost = true;
	} else if (i == solver->texts_count) {
		solver->texts[solver->texts_count++] = (struct text_value){ text, nocase };
	}
	return i;
}

/* "field = text", as the difference of the field's text and this one. */
struct linear linear_of_text(struct solver *solver, const struct expression *comparison, unsigned message)
{
	bool turned = comparison->right->kind == EXPRESSION_NAME;
	const struct expression *name = turned ? comparison->right : comparison->left;
	const struct expression *text = turned ? comparison->left : comparison->right;
	const struct item *item = name->field;
	struct linear difference = { .known = false };

	if (name->kind != EXPRESSION_NAME || item == NULL || !stands_once(solver->guards->messages[message], item)) {
		return difference;
	}
	if (text->kind == EXPRESSION_TEXT) {
		difference.constant = -solver_text(solver, text->text, item);
	} else if (text->kind == EXPRESSION_CODE && text->value.code != NULL && text->value.code->text.start != NULL) {
		difference.constant = -solver_text(solver, text->value.code->text, item);
	} else {
		return difference;
	}
	difference.known = true;
	difference.plus = term_of(solver, (struct term){ .key = item, .at = message, .field = { .item = item } },
				  (struct interval){ -1, INT64_MAX });
	return difference;
}
