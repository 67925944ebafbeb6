/* rules_dccp.c - rules D1 to D8: service codes, and ports over DCCP. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "registry/rules/rules_check.h"
#include "registry/records/service_code.h"

enum { CODES_MAX = 16, CODES_WITHOUT_EXPERT = 5 };

struct codes {
	uint32_t codes[CODES_MAX];
	size_t count;
};

/* ---- as they are written ---- */

static void check_code(struct rules_check *check, const char *text, uint32_t code)
{
	switch (service_code_kind(code)) {
	case SERVICE_CODE_RESERVED:
	case SERVICE_CODE_INVALID:
		rules_find(check, "D2", "service-code", "Choose another one.", "%s is never assigned", text);
		break;
	case SERVICE_CODE_PRIVATE:
		rules_find(check, "D2", "service-code", "Use it without asking, or choose another one.",
			   "%s is for private use: its first octet is \"?\"", text);
		break;
	case SERVICE_CODE_SPECIFICATION:
		rules_find(check, "D4", "service-code",
			   "A small letter or another sign in it would make it first come, first served.",
			   "%s takes a specification: a person looks at it", text);
		break;
	case SERVICE_CODE_OPEN:
		break;
	}
}

/* Several stand with commas or blanks between them. */
static struct codes read_codes(struct rules_check *check)
{
	const char *answer = rules_answer(check, "service-code");
	char *words = arena_text(&check->report->arena, answer, strlen(answer));
	struct codes codes = { .count = 0 };
	char *rest;

	if (words == NULL) {
		check->no_memory = true;
		return codes;
	}
	for (char *word = strtok_r(words, " ,;", &rest); word != NULL; word = strtok_r(NULL, " ,;", &rest)) {
		uint32_t code;
		int r = service_code_read(word, &code);
		if (r < 0) {
			rules_find(check, "D3", "service-code", "Write it like SC:fdpz, SC=1717858426 or SC=x6664707A.",
				   r == -ERANGE ? "%s is more than 4294967295" : "\"%s\" is no service code",
				   rules_quoted(check, word));
		} else if (codes.count < CODES_MAX) {
			codes.codes[codes.count++] = code;
			check_code(check, word, code);
		}
	}
	return codes;
}

/* ---- whether there are any ---- */

static void check_need(struct rules_check *check)
{
	bool is_dccp = (check->transports & 1U << ENTRY_DCCP) != 0;
	bool has_code = rules_answer(check, "service-code")[0] != '\0';

	if (check->form->kind == FORM_SERVICE_CODE || check->form->kind == FORM_MODIFICATION || is_dccp == has_code) {
		return;
	}
	if (has_code) {
		rules_find(check, "D1", "service-code", "Leave it away, or ask for dccp too.",
			   "a service code is for DCCP, which is not asked for");
	} else if (rules_wants_port(check)) {
		rules_find(check, "D7", "service-code", "Choose one, like SC:fdpz.",
			   "a port over DCCP needs a service code");
	} else {
		rules_find(check, "D1", "service-code", "Choose one, like SC:fdpz.",
			   "a name over DCCP needs a service code");
	}
}

/* ---- who has them ---- */

/* True when one of the numbers in a column is the code. */
static bool lists_code(const char *column, uint32_t code)
{
	while (*column != '\0') {
		size_t digits = strspn(column, "0123456789");
		if (digits > 0 && strtoull(column, NULL, 10) == code) {
			return true;
		}
		column += digits > 0 ? digits : 1;
	}
	return false;
}

/* The row is for what is asked for: its name at its number, though not when the code itself is asked for. */
static bool is_here(const struct rules_check *check, const struct view_row *row)
{
	return check->form->kind != FORM_SERVICE_CODE && row->lo == check->port &&
	       rules_same_name(row->columns[ENTRY_NAME], check->name);
}

/* The code was registered alone, as is asked for before a port (D7), by somebody of this name. */
static bool is_waiting(const struct rules_check *check, const struct view_row *row)
{
	return rules_wants_port(check) && row->lo == ENTRY_NO_PORT && row->columns[ENTRY_NAME][0] == '\0' &&
	       rules_seems_holder(check, row);
}

static void check_taken(struct rules_check *check, uint32_t code)
{
	const struct view *view = check->context->view;
	struct view_row row;

	for (uint32_t i = 0; view_row(view, i, &row); i++) {
		if (is_here(check, &row) || !lists_code(row.columns[ENTRY_SERVICE_CODE], code)) {
			continue;
		}
		if (is_waiting(check, &row)) {
			rules_find(check, "T6", "service-code",
				   "A person asks the holder, at the address that is known of it.",
				   "service code %" PRIu32 " has a holder by the name of somebody here: %s", code,
				   rules_row(check, &row));
		} else {
			rules_find(check, "D6", "service-code", "Choose another one.",
				   "service code %" PRIu32 " is taken: %s", code, rules_row(check, &row));
		}
		return;
	}
}

struct reuse {
	const struct rules_check *check;
	struct view_row row; /* the first, but one over UDP before others */
	bool is_found;
};

static bool take_reused(const struct view_row *row, uint32_t index, void *context)
{
	struct reuse *reuse = context;

	(void)index;
	if (row->transport == ENTRY_DCCP || row->lo == ENTRY_NO_PORT) {
		return true;
	}
	reuse->row = *row;
	reuse->is_found = true;
	return row->transport != ENTRY_UDP;
}

static void check_reuse(struct rules_check *check)
{
	struct reuse reuse = { .check = check };

	if ((check->transports & 1U << ENTRY_DCCP) == 0 || check->name[0] == '\0') {
		return;
	}
	view_named(check->context->view, check->name, take_reused, &reuse);
	if (!reuse.is_found) {
		return;
	}
	const struct view_row *row = &reuse.row;
	if (row->transport != ENTRY_UDP) {
		rules_find(check, "D8", "transport", "Say what the service gains over DCCP, and who will use it.",
			   "the name is not one of UDP: %s", rules_row(check, row));
	} else if (check->port != ENTRY_NO_PORT && (check->port < row->lo || check->port > row->hi)) {
		rules_find(check, "D8", "port", rules_text(check, "Ask for %d.", row->lo),
			   "over DCCP a service keeps its number: %s", rules_row(check, row));
	}
}

void rules_check_dccp(struct rules_check *check)
{
	struct codes codes = read_codes(check);

	check_need(check);
	if (codes.count > CODES_WITHOUT_EXPERT) {
		rules_find(check, "D5", "service-code", "", "%zu service codes at once", codes.count);
	}
	if (check->context->view == NULL) {
		return;
	}
	for (size_t i = 0; i < codes.count; i++) {
		check_taken(check, codes.codes[i]);
	}
	check_reuse(check);
}
