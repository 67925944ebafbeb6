/* resolve_expressions.c - what names in expressions mean, and whether numbers, texts and conditions stand where they
 * can.  Called by resolve_items.c and resolve_sequences.c.
 *
 * The depth of the recursion is bounded by the parser. */
#include <string.h>

#include "description/language/resolver.h"

static enum operand resolve_any(const struct view *view, struct expression *expression);

static const char *const operand_words[] = {
	[OPERAND_UNKNOWN] = "something",
	[OPERAND_NUMBER] = "a number",
	[OPERAND_TEXT] = "a text",
	[OPERAND_CONDITION] = "a condition",
};

/* ---- names ---- */

static bool in_block(const struct view *view)
{
	return view->branch != NULL;
}

static const struct field *find_field(const struct view *view, const char *name)
{
	const struct field *field = NULL;

	if (!in_block(view)) {
		return view->owner != NULL ? message_field(view->resolver, view->owner, name) : NULL;
	}
	for (const struct branch *branch = view->branch; branch != NULL && field == NULL; branch = branch->outer) {
		field = resolver_find(view->resolver, branch, name);
	}
	return field;
}

/* Blocks know no counters and kept values. */
static const struct variable *find_variable(const struct view *view, const char *name)
{
	const struct resolver *resolver = view->resolver;

	return in_block(view) ? NULL : resolver_find(resolver, &resolver->scopes[SCOPE_VARIABLES], name);
}

static void guess_names(const struct view *view, struct guess *guess)
{
	if (!in_block(view)) {
		for (const struct variable *variable = view->resolver->protocol->variables;
		     variable != NULL && guess->tries > 0; variable = variable->next) {
			guess_try(guess, variable->name);
		}
	}
	if (view->owner != NULL) {
		guess_fields(view->resolver, guess, view->owner);
	}
}

static void miss_name(const struct view *view, const struct expression *expression)
{
	struct resolver *resolver = view->resolver;
	struct guess guess;

	if (!resolver_misses(resolver, expression->name)) {
		return;
	}
	guess_init(&guess, resolver, expression->name);
	guess_names(view, &guess);
	if (in_block(view) && resolver_find(resolver, view->owner, expression->name) != NULL) {
		resolver_wrong(resolver, expression->place,
			       "it must stand before, and not within another if, case, maybe or repeat",
			       "the field %s cannot be seen from here", expression->name);
	} else if (in_block(view)) {
		resolver_wrong(resolver, expression->place,
			       guess_help(resolver, &guess, "name a field that stands before"),
			       "there is no field %s in %s", expression->name, view->owner->name);
	} else {
		resolver_wrong(resolver, expression->place,
			       guess_help(resolver, &guess, "name a field of the message, a counter or a kept value"),
			       "%s is no field of %s, no counter and no kept value", expression->name,
			       view->owner != NULL ? view->owner->name : "a message");
	}
}

static enum operand item_operand(const struct item *item)
{
	switch (item->kind) {
	case ITEM_NUMBER:
	case ITEM_SIZED:
		return OPERAND_NUMBER;
	case ITEM_CODE:
		return item->code_set->is_text ? OPERAND_TEXT : OPERAND_NUMBER;
	case ITEM_BYTES:
	case ITEM_TEXT_TO:
	case ITEM_TEXT_OF:
		return OPERAND_TEXT;
	case ITEM_LITERAL:
	case ITEM_EOL:
	case ITEM_SURE:
	case ITEM_WEAK:
	case ITEM_ANY_OF:
	case ITEM_MAYBE:
	case ITEM_WITHIN:
	case ITEM_FORMAT:
	case ITEM_PAYLOAD:
	case ITEM_BODY:
	case ITEM_BITS:
	case ITEM_REPEAT:
	case ITEM_SWITCH:
	case ITEM_IF:
		break;
	}
	return OPERAND_UNKNOWN;
}

static enum operand link_field(const struct view *view, struct expression *expression, const struct field *field)
{
	expression->field = field->item;
	if (field->divided) {
		resolver_wrong(view->resolver, expression->place, "only bits within one octet can be used here",
			       "the bits of %s lie in more than one octet", expression->name);
		return OPERAND_UNKNOWN;
	}
	if (field->bits != NULL) {
		return OPERAND_NUMBER;
	}
	enum operand operand = item_operand(field->item);
	/* A type that is not known was complained about. */
	if (operand == OPERAND_UNKNOWN && (field->item->kind != ITEM_FORMAT || field->item->format != NULL)) {
		resolver_wrong(view->resolver, expression->place, "only numbers, op codes and texts can be used here",
			       "%s is %s", expression->name, item_word(field->item));
	}
	return operand;
}

static enum operand resolve_name(const struct view *view, struct expression *expression)
{
	expression->variable = find_variable(view, expression->name);
	if (expression->variable != NULL) {
		return OPERAND_NUMBER;
	}
	const struct field *field = find_field(view, expression->name);
	if (field == NULL) {
		miss_name(view, expression);
		return OPERAND_UNKNOWN;
	}
	return link_field(view, expression, field);
}

static enum operand code_operand(const struct expression *expression)
{
	return expression->value.code->text.start != NULL ? OPERAND_TEXT : OPERAND_NUMBER;
}

static enum operand resolve_code(const struct view *view, struct expression *expression)
{
	if (expression->value.code == NULL && !resolve_full_code(view->resolver, &expression->value)) {
		return OPERAND_UNKNOWN;
	}
	return code_operand(expression);
}

static enum operand resolve_length(const struct view *view, const struct expression *expression)
{
	struct resolver *resolver = view->resolver;

	if (in_block(view) || view->owner == NULL) {
		resolver_wrong(resolver, expression->place, "\"rest\" is what is left in the counted block",
			       "\"length of\" stands only in rules of a message");
	} else if (strcmp(view->owner->name, expression->name) != 0 && resolver_misses(resolver, expression->name)) {
		resolver_wrong(resolver, expression->place,
			       report_text(resolver->report, "write length of %s", view->owner->name),
			       "this rule is about %s, not about %s", view->owner->name, expression->name);
	}
	return OPERAND_NUMBER;
}

static enum operand resolve_rest(const struct view *view, const struct expression *expression)
{
	if (!in_block(view)) {
		resolver_wrong(view->resolver, expression->place, "\"length of\" is the size of the message",
			       "\"rest\" stands only in formats and messages");
	}
	return OPERAND_NUMBER;
}

static enum operand resolve_text(const struct view *view, const struct expression *expression)
{
	if (in_block(view)) {
		resolver_wrong(view->resolver, expression->place,
			       "give it a name in an op-code set and compare with that",
			       "strings can be compared only in rules");
		return OPERAND_UNKNOWN;
	}
	return OPERAND_TEXT;
}

/* ---- operators ---- */

/* The op-code set of the field that the expression names, or NULL. */
static const struct code_set *set_of(const struct view *view, const struct expression *expression)
{
	if (expression->kind != EXPRESSION_NAME || find_variable(view, expression->name) != NULL) {
		return NULL;
	}
	const struct field *field = find_field(view, expression->name);
	return field != NULL && field->bits == NULL && field->item->kind == ITEM_CODE ? field->item->code_set : NULL;
}

/* A name that is compared with a field of `set` is a code of it, if the set has one. */
static void become_code(const struct view *view, struct expression *expression, const struct code_set *set)
{
	if (set == NULL || expression->kind != EXPRESSION_NAME) {
		return;
	}
	const struct code *code = set_find(view->resolver, set, expression->name);
	if (code != NULL) {
		expression->kind = EXPRESSION_CODE;
		expression->value.code = code;
		expression->value.number = code->number;
	}
}

/* A name that means nothing beside a field of `set` was meant to be a code. */
static bool misses_code(const struct view *view, const struct expression *expression, const struct code_set *set)
{
	if (set == NULL || expression->kind != EXPRESSION_NAME || find_variable(view, expression->name) != NULL ||
	    find_field(view, expression->name) != NULL) {
		return false;
	}
	set_misses(view->resolver, set, expression->name, expression->place);
	return true;
}

static bool is_constant_text(const struct expression *expression)
{
	return expression->kind == EXPRESSION_TEXT || expression->kind == EXPRESSION_CODE;
}

static void check_texts(const struct view *view, const struct expression *expression)
{
	if (expression->kind != EXPRESSION_EQUAL && expression->kind != EXPRESSION_UNEQUAL) {
		resolver_wrong(view->resolver, expression->place,
			       "texts are compared with = or !=", "texts have no order");
	} else if (is_constant_text(expression->left) == is_constant_text(expression->right)) {
		resolver_wrong(view->resolver, expression->place, "compare a field with a code or a string",
			       "these two texts cannot be compared with each other");
	}
}

static enum operand resolve_comparison(const struct view *view, struct expression *expression)
{
	struct expression *left = expression->left;
	struct expression *right = expression->right;
	const struct code_set *left_set = set_of(view, left);

	become_code(view, right, left_set);
	const struct code_set *right_set = set_of(view, right);
	if (left_set == NULL) {
		become_code(view, left, right_set);
	}
	if (misses_code(view, right, left_set) || misses_code(view, left, right_set)) {
		return OPERAND_CONDITION;
	}
	enum operand left_operand = resolve_any(view, left);
	enum operand right_operand = resolve_any(view, right);
	if (left_operand == OPERAND_UNKNOWN || right_operand == OPERAND_UNKNOWN) {
		return OPERAND_CONDITION;
	}
	if (left_operand != right_operand || left_operand == OPERAND_CONDITION) {
		resolver_wrong(view->resolver, expression->place, "compare numbers with numbers, and texts with texts",
			       "%s is compared with %s", operand_words[left_operand], operand_words[right_operand]);
	} else if (left_operand == OPERAND_TEXT) {
		check_texts(view, expression);
	}
	return OPERAND_CONDITION;
}

static enum operand resolve_both(const struct view *view, struct expression *expression, enum operand needed)
{
	resolve_expression(view, expression->left, needed);
	resolve_expression(view, expression->right, needed);
	return needed;
}

static enum operand resolve_any(const struct view *view, struct expression *expression)
{
	switch (expression->kind) {
	case EXPRESSION_NUMBER:
		return OPERAND_NUMBER;
	case EXPRESSION_CODE:
		return resolve_code(view, expression);
	case EXPRESSION_TEXT:
		return resolve_text(view, expression);
	case EXPRESSION_NAME:
		return resolve_name(view, expression);
	case EXPRESSION_REST:
		return resolve_rest(view, expression);
	case EXPRESSION_LENGTH:
		return resolve_length(view, expression);
	case EXPRESSION_OR:
	case EXPRESSION_AND:
		return resolve_both(view, expression, OPERAND_CONDITION);
	case EXPRESSION_EQUAL:
	case EXPRESSION_UNEQUAL:
	case EXPRESSION_LESS:
	case EXPRESSION_LESS_EQUAL:
	case EXPRESSION_GREATER:
	case EXPRESSION_GREATER_EQUAL:
		return resolve_comparison(view, expression);
	case EXPRESSION_ADD:
	case EXPRESSION_SUBTRACT:
	case EXPRESSION_MULTIPLY:
	case EXPRESSION_BIT_AND:
	case EXPRESSION_SHIFT_LEFT:
	case EXPRESSION_SHIFT_RIGHT:
		break;
	}
	return resolve_both(view, expression, OPERAND_NUMBER);
}

void resolve_expression(const struct view *view, struct expression *expression, enum operand needed)
{
	enum operand operand = resolve_any(view, expression);

	if (operand != OPERAND_UNKNOWN && operand != needed) {
		resolver_wrong(view->resolver, expression->place,
			       needed == OPERAND_CONDITION ? "compare it with something, like \"n > 0\""
							   : "only numbers can be counted with",
			       "%s stands where %s is needed", operand_words[operand], operand_words[needed]);
	}
}
