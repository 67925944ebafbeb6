/* schema.c - the tables of a registry, one text for SQLite >= 3.35 and PostgreSQL >= 13.  Read by migrate.c.
 *
 * Times are UTC 'YYYY-MM-DDTHH:MM:SSZ', days 'YYYY-MM-DD', hashes lower-case hex.  PLAIN_TEXT is text compared octet by
 * octet: any type with TEXT in its name is that on SQLite, on PostgreSQL it is made first.  What must hold is said by
 * keys and checks, never by triggers.  References to an event, and an event's to the staff, are looked at when the
 * transaction ends, because the first event makes them all.  No table whose rows are journalled has defaults: an event
 * holds each value. */
#include "store/schema.h"

#include <stddef.h>

#define EVENT_OR_NULL "BIGINT REFERENCES event DEFERRABLE INITIALLY DEFERRED"
#define EVENT "BIGINT NOT NULL REFERENCES event DEFERRABLE INITIALLY DEFERRED"

/* clang-format off */
static const char *const registry[] = {
	/* Who runs the registry: 0 is nobody (where no person is meant), 1 is berth itself. No password: no sign-in. */
	"CREATE TABLE staff ("
	"  id INTEGER PRIMARY KEY,"
	"  login PLAIN_TEXT NOT NULL UNIQUE CHECK (login = lower(login)),"
	"  name PLAIN_TEXT NOT NULL, email PLAIN_TEXT NOT NULL,"
	"  password PLAIN_TEXT, totp_secret PLAIN_TEXT,"
	"  active INTEGER NOT NULL CHECK (active IN (0, 1)),"
	"  salt PLAIN_TEXT NOT NULL)",

	/* An expert's scope is a transport, others' a band or *. */
	"CREATE TABLE staff_role ("
	"  staff INTEGER NOT NULL REFERENCES staff,"
	"  role PLAIN_TEXT NOT NULL CHECK (role IN ('registrar', 'expert', 'board', 'administrator', 'auditor')),"
	"  scope PLAIN_TEXT NOT NULL,"
	"  PRIMARY KEY (staff, role, scope))",

	/* What each attempt to sign in changes; a one-time code's step works once. */
	"CREATE TABLE sign_in ("
	"  staff INTEGER PRIMARY KEY REFERENCES staff,"
	"  totp_last BIGINT NOT NULL DEFAULT 0,"
	"  failures INTEGER NOT NULL DEFAULT 0, locked_until PLAIN_TEXT)",

	/* Without a hole, and with one predecessor each: the chain cannot fork. */
	"CREATE TABLE event ("
	"  n BIGINT NOT NULL PRIMARY KEY CHECK (n > 0),"
	"  at PLAIN_TEXT NOT NULL,"
	"  staff INTEGER NOT NULL REFERENCES staff DEFERRABLE INITIALLY DEFERRED,"
	"  act PLAIN_TEXT NOT NULL, subject PLAIN_TEXT NOT NULL, why PLAIN_TEXT NOT NULL,"
	"  body PLAIN_TEXT NOT NULL,"
	"  prev PLAIN_TEXT NOT NULL UNIQUE,"
	"  hash PLAIN_TEXT NOT NULL UNIQUE CHECK (length(hash) = 64))",

	/* The last event's number and hash, in one row; whoever writes updates it first, and its lock orders them. */
	"CREATE TABLE chain ("
	"  one INTEGER PRIMARY KEY CHECK (one = 1), n BIGINT NOT NULL, hash PLAIN_TEXT NOT NULL)",
	"INSERT INTO chain (one, n, hash) VALUES (1, 0, "
	"'0000000000000000000000000000000000000000000000000000000000000000')",

	/* What was told to a witness outside the machine. */
	"CREATE TABLE anchor ("
	"  n BIGINT NOT NULL PRIMARY KEY,"
	"  hash PLAIN_TEXT NOT NULL, at PLAIN_TEXT NOT NULL, witness PLAIN_TEXT NOT NULL)",

	/* Of what is shown side by side, the lower rank comes first. */
	"CREATE TABLE source ("
	"  id INTEGER PRIMARY KEY, name PLAIN_TEXT NOT NULL UNIQUE, rank INTEGER NOT NULL UNIQUE)",

	/* The day is the one the file speaks for, not that of its import. */
	"CREATE TABLE snapshot ("
	"  id INTEGER PRIMARY KEY,"
	"  source INTEGER NOT NULL REFERENCES source,"
	"  dated PLAIN_TEXT NOT NULL, format PLAIN_TEXT NOT NULL, header PLAIN_TEXT NOT NULL,"
	"  eol PLAIN_TEXT NOT NULL CHECK (eol IN ('lf', 'crlf')),"
	"  last_eol INTEGER NOT NULL CHECK (last_eol IN (0, 1)),"
	"  rows INTEGER NOT NULL,"
	"  sha256 PLAIN_TEXT NOT NULL CHECK (length(sha256) = 64),"
	"  rows_sha256 PLAIN_TEXT NOT NULL CHECK (length(rows_sha256) = 64),"
	"  event " EVENT ","
	"  UNIQUE (source, dated, sha256))",

	/* A distinct row, never changed, shared by the snapshots that have it. From fold on: read from the columns. */
	"CREATE TABLE entry ("
	"  id INTEGER PRIMARY KEY,"
	"  digest PLAIN_TEXT NOT NULL UNIQUE CHECK (length(digest) = 64),"
	"  name PLAIN_TEXT NOT NULL, port PLAIN_TEXT NOT NULL, transport PLAIN_TEXT NOT NULL,"
	"  description PLAIN_TEXT NOT NULL, assignee PLAIN_TEXT NOT NULL, contact PLAIN_TEXT NOT NULL,"
	"  registered PLAIN_TEXT NOT NULL, modified PLAIN_TEXT NOT NULL, reference PLAIN_TEXT NOT NULL,"
	"  service_code PLAIN_TEXT NOT NULL, unauthorized PLAIN_TEXT NOT NULL, notes PLAIN_TEXT NOT NULL,"
	"  raw PLAIN_TEXT,"
	"  fold PLAIN_TEXT NOT NULL,"
	"  lo INTEGER, hi INTEGER,"
	"  status PLAIN_TEXT NOT NULL CHECK (status IN ('assigned', 'reserved', 'unassigned', 'unclear')),"
	"  CHECK ((lo IS NULL) = (hi IS NULL)),"
	"  CHECK (lo IS NULL OR (lo >= 0 AND lo <= hi AND hi <= 65535)))",
	"CREATE INDEX entry_fold ON entry (fold)",
	"CREATE INDEX entry_port ON entry (lo)",
	"CREATE INDEX entry_range ON entry (lo, hi) WHERE hi > lo",

	/* Which rows, in which order: runs of entries whose numbers follow each other. */
	"CREATE TABLE snapshot_run ("
	"  snapshot INTEGER NOT NULL REFERENCES snapshot,"
	"  seq INTEGER NOT NULL,"
	"  entry INTEGER NOT NULL REFERENCES entry,"
	"  count INTEGER NOT NULL CHECK (count > 0),"
	"  PRIMARY KEY (snapshot, seq))",
	"CREATE INDEX snapshot_run_entry ON snapshot_run (snapshot, entry)",

	/* Whom a source names, with the addresses that consent needs; without salt: forgotten. */
	"CREATE TABLE person ("
	"  source INTEGER NOT NULL REFERENCES source,"
	"  pid PLAIN_TEXT NOT NULL,"
	"  kind PLAIN_TEXT NOT NULL CHECK (kind IN ('person', 'org', 'unknown')),"
	"  name PLAIN_TEXT NOT NULL, uri PLAIN_TEXT NOT NULL, updated PLAIN_TEXT NOT NULL,"
	"  snapshot INTEGER NOT NULL REFERENCES snapshot,"
	"  seq INTEGER NOT NULL,"
	"  salt PLAIN_TEXT NOT NULL,"
	"  digest PLAIN_TEXT NOT NULL CHECK (length(digest) = 64),"
	"  PRIMARY KEY (source, pid))",

	/* A band ends where the next begins: neither a gap nor an overlap can be written down. */
	"CREATE TABLE band ("
	"  lo INTEGER PRIMARY KEY CHECK (lo BETWEEN 0 AND 65535),"
	"  name PLAIN_TEXT NOT NULL,"
	"  kind PLAIN_TEXT NOT NULL CHECK (kind IN ('system', 'user', 'private', 'dynamic', 'closed')),"
	"  decides PLAIN_TEXT NOT NULL CHECK (decides IN ('board', 'registrar', 'anyone', 'none')),"
	"  expert INTEGER NOT NULL CHECK (expert IN (0, 1)),"
	"  eyes INTEGER NOT NULL CHECK (eyes IN (1, 2)),"
	"  over PLAIN_TEXT NOT NULL CHECK (over IN ('refuse', 'warn')),"
	"  CHECK (kind <> 'system' OR (decides = 'board' AND eyes = 2)),"
	"  CHECK (kind NOT IN ('dynamic', 'closed') OR decides = 'none'))",

	/* The questions of the forms, and who sees the answers; seed is the number on the form of 2004. */
	"CREATE TABLE field ("
	"  name PLAIN_TEXT NOT NULL PRIMARY KEY,"
	"  question PLAIN_TEXT NOT NULL, seed INTEGER,"
	"  visibility PLAIN_TEXT NOT NULL DEFAULT 'staff'"
	"    CHECK (visibility IN ('public', 'applicant', 'staff', 'expert')))",

	/* own_staff is who of the staff asks, 0 none; key makes the same form sent twice one application. */
	"CREATE TABLE application ("
	"  id INTEGER PRIMARY KEY,"
	"  ref PLAIN_TEXT NOT NULL UNIQUE,"
	"  kind PLAIN_TEXT NOT NULL CHECK (kind IN ('user', 'system', 'relocation', 'name', 'service-code',"
	"    'modification', 'transport', 'release', 'revocation', 'renewal')),"
	"  eyes INTEGER NOT NULL CHECK (eyes IN (1, 2)),"
	"  expert INTEGER NOT NULL CHECK (expert IN (0, 1)),"
	"  own_staff INTEGER NOT NULL REFERENCES staff,"
	"  about PLAIN_TEXT NOT NULL,"
	"  key PLAIN_TEXT NOT NULL UNIQUE,"
	"  created PLAIN_TEXT NOT NULL,"
	"  CHECK (kind <> 'system' OR eyes = 2),"
	"  UNIQUE (id, kind, eyes, expert, own_staff))",

	/* The terms on which it is decided, as the band had them on confirmation: said twice, so that neither this row
	 * nor the application's can be changed while the other stands; and the step that admits it needs this one. */
	"CREATE TABLE admission ("
	"  application INTEGER PRIMARY KEY,"
	"  kind PLAIN_TEXT NOT NULL, eyes INTEGER NOT NULL, expert INTEGER NOT NULL, own_staff INTEGER NOT NULL,"
	"  event " EVENT ","
	"  UNIQUE (application, kind, eyes, expert, own_staff),"
	"  FOREIGN KEY (application, kind, eyes, expert, own_staff)"
	"    REFERENCES application (id, kind, eyes, expert, own_staff))",

	/* What was sent, as often as it was sent: form is the edition of the questions, berth a description.  What was
	 * said of a version holds for those after it that are the same in all that is examined: material is the first
	 * of these. */
	"CREATE TABLE version ("
	"  application INTEGER NOT NULL REFERENCES application,"
	"  v INTEGER NOT NULL CHECK (v > 0),"
	"  material INTEGER NOT NULL,"
	"  at PLAIN_TEXT NOT NULL,"
	"  author PLAIN_TEXT NOT NULL CHECK (author IN ('applicant', 'staff')),"
	"  form PLAIN_TEXT NOT NULL, digest PLAIN_TEXT NOT NULL, berth PLAIN_TEXT,"
	"  salt PLAIN_TEXT NOT NULL,"
	"  PRIMARY KEY (application, v),"
	"  UNIQUE (application, v, material),"
	"  FOREIGN KEY (application, material, material) REFERENCES version (application, v, material),"
	"  CHECK (material <= v))",
	"CREATE TABLE answer ("
	"  application INTEGER NOT NULL, v INTEGER NOT NULL,"
	"  field PLAIN_TEXT NOT NULL REFERENCES field,"
	"  value PLAIN_TEXT NOT NULL,"
	"  salt PLAIN_TEXT NOT NULL,"
	"  PRIMARY KEY (application, v, field),"
	"  FOREIGN KEY (application, v) REFERENCES version)",

	/* The part of the answers that can collide, a row for each transport. */
	"CREATE TABLE wanted ("
	"  application INTEGER NOT NULL, v INTEGER NOT NULL,"
	"  transport PLAIN_TEXT NOT NULL CHECK (transport IN ('tcp', 'udp', 'sctp', 'dccp')),"
	"  port INTEGER CHECK (port BETWEEN 0 AND 65535),"
	"  service_code BIGINT CHECK (service_code BETWEEN 1 AND 4294967294),"
	"  PRIMARY KEY (application, v, transport),"
	"  FOREIGN KEY (application, v) REFERENCES version,"
	"  CHECK (service_code IS NULL OR transport = 'dccp'))",
	"CREATE INDEX wanted_port ON wanted (port, transport)",

	/* The only ways from state to state. */
	"CREATE TABLE transition ("
	"  from_state PLAIN_TEXT NOT NULL, act PLAIN_TEXT NOT NULL, to_state PLAIN_TEXT NOT NULL,"
	"  actor PLAIN_TEXT NOT NULL,"
	"  clock PLAIN_TEXT NOT NULL CHECK (clock IN ('own', 'applicant', 'other', 'none')),"
	"  PRIMARY KEY (from_state, act, to_state))",

	/* Asked of an applicant about a field or a rule; open while answered is NULL. */
	"CREATE TABLE question ("
	"  application INTEGER NOT NULL, q INTEGER NOT NULL, v INTEGER NOT NULL,"
	"  field PLAIN_TEXT REFERENCES field, rule PLAIN_TEXT,"
	"  text PLAIN_TEXT NOT NULL,"
	"  asked " EVENT ","
	"  answer PLAIN_TEXT,"
	"  answered " EVENT_OR_NULL ","
	"  salt PLAIN_TEXT NOT NULL,"
	"  PRIMARY KEY (application, q),"
	"  FOREIGN KEY (application, v) REFERENCES version,"
	"  CHECK ((answer IS NULL) = (answered IS NULL)))",

	/* A person's word on a question of the form ('question 5') or a rule that no machine settles ('rule P6'). */
	"CREATE TABLE finding ("
	"  application INTEGER NOT NULL, material INTEGER NOT NULL,"
	"  staff INTEGER NOT NULL REFERENCES staff,"
	"  about PLAIN_TEXT NOT NULL,"
	"  verdict PLAIN_TEXT NOT NULL CHECK (verdict IN ('understood', 'unclear', 'accepted', 'objection')),"
	"  note PLAIN_TEXT NOT NULL,"
	"  event " EVENT ","
	"  PRIMARY KEY (application, material, staff, about),"
	"  FOREIGN KEY (application, material, material) REFERENCES version (application, v, material),"
	"  CHECK (verdict = 'understood' OR note <> ''))",

	/* Who examines; one who steps aside stays in it. */
	"CREATE TABLE examiner ("
	"  application INTEGER NOT NULL REFERENCES application,"
	"  staff INTEGER NOT NULL REFERENCES staff,"
	"  due PLAIN_TEXT,"
	"  since " EVENT ","
	"  recused " EVENT_OR_NULL ","
	"  PRIMARY KEY (application, staff))",

	/* Whoever votes on an application does so in one place: as its expert (0), among those who decide at first (1),
	 * or in one appeal (its round). */
	"CREATE TABLE seat ("
	"  application INTEGER NOT NULL REFERENCES application,"
	"  staff INTEGER NOT NULL REFERENCES staff,"
	"  bench INTEGER NOT NULL CHECK (bench >= 0),"
	"  event " EVENT ","
	"  PRIMARY KEY (application, staff),"
	"  UNIQUE (application, staff, bench))",

	/* One for each person, material version and round.  An expert's, in round 0, is a recommendation: it counts in
	 * every round of its version. */
	"CREATE TABLE vote ("
	"  application INTEGER NOT NULL, material INTEGER NOT NULL,"
	"  round INTEGER NOT NULL CHECK (round >= 0),"
	"  bench INTEGER NOT NULL CHECK (bench IN (0, 1, round)),"
	"  staff INTEGER NOT NULL REFERENCES staff,"
	"  role PLAIN_TEXT NOT NULL CHECK (role IN ('expert', 'registrar', 'board')),"
	"  verdict PLAIN_TEXT NOT NULL CHECK (verdict IN ('assign', 'refuse', 'annul')),"
	"  reasons PLAIN_TEXT NOT NULL CHECK (reasons <> ''),"
	"  rules PLAIN_TEXT NOT NULL,"
	"  event " EVENT ","
	"  PRIMARY KEY (application, material, round, staff),"
	"  UNIQUE (application, material, round, bench, verdict, staff, role),"
	"  FOREIGN KEY (application, material, material) REFERENCES version (application, v, material),"
	"  FOREIGN KEY (application, staff, bench) REFERENCES seat (application, staff, bench),"
	"  CHECK ((role = 'expert') = (round = 0)),"
	"  CHECK ((bench = 0) = (round = 0)),"
	"  CHECK (bench < 2 OR role = 'board'))",

	/* Holder and new contact each say yes. */
	"CREATE TABLE consent ("
	"  application INTEGER NOT NULL, material INTEGER NOT NULL,"
	"  party PLAIN_TEXT NOT NULL,"
	"  needed " EVENT ","
	"  given " EVENT_OR_NULL ","
	"  refused " EVENT_OR_NULL ","
	"  PRIMARY KEY (application, material, party),"
	"  UNIQUE (application, material, party, refused),"
	"  FOREIGN KEY (application, material, material) REFERENCES version (application, v, material),"
	"  CHECK (given IS NULL OR refused IS NULL))",

	/* Its votes exist, agree, are of this version, and of people who differ from each other and from the applicant;
	 * in an appeal (bench above 1) of two who were in no round before.  The terms of admission stand here again so
	 * that they can be checked.  A holder's refusal is the consent that was refused in the same event. */
	"CREATE TABLE decision ("
	"  application INTEGER NOT NULL, round INTEGER NOT NULL CHECK (round >= 1), material INTEGER NOT NULL,"
	"  verdict PLAIN_TEXT NOT NULL,"
	"  kind PLAIN_TEXT NOT NULL, eyes INTEGER NOT NULL, expert INTEGER NOT NULL, own_staff INTEGER NOT NULL,"
	"  role PLAIN_TEXT NOT NULL CHECK (role IN ('registrar', 'board', 'holder')),"
	"  bench INTEGER NOT NULL CHECK (bench IN (1, round)),"
	"  recommended INTEGER, recommended_round INTEGER CHECK (recommended_round = 0),"
	"  first INTEGER, second INTEGER,"
	"  party PLAIN_TEXT,"
	"  event BIGINT NOT NULL UNIQUE REFERENCES event DEFERRABLE INITIALLY DEFERRED,"
	"  PRIMARY KEY (application, round),"
	"  UNIQUE (application, round, verdict),"
	"  UNIQUE (application, round, bench, material),"
	"  FOREIGN KEY (application, kind, eyes, expert, own_staff)"
	"    REFERENCES admission (application, kind, eyes, expert, own_staff),"
	"  FOREIGN KEY (application, material, material) REFERENCES version (application, v, material),"
	"  FOREIGN KEY (application, material, recommended_round, recommended)"
	"    REFERENCES vote (application, material, round, staff),"
	"  FOREIGN KEY (application, material, round, bench, verdict, first, role)"
	"    REFERENCES vote (application, material, round, bench, verdict, staff, role),"
	"  FOREIGN KEY (application, material, round, bench, verdict, second, role)"
	"    REFERENCES vote (application, material, round, bench, verdict, staff, role),"
	"  FOREIGN KEY (application, material, party, event)"
	"    REFERENCES consent (application, material, party, refused),"
	"  CHECK ((recommended IS NULL) = (recommended_round IS NULL)),"
	"  CHECK ((role = 'holder') = (first IS NULL)),"
	"  CHECK ((role = 'holder') = (party IS NOT NULL)),"
	"  CHECK (role <> 'holder' OR (verdict = 'refuse' AND bench = 1 AND second IS NULL)),"
	"  CHECK (first <> own_staff),"
	"  CHECK (second IS NULL OR (second <> first AND second <> own_staff)),"
	"  CHECK (recommended IS NULL OR (recommended <> first AND recommended <> own_staff"
	"    AND (second IS NULL OR second <> recommended))),"
	"  CHECK (verdict <> 'assign' OR eyes = 1 OR second IS NOT NULL),"
	"  CHECK (verdict <> 'assign' OR expert = 0 OR recommended IS NOT NULL),"
	"  CHECK (verdict <> 'assign' OR kind <> 'system' OR role = 'board'),"
	"  CHECK (verdict <> 'annul' OR bench > 1),"
	"  CHECK (bench = 1 OR (role = 'board' AND second IS NOT NULL)))",

	/* An application's way: a step starts where the last one ended; two who act at once make the same number.  One
	 * that admits it has the terms with it, one that decides its decision, one that ends an appeal one of an
	 * appeal. */
	"CREATE TABLE step ("
	"  application INTEGER NOT NULL REFERENCES application,"
	"  n INTEGER NOT NULL CHECK (n > 0),"
	"  prev INTEGER,"
	"  from_state PLAIN_TEXT NOT NULL, act PLAIN_TEXT NOT NULL, to_state PLAIN_TEXT NOT NULL,"
	"  v INTEGER NOT NULL, material INTEGER NOT NULL,"
	"  due PLAIN_TEXT,"
	"  admitted INTEGER REFERENCES admission,"
	"  decided INTEGER, bench INTEGER,"
	"  event " EVENT ","
	"  PRIMARY KEY (application, n),"
	"  UNIQUE (application, n, to_state), UNIQUE (application, event),"
	"  FOREIGN KEY (from_state, act, to_state) REFERENCES transition,"
	"  FOREIGN KEY (application, v, material) REFERENCES version (application, v, material),"
	"  FOREIGN KEY (application, decided, bench, material)"
	"    REFERENCES decision (application, round, bench, material),"
	"  FOREIGN KEY (application, prev, from_state) REFERENCES step (application, n, to_state)"
	"    DEFERRABLE INITIALLY DEFERRED,"
	"  CHECK ((act IN ('confirm', 'file')) = (admitted IS NOT NULL)),"
	"  CHECK (admitted = application),"
	"  CHECK ((act IN ('propose-assign', 'auto', 'refuse', 'declined', 'uphold', 'annul'))"
	"    = (decided IS NOT NULL)),"
	"  CHECK ((decided IS NULL) = (bench IS NULL)),"
	"  CHECK ((act IN ('uphold', 'annul')) = (bench > 1)),"
	"  CHECK ((n = 1 AND prev IS NULL AND from_state = 'new') OR (n > 1 AND prev IS NOT NULL AND prev = n - 1)))",
	/* Found by the application, not by the step: of each, the last step is one look into the key. */
	"CREATE VIEW application_state AS"
	"  SELECT s.application, s.n, s.to_state AS state, s.v, s.material, s.due, s.event FROM application a"
	"  JOIN step s ON s.application = a.id"
	"    AND s.n = (SELECT max(t.n) FROM step t WHERE t.application = a.id)",

	/* By a row of an own list, or by a decision to assign; replaces is the row of a base that it takes over. */
	"CREATE TABLE assignment ("
	"  id INTEGER PRIMARY KEY,"
	"  basis PLAIN_TEXT NOT NULL CHECK (basis IN ('list', 'decision')),"
	"  application INTEGER, round INTEGER,"
	"  verdict PLAIN_TEXT CHECK (verdict = 'assign'),"
	"  replaces INTEGER REFERENCES entry,"
	"  temporary_until PLAIN_TEXT,"
	"  renewals INTEGER NOT NULL CHECK (renewals <= 1),"
	"  event " EVENT ","
	"  FOREIGN KEY (application, round, verdict) REFERENCES decision (application, round, verdict),"
	"  CHECK ((basis = 'decision') = (application IS NOT NULL)),"
	"  CHECK ((round IS NULL) = (application IS NULL)),"
	"  CHECK ((verdict IS NULL) = (application IS NULL)))",
	"CREATE INDEX assignment_application ON assignment (application)",

	/* The right itself: two holders of one number cannot be written down. Of a reserved one, the last holder. */
	"CREATE TABLE claim ("
	"  transport PLAIN_TEXT NOT NULL CHECK (transport IN ('tcp', 'udp', 'sctp', 'dccp')),"
	"  port INTEGER NOT NULL CHECK (port BETWEEN 1 AND 49150 AND port <> 1023 AND port <> 1024),"
	"  kind PLAIN_TEXT NOT NULL CHECK (kind IN ('assigned', 'reserved')),"
	"  assignment INTEGER NOT NULL REFERENCES assignment,"
	"  event " EVENT ","
	"  PRIMARY KEY (transport, port))",

	/* In use, reserved, or held for an application; letter case makes no difference. */
	"CREATE TABLE name ("
	"  fold PLAIN_TEXT NOT NULL PRIMARY KEY CHECK (fold = lower(fold) AND length(fold) BETWEEN 1 AND 15),"
	"  spelled PLAIN_TEXT NOT NULL,"
	"  kind PLAIN_TEXT NOT NULL CHECK (kind IN ('held', 'assigned', 'alias', 'reserved')),"
	"  alias_of PLAIN_TEXT REFERENCES name DEFERRABLE INITIALLY DEFERRED,"
	"  application INTEGER REFERENCES application,"
	"  assignment INTEGER REFERENCES assignment,"
	"  event " EVENT ","
	"  CHECK (lower(spelled) = fold),"
	"  CHECK ((kind = 'alias') = (alias_of IS NOT NULL)),"
	"  CHECK ((kind = 'held') = (assignment IS NULL)),"
	"  CHECK (kind <> 'held' OR application IS NOT NULL))",
	"CREATE INDEX name_application ON name (application)",

	/* RFC 4340, 8.1.2: what begins with a question mark is for private use. */
	"CREATE TABLE service_code ("
	"  code BIGINT NOT NULL PRIMARY KEY"
	"    CHECK (code BETWEEN 1 AND 4294967294 AND code NOT BETWEEN 1056964608 AND 1073741823),"
	"  phrase PLAIN_TEXT NOT NULL,"
	"  assignment INTEGER NOT NULL REFERENCES assignment,"
	"  event " EVENT ")",

	/* The rows that show an assignment, and the days on which they hold. */
	"CREATE TABLE publication ("
	"  id INTEGER PRIMARY KEY,"
	"  assignment INTEGER NOT NULL REFERENCES assignment,"
	"  entry INTEGER NOT NULL REFERENCES entry,"
	"  since_day PLAIN_TEXT NOT NULL,"
	"  since_event " EVENT ","
	"  until_day PLAIN_TEXT,"
	"  until_event " EVENT_OR_NULL ","
	"  CHECK ((until_day IS NULL) = (until_event IS NULL)),"
	"  CHECK (until_day IS NULL OR until_day >= since_day))",
	"CREATE UNIQUE INDEX publication_open ON publication (entry) WHERE until_event IS NULL",
	"CREATE INDEX publication_assignment ON publication (assignment)",

	/* Letters, each written whole and once, in the transaction of what they tell: one to a person for an event.
	 * secret: where in the message a link's token stands, from 1; it is taken out when the letter is sent. */
	"CREATE TABLE outbox ("
	"  id INTEGER PRIMARY KEY,"
	"  event " EVENT ","
	"  application INTEGER REFERENCES application,"
	"  message_id PLAIN_TEXT NOT NULL UNIQUE,"
	"  rcpt PLAIN_TEXT NOT NULL, template PLAIN_TEXT NOT NULL, message PLAIN_TEXT NOT NULL,"
	"  state PLAIN_TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sending', 'sent', 'failed')),"
	"  tries INTEGER NOT NULL DEFAULT 0,"
	"  next_try PLAIN_TEXT NOT NULL, lease_until PLAIN_TEXT,"
	"  last_error PLAIN_TEXT NOT NULL DEFAULT '', sent PLAIN_TEXT,"
	"  secret INTEGER CHECK (secret > 0), secret_size INTEGER CHECK (secret_size > 0),"
	"  UNIQUE (event, template, rcpt),"
	"  CHECK ((state = 'sent') = (sent IS NOT NULL)))",
	"CREATE INDEX outbox_application ON outbox (application)",
	"CREATE INDEX outbox_due ON outbox (next_try) WHERE state IN ('waiting', 'sending')",

	/* The same letter twice is one. */
	"CREATE TABLE inbox ("
	"  message_id PLAIN_TEXT NOT NULL PRIMARY KEY,"
	"  application INTEGER REFERENCES application,"
	"  at PLAIN_TEXT NOT NULL, sender PLAIN_TEXT NOT NULL DEFAULT '', message PLAIN_TEXT NOT NULL)",

	/* Sessions, links and keys: only their hashes. party: of a consent; what a session or key is about. */
	"CREATE TABLE token ("
	"  hash PLAIN_TEXT NOT NULL PRIMARY KEY CHECK (length(hash) = 64),"
	"  purpose PLAIN_TEXT NOT NULL CHECK (purpose IN ('session', 'enrol', 'confirm', 'track', 'consent', 'api')),"
	"  staff INTEGER NOT NULL DEFAULT 0 REFERENCES staff,"
	"  application INTEGER REFERENCES application,"
	"  party PLAIN_TEXT NOT NULL DEFAULT '', scope PLAIN_TEXT NOT NULL DEFAULT '',"
	"  created PLAIN_TEXT NOT NULL, seen PLAIN_TEXT, ends PLAIN_TEXT NOT NULL, used PLAIN_TEXT,"
	"  CHECK ((purpose IN ('session', 'enrol', 'api')) = (staff <> 0)))",

	/* What anybody wrote about an application, until the link that was mailed to them confirms their address. */
	"CREATE TABLE remark ("
	"  token PLAIN_TEXT NOT NULL PRIMARY KEY REFERENCES token,"
	"  act PLAIN_TEXT NOT NULL CHECK (act IN ('comment', 'appeal')),"
	"  sender PLAIN_TEXT NOT NULL, message PLAIN_TEXT NOT NULL)",

	/* The registry's name, its notice: what people set. */
	"CREATE TABLE setting (key PLAIN_TEXT NOT NULL PRIMARY KEY, value PLAIN_TEXT NOT NULL)",

	/* The number of the schema: what programs set. */
	"CREATE TABLE meta (key PLAIN_TEXT NOT NULL PRIMARY KEY, value PLAIN_TEXT NOT NULL)",
	NULL,
};
/* clang-format on */

const struct migration schema_migrations[] = {
	{ 1, "CREATE DOMAIN plain_text AS TEXT COLLATE \"C\"", registry },
	{ 0 },
};
