/* rules_numbers.c - rules P1 to P6, P11 to P13 and T7: the number that is asked for. */
#include <string.h>

#include "registry/rules/rules_words.h"

enum {
	LAST_SYSTEM = 1023,
	FIRST_USER = 1024,
	LAST_USER = 49151,
	LAST_PORT = 65535,
	FIRST_EXPERIMENTAL = 1021,
	LAST_EXPERIMENTAL = 1022,
	FIRST_EPHEMERAL = 32768,
	LAST_EPHEMERAL = 60999,
};

static const char help_other[] = "Ask for another number, or for any.";

/* ---- ranges ---- */

static void check_range(struct rules_check *check)
{
	bool is_system = check->form->kind == FORM_SYSTEM;
	bool is_low = check->port <= LAST_SYSTEM;

	if (check->form->kind == FORM_TRANSPORT || is_system == is_low || check->port > LAST_USER) {
		return;
	}
	rules_find(check, "P1", "port",
		   is_low ? "Ask for one of the range, or use the form for a system port."
			  : "Ask for one of the range, or use the form for a user port.",
		   "%d is a %s port; %s ports are %s", check->port, is_low ? "system" : "user",
		   is_system ? "system" : "user", is_system ? "0 to 1023" : "1024 to 49151");
}

/* True when the number can be no port of anybody: then nothing more is said of it. */
static bool is_out_of_reach(struct rules_check *check)
{
	const char *field = check->form->kind == FORM_TRANSPORT ? "about" : "port";
	struct view_band band;
	int port = check->port;

	if (port > LAST_PORT) {
		rules_find(check, "P1", field, help_other, "%s is no port: the last one is %d",
			   rules_quoted(check, rules_answer(check, field)), LAST_PORT);
		return true;
	}
	if (port > LAST_USER) {
		rules_find(check, "P2", "port",
			   "A program may use it when it is free there, and no application is needed.",
			   "%d is a dynamic port, and those are never assigned", port);
		return true;
	}
	if (port == 0 || port == LAST_SYSTEM || port == FIRST_USER || port == LAST_USER) {
		rules_find(check, "P3", "port", help_other, "%d stands at the edge of a range and stays reserved",
			   port);
		return true;
	}
	if (port >= FIRST_EXPERIMENTAL && port <= LAST_EXPERIMENTAL) {
		rules_find(check, "P4", "port", help_other, "%d is for experiments", port);
		return true;
	}
	if (check->context->view != NULL && rules_band_at(check->context->view, port, &band) &&
	    strcmp(band.decides, "none") == 0) {
		rules_find(check, "P2", "port", help_other, "%d is in band \"%s\" (%d-%d), where nothing is assigned",
			   port, rules_quoted(check, band.name), band.lo, band.hi);
		return true;
	}
	return false;
}

/* ---- what stands there ---- */

/* What the registry has at the number. */
struct at_number {
	const struct rules_check *check;
	struct view_row taken, reserved, unauthorized;
	bool is_taken, is_reserved, is_unauthorized;
};

/* Own rows come first, so the first that is met is the one to name. */
static bool take_row(const struct view_row *row, uint32_t index, void *context)
{
	struct at_number *at = context;
	bool is_taken = row->status == ENTRY_ASSIGNED || row->status == ENTRY_UNCLEAR;

	(void)index;
	if (is_taken && !at->is_taken) {
		at->taken = *row;
		at->is_taken = true;
	}
	if (row->status == ENTRY_RESERVED && !at->is_reserved) {
		at->reserved = *row;
		at->is_reserved = true;
	}
	if (row->columns[ENTRY_UNAUTHORIZED][0] != '\0' && !at->is_unauthorized) {
		at->unauthorized = *row;
		at->is_unauthorized = true;
	}
	return true;
}

/* transport 0: any. */
static struct at_number look(const struct rules_check *check, int transport)
{
	struct at_number at = { .check = check };

	view_at_port(check->context->view, check->port, transport, take_row, &at);
	return at;
}

/* A row of the base is no obstacle in a band that says so. */
static enum rule_level level_of_taken(const struct rules_check *check, const struct view_row *row)
{
	struct view_band band;
	bool is_warned =
		!row->own && rules_band_at(check->context->view, check->port, &band) && strcmp(band.over, "warn") == 0;

	return is_warned ? RULE_WARN : RULE_REFUSE;
}

static void find_reserved(struct rules_check *check, const struct view_row *row, const char *transport)
{
	bool has_reason = rules_answer(check, "why-reserved")[0] != '\0';
	/* Where a service is assigned over one transport, the others are reserved for it. */
	if (check->form->kind == FORM_TRANSPORT) {
		return;
	}
	rules_find(check, "P6", has_reason ? "why-reserved" : "port",
		   has_reason ? "A person looks at the reason."
			      : "Say why it must be this one (why-reserved), or ask for another.",
		   "port %d%s is reserved: %s", check->port, transport, rules_row(check, row));
}

static void check_transport(struct rules_check *check, int transport)
{
	struct at_number at = look(check, transport);
	const char *name = transport == 0 ? "" : rules_text(check, "/%s", entry_transport_name(transport));

	if (at.is_taken) {
		bool is_widened = check->form->kind == FORM_TRANSPORT;
		rules_find_as(check, level_of_taken(check, &at.taken), "P5", is_widened ? "transport" : "port",
			      is_widened ? "Ask for a transport over which the number is not assigned." : help_other,
			      "port %d%s is taken: %s", check->port, name, rules_row(check, &at.taken));
	} else if (at.is_reserved) {
		find_reserved(check, &at.reserved, name);
	}
}

static void check_transports_of_port(struct rules_check *check)
{
	if (check->transports == 0) {
		check_transport(check, 0);
	}
	for (int transport = ENTRY_TCP; transport <= ENTRY_DCCP; transport++) {
		if ((check->transports >> transport & 1) != 0) {
			check_transport(check, transport);
		}
	}
}

/* Several may ask for a number; whoever is decided on first has it. */
static void check_pending_port(struct rules_check *check)
{
	const struct rules_context *context = check->context;

	for (size_t i = 0; i < context->pending_count; i++) {
		const struct rules_pending *pending = &context->pending[i];
		bool is_own = context->own_reference != NULL && strcmp(pending->reference, context->own_reference) == 0;
		if (!is_own && pending->port == check->port && (check->transports >> pending->transport & 1) != 0) {
			rules_find_as(check, RULE_WARN, "P5", "port", "Whichever is decided on first has it.",
				      "%s asks for %d/%s too", pending->reference, check->port,
				      entry_transport_name(pending->transport));
		}
	}
}

/* ---- whose neighbour it would be ---- */

static bool take_neighbour(const struct view_row *row, uint32_t index, void *context)
{
	struct at_number *at = context;
	const struct rules_check *check = at->check;

	(void)index;
	at->is_taken = row->status == ENTRY_ASSIGNED && row->columns[ENTRY_NAME][0] != '\0' &&
		       (check->transports >> row->transport & 1) == 0 && row->transport != ENTRY_TRANSPORT_NONE &&
		       !rules_same_name(row->columns[ENTRY_NAME], check->name);
	at->taken = *row;
	return !at->is_taken;
}

static void check_neighbour(struct rules_check *check)
{
	struct at_number at = { .check = check };

	view_at_port(check->context->view, check->port, 0, take_neighbour, &at);
	if (at.is_taken) {
		rules_find(check, "T7", "port", "A person asks the holder and an expert.",
			   "the number has another name over another transport: %s", rules_row(check, &at.taken));
	}
}

/* ---- how it is used ---- */

static void check_use(struct rules_check *check)
{
	const char *said = rules_words(check, "unauthorized-use");
	struct at_number at = { .is_unauthorized = false };
	const char *key;

	if (check->context->view != NULL) {
		at = look(check, 0);
	}
	if (at.is_unauthorized) {
		rules_find(check, "P11", "port", help_other, "unauthorized use of %d was reported: %s", check->port,
			   rules_row(check, &at.unauthorized));
	} else if (!answer_is_nothing(said)) {
		rules_find(check, "P11", "unauthorized-use", help_other,
			   "the application itself knows of unauthorized use");
	}
	if (rules_browser_blocks(check->port) && rules_says_http(check, &key) != NULL) {
		rules_find(check, "P12", "port", help_other, "%s speaks of HTTP, and browsers refuse to call port %d",
			   key, check->port);
	}
	if (check->port >= FIRST_EPHEMERAL && check->port <= LAST_EPHEMERAL) {
		rules_find(check, "P13", "port",
			   rules_text(check, "Tell the server's users: sysctl net.ipv4.ip_local_reserved_ports=%d",
				      check->port),
			   "%d is among the numbers that Linux hands out to callers", check->port);
	}
}

static void check_place(struct rules_check *check)
{
	if (check->context->view != NULL) {
		check_transports_of_port(check);
		if (!rules_has_found(check, "P5")) {
			check_neighbour(check);
		}
	}
	check_pending_port(check);
	check_use(check);
}

/* Other numbers help who may have one of them: not who asks in the wrong range, or for a transport of this one. */
static bool may_take_another(const struct rules_check *check)
{
	static const char *const obstacles[] = { "P3", "P4", "P5", "P6" };

	if (check->form->kind == FORM_TRANSPORT || rules_has_found(check, "P1")) {
		return false;
	}
	for (size_t i = 0; i < sizeof(obstacles) / sizeof(obstacles[0]); i++) {
		if (rules_has_found(check, obstacles[i])) {
			return true;
		}
	}
	return false;
}

void rules_check_numbers(struct rules_check *check)
{
	if (!rules_wants_port(check) || check->port == ENTRY_NO_PORT) {
		return;
	}
	check_range(check);
	if (!is_out_of_reach(check)) {
		check_place(check);
	}
	if (may_take_another(check)) {
		rules_find_free(check);
	}
}
