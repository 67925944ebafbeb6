/* rules_names_beside.c - rules N5, N6, N10 to N12, and T6 for a name: a name beside those that there are.
 *
 * That an applicant is called like the holder of a name proves nothing: then a person asks, instead of a refusal of the
 * name (T6). */
#include <string.h>
#include <strings.h>

#include "registry/rules/rules_words.h"

enum { NAME_SIZE = 64 };

struct names {
	struct rules_check *check;
	struct view_row taken, held;
	bool is_taken, is_held;
};

/* An additional user port may keep the name that its protocol has, and what is changed its own. */
static bool keeps_name(struct rules_check *check)
{
	struct rules_subject subject =
		rules_subject(check, check->form->kind == FORM_RELOCATION ? "relocates" : "about");
	struct view_row row;

	return rules_subject_row(check, &subject, &row) && rules_same_name(row.columns[ENTRY_NAME], check->name);
}

/* Its holder may ask for a number for it; nobody can ask for the name itself again. */
static bool may_be_for_holder(const struct rules_check *check)
{
	return check->form->kind != FORM_NAME && check->form->kind != FORM_MODIFICATION;
}

static bool take_named(const struct view_row *row, uint32_t index, void *context)
{
	struct names *names = context;

	(void)index;
	if (may_be_for_holder(names->check) && rules_seems_holder(names->check, row)) {
		names->held = names->is_held ? names->held : *row;
		names->is_held = true;
	} else {
		names->taken = *row;
		names->is_taken = true;
	}
	return !names->is_taken;
}

static void check_registered(struct rules_check *check)
{
	struct names names = { .check = check };

	view_named(check->context->view, check->name, take_named, &names);
	if (names.is_taken) {
		rules_find(check, "N5", "short", "Choose another name.", "name \"%s\" is taken: %s",
			   rules_quoted(check, check->name), rules_row(check, &names.taken));
	} else if (names.is_held) {
		rules_find(check, "T6", "short", "A person asks the holder, at the address that is known of it.",
			   "\"%s\" has a holder by the name of somebody here: %s", rules_quoted(check, check->name),
			   rules_row(check, &names.held));
	}
}

static void check_pending(struct rules_check *check)
{
	const struct rules_context *context = check->context;

	for (size_t i = 0; i < context->pending_count; i++) {
		const struct rules_pending *pending = &context->pending[i];
		bool is_own = context->own_reference != NULL && strcmp(pending->reference, context->own_reference) == 0;
		if (!is_own && pending->name[0] != '\0' && rules_same_name(pending->name, check->name)) {
			rules_find(check, "N5", "short", "Choose another name.",
				   "name \"%s\" is taken: %s asked for it before", rules_quoted(check, check->name),
				   pending->reference);
			return;
		}
	}
}

/* N6: a name that is taken anyway needs no look at old ones. */
static void check_legacy(struct rules_check *check)
{
	const struct view *view = check->context->view;
	char well_formed[NAME_SIZE];
	struct view_row row;

	for (uint32_t i = 0; view_row(view, i, &row); i++) {
		if ((row.oddities & ODD_NAME) != 0 &&
		    entry_well_formed(row.columns[ENTRY_NAME], well_formed, sizeof(well_formed)) &&
		    rules_same_name(well_formed, check->name)) {
			rules_find(check, "N6", "short", "Choose a name that nobody mixes up with it.",
				   "\"%s\" is today's spelling of an old name: %s", rules_quoted(check, check->name),
				   rules_row(check, &row));
			return;
		}
	}
}

static bool take_first_of_others(const struct view_row *row, uint32_t index, void *context)
{
	struct names *names = context;

	(void)index;
	names->is_taken = row->status == ENTRY_ASSIGNED && !rules_seems_holder(names->check, row);
	names->taken = *row;
	return !names->is_taken;
}

/* The first row of somebody else's that has the first `size` octets of the name as its name. */
static bool find_stem(struct rules_check *check, size_t size, struct view_row *ret_row)
{
	struct names names = { .check = check };

	view_named(check->context->view, rules_text(check, "%.*s", (int)size, check->name), take_first_of_others,
		   &names);
	*ret_row = names.taken;
	return names.is_taken;
}

static void check_prefix(struct rules_check *check)
{
	size_t size = strcspn(check->name, "-");
	struct view_row row;

	if (check->name[size] != '\0' && find_stem(check, size, &row)) {
		rules_find(check, "N11", "short", "",
			   "\"%s\" begins like the name of another holder, to whom that gives no claim: %s",
			   rules_quoted(check, check->name), rules_row(check, &row));
	}
}

static void check_secure_twin(struct rules_check *check)
{
	static const char *const endings[] = { "-tls", "-ssl", "-s", "s" };
	size_t size = strlen(check->name);
	struct names names = { .check = check };

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		size_t length = strlen(endings[i]);
		if (size <= length || strcasecmp(check->name + size - length, endings[i]) != 0) {
			continue;
		}
		const char *stem = rules_text(check, "%.*s", (int)(size - length), check->name);
		view_named(check->context->view, stem, take_named, &names);
		if (names.is_taken || names.is_held) {
			rules_find(check, "N12", "short", "Secure the existing port in-band, as STARTTLS does.",
				   "\"%s\" looks like the secure variant of %s", rules_quoted(check, check->name),
				   rules_row(check, names.is_taken ? &names.taken : &names.held));
			return;
		}
	}
}

/* ---- what the application says ---- */

/* The word of the registry behind one of these phrases: 'an alias of "http"'. */
static bool find_original(struct rules_check *check, const char *words, struct view_row *ret_row)
{
	static const char *const phrases[] = { "alias of ",	   "alias for ",      "another name for ",
					       "another name of ", "other name for ", "synonym of ",
					       "synonym for ",	   "new name for ",   "same service as " };

	for (size_t i = 0; i < sizeof(phrases) / sizeof(phrases[0]); i++) {
		const char *found = strstr(words, phrases[i]);
		if (found == NULL) {
			continue;
		}
		found += strlen(phrases[i]);
		found += strncmp(found, "the ", 4) == 0 ? 4 : 0;
		found += strspn(found, "\"'");
		struct rules_subject subject = {
			.port = ENTRY_NO_PORT,
			.name = rules_text(check, "%.*s", (int)strcspn(found, " \"',;.)"), found),
		};
		if (subject.name[0] != '\0' && rules_subject_row(check, &subject, ret_row)) {
			return true;
		}
	}
	return false;
}

static void check_alias(struct rules_check *check)
{
	static const char *const keys[] = { "title", "description", "functions", "other", "notes" };
	static const char *const in_band[] = { "in-band", "in band", "inband", NULL };
	struct view_row row;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const char *words = rules_words(check, keys[i]);
		if (!find_original(check, words, &row) || rules_same_name(row.columns[ENTRY_NAME], check->name)) {
			continue;
		}
		bool is_told_apart = answer_says(check, words, in_band) != NULL;
		rules_find_as(check, is_told_apart ? RULE_HUMAN : RULE_REFUSE, "N10", keys[i],
			      is_told_apart ? "" : "Use the name that the service has.",
			      is_told_apart ? "this extends a service and is told apart in-band: %s"
					    : "this is a second name for a service that has one: %s",
			      rules_row(check, &row));
		return;
	}
}

void rules_check_names_beside(struct rules_check *check)
{
	if (!rules_wants_name(check) || keeps_name(check)) {
		return;
	}
	if (check->context->view != NULL) {
		check_registered(check);
		if (!rules_has_found(check, "N5") && !rules_has_found(check, "T6")) {
			check_legacy(check);
		}
		check_prefix(check);
		check_secure_twin(check);
		check_alias(check);
	}
	check_pending(check);
}
