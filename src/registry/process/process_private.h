/* process_private.h - what the files process_*.c share: one act on one application, inside its change.
 *
 *	process_moves.c   the table, and the store's copy
 *	process_do.c      an act from its beginning to its end: who, whether, what, step, letters
 *	process_people.c  who acts: links and roles
 *	process_track.c   which application a link is for
 *	process_form.c    answers from and into the store
 *	process_rules.c   the rules asked, with what is assigned, pending and described
 *	process_terms.c   the band's terms
 *	process_submit.c  begin, confirm, save, file, copy
 *	process_ask.c     questions, answers, edits, withdrawal, reopening
 *	process_holder.c  consents
 *	process_review.c  findings, experts, board, calls
 *	process_votes.c   what was voted and decided
 *	process_decide.c  decisions and refusals
 *	process_appeal.c  appeals
 *	process_remark.c  comments and appeals of anybody, by a confirmed address
 *	process_assign.c  numbers and names given
 *	process_go_on.c   what the registry does by itself
 *	process_change.c  what is assigned already, changed or given back
 *	process_asked.c   what a holder is asked to agree to
 *	process_entry.c   the rows that show it
 *	process_letters.c who is written to
 *	letters.c         what is written, with letters_words.c and letters_layout.c
 *	process_describe.c  what is described, for the rules
 *	process_clock.c   times, and what is due
 *	process_temporary.c  assignments for a time
 *	process_show.c    dossier, queue, what is pending
 *	process_versions.c  what the versions changed
 *	process_calls.c   what is open for comments
 *	process_statistics.c  how many, and how long
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/moment.h"
#include "base/text.h"
#include "registry/keep/secrets.h"
#include "registry/words/complain.h"
#include "registry/process/letters.h"
#include "registry/process/process.h"
#include "store/applications.h"
#include "store/applications_parts.h"
#include "store/applications_rights.h"
#include "store/entry.h"

enum { TIME_SIZE = MOMENT_SIZE, FOLD_SIZE = 64, LETTERS_MAX = 64 };
enum { TRANSPORTS = 4 };   /* bits of form_transports */
enum { APPEAL_DAYS = 60 }; /* that an appeal is possible */
enum { BERTH = 1 };	   /* the registry itself, as one of the staff */

/* Who of the staff acts. */
struct process_person {
	int64_t id;
	bool found, is_registrar, is_board, is_expert;
	unsigned transports; /* an expert's, bits of form_transports */
	char name[MAIL_NAME_MAX + 1];
	char email[MAIL_ADDRESS_MAX + 1];
};

struct sent {
	enum letter_kind kind;
	char to[MAIL_ADDRESS_MAX + 1];
};

/* One act. */
struct work {
	struct process *process;
	const struct process_act *act;
	struct process_done *done;
	struct complaint *complaint;
	struct change *change;
	struct arena arena;		/* texts of the application, and what handlers need */
	struct application application; /* as it stands before the act */
	struct form form;		/* its newest version */
	const struct form *asked;	/* what the rules were asked about: act->form, or &form */
	struct rule_report report;	/* what they said, when the act asks them */
	bool has_report;
	int examined; /* the version they looked at */
	struct process_person person;
	unsigned actors; /* who acts, as bits of enum process_actor */
	char token_hash[STORE_HASH_SIZE];
	const char *party; /* of a consent's link */
	/* What the handler says of the step; step NULL: there is none. */
	const char *step;
	const char *to;
	int version, material; /* the newest, and the last that differs in what is examined */
	char due[TIME_SIZE];   /* of `to`, "" none */
	struct sent sent[LETTERS_MAX];
	size_t sent_count;
};

/* ---- process_moves.c ---- */

const char *process_actors_text(unsigned bits, bool for_people, char *buffer, size_t size);
const char *process_clock_of(const char *state);

/* ---- process_do.c ---- */

/* The same as process_do, by the clock or by the registry itself. */
int process_do_as(struct process *process, const struct process_act *act, unsigned actor, struct process_done *ret_done,
		  struct complaint *ret_complaint);
/* "B-2026-0017: " and the sentence; -EPERM. */
int work_no(struct work *work, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The store's words; `r`. */
int work_failed(struct work *work, int r);
/* Takes up the application that was just made or found, with its newest form. */
int work_load(struct work *work, const char *ref);
/* Begins the change; step, done and commit; and what is given back. */
int work_begin(struct work *work, int64_t staff, const char *act, const char *why);
int work_end(struct work *work);
void work_finish(struct work *work);

/* ---- process_people.c ---- */

/* A link for this application. */
int work_token(struct work *work, const char *purpose, const char *party, const char *ends,
	       char ret_token[static LINK_TOKEN_SIZE]);
int process_person(struct store *store, int64_t staff, struct process_person *ret_person);
/* Those with this role who have an address; how many, or -errno. */
int process_people(struct store *store, const char *role, struct process_person *ret_people, size_t room);
/* Sets actors, and for a link the application's reference (room for 32). */
int work_who(struct work *work, char *ret_ref, size_t size);
/* An expert who is named for it and did not step aside. */
int work_is_examiner(struct work *work, int64_t staff, bool *ret_is);
bool process_covers(const struct process_person *person, unsigned transports);
/* Whose address stands as the applicant's is the applicant, whatever else was said. */
bool process_is_own(const struct process_person *person, const struct application *application,
		    const struct form *form);

/* Used or ended: -EPERM with a sentence. */
int process_check_token(const struct application_token *token, const char *now, struct complaint *complaint);

/* ---- process_remark.c ---- */

/* First it is only taken, and a link sent. */
int process_remark(struct process *process, const struct process_act *act, struct process_done *ret_done,
		   struct complaint *complaint);
/* Does what was written with this token; -ENOENT when nothing was. */
int process_confirm_remark(struct process *process, const char *token, struct process_done *ret_done,
			   struct complaint *complaint);
/* Whatever the reason, the same sentence: what is not public is no matter of whoever asks. */
int work_not_open(const struct work *work, const char *ref);
/* Inside its act: what was written goes into the inbox, and waits no more. */
int work_take_remark(struct work *work);

/* ---- process_appeal.c ---- */

/* Whether it can still be appealed against; a sentence when not. */
int work_check_appeal_time(struct work *work);
/* Before the board because of an appeal it stays what it was when it was decided; a sentence then. */
int work_check_not_appealed(struct work *work);

/* ---- process_form.c ---- */

int process_form_load(struct store *store, const struct application *application, int v, struct form *ret_form);
/* `is_material`: findings, votes and consents of the versions before hold no more.  Sets work->version and
 * work->material. */
int process_version_add(struct work *work, const struct form *form, const char *author, bool is_material);
/* Whether what was said of one holds for the other. */
bool process_differs_materially(const struct form *one, const struct form *other);
const char *process_about(const struct form *form);
/* The port a form asks for, or -1. */
int process_port(const struct form *form);
/* Those that are asked for, each once, in their order; the answer has no room for more. */
enum { CODES_MAX = 16 };
struct service_codes {
	uint32_t list[CODES_MAX];
	size_t count;
};
struct service_codes process_service_codes(const struct form *form);
void process_fold(const struct form *form, char ret_fold[static FOLD_SIZE]);
/* Whether this kind asks for a number in a band, a name, or about what is there. */
bool process_is_for_number(enum form_kind kind);
bool process_is_change(enum form_kind kind);
struct process_terms {
	int lo, hi;
	int eyes, expert;
	bool by_anyone, over; /* nobody decides; rows of a base may stay under it */
};
int process_terms(struct store *store, const struct form *form, struct process_terms *ret_terms);

/* ---- process_rules.c ---- */

/* Outside a change: it looks at all that is assigned. */
int process_examine(struct process *process, const struct form *form, const char *ref_or_null,
		    struct rule_report *ret_report, struct complaint *complaint);
/* "2 rules refuse it; the first is N5: ..."; "" when none does. */
const char *work_refusal(struct work *work);

/* ---- process_letters.c ---- */

int work_letter(struct work *work, const char *address, const char *name, const struct letter_facts *facts);
int work_to_applicant(struct work *work, struct letter_facts facts, bool with_link);
int work_to_staff(struct work *work, struct letter_facts facts);
int work_to_experts(struct work *work, struct letter_facts facts);
int work_to_board(struct work *work, struct letter_facts facts);
/* The applicant, assignee and contact. */
int work_to_parties(struct work *work, struct letter_facts facts, bool with_link);
/* Of a change, whoever has what it is about as well, where they can be reached. */
int work_to_concerned(struct work *work, struct letter_facts facts, bool with_link);
/* Until when the state that the act leads to is due, as the table says; "" without. */
int work_due(struct work *work, const char *act, char ret_due[static TIME_SIZE]);
/* The link, or the command, for a token of this purpose; from the arena. */
const char *work_link(struct work *work, const char *purpose, const char *token);
/* A page of the web site, or without one the command that does the same; from the arena. */
const char *work_page(struct work *work, const char *path, const char *command);

/* ---- handlers: each looks, writes, and says which step it is ---- */

typedef int handler(struct work *work);
handler do_confirm, do_submit, do_file, do_copy, do_expire;
handler do_ask, do_answer, do_edit_return, do_remind, do_withdraw, do_reopen;
handler do_need_consent, do_consent, do_consented;
handler do_take, do_finding, do_name_expert, do_to_expert, do_to_board, do_recuse, do_reassign, do_recommend;
handler do_call, do_comment, do_close;
handler do_propose, do_auto, do_vote, do_refuse, do_hold_back, do_appeal, do_hear, do_uphold, do_annul;
handler do_assign;

/* ---- process_submit.c ---- */

/* "save": a draft, of nobody yet. */
int process_save(struct process *process, const struct process_act *act, struct process_done *ret_done,
		 struct complaint *ret_complaint);
int work_hold_name(struct work *work);

/* ---- process_ask.c ---- */

/* By its applicant, or filed by a registrar: before that nobody at the registry sees it. */
int process_was_confirmed(struct store *store, int64_t application, bool *ret_was);

/* ---- process_holder.c ---- */

/* All whom this needs have said yes; a sentence why not when they have not. */
int work_check_consents(struct work *work);

/* Writes to whoever holds what it is about; -ENOENT when nobody knows an address. */
int work_write_holders(struct work *work, const struct letter_facts *facts);
/* The same, where there is somebody to write to. */
int work_tell_holders(struct work *work, const struct letter_facts *facts);
/* The one who holds the row that this publication shows. */
int work_to_holder(struct work *work, int64_t publication, const struct letter_facts *facts);
/* Whom it was asked of, too. */
int work_tell_asked(struct work *work, const struct letter_facts *facts);

/* ---- process_review.c ---- */

/* Every question was looked at; to assign it, understood, and every rule that needs a person settled by one. */
int work_check_findings(struct work *work, bool assigns);

/* ---- process_votes.c ---- */

/* NULL, or blanks alone. */
bool text_is_empty(const char *text);
unsigned text_number(const char *text); /* digits alone; else 0 */
/* Of the table "examiner": an expert who is named, and did not step aside. */
bool row_is_expert(const json_t *row);
/* The event of application_events whose number stands in this column of a row; NULL when there is none. */
const json_t *row_event(const json_t *row, const char *column, const json_t *events);

/* The person's vote on this version; -EEXIST when they voted in this round, -EPERM when they did in another place: as
 * its expert, at first, or in an appeal. */
int work_vote(struct work *work, const char *role, int round, const char *verdict);

/* The newest decision; `round` 0 when there is none. */
struct decided {
	int round;
	char verdict[16], role[16];
	int64_t first, second;
};
int work_decided(struct work *work, struct decided *ret_decided);
struct polled {
	bool voted;	     /* the person did, in this round */
	bool voted_before;   /* or in an earlier one, or recommended */
	int64_t heard;	     /* event of the recommendation that counts: the newest */
	int64_t first;	     /* another of the board with this verdict, in this round and version */
	int64_t recommended; /* expert of this version */
	char recommendation[16];
};

/* The number of the decision that comes next: a vote is for it. */
int work_next_round(struct work *work, int *ret_round);
int work_poll(struct work *work, int round, const char *verdict, struct polled *ret_polled);
int work_decide(struct work *work, int round, const char *role, const char *verdict, const struct polled *polled);
/* What is a matter of record though nobody of the staff decided: a holder has refused. */
int work_decide_by_holder(struct work *work);
/* Is it before the board because of an appeal? */
int work_is_appeal(struct work *work, bool *ret_is);
/* In an appeal, the verdict that leaves it as it was. */
int work_upheld_verdict(struct work *work, const char **ret_verdict);
int work_release_name(struct work *work);

/* ---- process_decide.c ---- */

/* The applicant hears the reasons, the rules, and until when an appeal is possible. */
int work_tell_refused(struct work *work, const char *text, const char *codes);

/* ---- process_change.c ---- */

/* A row that stands: our own, or of a base. */
struct target_row {
	int64_t publication, assignment; /* our own; else 0 */
	int64_t base;			 /* its number in the table entry; else 0 */
	const char *source;
	struct entry entry;
};
struct target {
	struct target_row *rows;
	size_t count;
};
/* What an application is about, from the arena; at least one row.  -EPERM with a sentence when nothing is assigned
 * there. */
int work_target(struct work *work, struct target *ret_target);
/* The rows that this application itself was assigned. */
int work_own_target(struct work *work, struct target *ret_target);
int work_release_target(struct work *work, const struct target *target, const struct decided *decided,
			const char *note);
int work_change(struct work *work, const struct decided *decided);
/* A registrar renews once. */
int work_check_renewal(struct work *work);

/* ---- process_asked.c ---- */

/* "exfiles 20017/tcp" */
const char *work_shown(struct work *work, const struct entry *entry);
/* What a holder is asked to agree to, a line for each row and each change; from the arena. */
int work_asked(struct work *work, const char **ret_rows, const char **ret_changes);

/* ---- process_entry.c ---- */

/* The public row of the application's newest form; texts from the arena. port -1: the name alone. */
int work_entry(struct work *work, int port, const char *transport, const char *until, struct entry *ret_entry);
int work_reserved_entry(struct work *work, int port, const char *transport, const char *notes, struct entry *ret_entry);
/* What the form of a modification or of a transport more asks for, put into the row that stands; the name and the days
 * are not. */
void work_put_changes(struct work *work, struct entry *entry);
int work_settle_entry(struct work *work, struct entry *entry);
/* The column of the service codes that are asked for, where the transport is dccp; else "". */
const char *work_service_codes(struct work *work, const char *transport);
/* Registers them for this assignment. */
int work_give_service_codes(struct work *work, int64_t assignment);
const char *work_format(struct work *work, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* "Ada Example" is shown as IANA shows people: [Ada_Example]. */
const char *work_person(struct work *work, const char *name);
void work_day(struct work *work, char ret_day[static 11]);
const char *process_transport_word(unsigned index); /* 0 tcp .. 3 dccp */

/* ---- process_clock.c ---- */

/* 0 or -EINVAL. */
int process_later(const char *at, int days, char ret_at[static TIME_SIZE]);

/* ---- process_go_on.c ---- */

/* What the registry does next by itself; `done` is changed when it did something. */
void process_go_on(struct process *process, const char *ref, struct process_done *done);

/* ---- process_temporary.c ---- */

/* Letters before temporary assignments end, and the word in their rows when they have; how many acts, or -errno. */
int process_tick_temporary(struct process *process);
