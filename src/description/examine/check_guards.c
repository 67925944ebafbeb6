/* check_guards.c - a small solver for conditions: alternatives are tried one after the other, and of each choice
 * check_linear.c tells whether it can be. */
#include "description/examine/check_guards.h"

#include <string.h>

#include "description/examine/check_solver.h"

/* ---- conditions that are not understood ---- */

static bool mentions(const struct expression *expression, bool variables)
{
	if (expression == NULL) {
		return false;
	}
	if (expression->kind == EXPRESSION_LENGTH) {
		return !variables;
	}
	if (expression->kind == EXPRESSION_NAME) {
		return (expression->variable != NULL) == variables;
	}
	return mentions(expression->left, variables) || mentions(expression->right, variables);
}

static bool same_expression(const struct expression *left, const struct expression *right)
{
	if (left == NULL || right == NULL) {
		return left == right;
	}
	return left->kind == right->kind && left->value.number == right->value.number &&
	       left->value.code == right->value.code && solver_same_text(left->text, right->text, false) &&
	       left->field == right->field && left->variable == right->variable &&
	       (left->kind != EXPRESSION_NAME || strcmp(left->name, right->name) == 0) &&
	       same_expression(left->left, right->left) && same_expression(left->right, right->right);
}

/* False: the opposite was assumed before. */
static bool assume_unknown(struct solver *solver, struct unknown unknown)
{
	unknown.moment = mentions(unknown.condition, true) ? unknown.moment : 0;
	unknown.message = mentions(unknown.condition, false) ? unknown.message : 0;
	for (unsigned i = 0; i < solver->unknowns_count; i++) {
		const struct unknown *other = &solver->unknowns[i];
		if (other->moment == unknown.moment && other->message == unknown.message &&
		    other->denied != unknown.denied && same_expression(other->condition, unknown.condition)) {
			return false;
		}
	}
	if (solver->unknowns_count == UNKNOWNS_MAX) {
		solver->lost = true;
		return true;
	}
	solver->unknowns[solver->unknowns_count++] = unknown;
	return true;
}

/* ---- the search ---- */

struct goal {
	const struct goal *next;
	struct claim claim;
};

static bool solve(struct solver *solver, const struct goal *goal);

struct mark {
	unsigned terms, bounds, unknowns;
};

static struct mark mark_of(const struct solver *solver)
{
	return (struct mark){ solver->terms_count, solver->bounds_count, solver->unknowns_count };
}

static void go_back(struct solver *solver, struct mark mark)
{
	solver->terms_count = mark.terms;
	solver->bounds_count = mark.bounds;
	solver->unknowns_count = mark.unknowns;
}

static bool counts_pieces(struct field field)
{
	struct pieces pieces;
	struct interval one;
	unsigned count = 0;

	if (field.item == NULL || !field_is_number(field)) {
		return false;
	}
	pieces = pieces_of(field);
	while (count <= PIECES_MAX && pieces_next(&pieces, &one)) {
		count++;
	}
	return count > 1 && count <= PIECES_MAX;
}

static bool solve_domains(struct solver *solver, unsigned term);

/* A closed set of texts: the field is one of them. */
static bool solve_texts(struct solver *solver, unsigned term)
{
	const struct item *item = solver->terms[term].field.item;
	struct pieces pieces = pieces_of((struct field){ .item = item });
	struct mark mark = mark_of(solver);
	struct interval one;

	while (!solver->lost && pieces_next(&pieces, &one)) {
		int64_t number = solver_text(solver, pieces.given->text, item);
		solver_bound_interval(solver, term, (struct interval){ number, number });
		if (solver_is_consistent(solver) && solve_domains(solver, term + 1)) {
			return true;
		}
		go_back(solver, mark);
	}
	return solver->lost;
}

/* The fields' values lie in their ranges, not only between the lowest and the highest. */
static bool solve_domains(struct solver *solver, unsigned term)
{
	struct mark mark = mark_of(solver);
	struct interval one;

	if (solver->lost || ++solver->guards->steps > GUARD_STEPS || term >= solver->terms_count) {
		return true;
	}
	struct field field = solver->terms[term].field;
	if (field.item != NULL && field.bits == NULL && field.item->kind == ITEM_CODE &&
	    field.item->code_set->is_text && !pieces_of(field).whole) {
		return solve_texts(solver, term);
	}
	if (!counts_pieces(field)) {
		return solve_domains(solver, term + 1);
	}
	for (struct pieces pieces = pieces_of(field); pieces_next(&pieces, &one);) {
		solver_bound_interval(solver, term, one);
		if (solver_is_consistent(solver) && solve_domains(solver, term + 1)) {
			return true;
		}
		go_back(solver, mark);
	}
	return false;
}

/* difference <= limit, then the other goals. */
static bool solve_bound(struct solver *solver, struct linear difference, int64_t limit, const struct goal *next)
{
	struct mark mark = mark_of(solver);
	int64_t rest;
	bool held;

	if (__builtin_sub_overflow(limit, difference.constant, &rest)) {
		solver->lost = true;
		return true;
	}
	solver_bound(solver, difference.plus, difference.minus, rest);
	held = solver_is_consistent(solver) && solve(solver, next);
	go_back(solver, mark);
	return held;
}

static bool solve_equal(struct solver *solver, struct linear difference, const struct goal *next)
{
	struct mark mark = mark_of(solver);
	bool held;

	if (difference.constant <= -NUMBER_LIMIT || difference.constant >= NUMBER_LIMIT) {
		solver->lost = true;
		return true;
	}
	solver_bound(solver, difference.plus, difference.minus, -difference.constant);
	solver_bound(solver, difference.minus, difference.plus, difference.constant);
	held = solver_is_consistent(solver) && solve(solver, next);
	go_back(solver, mark);
	return held;
}

static enum expression_kind denied_kind(enum expression_kind kind)
{
	static const enum expression_kind opposites[] = {
		[EXPRESSION_EQUAL] = EXPRESSION_UNEQUAL,      [EXPRESSION_UNEQUAL] = EXPRESSION_EQUAL,
		[EXPRESSION_LESS] = EXPRESSION_GREATER_EQUAL, [EXPRESSION_GREATER_EQUAL] = EXPRESSION_LESS,
		[EXPRESSION_GREATER] = EXPRESSION_LESS_EQUAL, [EXPRESSION_LESS_EQUAL] = EXPRESSION_GREATER,
	};

	return opposites[kind];
}

static bool solve_comparison(struct solver *solver, struct linear difference, enum expression_kind kind,
			     const struct goal *next)
{
	switch ((int)kind) {
	case EXPRESSION_EQUAL:
		return solve_equal(solver, difference, next);
	case EXPRESSION_UNEQUAL:
		return solve_bound(solver, difference, -1, next) ||
		       solve_bound(solver, linear_negated(difference), -1, next);
	case EXPRESSION_LESS:
		return solve_bound(solver, difference, -1, next);
	case EXPRESSION_LESS_EQUAL:
		return solve_bound(solver, difference, 0, next);
	case EXPRESSION_GREATER:
		return solve_bound(solver, linear_negated(difference), -1, next);
	default:
		return solve_bound(solver, linear_negated(difference), 0, next);
	}
}

static struct linear difference_of(struct solver *solver, const struct claim *claim)
{
	const struct expression *comparison = claim->condition;
	struct linear difference = { .known = false };

	if (comparison->kind == EXPRESSION_EQUAL || comparison->kind == EXPRESSION_UNEQUAL) {
		difference = linear_of_text(solver, comparison, claim->message);
	}
	if (difference.known) {
		return difference;
	}
	return linear_sum(linear_of(solver, comparison->left, claim->moment, claim->message),
			  linear_negated(linear_of(solver, comparison->right, claim->moment, claim->message)));
}

static bool solve_atom(struct solver *solver, const struct goal *goal)
{
	const struct claim *claim = &goal->claim;
	enum expression_kind kind = claim->condition->kind;
	struct mark mark = mark_of(solver);
	struct linear difference = { .known = false };

	if (claim->is_bound) {
		difference = linear_of(solver, claim->condition, claim->moment, claim->message);
		return !difference.known || solve_bound(solver, difference, claim->limit, goal->next);
	}
	if (kind >= EXPRESSION_EQUAL && kind <= EXPRESSION_GREATER_EQUAL) {
		difference = difference_of(solver, claim);
	}
	if (difference.known) {
		bool held = solve_comparison(solver, difference, claim->denied ? denied_kind(kind) : kind, goal->next);
		go_back(solver, mark);
		return held;
	}
	struct unknown unknown = { claim->condition, claim->denied, claim->moment, claim->message };
	bool held = assume_unknown(solver, unknown) && solve(solver, goal->next);
	go_back(solver, mark);
	return held;
}

/* Both sides of an "and" that holds, or of an "or" that does not; else one of them. */
static bool solve_sides(struct solver *solver, const struct goal *goal)
{
	bool both = (goal->claim.condition->kind == EXPRESSION_AND) != goal->claim.denied;
	struct goal right = { goal->next, goal->claim };
	struct goal left = { both ? &right : goal->next, goal->claim };

	right.claim.condition = goal->claim.condition->right;
	left.claim.condition = goal->claim.condition->left;
	return solve(solver, &left) || (!both && solve(solver, &right));
}

static bool solve(struct solver *solver, const struct goal *goal)
{
	bool held;

	if (solver->lost || ++solver->guards->steps > GUARD_STEPS || solver->depth == GOALS_MAX) {
		return true;
	}
	if (goal == NULL) {
		return solve_domains(solver, ZERO + 1);
	}
	enum expression_kind kind = goal->claim.condition->kind;
	solver->depth++;
	held = !goal->claim.is_bound && (kind == EXPRESSION_AND || kind == EXPRESSION_OR) ? solve_sides(solver, goal)
											  : solve_atom(solver, goal);
	solver->depth--;
	return held;
}

/* ---- claims ---- */

static bool is_claimed(const struct guards *guards, const struct claim *claim)
{
	for (size_t i = 0; i < guards->count; i++) {
		const struct claim *known = &guards->claims[i];
		if (known->condition == claim->condition && known->denied == claim->denied &&
		    known->is_bound == claim->is_bound && known->moment == claim->moment &&
		    known->message == claim->message) {
			return true;
		}
	}
	return false;
}

/* The same condition is the same claim at any moment if it asks for nothing that changes. */
static void add_claim(struct guards *guards, struct claim claim)
{
	claim.moment = mentions(claim.condition, true) ? claim.moment : 0;
	if (!claim.is_bound && is_claimed(guards, &claim)) {
		return;
	}
	if (guards->count == CLAIMS_MAX) {
		guards->full = true;
		return;
	}
	guards->claims[guards->count++] = claim;
}

void guards_claim(struct guards *guards, const struct expression *condition, bool denied, unsigned moment,
		  unsigned message)
{
	add_claim(guards, (struct claim){
				  .condition = condition,
				  .denied = denied,
				  .moment = moment,
				  .message = message,
			  });
}

void guards_claim_at_most(struct guards *guards, const struct expression *value, int64_t limit, unsigned moment,
			  unsigned message)
{
	add_claim(guards, (struct claim){
				  .condition = value,
				  .is_bound = true,
				  .limit = limit,
				  .moment = moment,
				  .message = message,
			  });
}

/* Denies the conditions of all rules of the list before `rule` that take the same as `like`; true at `rule`. */
static bool deny_until(struct guards *guards, const struct rule *list, const struct rule *rule, const struct rule *like,
		       const struct claim *when, size_t *count)
{
	for (; list != NULL && list != rule; list = list->next) {
		guards->work++;
		if (rules_take_same(list, like)) {
			guards_claim(guards, list->condition, true, when->moment, when->message);
			++*count;
		}
	}
	return list != NULL;
}

void guards_claim_first(struct guards *guards, const struct rule *own, const struct rule *always,
			const struct rule *rule, unsigned moment, unsigned message)
{
	struct claim when = { .moment = moment, .message = message };
	size_t count = 0;

	if (!deny_until(guards, own, rule, rule, &when, &count)) {
		(void)deny_until(guards, always, rule, rule, &when, &count);
	}
	guards_claim(guards, rule->condition, false, moment, message);
}

size_t guards_claim_none(struct guards *guards, const struct rule *own, const struct rule *always,
			 const struct rule *rule, unsigned moment, unsigned message)
{
	struct claim when = { .moment = moment, .message = message };
	size_t count = 0;

	(void)deny_until(guards, own, NULL, rule, &when, &count);
	(void)deny_until(guards, always, NULL, rule, &when, &count);
	return count;
}

void guards_forget(struct guards *guards, size_t count)
{
	guards->count = count;
	guards->full = false;
}

/* Puts the claims that are (not) denied before `first`. */
static const struct goal *put_goals(const struct guards *guards, bool denied, struct goal *goals,
				    const struct goal *first)
{
	for (size_t i = guards->count; i > 0; i--) {
		const struct claim *claim = &guards->claims[i - 1];
		if (claim->condition != NULL && claim->denied == denied) {
			goals[i - 1] = (struct goal){ first, *claim };
			first = &goals[i - 1];
		}
	}
	return first;
}

/* What holds narrows the values more than what does not, so it is tried first. */
bool guards_may_hold(struct guards *guards)
{
	struct solver solver = { .guards = guards, .terms_count = ZERO + 1 };
	struct goal goals[CLAIMS_MAX];
	const struct goal *first = NULL;

	for (size_t i = 0; i < guards->count; i++) {
		if (guards->claims[i].condition == NULL && guards->claims[i].denied) {
			return false;
		}
	}
	first = put_goals(guards, true, goals, first);
	first = put_goals(guards, false, goals, first);
	return guards->full || first == NULL || solve(&solver, first);
}

bool guards_same_value(struct guards *guards, const struct variable *variable, unsigned left, unsigned right)
{
	struct solver solver = { .guards = guards, .terms_count = ZERO + 1 };
	struct linear a = linear_of_variable(&solver, variable, left);
	struct linear b = linear_of_variable(&solver, variable, right);

	return a.known && b.known && !solver.lost && a.plus == b.plus && a.minus == b.minus && a.constant == b.constant;
}

bool rules_take_same(const struct rule *left, const struct rule *right)
{
	return left->kind == right->kind && left->kind != RULE_AFTER && left->role == right->role &&
	       left->message == right->message && left->moved == right->moved;
}
