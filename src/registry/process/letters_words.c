/* letters_words.c - what each letter says (letters_words.h).
 *
 * Every letter says what happened, what is asked of its reader, until when, and how.  {form} stands in the letter to
 * the staff and nowhere else. */
#include "registry/process/letters_words.h"

#include <stddef.h>

#include "registry/process/letters.h"

static const char *const confirm[] = {
	"Thank you for your application to the {registry} port registry. Its reference is {reference}.",
	"{no due}Nobody has seen it yet. To send it to the staff, please {open}:",
	"{if due}Nobody has seen it yet. To send it to the staff, please {open} by {due}:",
	"{link}",
	"What you wrote goes to the staff as it is, for their use only.",
	("If you have not applied for anything, you need do nothing: without a confirmation the application "
	 "ends by itself, and we shall not write to you again."),
	NULL,
};

static const char *const staff[] = {
	("An application has come in, and it is yours to examine. The answers are for the staff only: please "
	 "do not pass this letter on."),
	"{form}",
	"{if report}What the rules say to it, as far as a program can tell:",
	"{report}",
	"{if link}To examine it, {open}:",
	"{link}",
	NULL,
};

static const char *const receipt[] = {
	("Thank you for confirming. Your application {reference} is now with the staff of the {registry} port "
	 "registry."),
	("Examining takes from some days to a few weeks. If anything is unclear, the staff will write to you "
	 "and wait for your answer."),
	"You should hear from us by {due}.",
	("The name you ask for, if you ask for one, is held for you meanwhile. A number is not: whether it is "
	 "still free is looked at again when it is assigned."),
	"{if link}To see how far it is, to answer or to withdraw it, {open}:",
	"{link}",
	"{if link}Please keep this to yourself: whoever has it can act for you.",
	NULL,
};

static const char *const questions[] = {
	("The staff of the {registry} port registry has questions about your application {reference}. It rests "
	 "until you have answered."),
	"{text}",
	("Please answer all of them by {due}. If no answer has come by then, the application lapses; it can be "
	 "reopened for a while."),
	"{if link}To answer, {open}:",
	"{link}",
	NULL,
};

static const char *const answered[] = {
	"The applicant has answered your questions about {reference}, and the application is with you again.",
	"{text}",
	"Please go on with it by {due}.",
	"{if link}To do so, {open}:",
	"{link}",
	NULL,
};

static const char *const reminder[] = {
	"The application {reference} at the {registry} port registry is waiting for you.",
	"{text}",
	"Please see to it by {due}.",
	"{if link}To do so, {open}:",
	"{link}",
	NULL,
};

static const char *const lapsed[] = {
	("Your application {reference} to the {registry} port registry has lapsed, because no answer came in "
	 "time. Nothing was decided about it."),
	"{text}",
	("You can reopen it until {due}, as long as the name is still free. It goes on where it stopped, with "
	 "all that you wrote."),
	"{if link}To reopen it, {open}:",
	"{link}",
	NULL,
};

static const char *const consent[] = {
	"The {registry} port registry was asked for a change that takes your consent.",
	"{if assigned}It is about:",
	"{assigned}",
	"{if text}This shall change:",
	"{text}",
	"{no due}To agree or to decline, {open}:",
	"{if due}To agree or to decline, {open} by {due}:",
	"{link}",
	"If you do nothing, nothing changes: silence is not consent.",
	NULL,
};

static const char *const consented[] = {
	("Everybody whose consent was needed for {reference} has agreed. The application goes back to the "
	 "staff of the {registry} port registry, which goes on with it."),
	"{text}",
	"{if link}To see how far it is, {open}:",
	"{link}",
	NULL,
};

static const char *const expert[] = {
	"You are asked to examine the application {reference} at the {registry} port registry, as an expert.",
	"{text}",
	("If you have a part in it, or know the applicant too well to judge, please say so before you read it; "
	 "then somebody else will be asked."),
	"Please recommend what to do by {due}: a finding on each question, and your reasons.",
	"The application is for those who examine it only, and so is your recommendation until it is decided.",
	"{if link}To examine it, {open}:",
	"{link}",
	NULL,
};

static const char *const board[] = {
	"The application {reference} at the {registry} port registry is before the board.",
	"{if text}Why it takes the board:",
	"{text}",
	"It is decided by two equal votes of two members who have no part in it.",
	"Please vote by {due}.",
	"{if link}To examine it and to vote, {open}:",
	"{link}",
	NULL,
};

static const char *const recommended[] = {
	"The expert has examined {reference}, and the application is with you again.",
	"{if text}The recommendation:",
	"{text}",
	"{if rules}The rules that this rests on:",
	"{rules}",
	"Please decide by {due}.",
	"{if link}To decide, {open}:",
	"{link}",
	NULL,
};

static const char *const refused[] = {
	"Your application {reference} to the {registry} port registry was examined and refused.",
	"{if text}The reasons:",
	"{text}",
	"{if rules}The rules that this rests on:",
	"{rules}",
	"This is about these reasons and rules; it is no judgement of your work.",
	("{no due}You can appeal within two months of this letter. Please state the facts that you think were "
	 "missed or misread; people who had no part in this decision will look at it again."),
	("{if due}You can appeal until {due}. Please state the facts that you think were missed or misread; "
	 "people who had no part in this decision will look at it again."),
	"{if link}To appeal, or to apply again with what you wrote, {open}:",
	"{link}",
	NULL,
};

static const char *const assigned[] = {
	"{no assigned}The {registry} port registry has made the assignment that was asked for in {reference}.",
	"{if assigned}The {registry} port registry has made the assignment that was asked for in {reference}:",
	"{assigned}",
	"{text}",
	("An assignment does not imply an endorsement of an application or a product. That traffic goes to or "
	 "from a port does not mean that it is good traffic, nor that it belongs to this service: "
	 "administrators should judge it by what they know of it."),
	("The entry is public. Please tell us when something in it changes, above all how you can be reached, "
	 "and when it is not needed any more: there are few numbers, and others can use it then."),
	"{if link}To see the entry and the application, {open}:",
	"{link}",
	NULL,
};

static const char *const number_taken[] = {
	("What was decided on {reference} could not be done: the number was assigned to somebody else "
	 "meanwhile, or a rule now speaks against it. The application is with you again."),
	"{if assigned}This was to be assigned:",
	"{assigned}",
	"{text}",
	"{if free}These are free and near:",
	"{free}",
	"{if link}To choose another one, {open}:",
	"{link}",
	NULL,
};

static const char *const withdrawn[] = {
	("The applicant has withdrawn {reference}. Nothing more is to be done about it, and a name that was "
	 "held for it is free again."),
	"{text}",
	NULL,
};

static const char *const call[] = {
	"{no assigned}The {registry} port registry considers revoking the assignment that {reference} is about.",
	"{if assigned}The {registry} port registry considers revoking an assignment:",
	"{assigned}",
	"{if text}The reasons, and what is known of its use:",
	"{text}",
	"{no due}The call for comments has ended. Nothing is decided yet; the board decides now.",
	("Nothing is decided yet. If it is in use, or you know somebody who uses it, please say so by {due}: "
	 "by whom it is used, and what would come of a revocation."),
	"{if link}To comment, {open}:",
	"{link}",
	NULL,
};

static const char *const appeal[] = {
	"The decision of the {registry} port registry on {reference} is appealed.",
	"{if assigned}It is about:",
	"{assigned}",
	"{if text}What the appeal says:",
	"{text}",
	("It will be heard by members of the board who had no part in the decision. Until then everything "
	 "stays as it is."),
	"Please see to it by {due}.",
	"{if link}To read it, {open}:",
	"{link}",
	NULL,
};

static const char *const decided[] = {
	("The appeal against the decision of the {registry} port registry on {reference} was heard by people "
	 "who had no part in that decision."),
	"{if text}Their decision and its reasons:",
	"{text}",
	"{if rules}The rules that this rests on:",
	"{rules}",
	"{if assigned}It is about:",
	"{assigned}",
	"{if link}To see the application, {open}:",
	"{link}",
	NULL,
};

static const char *const expires[] = {
	"{no assigned}The assignment that the {registry} port registry made for {reference} is temporary.",
	"{if assigned}This assignment of the {registry} port registry, made for {reference}, is temporary:",
	"{assigned}",
	"It ends on {due}.",
	("If it is still needed then, please apply for a renewal in good time. If it is not, you need do "
	 "nothing but stop using it."),
	"{text}",
	"{if link}To renew it, {open}:",
	"{link}",
	NULL,
};

static const char *const released[] = {
	"{no assigned}The assignment that {reference} is about has ended, as the {registry} port registry decided.",
	"{if assigned}This assignment of the {registry} port registry has ended, as was decided on {reference}:",
	"{assigned}",
	"{text}",
	("The number is reserved from now on, with a note of the day. It is not given to anybody else as long "
	 "as there are others; please stop using it all the same. The name stays as it is."),
	NULL,
};

static const char *const held_back[] = {
	("What was decided on your application {reference} to the {registry} port registry is looked at again, because "
	 "a new fact has come up. Nothing has been assigned yet."),
	"{text}",
	"You need do nothing. The staff will write to you when it is decided, or when there is a question.",
	"{if link}To see how far it is, {open}:",
	"{link}",
	NULL,
};

static const char *const board_decided[] = {
	"The board has decided on {reference}, and it is yours to carry out.",
	"{if text}The decision:",
	"{text}",
	"{if link}To go on, {open}:",
	"{link}",
	NULL,
};

static const char *const no_consent[] = {
	("Consent was needed for {reference}, and not everybody whose consent it was has answered in time. Silence is "
	 "not consent. The application is with you again."),
	"{text}",
	"{if link}To go on, {open}:",
	"{link}",
	NULL,
};

static const char *const number_gone[] = {
	("A number that you ask for in {reference} was assigned to somebody else by the {registry} port "
	 "registry: numbers are held for nobody before they are assigned. Your application goes on; you "
	 "can ask for another number, or for any."),
	"{text}",
	"{if free}These are free and near:",
	"{free}",
	"{if link}To change it, {open}:",
	"{link}",
	NULL,
};

static const char *const recused[] = {
	"The expert who was to examine {reference} has stepped aside, and somebody else is needed.",
	"{if text}The reason:",
	"{text}",
	"{if link}To name another one, {open}:",
	"{link}",
	NULL,
};

static const char *const relocation[] = {
	("The {registry} port registry was asked, in {reference}, for a user port for a protocol whose "
	 "port needs privilege now, and that port is yours:"),
	"{assigned}",
	("Your assignment stays as it is, and your consent is not needed: any interested party may ask for"
	 " this. If you know a reason for or against it, please tell us in an answer to this letter."),
	NULL,
};

/* Without what was written: else anybody could have us send anything to anybody. */
static const char *const remark[] = {
	"Somebody, most likely you, has written to the {registry} port registry about {reference}.",
	"{no due}Nobody has seen it yet. If it is yours, please {open}:",
	"{if due}Nobody has seen it yet. If it is yours, please {open} by {due}:",
	"{link}",
	"It then goes to those who decide, with your address. A comment on a public call may be shown to the holder.",
	"If you have written nothing, you need do nothing: without a confirmation it is forgotten.",
	NULL,
};

const struct letter_words letter_words[LETTER_KINDS] = {
	[LETTER_CONFIRM] = { "confirm", "Please confirm your application", confirm },
	[LETTER_STAFF] = { "staff", "{title}", staff },
	[LETTER_RECEIPT] = { "receipt", "Your application is with the staff", receipt },
	[LETTER_QUESTIONS] = { "questions", "Questions about your application", questions },
	[LETTER_ANSWERED] = { "answered", "The applicant has answered", answered },
	[LETTER_REMINDER] = { "reminder", "A reminder", reminder },
	[LETTER_LAPSED] = { "lapsed", "Your application has lapsed", lapsed },
	[LETTER_CONSENT] = { "consent", "Your consent is asked for", consent },
	[LETTER_CONSENTED] = { "consented", "Consent was given", consented },
	[LETTER_EXPERT] = { "expert", "Please examine an application", expert },
	[LETTER_BOARD] = { "board", "An application for the board", board },
	[LETTER_RECOMMENDED] = { "recommended", "An expert has recommended", recommended },
	[LETTER_REFUSED] = { "refused", "Your application was refused", refused },
	[LETTER_ASSIGNED] = { "assigned", "Assigned {assigned}", assigned },
	[LETTER_NUMBER_TAKEN] = { "number-taken", "The number is taken by now", number_taken },
	[LETTER_WITHDRAWN] = { "withdrawn", "The application was withdrawn", withdrawn },
	[LETTER_CALL] = { "call", "Call for comments: shall this be revoked?", call },
	[LETTER_APPEAL] = { "appeal", "A decision is appealed", appeal },
	[LETTER_DECIDED] = { "decided", "The appeal is decided", decided },
	[LETTER_EXPIRES] = { "expires", "A temporary assignment ends", expires },
	[LETTER_RELEASED] = { "released", "Released {assigned}", released },
	[LETTER_HELD_BACK] = { "held-back", "Your application is looked at again", held_back },
	[LETTER_BOARD_DECIDED] = { "board-decided", "The board has decided", board_decided },
	[LETTER_NO_CONSENT] = { "no-consent", "Consent did not come", no_consent },
	[LETTER_NUMBER_GONE] = { "number-gone", "The number you ask for was assigned", number_gone },
	[LETTER_RELOCATION] = { "relocation", "A user port beside yours is asked for", relocation },
	[LETTER_REMARK] = { "remark", "Please confirm what you have written", remark },
	[LETTER_RECUSED] = { "recused", "An expert has stepped aside", recused },
};
