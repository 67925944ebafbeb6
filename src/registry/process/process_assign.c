/* process_assign.c - a decision becomes a number and a name: chosen, looked at again, claimed, shown, told
 * (process_private.h).
 *
 * All in the change of the act, whose lock puts every writer in one line: what is looked at here stands when it is
 * written, and the claim's key holds it true beside that. Numbers are never held for anybody; who is decided and
 * assigned first has it. */
#include "registry/process/process_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registry/records/derive.h"
#include "store/own.h"

enum { PORTS = 65536, ALL = (1 << TRANSPORTS) - 1, LAST_SYSTEM = 1023 };

/* What stands at each number, as bits of transports. */
struct line {
	unsigned char assigned_base[PORTS];
	unsigned char assigned_own[PORTS];
	unsigned char reserved_base[PORTS];
	unsigned char reserved_own[PORTS];
	unsigned char used[PORTS]; /* though unassigned: whoever got it would meet others there (P11) */
};

struct choice {
	struct line *line;
	struct process_terms terms;
	struct decided decided;
	unsigned transports;
	int port;
};

/* ---- what stands ---- */

static unsigned bits_of(const char *transport)
{
	int known = entry_transport(transport);

	return known >= ENTRY_TCP && known <= ENTRY_DCCP ? 1U << (known - ENTRY_TCP) : ALL;
}

static int note_number(const struct number_row *row, void *context)
{
	struct choice *choice = context;
	struct line *line = choice->line;
	bool is_own = row->assignment != 0;
	unsigned char *assigned = is_own ? line->assigned_own : line->assigned_base;
	unsigned char *reserved = is_own ? line->reserved_own : line->reserved_base;
	unsigned char *bits = row->status == ENTRY_RESERVED	? reserved
			      : row->status == ENTRY_UNASSIGNED ? line->used
								: assigned;

	if (row->status == ENTRY_UNASSIGNED && !row->is_used) {
		return 0;
	}
	for (int port = row->lo; port <= row->hi && port < PORTS; port++) {
		bits[port] = (unsigned char)(bits[port] | bits_of(row->transport));
	}
	return 0;
}

static bool is_edge(int port)
{
	return port <= 0 || port == 1023 || port == 1024 || port >= 49151;
}

static unsigned assigned_at(const struct line *line, int port)
{
	return line->assigned_base[port] | line->assigned_own[port];
}

static unsigned standing_at(const struct line *line, int port)
{
	return assigned_at(line, port) | line->reserved_base[port] | line->reserved_own[port];
}

/* Wholly free, in every transport, as far as anybody knows. */
static bool is_unassigned(const struct line *line, int port)
{
	return !is_edge(port) && (standing_at(line, port) | line->used[port]) == 0;
}

/* A number that was asked for: free in its transports; a Reserved one is the board's to give. Where the band says so,
 * an organisation's own may stand over what a base has assigned. */
static bool may_have(const struct choice *choice, int port)
{
	const struct line *line = choice->line;
	unsigned assigned = line->assigned_own[port] | (choice->terms.over ? 0U : line->assigned_base[port]);
	unsigned reserved = line->reserved_base[port] | line->reserved_own[port];
	bool by_board = strcmp(choice->decided.role, "board") == 0;

	return !is_edge(port) && (assigned & choice->transports) == 0 &&
	       ((reserved & choice->transports) == 0 || by_board);
}

/* Nothing stands there in the transports that are wanted. */
static bool is_free(const struct choice *choice, int port)
{
	return !is_edge(port) && (standing_at(choice->line, port) & choice->transports) == 0;
}

/* It was given back, or reserved beside an assignment of ours. */
static bool is_left(const struct choice *choice, int port)
{
	unsigned others = assigned_at(choice->line, port) | choice->line->reserved_base[port];

	return !is_edge(port) && (others & choice->transports) == 0;
}

/* The first that is wholly free; then one that others use in other transports; what is Reserved comes only when nothing
 * else is left (P14). */
static int lowest(const struct choice *choice)
{
	int free = -1;
	int left = -1;

	for (int port = choice->terms.lo; port <= choice->terms.hi; port++) {
		if (is_unassigned(choice->line, port)) {
			return port;
		}
		free = free < 0 && is_free(choice, port) ? port : free;
		left = left < 0 && is_left(choice, port) ? port : left;
	}
	return free >= 0 ? free : left;
}

static void find_near(const struct choice *choice, int port, struct process_done *done)
{
	done->free_count = 0;
	for (int distance = 1; distance < PORTS && done->free_count < RULES_FREE_MAX; distance++) {
		for (int sign = -1; sign <= 1 && done->free_count < RULES_FREE_MAX; sign += 2) {
			int near = port + sign * distance;
			if (near >= choice->terms.lo && near <= choice->terms.hi && is_unassigned(choice->line, near)) {
				done->free_near[done->free_count++] = (uint16_t)near;
			}
		}
	}
}

/* ---- chosen ---- */

static int look_around(struct work *work, struct choice *choice)
{
	return work_failed(work, application_numbers(work->process->store, choice->terms.lo, choice->terms.hi,
						     note_number, choice));
}

/* The band of the number that is meant. */
static int find_terms(struct work *work, int port, struct process_terms *ret_terms)
{
	struct form meant = { .kind = work->form.kind };
	char text[8];

	(void)snprintf(text, sizeof(text), "%d", port);
	int r = port >= 0 ? form_set(&meant, "port", text) : 0;
	if (r == 0) {
		r = process_terms(work->process->store, &meant, ret_terms);
	}
	form_finish(&meant);
	return r == -ENOENT ? work_no(work, "no band of this registry gives such numbers") : work_failed(work, r);
}

/* A registrar may choose another number than the one asked for, but none of another band's terms. */
static int check_band(struct work *work, const struct choice *choice, int port)
{
	if ((work->form.kind == FORM_SYSTEM) != (port <= LAST_SYSTEM)) {
		return work_no(work, "%d is no %s port", port, work->form.kind == FORM_SYSTEM ? "system" : "user");
	}
	if (choice->terms.eyes > work->application.eyes || choice->terms.expert > work->application.expert) {
		return work_no(work, "the band of %d asks for more than was asked when it was decided", port);
	}
	return 0;
}

static int number_taken(struct work *work, const struct choice *choice, int port)
{
	find_near(choice, port, work->done);
	work->step = "number-taken";
	work->to = "validating";
	const struct letter_facts facts = {
		.kind = LETTER_NUMBER_TAKEN,
		.assigned = work_format(work, "%s %d", form_value(&work->form, "short"), port),
		.free_near = work->done->free_near,
		.free_count = work->done->free_count,
	};
	return work_to_staff(work, facts);
}

/* 1: chosen; 0: taken, and the step says so; or -errno. */
static int choose(struct work *work, struct choice *choice)
{
	int asked = process_port(&work->form);
	int port = work->act->port != 0 ? work->act->port : asked;

	if (port >= PORTS || port < -1) {
		return work_no(work, "%d is no port", port);
	}
	int r = find_terms(work, port, &choice->terms);
	if (r == 0 && port >= 0) {
		r = check_band(work, choice, port);
	}
	if (r == 0) {
		r = look_around(work, choice);
	}
	if (r < 0) {
		return r;
	}
	choice->port = port >= 0 ? port : lowest(choice);
	if (choice->port < 0) {
		return work_no(work, "no number is left in %d-%d", choice->terms.lo, choice->terms.hi);
	}
	if (port < 0 || may_have(choice, port)) {
		return 1;
	}
	if (work->act->port != 0 && work->act->port != asked) {
		find_near(choice, port, work->done);
		return work_no(work, "%d is taken; near it %d is free", port,
			       work->done->free_count > 0 ? work->done->free_near[0] : -1);
	}
	return number_taken(work, choice, port);
}

/* ---- given ---- */

static int publish(struct work *work, const struct entry *entry, int64_t assignment)
{
	char day[11];

	work_day(work, day);
	return work_failed(work, own_publish(work->change, entry, assignment, day));
}

static int give_transport(struct work *work, const struct choice *choice, unsigned index, const char *until,
			  int64_t assignment)
{
	const char *transport = process_transport_word(index);
	struct entry entry;
	int r = work_entry(work, choice->port, transport, until, &entry);

	if (r == 0) {
		r = work_failed(
			work, application_claim_put(work->change, transport, choice->port, ENTRY_ASSIGNED, assignment));
	}
	return r < 0 ? r : publish(work, &entry, assignment);
}

/* P7: in the transports that nobody asked for it is Reserved, unless something stands there already. */
static int reserve_transport(struct work *work, const struct choice *choice, unsigned index, int64_t assignment)
{
	const char *transport = process_transport_word(index);
	unsigned stands = standing_at(choice->line, choice->port);
	struct entry entry;

	if ((stands & 1U << index) != 0) {
		return 0;
	}
	int r = work_reserved_entry(work, choice->port, transport, "", &entry);
	if (r == 0) {
		r = work_failed(
			work, application_claim_put(work->change, transport, choice->port, ENTRY_RESERVED, assignment));
	}
	return r < 0 ? r : publish(work, &entry, assignment);
}

static int give_name(struct work *work, int64_t assignment)
{
	char fold[FOLD_SIZE];

	process_fold(&work->form, fold);
	return fold[0] == '\0'
		       ? 0
		       : work_failed(work, application_name_assign(work->change, fold, form_value(&work->form, "short"),
								   assignment));
}

/* A port's code may have been registered before; whether it is the same holder's, the rules have said. */
int work_give_service_codes(struct work *work, int64_t assignment)
{
	struct service_codes codes = process_service_codes(&work->form);
	int r = 0;

	for (size_t i = 0; r >= 0 && i < codes.count; i++) {
		r = application_service_code_taken(work->process->store, codes.list[i]);
		if (r == 0) {
			r = application_service_code_add(work->change, codes.list[i], form_value(&work->form, "title"),
							 assignment);
		}
	}
	return r < 0 ? work_failed(work, r) : 0;
}

static int begin_assignment(struct work *work, const struct decided *decided, const char *until,
			    int64_t *ret_assignment)
{
	const struct application_right right = {
		.application = work->application.id,
		.round = decided->round,
		.temporary_until = until,
	};

	return work_failed(work, application_assignment_add(work->change, &right, ret_assignment));
}

/* RFC 7120: a system port for what is still a draft is given for a year. */
static int until_of(struct work *work, const char **ret_until)
{
	char *until = arena_take(&work->arena, TIME_SIZE);
	bool is_early =
		work->form.kind == FORM_SYSTEM && strcmp(form_value(&work->form, "specification"), "draft") == 0;

	*ret_until = NULL;
	if (!is_early || until == NULL) {
		return until == NULL ? complain_of(work->complaint, -ENOMEM, "not enough memory") : 0;
	}
	*ret_until = until;
	return process_later(change_at(work->change), 365, until);
}

static int give_number(struct work *work, const struct choice *choice)
{
	const char *until = NULL;
	int64_t assignment = 0;
	int r = until_of(work, &until);

	if (r == 0) {
		r = begin_assignment(work, &choice->decided, until, &assignment);
	}
	for (unsigned i = 0; r == 0 && i < TRANSPORTS; i++) {
		r = (choice->transports & 1U << i) != 0 ? give_transport(work, choice, i, until, assignment)
							: reserve_transport(work, choice, i, assignment);
	}
	if (r == 0) {
		r = give_name(work, assignment);
	}
	return r < 0 ? r : work_give_service_codes(work, assignment);
}

/* ---- told ---- */

struct telling {
	struct work *work;
	const struct choice *choice;
	struct {
		int64_t application;
		char ref[32];
	} others[32];
	size_t count;
};

static int note_other(const struct wish_row *wish, void *context)
{
	struct telling *telling = context;
	bool wants = wish->port == telling->choice->port && wish->application != telling->work->application.id;
	bool known = telling->count > 0 && telling->others[telling->count - 1].application == wish->application;

	if (wants && !known && telling->count < sizeof(telling->others) / sizeof(telling->others[0])) {
		telling->others[telling->count].application = wish->application;
		(void)snprintf(telling->others[telling->count++].ref, sizeof(telling->others[0].ref), "%s", wish->ref);
	}
	return 0;
}

static int tell_other(const struct application *application, void *context)
{
	struct telling *telling = context;
	struct form form;
	int r = process_form_load(telling->work->process->store, application, application->version, &form);

	if (r < 0) {
		return r;
	}
	const struct letter_facts facts = {
		.kind = LETTER_NUMBER_GONE,
		.reference = application->ref,
		.text = work_format(telling->work, "It is the number %d.", telling->choice->port),
		.free_near = telling->work->done->free_near,
		.free_count = telling->work->done->free_count,
	};
	r = work_letter(telling->work, form_value(&form, "applicant-email"), form_value(&form, "applicant"), &facts);
	form_finish(&form);
	return r;
}

static int tell_others(struct work *work, const struct choice *choice)
{
	struct telling telling = { .work = work, .choice = choice };
	int r = work_failed(work, application_each_wish(work->process->store, note_other, &telling));

	if (r == 0 && telling.count > 0) {
		find_near(choice, choice->port, work->done);
	}
	for (size_t i = 0; r == 0 && i < telling.count; i++) {
		r = application_get(work->process->store, telling.others[i].ref, tell_other, &telling);
	}
	work->done->free_count = 0;
	return r;
}

static int tell(struct work *work, const struct choice *choice)
{
	struct text text;
	const char *name = form_value(&work->form, "short");

	text_init(&text, work->done->assigned, sizeof(work->done->assigned));
	text_put(&text, name);
	for (unsigned i = 0; i < TRANSPORTS; i++) {
		if (choice->port > 0 && (choice->transports & 1U << i) != 0) {
			text_put(&text, text.used > 0 ? " " : "");
			text_put_unsigned(&text, (uint64_t)choice->port);
			text_put(&text, "/");
			text_put(&text, process_transport_word(i));
		}
	}
	if (text.used == 0) {
		text_put(&text, form_value(&work->form, "service-code"));
	}
	const struct letter_facts facts = { .kind = LETTER_ASSIGNED, .assigned = work->done->assigned };
	int r = work_to_parties(work, facts, false);
	return r == 0 && choice->port > 0 ? tell_others(work, choice) : r;
}

/* ---- by kind ---- */

static int assign_number(struct work *work, struct choice *choice)
{
	choice->line = calloc(1, sizeof(*choice->line));
	if (choice->line == NULL) {
		return complain_of(work->complaint, -ENOMEM, "not enough memory");
	}
	choice->transports = form_transports(&work->form);
	int r = choose(work, choice);
	if (r > 0) {
		r = give_number(work, choice);
		r = r < 0 ? r : tell(work, choice);
	}
	free(choice->line);
	return r;
}

/* 1: somebody was faster, and the step says so. */
static int check_service_codes(struct work *work)
{
	struct service_codes codes = process_service_codes(&work->form);
	int r = 0;

	for (size_t i = 0; r == 0 && work->form.kind == FORM_SERVICE_CODE && i < codes.count; i++) {
		r = application_service_code_taken(work->process->store, codes.list[i]);
	}
	if (r <= 0) {
		return work_failed(work, r);
	}
	work->step = "number-taken";
	work->to = "validating";
	const struct letter_facts facts = {
		.kind = LETTER_NUMBER_TAKEN,
		.assigned = form_value(&work->form, "service-code"),
	};
	r = work_to_staff(work, facts);
	return r < 0 ? r : 1;
}

/* A name alone is shown for its transports; a service code with the phrase it stands for. */
static int assign_name(struct work *work, struct choice *choice)
{
	unsigned transports =
		work->form.kind == FORM_SERVICE_CODE ? 1U << (ENTRY_DCCP - ENTRY_TCP) : form_transports(&work->form);
	int64_t assignment = 0;
	int r = check_service_codes(work);

	if (r != 0) {
		return r < 0 ? r : 0;
	}
	r = begin_assignment(work, &choice->decided, NULL, &assignment);
	choice->port = -1;
	for (unsigned i = 0; r == 0 && i < TRANSPORTS; i++) {
		struct entry entry;
		if ((transports & 1U << i) != 0) {
			r = work_entry(work, -1, process_transport_word(i), NULL, &entry);
			r = r < 0 ? r : publish(work, &entry, assignment);
		}
	}
	if (r == 0) {
		r = give_name(work, assignment);
	}
	if (r == 0) {
		r = work_give_service_codes(work, assignment);
	}
	return r < 0 ? r : tell(work, choice);
}

static int check_assigner(struct work *work, const struct decided *decided)
{
	bool by_machine = decided->first == BERTH;
	bool revokes = work->form.kind == FORM_REVOCATION;

	if (decided->round == 0 || strcmp(decided->verdict, "assign") != 0) {
		return work_no(work, "nobody has decided to assign it");
	}
	if ((work->actors & ACTOR_MACHINE) != 0 && !by_machine) {
		return work_no(work, "a person assigns what a person decided");
	}
	if (revokes && (work->actors & ACTOR_BOARD) == 0) {
		return work_no(work, "only a member of the board revokes");
	}
	return !revokes && (work->actors & (ACTOR_REGISTRAR | ACTOR_MACHINE)) == 0
		       ? work_no(work, "only a registrar assigns")
		       : 0;
}

int do_assign(struct work *work)
{
	struct choice choice = { .port = -1 };
	int r = work_decided(work, &choice.decided);

	work->to = "assigned";
	if (r == 0) {
		r = check_assigner(work, &choice.decided);
	}
	if (r < 0) {
		return r;
	}
	if (process_is_for_number(work->form.kind)) {
		return assign_number(work, &choice);
	}
	return process_is_change(work->form.kind) ? work_change(work, &choice.decided) : assign_name(work, &choice);
}
