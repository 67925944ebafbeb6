/* tables.c - the schema's tables as data (tables.h).  A unit test holds them against those that schema.c makes. */
#include "store/tables.h"

#include <string.h>

#define TEXT(name)                       \
	{                                \
		name, true, false, false \
	}
#define INTEGER(name)                     \
	{                                 \
		name, false, false, false \
	}
#define KEY_TEXT(name)                  \
	{                               \
		name, true, true, false \
	}
#define KEY_INTEGER(name)                \
	{                                \
		name, false, true, false \
	}
#define PERSONAL(name)                  \
	{                               \
		name, true, false, true \
	}

/* clang-format off */
const struct table tables[] = {
	{ "staff", TABLE_JOURNALLED, 8, {
		KEY_INTEGER("id"), TEXT("login"), PERSONAL("name"), PERSONAL("email"), PERSONAL("password"),
		PERSONAL("totp_secret"), INTEGER("active"), PERSONAL("salt"),
	} },
	{ "staff_role", TABLE_JOURNALLED, 3, {
		KEY_INTEGER("staff"), KEY_TEXT("role"), KEY_TEXT("scope"),
	} },
	{ "sign_in", TABLE_FREE, 4, {
		KEY_INTEGER("staff"), INTEGER("totp_last"), INTEGER("failures"), TEXT("locked_until"),
	} },
	{ "event", TABLE_CHAIN, 9, {
		KEY_INTEGER("n"), TEXT("at"), INTEGER("staff"), TEXT("act"), TEXT("subject"), TEXT("why"),
		TEXT("body"), TEXT("prev"), TEXT("hash"),
	} },
	{ "chain", TABLE_CHAIN, 3, {
		KEY_INTEGER("one"), INTEGER("n"), TEXT("hash"),
	} },
	{ "anchor", TABLE_CHAIN, 4, {
		KEY_INTEGER("n"), TEXT("hash"), TEXT("at"), TEXT("witness"),
	} },
	{ "source", TABLE_JOURNALLED, 3, {
		KEY_INTEGER("id"), TEXT("name"), INTEGER("rank"),
	} },
	{ "snapshot", TABLE_JOURNALLED, 11, {
		KEY_INTEGER("id"), INTEGER("source"), TEXT("dated"), TEXT("format"), TEXT("header"),
		TEXT("eol"), INTEGER("last_eol"), INTEGER("rows"), TEXT("sha256"), TEXT("rows_sha256"),
		INTEGER("event"),
	} },
	{ "entry", TABLE_SEALED, 19, {
		KEY_INTEGER("id"), TEXT("digest"), TEXT("name"), TEXT("port"), TEXT("transport"),
		TEXT("description"), TEXT("assignee"), TEXT("contact"), TEXT("registered"), TEXT("modified"),
		TEXT("reference"), TEXT("service_code"), TEXT("unauthorized"), TEXT("notes"), TEXT("raw"),
		TEXT("fold"), INTEGER("lo"), INTEGER("hi"), TEXT("status"),
	} },
	{ "snapshot_run", TABLE_SEALED, 4, {
		KEY_INTEGER("snapshot"), KEY_INTEGER("seq"), INTEGER("entry"), INTEGER("count"),
	} },
	{ "person", TABLE_SEALED, 10, {
		KEY_INTEGER("source"), KEY_TEXT("pid"), TEXT("kind"), PERSONAL("name"), PERSONAL("uri"),
		PERSONAL("updated"), INTEGER("snapshot"), INTEGER("seq"), PERSONAL("salt"), TEXT("digest"),
	} },
	{ "band", TABLE_JOURNALLED, 7, {
		KEY_INTEGER("lo"), TEXT("name"), TEXT("kind"), TEXT("decides"), INTEGER("expert"),
		INTEGER("eyes"), TEXT("over"),
	} },
	{ "field", TABLE_FREE, 4, {
		KEY_TEXT("name"), TEXT("question"), INTEGER("seed"), TEXT("visibility"),
	} },
	{ "application", TABLE_JOURNALLED, 9, {
		KEY_INTEGER("id"), TEXT("ref"), TEXT("kind"), INTEGER("eyes"), INTEGER("expert"),
		INTEGER("own_staff"), TEXT("about"), TEXT("key"), TEXT("created"),
	} },
	{ "admission", TABLE_JOURNALLED, 6, {
		KEY_INTEGER("application"), TEXT("kind"), INTEGER("eyes"), INTEGER("expert"), INTEGER("own_staff"),
		INTEGER("event"),
	} },
	{ "version", TABLE_JOURNALLED, 9, {
		KEY_INTEGER("application"), KEY_INTEGER("v"), INTEGER("material"), TEXT("at"), TEXT("author"),
		TEXT("form"), TEXT("digest"), PERSONAL("berth"), PERSONAL("salt"),
	} },
	{ "answer", TABLE_JOURNALLED, 5, {
		KEY_INTEGER("application"), KEY_INTEGER("v"), KEY_TEXT("field"), PERSONAL("value"),
		PERSONAL("salt"),
	} },
	{ "wanted", TABLE_JOURNALLED, 5, {
		KEY_INTEGER("application"), KEY_INTEGER("v"), KEY_TEXT("transport"), INTEGER("port"),
		INTEGER("service_code"),
	} },
	{ "transition", TABLE_FREE, 5, {
		KEY_TEXT("from_state"), KEY_TEXT("act"), KEY_TEXT("to_state"), TEXT("actor"), TEXT("clock"),
	} },
	{ "question", TABLE_JOURNALLED, 10, {
		KEY_INTEGER("application"), KEY_INTEGER("q"), INTEGER("v"), TEXT("field"), TEXT("rule"),
		TEXT("text"), INTEGER("asked"), PERSONAL("answer"), INTEGER("answered"), PERSONAL("salt"),
	} },
	{ "finding", TABLE_JOURNALLED, 7, {
		KEY_INTEGER("application"), KEY_INTEGER("material"), KEY_INTEGER("staff"), KEY_TEXT("about"),
		TEXT("verdict"), TEXT("note"), INTEGER("event"),
	} },
	{ "examiner", TABLE_JOURNALLED, 5, {
		KEY_INTEGER("application"), KEY_INTEGER("staff"), TEXT("due"), INTEGER("since"),
		INTEGER("recused"),
	} },
	{ "seat", TABLE_JOURNALLED, 4, {
		KEY_INTEGER("application"), KEY_INTEGER("staff"), INTEGER("bench"), INTEGER("event"),
	} },
	{ "vote", TABLE_JOURNALLED, 10, {
		KEY_INTEGER("application"), KEY_INTEGER("material"), KEY_INTEGER("round"), INTEGER("bench"),
		KEY_INTEGER("staff"), TEXT("role"), TEXT("verdict"), TEXT("reasons"), TEXT("rules"),
		INTEGER("event"),
	} },
	{ "consent", TABLE_JOURNALLED, 6, {
		KEY_INTEGER("application"), KEY_INTEGER("material"), KEY_TEXT("party"), INTEGER("needed"),
		INTEGER("given"), INTEGER("refused"),
	} },
	{ "decision", TABLE_JOURNALLED, 16, {
		KEY_INTEGER("application"), KEY_INTEGER("round"), INTEGER("material"), TEXT("verdict"), TEXT("kind"),
		INTEGER("eyes"), INTEGER("expert"), INTEGER("own_staff"), TEXT("role"), INTEGER("bench"),
		INTEGER("recommended"), INTEGER("recommended_round"), INTEGER("first"), INTEGER("second"),
		TEXT("party"), INTEGER("event"),
	} },
	{ "step", TABLE_JOURNALLED, 13, {
		KEY_INTEGER("application"), KEY_INTEGER("n"), INTEGER("prev"), TEXT("from_state"), TEXT("act"),
		TEXT("to_state"), INTEGER("v"), INTEGER("material"), TEXT("due"), INTEGER("admitted"),
		INTEGER("decided"), INTEGER("bench"), INTEGER("event"),
	} },
	{ "assignment", TABLE_JOURNALLED, 9, {
		KEY_INTEGER("id"), TEXT("basis"), INTEGER("application"), INTEGER("round"), TEXT("verdict"),
		INTEGER("replaces"), TEXT("temporary_until"), INTEGER("renewals"), INTEGER("event"),
	} },
	{ "claim", TABLE_JOURNALLED, 5, {
		KEY_TEXT("transport"), KEY_INTEGER("port"), TEXT("kind"), INTEGER("assignment"),
		INTEGER("event"),
	} },
	{ "name", TABLE_JOURNALLED, 7, {
		KEY_TEXT("fold"), TEXT("spelled"), TEXT("kind"), TEXT("alias_of"), INTEGER("application"),
		INTEGER("assignment"), INTEGER("event"),
	} },
	{ "service_code", TABLE_JOURNALLED, 4, {
		KEY_INTEGER("code"), TEXT("phrase"), INTEGER("assignment"), INTEGER("event"),
	} },
	{ "publication", TABLE_JOURNALLED, 7, {
		KEY_INTEGER("id"), INTEGER("assignment"), INTEGER("entry"), TEXT("since_day"),
		INTEGER("since_event"), TEXT("until_day"), INTEGER("until_event"),
	} },
	{ "outbox", TABLE_FREE, 15, {
		KEY_INTEGER("id"), INTEGER("event"), INTEGER("application"), TEXT("message_id"), TEXT("rcpt"),
		TEXT("template"), TEXT("message"), TEXT("state"), INTEGER("tries"), TEXT("next_try"),
		TEXT("lease_until"), TEXT("last_error"), TEXT("sent"), INTEGER("secret"),
		INTEGER("secret_size"),
	} },
	{ "inbox", TABLE_FREE, 5, {
		KEY_TEXT("message_id"), INTEGER("application"), TEXT("at"), TEXT("sender"), TEXT("message"),
	} },
	{ "token", TABLE_FREE, 10, {
		KEY_TEXT("hash"), TEXT("purpose"), INTEGER("staff"), INTEGER("application"), TEXT("party"),
		TEXT("scope"), TEXT("created"), TEXT("seen"), TEXT("ends"), TEXT("used"),
	} },
	{ "remark", TABLE_FREE, 4, {
		KEY_TEXT("token"), TEXT("act"), TEXT("sender"), TEXT("message"),
	} },
	{ "setting", TABLE_JOURNALLED, 2, {
		KEY_TEXT("key"), TEXT("value"),
	} },
	{ "meta", TABLE_FREE, 2, {
		KEY_TEXT("key"), TEXT("value"),
	} },
	{ 0 },
};
/* clang-format on */

const struct table *table_find(const char *name)
{
	for (const struct table *table = tables; table->name != NULL; table++) {
		if (strcmp(table->name, name) == 0) {
			return table;
		}
	}
	return NULL;
}
