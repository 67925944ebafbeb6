/* form_introduction.c - the words above the forms, in paragraphs.  Read by pages, the plain-text form and the template.
 *
 * They say what the forms of 2004 said, sentence by sentence, in words of our own (tests/unit/test_form_seeds.c holds
 * them against each other). */
#include "registry/form/form.h"

#define SEE_LIST "The list is at https://www.iana.org/assignments/service-names-port-numbers."

#define SCARCE                                                                                   \
	"There are few of them for all the services of the world: they are scarce, and so each " \
	"application is examined with care before a number is given away."

#define NO_ENDORSEMENT                                                                                     \
	"An assignment is no endorsement of an application or product in any way, and traffic that flows " \
	"to or from an assigned port is not thereby \"good\" traffic. Administrators of firewalls and "    \
	"systems configure them by what they know about the traffic in question, and by whatever else "    \
	"matters to them."

#define RENDEZVOUS                                                                                        \
	"An application or service that offers several functions can nearly always do with one port, as " \
	"a multiplexer or rendezvous: the client always begins at the rendezvous port, and says in its "  \
	"first message which function it needs. The rendezvous service then either (A) starts (forks, "   \
	"spawns) a process for that function and hands the connection over to it, or (B) picks a free "   \
	"port with a high number, starts a process that listens there for that function, and answers "    \
	"with a message that tells the client to call the new process on that port. berthd does both."

#define DCCP                                                                                               \
	"Whoever applies for a port of the Datagram Congestion Control Protocol (DCCP) reads its "         \
	"guidelines first: RFC 4340, section 19.9, and RFC 5595 (https://www.rfc-editor.org/rfc/rfc4340, " \
	"https://www.rfc-editor.org/rfc/rfc5595)."

#define INTERNAL                                                                                      \
	"The registry needs at least the answers below. They are for its internal use only: what is " \
	"published is the entry in the list, nothing else."

#define UNDERSTOOD                                                                                        \
	"The registry needs a technical description of how the port is to be used, in enough detail for " \
	"its staff to understand how the application uses the network. Once they have that, and have "    \
	"understood it, a port can be assigned."

#define SENT                                                                                               \
	"Pressing \"send\", or mailing this form, transmits your application by e-mail to the registry's " \
	"staff. You get a letter first that asks whether it was you. Comments on these forms are welcome " \
	"too, as an answer to any letter of the registry."

static const char *const user[] = {
	"User (registered) ports are those from 1024 through 49151. " SEE_LIST,
	SCARCE,
	NO_ENDORSEMENT,
	UNDERSTOOD,
	"A statement of the IESG allows an additional user port for a protocol whose present port can be "
	"opened only with privilege. That is never automatic: an interested party applies for it, and "
	"the application must be one that the policies would let pass anyway. There is a form of its own "
	"for it (relocation).",
	"A particular application or service should be able to do with one registered user port, and "
	"no more. " RENDEZVOUS,
	DCCP,
	INTERNAL,
	SENT,
	NULL,
};

static const char *const system_port[] = {
	"System (well-known) ports are those from 0 through 1023. " SEE_LIST,
	"For a system port there must be a specification: an RFC; an Internet-Draft that is intended to "
	"be published as an RFC; or a reference that is permanently and readily available, and that the "
	"IETF could standardize if it chose to.",
	"On Internet-Drafts, and what they must look like: https://www.ietf.org/standards/ids/ and "
	"https://www.ietf.org/tools/idnits. On RFCs: https://www.rfc-editor.org.",
	SCARCE,
	NO_ENDORSEMENT,
	"A particular application or service should be able to do with one well-known system port, and "
	"no more. " RENDEZVOUS,
	DCCP,
	"There is no opportunity for non-disclosure agreements for system ports, and nothing in this "
	"form can be marked as confidential.",
	"If you cannot give what is asked for above, apply for a user port instead: its form is one step "
	"away, and the answers you have given go along.",
	UNDERSTOOD,
	INTERNAL " The pointer to the specification of a system port is published too.",
	SENT,
	NULL,
};

static const char *const relocation[] = {
	"User (registered) ports are those from 1024 through 49151. " SEE_LIST,
	"This form asks for one beside a port below 1024 that is assigned already, because opening that "
	"one takes privilege. By the IESG's statement such an additional port may be assigned, but not "
	"automatically: an interested party applies, and the application must be one that the policies "
	"would let pass anyway. The holder of the present port is told.",
	SCARCE,
	NO_ENDORSEMENT,
	UNDERSTOOD,
	"A particular application or service should be able to do with one registered user port, and "
	"no more. " RENDEZVOUS,
	DCCP,
	INTERNAL,
	SENT,
	NULL,
};

static const char *const name[] = {
	"A service name without a port number is for services that are found by name, as with DNS-based "
	"service "
	"discovery (RFC 6763). Names are assigned first come, first served. " SEE_LIST,
	NO_ENDORSEMENT,
	INTERNAL,
	SENT,
	NULL,
};

static const char *const service_code[] = {
	"A service code of DCCP says which service a client means; it is registered first come, first "
	"served, but for codes of four capital letters, digits and the like, which need a specification.",
	DCCP,
	NO_ENDORSEMENT,
	INTERNAL,
	SENT,
	NULL,
};

static const char *const change[] = {
	"This form is about something that is assigned already. Those who hold it are asked, and nothing "
	"happens while they have not agreed; an assignment is not handed from one to another, and gets no "
	"other number: it is given back, and applied for anew (RFC 6335, sections 8.3 and 8.5).",
	NO_ENDORSEMENT,
	INTERNAL,
	SENT,
	NULL,
};

static const char *const release[] = {
	"With this form the holder gives an assignment back. Make sure that it is not in use any more: "
	"the number is reserved then, with a note of the day, and the name stays with you.",
	INTERNAL,
	SENT,
	NULL,
};

static const char *const revocation[] = {
	"With this form anyone may say that an assignment is not in use, or that another need outweighs "
	"its use. It takes evidence, four weeks of a public call for comments, and the board's decision "
	"(RFC 6335, section 8.4).",
	INTERNAL,
	SENT,
	NULL,
};

static const char *const renewal[] = {
	"With this form a temporary assignment is prolonged: once, for a year (RFC 7120).",
	INTERNAL,
	SENT,
	NULL,
};

const char *const *form_introduction(enum form_kind kind)
{
	static const char *const *const introductions[] = {
		[FORM_USER] = user,	   [FORM_SYSTEM] = system_port,	       [FORM_RELOCATION] = relocation,
		[FORM_NAME] = name,	   [FORM_SERVICE_CODE] = service_code, [FORM_MODIFICATION] = change,
		[FORM_TRANSPORT] = change, [FORM_RELEASE] = release,	       [FORM_REVOCATION] = revocation,
		[FORM_RENEWAL] = renewal,
	};

	return introductions[kind];
}
