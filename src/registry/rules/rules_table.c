/* rules_table.c - every rule an application is examined by, with its level and where it comes from.
 *
 * Read by the examiner, by reports and by the manual page.  What a machine can see of a rule stands in rules_form.c,
 * rules_names.c, rules_numbers.c, rules_second.c, rules_transports.c, rules_dccp.c, rules_reasons.c and rules_doubts.c.
 * N, P, T, D and J come from the RFCs; F is our own: what the forms ask for. */
#include <string.h>

#include "registry/rules/rules.h"

const struct rule rules[] = {
	{ "F1", RULE_REFUSE, "Every question that the form asks is answered, and no other.",
	  "forms of 2004; RFC 6335, 8.1.1" },
	{ "F2", RULE_REFUSE, "An answer has the form that was asked for: a person, a number, one of some words.",
	  "forms of 2004; RFC 6335, 8.1.1" },
	{ "F3", RULE_WARN, "A short name has at most 14 characters.", "the form of 2004, question 10" },
	{ "F4", RULE_WARN, "A description has at most 40 characters.", "IANA's form of 2017" },
	{ "F5", RULE_REFUSE,
	  "An additional user port is for a protocol whose assigned port is below 1024, and the application "
	  "names it.",
	  "IESG statement, form of 2004" },
	{ "F6", RULE_REFUSE,
	  "What is to be changed, widened or given back stands in the registry, named by one number or name.",
	  "RFC 6335, 8.2 to 8.6" },

	{ "N1", RULE_REFUSE, "A service name has 1 to 15 characters.", "RFC 6335, 5.1" },
	{ "N2", RULE_REFUSE, "A service name consists of letters and digits of ASCII and hyphens.", "RFC 6335, 5.1" },
	{ "N3", RULE_REFUSE, "A service name has at least one letter.", "RFC 6335, 5.1" },
	{ "N4", RULE_REFUSE, "Hyphens stand alone, and neither at the beginning nor at the end.", "RFC 6335, 5.1" },
	{ "N5", RULE_REFUSE,
	  "A name is given once, whatever its case: those assigned, reserved, kept as an alias or asked for by "
	  "an earlier "
	  "application are taken.",
	  "RFC 6335, 5 and 8.1.1" },
	{ "N6", RULE_WARN,
	  "A name does not look like an old one that breaks today's syntax once hyphens stand for what is not "
	  "allowed in it.",
	  "RFC 6335, 10.1" },
	{ "N7", RULE_WARN, "A name does without the words port, service and protocol.", "RFC 6335, 5; form of 2017" },
	{ "N8", RULE_WARN, "Name and description do without a version.", "RFC 7605, 7.5" },
	{ "N9", RULE_WARN, "The name of a discovery over UDP ends in -disc.", "RFC 6335, 5; RFC 7605, 7.6" },
	{ "N10", RULE_REFUSE,
	  "A service that has a name gets no second one, unless an extension of it is told apart in-band.",
	  "RFC 6335, 5; RFC 7605, 7.9" },
	{ "N11", RULE_WARN, "A name is opaque: nobody owns those that begin like it, and none is refused for that.",
	  "RFC 6335, 5.1" },
	{ "N12", RULE_WARN, "A service and its secure variant share one name and one port.",
	  "RFC 6335, 9; RFC 7605, 7.4" },
	{ "N13", RULE_REFUSE,
	  "DNS-SD writes the name with _ before it, and behind it _tcp for TCP and _udp for everything else; "
	  "the name itself "
	  "has no _.",
	  "RFC 6763, 7; RFC 6335, 5.2" },

	{ "P1", RULE_REFUSE, "System ports are 0 to 1023, user ports 1024 to 49151, dynamic ports 49152 to 65535.",
	  "RFC 6335, 6" },
	{ "P2", RULE_REFUSE, "Dynamic ports are never assigned, nor is anything where nobody decides.",
	  "RFC 6335, 6 and 8.1.2" },
	{ "P3", RULE_REFUSE, "0, 1023, 1024 and 49151 stay reserved at the edges of the ranges.", "RFC 6335, 6" },
	{ "P4", RULE_REFUSE, "1021 and 1022 are for experiments in a controlled environment, over every transport.",
	  "RFC 6335, 6.1; RFC 4727" },
	{ "P5", RULE_REFUSE, "The number is unassigned for each transport that is asked for.", "RFC 6335, 8.1" },
	{ "P6", RULE_HUMAN,
	  "A reserved number takes Standards Action or IESG Approval and a written reason, except that a holder "
	  "adds a "
	  "transport to its own.",
	  "RFC 6335, 8.1" },
	{ "P7", RULE_AUTOMATIC,
	  "With an assignment, the number becomes reserved for the transports that were not asked for.",
	  "RFC 6335, 7.2 and 8.1" },
	{ "P8", RULE_WARN,
	  "One application asks for one port, and a second one is for a service that is "
	  "independent.",
	  "RFC 6335, 7.2; RFC 7605, 6" },
	{ "P9", RULE_WARN, "A service has one port: its name does not stand at another number.",
	  "RFC 4340, 19.9; form of 2004" },
	{ "P10", RULE_AUTOMATIC, "Where no number is asked for, the registrar chooses one of the range.",
	  "RFC 6335, 8.1.1" },
	{ "P11", RULE_WARN, "The number is not known to be used without authorization.", "RFC 7605, 7.8" },
	{ "P12", RULE_WARN, "A service over HTTP has no port that browsers refuse to call.", "Fetch, port blocking" },
	{ "P13", RULE_WARN,
	  "A number that hosts hand out to callers, 32768 to 60999 on Linux, must be kept for the server there "
	  "(ip_local_reserved_ports).",
	  "Linux, ip-sysctl" },
	{ "P14", RULE_AUTOMATIC, "Numbers that were given back are offered only when no unassigned one is left.",
	  "RFC 6335, 7.2, 8.1 and 8.2" },

	{ "T1", RULE_REFUSE, "At least one of tcp, udp, sctp and dccp is asked for, also for a name alone.",
	  "RFC 6335, 8.1.1" },
	{ "T2", RULE_REFUSE, "Each transport is asked for by its name: none comes along with another.",
	  "RFC 6335, 7.2" },
	{ "T3", RULE_WARN, "Over several transports it is essentially the same service.", "RFC 7605, 7.6" },
	{ "T4", RULE_REFUSE,
	  "Over UDP, the application says how traffic is limited, and UDP is not there to get round congestion "
	  "control.",
	  "RFC 7605, 7.6" },
	{ "T5", RULE_WARN, "Multicast is preferred to broadcast.", "RFC 7605, 7.6" },
	{ "T6", RULE_HUMAN, "Who asks for a transport or number beside what is assigned has the word of its holder.",
	  "RFC 6335, 8.1.1" },
	{ "T7", RULE_HUMAN,
	  "A new name on a number that is assigned over another transport has the word of its holder.",
	  "RFC 6335, 8.1.1" },
	{ "T8", RULE_AUTOMATIC, "UDP-Lite uses the numbers of UDP.", "RFC 3828, 3.1" },
	{ "T9", RULE_WARN,
	  "Over SCTP, the application says which of its capabilities is needed, and a service keeps the number "
	  "that it has "
	  "over TCP or UDP.",
	  "RFC 9260, 15.6; form of 2017" },

	{ "D1", RULE_REFUSE, "A service code is given when DCCP is asked for, and only then.", "RFC 6335, 8.1.1" },
	{ "D2", RULE_REFUSE, "Service codes 0, 4294967295 and those for private use are not assigned.",
	  "RFC 4340, 8.1.2 and 19.8" },
	{ "D3", RULE_REFUSE,
	  "A service code is written SC: with up to 4 characters, SC= with a number, or SC=x with a "
	  "hexadecimal one.",
	  "RFC 4340, 8.1.2" },
	{ "D4", RULE_HUMAN,
	  "A service code of blanks, digits, capital letters and -./ alone takes a specification; others are "
	  "first come, "
	  "first served.",
	  "RFC 4340, 8.1.2; RFC 5595, 5" },
	{ "D5", RULE_WARN, "More than 5 service codes at once take an expert.", "RFC 6335, 10.3.1" },
	{ "D6", RULE_REFUSE, "A service code has one DCCP port.", "RFC 6335, 10.3.2" },
	{ "D7", RULE_REFUSE, "A DCCP port has at least one service code.", "RFC 5595, 2.1; RFC 6335, 10.3.2" },
	{ "D8", RULE_WARN,
	  "A name of UDP keeps its number over DCCP, and a name of TCP or SCTP alone is no reason for one over DCCP.",
	  "RFC 4340, 19.9" },
	{ "D9", RULE_AUTOMATIC, "A service code without a port has one of the dynamic range, computed from it.",
	  "RFC 5595, 2.7" },
	{ "D10", RULE_AUTOMATIC, "Lists show a service code as a decimal number, and as text where it is one.",
	  "RFC 4340, 19.8" },

	{ "J1", RULE_REFUSE, "Who asks for a user port explains why a dynamic one does not do.",
	  "RFC 6335, 8.1.1 and 8.1.2" },
	{ "J2", RULE_REFUSE,
	  "Who asks for a system port explains why neither a dynamic nor a user port does, and names a stable "
	  "specification.",
	  "RFC 6335, 8.1.1 and 8.1.2" },
	{ "J3", RULE_REFUSE, "The application says whether broadcast, multicast or anycast is used, and what for.",
	  "RFC 6335, 8.1.1" },
	{ "J4", RULE_REFUSE,
	  "A protocol may be proprietary and undocumented for a user port or a name, never for a system port.",
	  "RFC 6335, 8.1.1; form of 2004" },
	{ "J5", RULE_WARN, "An application is complete in itself and not a link.", "RFC 7605, 7.7" },
	{ "J6", RULE_WARN,
	  "The service is new and useful by itself; no existing one, no dynamic port, no configuration and no "
	  "other host-local "
	  "means would do; it is no variant, replica or version of another.",
	  "RFC 7605, 7.1" },
	{ "J7", RULE_WARN, "The service supports security, is no insecure twin, and precedent is no justification.",
	  "RFC 7605, 7.4" },
	{ "J8", RULE_WARN, "The number is not in use before it is assigned: use gives no right to it.",
	  "RFC 7605, 7.8; RFC 8126, 9.3" },
	{ "J9", RULE_AUTOMATIC, "What the IETF asks for is assigned to the IESG, and the IETF Chair is its contact.",
	  "RFC 6335, 8.1.1" },
	{ "J10", RULE_AUTOMATIC,
	  "An early allocation is marked temporary, with its first day and its last: one year, renewed once, "
	  "and visible after "
	  "that until it is deprecated.",
	  "RFC 7120, 3.1 and 3.3" },
	{ "J11", RULE_AUTOMATIC, "What an application on its way asks for is shown as pending, and not as free.",
	  "RFC 7605, 7.7" },
	{ .id = NULL },
};

const struct rule *rule_find(const char *id)
{
	for (const struct rule *rule = rules; rule->id != NULL; rule++) {
		if (strcmp(rule->id, id) == 0) {
			return rule;
		}
	}
	return NULL;
}

const char *rule_level_name(enum rule_level level)
{
	static const char *const names[] = {
		[RULE_REFUSE] = "refuse",
		[RULE_WARN] = "warn",
		[RULE_HUMAN] = "human",
		[RULE_AUTOMATIC] = "automatic",
	};

	return names[level];
}
