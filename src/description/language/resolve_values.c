/* resolve_values.c - values and ranges: code names become numbers, and all must fit.  Called by the other parts. */
#include <string.h>

#include "description/language/resolver.h"

const struct code *set_find(const struct resolver *resolver, const struct code_set *set, const char *name)
{
	return resolver_find(resolver, set, name);
}

const struct code_set *resolver_set(struct resolver *resolver, const char *name, struct place place)
{
	const struct code_set *set = resolver_find(resolver, &resolver->scopes[SCOPE_SETS], name);
	struct guess guess;

	if (set != NULL || !resolver_misses(resolver, name)) {
		return set;
	}
	guess_init(&guess, resolver, name);
	for (const struct code_set *other = resolver->protocol->code_sets; other != NULL && guess.tries > 0;
	     other = other->next) {
		guess_try(&guess, other->name);
	}
	resolver_wrong(resolver, place, guess_help(resolver, &guess, "declare it in \"opcodes\""),
		       "there is no op-code set %s", name);
	return NULL;
}

void set_misses(struct resolver *resolver, const struct code_set *set, const char *name, struct place place)
{
	struct guess guess;

	if (!resolver_misses(resolver, name)) {
		return;
	}
	guess_init(&guess, resolver, name);
	for (const struct code *code = set->codes; code != NULL && guess.tries > 0; code = code->next) {
		guess_try(&guess, code->name);
	}
	resolver_wrong(resolver, place,
		       guess_help(resolver, &guess,
				  report_text(resolver->report, "declare it in the op-code set %s", set->name)),
		       "%s has no code %s", set->name, name);
}

static bool link_code(struct resolver *resolver, struct value *value, const struct code_set *set)
{
	value->code = set_find(resolver, set, value->name);
	if (value->code == NULL) {
		set_misses(resolver, set, value->name, value->place);
		return false;
	}
	value->number = value->code->number;
	return true;
}

bool resolve_full_code(struct resolver *resolver, struct value *value)
{
	const struct code_set *set = resolver_set(resolver, value->set_name, value->place);

	return set != NULL && link_code(resolver, value, set);
}

/* Some set that has the code, as a help. */
static const char *set_help(struct resolver *resolver, const char *name)
{
	struct guess guess;

	guess_init(&guess, resolver, name);
	for (const struct code_set *set = resolver->protocol->code_sets; set != NULL && guess.tries-- > 0;
	     set = set->next) {
		if (set_find(resolver, set, name) != NULL) {
			return report_text(resolver->report, "write %s.%s, or make the field one of type %s", set->name,
					   name, set->name);
		}
	}
	return "write a number, or a code with its set before it, like Op.read";
}

static bool link_name(struct resolver *resolver, struct value *value, const struct code_set *set, const char *what)
{
	if (value->set_name == NULL && set == NULL) {
		if (resolver_misses(resolver, value->name)) {
			resolver_wrong(resolver, value->place, set_help(resolver, value->name),
				       "%s has no code names, so %s means nothing here", what, value->name);
		}
		return false;
	}
	if (value->set_name == NULL) {
		return link_code(resolver, value, set);
	}
	if (!resolve_full_code(resolver, value)) {
		return false;
	}
	if (set == NULL && value->code->text.start != NULL) {
		resolver_wrong(resolver, value->place, "write a number", "%s.%s is a text, but %s is a number",
			       value->set_name, value->name, what);
		return false;
	}
	if (set != NULL && set_find(resolver, set, value->name) != value->code) {
		resolver_wrong(resolver, value->place, report_text(resolver->report, "write a code of %s", set->name),
			       "%s.%s is no code of %s", value->set_name, value->name, set->name);
		return false;
	}
	return true;
}

static bool resolve_value(struct resolver *resolver, struct value *value, const struct code_set *set, int64_t low,
			  int64_t high, const char *what)
{
	if (value->name != NULL) {
		return link_name(resolver, value, set, what);
	}
	if (set != NULL && set->is_text) {
		resolver_wrong(resolver, value->place, "write the name of a code",
			       "%s is a set of texts, so a number cannot be one of them", what);
		return false;
	}
	if (value->number < low || value->number > high) {
		resolver_misfit(resolver, value->place,
				report_text(resolver->report, "write %jd to %jd", (intmax_t)low, (intmax_t)high),
				"%jd does not fit into %s", (intmax_t)value->number, what);
		return false;
	}
	return true;
}

static bool is_single(const struct range *range)
{
	return range->low.place.line == range->high.place.line && range->low.place.column == range->high.place.column;
}

/* A number that stands alone for a code must be one, unless others may come. */
static void check_single(struct resolver *resolver, const struct value *value, const struct code_set *set)
{
	if (set == NULL || set->open || value->name != NULL ||
	    symbols_find(&resolver->symbols, &set->number, &value->number, sizeof(value->number)) != NULL) {
		return;
	}
	resolver_misfit(resolver, value->place,
			report_text(resolver->report, "declare it in %s, or add \"...\" there", set->name),
			"no code of %s has the number %jd", set->name, (intmax_t)value->number);
}

static void check_order(struct resolver *resolver, const struct range *range, const struct code_set *set)
{
	if (set != NULL && set->is_text) {
		resolver_wrong(resolver, range->low.place, "list the codes with commas",
			       "%s is a set of texts, and texts have no order", set->name);
	} else if (range->low.number > range->high.number) {
		resolver_misfit(resolver, range->low.place, "the smaller one stands first",
				"this range is empty: %jd is more than %jd", (intmax_t)range->low.number,
				(intmax_t)range->high.number);
	}
}

void resolve_ranges(struct resolver *resolver, struct range *ranges, const struct code_set *set, int64_t low,
		    int64_t high, const char *what)
{
	for (struct range *range = ranges; range != NULL; range = range->next) {
		bool single = is_single(range);
		if (!resolve_value(resolver, &range->low, set, low, high, what)) {
			continue;
		}
		if (single) {
			range->high = range->low;
			check_single(resolver, &range->low, set);
		} else if (resolve_value(resolver, &range->high, set, low, high, what)) {
			check_order(resolver, range, set);
		}
	}
}

void resolve_number_ranges(struct resolver *resolver, struct range *ranges, struct number_type type)
{
	int64_t low;
	int64_t high;

	number_limits(type.kind, &low, &high);
	resolve_ranges(resolver, ranges, NULL, low, high, number_word(type.kind));
}
