/* process.h - an application's way, from submission to assignment: who may do what, in which state, by when.
 *
 * One table of moves (REGISTRY 6) is the only thing that moves an application; the store holds the same table
 * as keys.  Each act is one change: step, event, records and letters together or not at all.  Deciding what a
 * person may see is not here. */
#pragma once

#include "registry/form/form.h"
#include "registry/rules/rules.h"
#include "store/store.h"

enum process_actor {
	ACTOR_APPLICANT = 1 << 0, /* by a link */
	ACTOR_HOLDER = 1 << 1,	  /* present holder or new contact, by a link */
	ACTOR_REGISTRAR = 1 << 2,
	ACTOR_EXPERT = 1 << 3, /* named for this application */
	ACTOR_BOARD = 1 << 4,
	ACTOR_TIMER = 1 << 5,
	ACTOR_MACHINE = 1 << 6,
	ACTOR_ANYONE = 1 << 7, /* with a confirmed address */
};

struct process_move {
	const char *from; /* "new" before the first */
	const char *act;
	const char *to;
	unsigned actors;   /* bits */
	const char *clock; /* whose time runs in `to`: own, applicant, other, none */
	int due_days;	   /* of `to`; 0: no deadline */
};
extern const struct process_move process_moves[]; /* from NULL behind the last */
/* NULL: there is none. */
const struct process_move *process_move_find(const char *from, const char *act, const char *to_or_null);
/* Who can do this in this state, wherever it leads; 0: nobody. */
unsigned process_move_actors(const char *from, const char *act);

/* What every act needs. */
struct process {
	struct store *store;
	const char *now;	   /* UTC "YYYY-MM-DDTHH:MM:SSZ": the clock that tests can turn */
	const char *registry;	   /* its name, on letters */
	const char *staff_address; /* where the staff reads mail; also From: of letters */
	const char *link; /* "https://ports.example.org/" before a token, or "" : tokens are told for the command */
};

/* Writes the default moves into a new registry, and compares them in an old one: -EPROTONOSUPPORT when they
 * differ. */
int process_prepare(struct process *process);

/* ---- beginning ---- */

struct process_submission {
	const struct form *form;
	const char *key;   /* made by the client: sent twice is one application */
	int64_t own_staff; /* the staff member who is, or works for, the applicant; 0 none */
	int64_t by_staff;  /* 0: the applicant; else filed on paper by this registrar: no confirmation is asked */
};
struct process_started {
	char reference[32];
	char confirm[64], track[64]; /* tokens, shown once, to who applies; only their hashes are stored */
	bool was_there;		     /* this key was sent before */
	bool has_ended;		     /* and nobody's time runs in it any more */
	char state[32];		     /* which it is in then */
	char assigned[128];	     /* at once, since nobody had to decide: "exfiles 20017/tcp"; else "" */
};
/* Rules that refuse: -EPERM with the report, which is empty of what was there.  The caller finishes the report. */
int process_submit(struct process *process, const struct process_submission *submission,
		   struct process_started *ret_started, struct rule_report *ret_report,
		   struct complaint *ret_complaint);

/* ---- every other act ---- */

struct process_act {
	const char *reference; /* or NULL: the token says which */
	/* Of the table, or without a step: "take", "finding", "name-expert"; "consent", whose answer makes one;
	 * "save": a draft, of a form alone. */
	const char *act;
	const char *token; /* applicants and holders */
	int64_t staff;	   /* staff */
	const char *text;  /* question, answer, reasons, reason of recusal, evidence */
	const char *rules; /* "J6,P9": reason codes; each must be a rule's id */
	/* finding: "question 5", "rule P6"; answer: the question's number, NULL all that are open; ask: field or rule;
	 * to-expert, name-expert, reassign: the expert's login. */
	const char *about;
	/* finding: understood, unclear, accepted, objection; recommend: assign (also NULL), refuse; vote: assign,
	 * refuse, annul; consent: yes, no. */
	const char *verdict;
	/* Of whoever comments on a call, or appeals against an assignment, with neither token nor staff: it is
	 * taken, and done when the link that is mailed there says "confirm". */
	const char *email;
	int port; /* chosen by the registrar; 0: asked or lowest free */
	int step; /* number of the last step that who acts had seen: -EEXIST when there is a newer; 0 any */
	const struct form *form; /* answer, edit: the new version; NULL: as it was */
};
struct process_done {
	char reference[32];
	char state[32];			    /* "" when it waits for the confirmation of an address */
	char track[64];			    /* a new link, for an applicant who acted */
	char assigned[128];		    /* "exfiles 20017/tcp", or "" */
	uint16_t free_near[RULES_FREE_MAX]; /* when the number was taken meanwhile */
	size_t free_count;
};
/* "confirm" confirms the address of an application, or of a comment or an appeal. What anybody writes with an e-mail
 * address is answered alike, whether anything is known of the address, and whether a letter goes there.
 * 0; -EPERM: this actor may not, or a guard says no (the complaint says which, and what is missing); -ENOENT no
 * such application or token; -EEXIST somebody acted at the same time, or already voted; others as store.h. */
int process_do(struct process *process, const struct process_act *act, struct process_done *ret_done,
	       struct complaint *ret_complaint);

/* Everything that is due at process->now: reminders, expiries, calls that close, temporary assignments that
 * end.  Returns how many acts. */
int process_tick(struct process *process);

/* ---- looking ---- */

/* What stands in an object that is told below: 0 or "" when there is no such number or text. */
int64_t row_integer(const json_t *row, const char *column);
const char *row_text(const json_t *row, const char *column);

/* Which application a link is for that serves this purpose: "track", "confirm", "consent".  -ENOENT, with the same
 * sentence, whether it never was one, was used, ended, or serves another purpose. */
int process_link(struct process *process, const char *token, const char *purpose, char ret_reference[static 32],
		 struct complaint *ret_complaint);

/* What somebody is asked to agree to by a link: {ref, kind, about, party, ends, rows: ["exfiles 20017/tcp"], changes:
 * [{what, before, after}]}, all of it what stands, or would stand, in the public list.  The caller's reference. -ENOENT
 * as above; -EPERM when their word is not asked for now. */
int process_asked(struct process *process, const char *token, json_t **ret_asked, struct complaint *ret_complaint);

/* One application with all that belongs to it, as JSON for the staff: form, report, steps, questions, findings,
 * votes, decisions, letters. `for_applicant`: only what the applicant may see.  The caller's reference. */
int process_dossier(struct process *process, const char *reference, bool for_applicant, json_t **ret_dossier);
/* The same for one of the staff: of an application of their own, only what its applicant may see; -ENOENT before it was
 * confirmed. */
int process_dossier_for_staff(struct process *process, const char *reference, int64_t staff, json_t **ret_dossier);
/* Whether the application with this number in the store is one of their own: 1, 0, or -errno. */
int process_is_theirs(struct process *process, int64_t application, int64_t staff);
/* What its versions changed, the newest first: [{v, at, author, changes: [{key, label, before, after}]}]; of the first
 * there are no changes. */
int process_versions(struct process *process, const char *reference, json_t **ret_versions);
/* The queue: [{ref, kind, asks, name, state, waits_for, age_days, own_days, due, own_staff, experts, voted, heard}].
 * The last three are numbers of staff: named and not recused; of the board with a vote in this round; with a vote or a
 * recommendation before. */
int process_queue(struct process *process, json_t **ret_queue);

/* Revocations that are open for comments, for everybody: [{ref, about, due, text}]. */
int process_calls(struct process *process, json_t **ret_calls);

/* Applications on their way, for rules and look-ups (J11): names held and numbers asked for. */
int process_pending(struct store *store, struct arena *arena, struct rules_pending **ret_pending, size_t *ret_count);
