/* registry_verbs.c - the verbs of the registry as people see them: names, options, usage.
 *
 * Linked into berth and berth-registry alike.  The first runs look-ups on the published view and hands
 * everything else to the second, which alone opens a store. */
#include "cmd/registry.h"
#include "cmd/verb.h"

#define PLACE (TAKES_REGISTRY | TAKES_PUBLISHED)
#define CHOICE (TAKES_OWN | TAKES_BAND | TAKES_STATUS | TAKES_TRANSPORT)

const struct verb verb_lookup = {
	.name = "lookup",
	.kind = VERB_LOOKUP,
	.summary = "what the registry says of a name, a port, a range",
	.usage = "berth lookup [--json | --tabs | --quiet] [--as-of DAY] [--history] WORD...\n"
		 "WORD is a name (http), a port (5254, 5254/tcp), a range (6000-6010), a DNS-SD label (_wot._tcp) or\n"
		 "a DCCP service code (SC:fdpz). Without words, or for -, they are read from standard input, one a\n"
		 "line. Columns of --tabs: ports, transport, name, status, since, holder, description. Exit status\n"
		 "1: one of them is not there.\n"
		 "\n"
		 "      --as-of DAY        as it stood on that day (needs the store)\n"
		 "      --history          what became of it over time (needs the store)\n"
		 "      --json, --tabs     for scripts\n"
		 "  -q, --quiet            only the exit status\n"
		 "      --published FILE   the published view; default: beside the registry\n"
		 "      --registry URL     sqlite:FILE or postgresql://...; default $BERTH_REGISTRY, then\n"
		 "                         /var/lib/berth\n",
	.options = PLACE | TAKES_JSON | TAKES_TABS | TAKES_QUIET | TAKES_AS_OF | TAKES_HISTORY,
	.word = WORD_MANY,
	.run = registry_lookup,
};

const struct verb verb_search = {
	.name = "search",
	.kind = VERB_LOOKUP,
	.summary = "rows in which all these words stand",
	.usage = "berth search [--json | --tabs] [--as-of DAY] [--own] [--band NAME] [--status LIST]\n"
		 "             [--transport NAME] WORD...\n"
		 "Looks at names, descriptions, holders, contacts, references and notes, in any case. Exit status 1:\n"
		 "nothing found.\n",
	.options = PLACE | CHOICE | TAKES_JSON | TAKES_TABS | TAKES_QUIET | TAKES_AS_OF,
	.word = WORD_MANY,
	.run = registry_search,
};

const struct verb verb_next = {
	.name = "next",
	.kind = VERB_LOOKUP,
	.summary = "the next free numbers of a band",
	.usage = "berth next [--band NAME] [--count N] [--from PORT] [--transport NAME] [--as-of DAY] [--json]\n"
		 "Numbers that neither a base nor the registry itself has given away, the lowest first; without a\n"
		 "transport, free for tcp and udp. Without --band: the band \"user\". Exit status 1: fewer than asked\n"
		 "for.\n",
	.options = PLACE | TAKES_BAND | TAKES_COUNT | TAKES_FROM | TAKES_TRANSPORT | TAKES_AS_OF | TAKES_JSON,
	.word = WORD_NONE,
	.run = registry_next,
};

const struct verb verb_map = {
	.name = "map",
	.kind = VERB_LOOKUP,
	.summary = "65,536 ports as one picture",
	.usage = "berth map [--text] [--transport NAME] [--since DAY] [--as-of DAY] [-o FILE] [LO-HI]\n"
		 "An SVG picture of status by port with the bands; --since shows what came and went since that day.\n"
		 "--text draws it for a terminal.\n",
	.options = PLACE | TAKES_TEXT | TAKES_TRANSPORT | TAKES_SINCE | TAKES_AS_OF | TAKES_OUTPUT,
	.word = WORD_OPTIONAL,
	.run = registry_map,
};

const struct verb verb_import = {
	.name = "import",
	.kind = VERB_REGISTRY,
	.summary = "take IANA's CSV or XML, or an own list, into the registry",
	.usage = "berth import [--dated DAY] [--as SOURCE] [--dry-run] FILE\n"
		 "IANA's CSV and XML are recognised. The import proves itself before it counts: the rows are read\n"
		 "back, written as the file was, and compared. The day the file speaks for is --dated, or stands in\n"
		 "the XML or the file's name.\n"
		 "\n"
		 "--as own takes a list of your own: a CSV with a header that names port, and of transport, name,\n"
		 "description, holder, contact, since, notes, reference what there is. All rows are taken, or none.\n"
		 "\n"
		 "      --as SOURCE        \"iana\" (the default), another base, or \"own\"\n"
		 "      --dated DAY        YYYY-MM-DD\n"
		 "      --transport NAME   for own lists without such a column\n"
		 "      --dry-run          say what would happen, change nothing\n",
	.options = PLACE | TAKES_DATED | TAKES_AS | TAKES_DRY_RUN | TAKES_TRANSPORT | TAKES_QUIET,
	.word = WORD_NEEDED,
	.run = registry_run,
};

const struct verb verb_release = {
	.name = "release",
	.kind = VERB_REGISTRY,
	.summary = "give an own number back: it becomes reserved",
	.usage = "berth release --why TEXT PORT/TRANSPORT\n",
	.options = PLACE | TAKES_WHY,
	.word = WORD_NEEDED,
	.run = registry_run,
};

const struct verb verb_export = {
	.name = "export",
	.kind = VERB_LOOKUP,
	.summary = "the registry as other programs read it",
	.usage = "berth export FORMAT [--own] [--band NAME] [--status LIST] [--transport NAME] [--as-of DAY]\n"
		 "             [--snapshot N] [--name NAME] [-o FILE | -o FOLDER/] [NAME...]\n"
		 "FORMAT is iana-csv, iana-xml, services, nmap, nftables, firewalld, ufw, reserved-ports, dns-sd,\n"
		 "json or nss. Names, numbers and ranges behind it choose rows. A file is replaced as a whole or not\n"
		 "at all. Without any choice iana-csv is the newest snapshot of IANA's list octet for octet.\n"
		 "\n"
		 "      --name NAME        of the nftables sets\n"
		 "      --status LIST      of assigned, reserved, unassigned, unclear\n"
		 "      --snapshot N       this one (berth registry list)\n"
		 "  -o, --output PATH      firewalld: a folder, one file for each service\n",
	.options = PLACE | CHOICE | TAKES_AS_OF | TAKES_SNAPSHOT | TAKES_NAME | TAKES_OUTPUT,
	.word = WORD_MANY,
	.run = registry_run,
};

const struct verb verb_diff = {
	.name = "diff",
	.kind = VERB_LOOKUP,
	.summary = "what changed between two days or two files",
	.usage = "berth diff [--stat | --json] [--own] [--band NAME] [--status LIST] [--transport NAME] OLD\n"
		 "             [NEW]\n"
		 "berth diff --conflicts [--json]\n"
		 "OLD and NEW are days (2025-06, 2026-02-25) or files of IANA's; without NEW: now. Exit status 1:\n"
		 "they differ. --conflicts: own numbers and names that a base has too.\n",
	.options = PLACE | CHOICE | TAKES_STAT | TAKES_JSON | TAKES_CONFLICTS | TAKES_QUIET,
	.word = WORD_MANY,
	.run = registry_run,
};

const struct verb verb_history = {
	.name = "history",
	.kind = VERB_LOOKUP,
	.summary = "what became of a name or a number over time",
	.usage = "berth history [--json | --tabs] WORD...\n"
		 "Over all snapshots of the bases and the registry's own events.\n",
	.options = PLACE | TAKES_JSON | TAKES_TABS,
	.word = WORD_MANY,
	.run = registry_run,
};

const struct verb verb_publish = {
	.name = "publish",
	.kind = VERB_REGISTRY,
	.summary = "write the view that look-ups and libnss_berth read",
	.usage = "berth publish [--published FILE]\n"
		 "Each change of what is published does it already.\n",
	.options = PLACE,
	.word = WORD_NONE,
	.run = registry_run,
};

const struct verb verb_backup = {
	.name = "backup",
	.kind = VERB_REGISTRY,
	.summary = "copy the whole registry into one file, compared",
	.usage = "berth backup FILE\n"
		 "Readers and writers go on meanwhile. `berth restore FILE` makes a registry of it, in SQLite or\n"
		 "PostgreSQL.\n",
	.options = PLACE,
	.word = WORD_NEEDED,
	.run = registry_run,
};

const struct verb verb_restore = {
	.name = "restore",
	.kind = VERB_REGISTRY,
	.summary = "make a registry from a backup",
	.usage = "berth restore [--registry URL] FILE\n"
		 "There must be no registry yet. The backup is checked before it counts.\n",
	.options = PLACE,
	.word = WORD_NEEDED,
	.run = registry_run,
};

const struct verb verb_audit = {
	.name = "audit",
	.kind = VERB_REGISTRY,
	.summary = "prove the events and the tables; list events",
	.usage = "berth audit verify [--anchor FILE] [--json]\n"
		 "berth audit anchor [-o FILE]\n"
		 "berth audit log [--from N] [--json] [SUBJECT]\n"
		 "verify checks the chain of events, replays it and compares every table, and the published file with\n"
		 "them. An anchor is the head of the chain, to be kept on another machine: with it an end cut off is\n"
		 "found too. -o adds to the end of FILE. Exit status 1: something is wrong.\n",
	.options = PLACE | TAKES_ANCHOR | TAKES_JSON | TAKES_OUTPUT | TAKES_FROM,
	.word = WORD_MANY,
	.run = registry_run,
};

const struct verb verb_band = {
	.name = "band",
	.kind = VERB_REGISTRY,
	.summary = "own ranges of the number line, and who decides in each",
	.usage = "berth band list [--json]\n"
		 "berth band set LO-HI NAME [--kind KIND] [--decides WHO] [--expert] [--eyes N] [--over\n"
		 "             refuse|warn]\n"
		 "berth band remove NAME\n"
		 "KIND is private (the default), user, system, dynamic or closed; WHO is registrar (the default),\n"
		 "anyone, board or none. --over says what happens to an own number that a base has assigned.\n",
	.options = PLACE | TAKES_KIND | TAKES_DECIDES | TAKES_EXPERT | TAKES_EYES | TAKES_OVER | TAKES_JSON | TAKES_WHY,
	.word = WORD_MANY,
	.run = registry_run,
};

const struct verb verb_staff = {
	.name = "staff",
	.kind = VERB_REGISTRY,
	.summary = "the people who run the registry",
	.usage = "berth staff list [--json]\n"
		 "berth staff add LOGIN [--name NAME] [--email ADDRESS] [--role ROLE [--scope SCOPE]]\n"
		 "berth staff grant LOGIN --role ROLE [--scope SCOPE]\n"
		 "berth staff revoke LOGIN --role ROLE [--scope SCOPE]\n"
		 "berth staff retire LOGIN\n"
		 "berth staff password LOGIN\n"
		 "ROLE is registrar, expert, board, administrator or auditor. Who calls is known by the login of\n"
		 "the system. password is for the web site: it is read from the terminal or from standard input,\n"
		 "and a new secret for an authenticator is printed, once.\n",
	.options = PLACE | TAKES_NAME | TAKES_EMAIL | TAKES_ROLE | TAKES_SCOPE | TAKES_JSON | TAKES_WHY,
	.word = WORD_MANY,
	.run = registry_run,
};

const struct verb verb_registry = {
	.name = "registry",
	.kind = VERB_REGISTRY,
	.summary = "make a registry, name it, list its snapshots",
	.usage = "berth registry init [--name NAME]\n"
		 "berth registry list [--json]\n"
		 "berth registry set [--name NAME] [--notice TEXT] [--email ADDRESS] [--link URL]\n"
		 "berth registry set WORD TEXT\n"
		 "WORD is name, motto, licence, comments, edition, notice, email or link.\n"
		 "init makes an empty registry with IANA's three bands; whoever calls becomes its administrator and\n"
		 "registrar.\n",
	.options = PLACE | TAKES_NAME | TAKES_NOTICE | TAKES_EMAIL | TAKES_LINK | TAKES_JSON,
	.word = WORD_MANY,
	.run = registry_run,
};

const struct verb verb_apply = {
	.name = "apply",
	.kind = VERB_LOOKUP,
	.summary = "apply for a number or a name",
	.usage = "berth apply [--key KEY] [--filed] FILE\n"
		 "berth apply --check FILE\n"
		 "berth apply --template KIND [-o PATH] [FILE]\n"
		 "berth apply --convert [-o PATH] FILE\n"
		 "berth apply --confirm TOKEN\n"
		 "berth apply --mail < MESSAGE\n"
		 "FILE is a .berth file with an application block, or the plain-text form; - is standard input.\n"
		 "KIND is user, system, relocation, name, service-code, modification, transport, release,\n"
		 "revocation or renewal. An application reaches the staff once its address is confirmed, by the\n"
		 "token that is mailed to it.\n"
		 "\n"
		 "      --template KIND    a .berth file to fill in, on standard output. The answers of FILE go\n"
		 "                         along, from one of this kind, or of the kind system to user\n"
		 "      --convert          a .berth file as the plain-text form, or the plain-text form as a .berth\n"
		 "                         file, on standard output\n"
		 "  -o, --output PATH      to this file instead\n"
		 "      --check            the examiner's report alone; nothing is stored\n"
		 "      --key KEY          the same key sent again is the same application\n"
		 "      --filed            by a registrar, for what came on paper: needs no confirmation\n"
		 "Exit status 1: a rule refuses it.\n",
	.options = PLACE | TAKES_TEMPLATE | TAKES_CONVERT | TAKES_CHECK | TAKES_MAIL | TAKES_CONFIRM | TAKES_FILED |
		   TAKES_KEY | TAKES_JSON | TAKES_OUTPUT,
	.word = WORD_OPTIONAL,
	.run = registry_run,
};

const struct verb verb_track = {
	.name = "track",
	.kind = VERB_LOOKUP,
	.summary = "follow an application, answer, withdraw: by its secret token",
	.usage = "berth track TOKEN\n"
		 "berth track TOKEN answer NUMBER [FILE] -m TEXT\n"
		 "berth track TOKEN edit FILE\n"
		 "berth track TOKEN withdraw | reopen | copy | submit [FILE]\n"
		 "berth track TOKEN appeal -m FACTS\n"
		 "berth track --consent TOKEN [yes|no] [-m REASON]\n"
		 "berth track comment REF --email ADDRESS -m TEXT\n"
		 "berth track appeal REF --email ADDRESS -m FACTS\n"
		 "Whoever comments on a public call, or appeals against an assignment, is sent a link to confirm it.\n",
	.options = PLACE | TAKES_WHY | TAKES_CONSENT | TAKES_EMAIL | TAKES_JSON,
	.word = WORD_MANY,
	.run = registry_run,
};

const struct verb verb_review = {
	.name = "review",
	.kind = VERB_REGISTRY,
	.summary = "the staff's side: examine, ask, recommend, assign, refuse",
	.usage = "berth review [list] [--json]\n"
		 "berth review show REF [--json]\n"
		 "berth review take REF\n"
		 "berth review ask REF -m QUESTION [--about FIELD|RULE]\n"
		 "berth review finding REF ABOUT VERDICT [-m NOTE]\n"
		 "berth review to-expert|name-expert|reassign REF LOGIN\n"
		 "berth review recuse REF -m REASON\n"
		 "berth review recommend REF assign|refuse -m REASONS\n"
		 "berth review assign REF [PORT] -m REASONS\n"
		 "berth review refuse REF --because RULES -m REASONS\n"
		 "berth review vote REF assign|refuse|annul [--because RULES] -m REASONS\n"
		 "berth review hear|uphold|annul REF -m REASONS\n"
		 "berth review ACT REF [-m TEXT]\n"
		 "ABOUT is \"question 5\" or \"rule P6\"; VERDICT is understood, unclear, accepted or objection;\n"
		 "\"finding REF all understood\" says it of every question. ACT is any other of the table of moves:\n"
		 "need-consent, to-board, call, close, propose-assign, hold-back ...\n",
	.options = PLACE | TAKES_WHY | TAKES_ABOUT | TAKES_BECAUSE | TAKES_JSON,
	.word = WORD_MANY,
	.run = registry_run,
};

const struct verb verb_mail = {
	.name = "mail",
	.kind = VERB_REGISTRY,
	.summary = "the letters of the registry: what waits, what failed and why",
	.usage = "berth mail [list] [--all] [--json]\n"
		 "berth mail show LETTER [--json]\n"
		 "berth mail retry [LETTER]\n"
		 "list shows letters that are not sent yet; --all, the sent ones too. retry sends again what failed,\n"
		 "or one letter at once. berth-mailer(8) brings them on their way.\n",
	.options = PLACE | TAKES_ALL | TAKES_JSON,
	.word = WORD_MANY,
	.run = registry_run,
};
