/* audit_replay.c - the journalled tables as the events say they are (audit_replay.h).  Called by audit*.c only. */
#include "store/audit_replay.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "store/journal.h"

enum { FIRST_CHAINS = 64, NUMBER_MAX = 24, CHAIN_LENGTH_MAX = 2 };

/* A value in a row: one octet that says what it is, and the text. */
enum { IS_NULL = '-', IS_TEXT = '=' };

struct replay_row {
	struct replay_row *next;
	uint64_t hash; /* of the key */
	bool is_seen;
	char values[]; /* one after the other, each ends in NUL */
};

struct replay_table {
	const struct table *table;
	struct replay_row **chains;
	size_t chain_count;
	size_t row_count;
};

struct replay {
	size_t count;
	struct replay_table tables[];
};

/* Seals are kept like a table's rows, as the last of them. */
enum { SEAL_TABLE, SEAL_KEY, SEAL_SHA256, SEAL_EVENT };
static const struct table seals = {
	.name = "seal",
	.column_count = 4,
	.columns = {
		[SEAL_TABLE] = { .name = "table", .is_text = true, .is_key = true },
		[SEAL_KEY] = { .name = "key", .is_text = true, .is_key = true },
		[SEAL_SHA256] = { .name = "sha256", .is_text = true },
		[SEAL_EVENT] = { .name = "event" },
	},
};

/* ---- rows ---- */

const char *replay_value(const struct replay_row *row, size_t column)
{
	const char *value = row->values;

	for (; column > 0; column--) {
		value += strlen(value) + 1;
	}
	return *value == IS_TEXT ? value + 1 : NULL;
}

const char *replay_named(const struct table *table, const struct replay_row *row, const char *column)
{
	for (size_t i = 0; i < table->column_count; i++) {
		if (strcmp(table->columns[i].name, column) == 0) {
			return replay_value(row, i);
		}
	}
	return NULL;
}

bool replay_is_seen(const struct replay_row *row)
{
	return row->is_seen;
}

void replay_see(struct replay_row *row)
{
	row->is_seen = true;
}

/* FNV-1a, over each value of the key and its NUL. */
static uint64_t hash_of(const struct table *table, const char *const values[])
{
	uint64_t hash = 14695981039346656037u;

	for (size_t i = 0; i < table->column_count; i++) {
		const char *value = values[i] != NULL ? values[i] : "";
		for (size_t at = 0; table->columns[i].is_key && at <= strlen(value); at++) {
			hash = (hash ^ (uint8_t)value[at]) * 1099511628211u;
		}
	}
	return hash;
}

static bool has_key(const struct table *table, const struct replay_row *row, const char *const values[])
{
	for (size_t i = 0; i < table->column_count; i++) {
		const char *value = table->columns[i].is_key ? replay_value(row, i) : NULL;
		if (table->columns[i].is_key &&
		    strcmp(value != NULL ? value : "", values[i] != NULL ? values[i] : "") != 0) {
			return false;
		}
	}
	return true;
}

static struct replay_row *make_row(const struct table *table, const char *const values[])
{
	size_t size = 0;

	for (size_t i = 0; i < table->column_count; i++) {
		size += 2 + (values[i] != NULL ? strlen(values[i]) : 0);
	}
	struct replay_row *row = malloc(sizeof(*row) + size);
	if (row == NULL) {
		return NULL;
	}
	char *at = row->values;
	for (size_t i = 0; i < table->column_count; i++) {
		size_t length = values[i] != NULL ? strlen(values[i]) : 0;
		*at++ = values[i] != NULL ? IS_TEXT : IS_NULL;
		memcpy(at, values[i] != NULL ? values[i] : "", length + 1);
		at += length + 1;
	}
	row->next = NULL;
	row->hash = hash_of(table, values);
	row->is_seen = false;
	return row;
}

/* ---- tables ---- */

struct replay *replay_make(void)
{
	size_t count = 0;

	while (tables[count].name != NULL) {
		count++;
	}
	struct replay *replay = calloc(1, sizeof(*replay) + (count + 1) * sizeof(replay->tables[0]));
	if (replay == NULL) {
		return NULL;
	}
	replay->count = count + 1;
	for (size_t i = 0; i < replay->count; i++) {
		struct replay_table *table = &replay->tables[i];
		table->table = i < count ? &tables[i] : &seals;
		table->chains = calloc(FIRST_CHAINS, sizeof(*table->chains));
		table->chain_count = FIRST_CHAINS;
		if (table->chains == NULL) {
			return replay_free(replay);
		}
	}
	return replay;
}

struct replay *replay_free(struct replay *replay)
{
	for (size_t i = 0; replay != NULL && i < replay->count; i++) {
		struct replay_table *table = &replay->tables[i];
		for (size_t chain = 0; table->chains != NULL && chain < table->chain_count; chain++) {
			for (struct replay_row *row = table->chains[chain], *next; row != NULL; row = next) {
				next = row->next;
				free(row);
			}
		}
		free(table->chains);
	}
	free(replay);
	return NULL;
}

static struct replay_table *table_of(struct replay *replay, const struct table *table)
{
	return table == &seals ? &replay->tables[replay->count - 1] : &replay->tables[table - tables];
}

/* Where the row with this key hangs, or would hang. */
static struct replay_row **place_of(struct replay_table *table, const char *const values[])
{
	uint64_t hash = hash_of(table->table, values);
	struct replay_row **place = &table->chains[hash & (table->chain_count - 1)];

	while (*place != NULL && !((*place)->hash == hash && has_key(table->table, *place, values))) {
		place = &(*place)->next;
	}
	return place;
}

static int grow(struct replay_table *table)
{
	size_t count = table->chain_count * 4;
	struct replay_row **chains = calloc(count, sizeof(struct replay_row *));

	if (chains == NULL) {
		return -ENOMEM;
	}
	for (size_t i = 0; i < table->chain_count; i++) {
		for (struct replay_row *row = table->chains[i], *next; row != NULL; row = next) {
			next = row->next;
			row->next = chains[row->hash & (count - 1)];
			chains[row->hash & (count - 1)] = row;
		}
	}
	free(table->chains);
	table->chains = chains;
	table->chain_count = count;
	return 0;
}

/* Puts the row in, in place of one with the same key. */
static int put(struct replay_table *table, const char *const values[])
{
	struct replay_row *row = make_row(table->table, values);

	if (row == NULL || (table->row_count >= table->chain_count * CHAIN_LENGTH_MAX && grow(table) < 0)) {
		free(row);
		return -ENOMEM;
	}
	struct replay_row **place = place_of(table, values);
	struct replay_row *old = *place;
	row->next = old != NULL ? old->next : NULL;
	table->row_count += old == NULL;
	*place = row;
	free(old);
	return 0;
}

struct replay_row *replay_find(struct replay *replay, const struct table *table, const char *const values[])
{
	return *place_of(table_of(replay, table), values);
}

struct replay_row *replay_next(struct replay *replay, const struct table *table, struct replay_row *row)
{
	const struct replay_table *of = table_of(replay, table);
	size_t chain = row != NULL ? (row->hash & (of->chain_count - 1)) + 1 : 0;

	if (row != NULL && row->next != NULL) {
		return row->next;
	}
	while (chain < of->chain_count && of->chains[chain] == NULL) {
		chain++;
	}
	return chain < of->chain_count ? of->chains[chain] : NULL;
}

void replay_place(const struct table *table, const char *const values[], char *ret_place, size_t size)
{
	struct text place;

	text_init(&place, ret_place, size);
	text_put(&place, table->name);
	for (size_t i = 0; i < table->column_count; i++) {
		if (table->columns[i].is_key) {
			text_put(&place, " ");
			text_put(&place, values[i] != NULL ? values[i] : "NULL");
		}
	}
}

/* ---- what a body says ---- */

struct values {
	const char *texts[TABLE_COLUMNS_MAX];
	char numbers[TABLE_COLUMNS_MAX][NUMBER_MAX];
};

static const char *text_of(const json_t *value, char number[static NUMBER_MAX])
{
	if (json_is_integer(value)) {
		(void)snprintf(number, NUMBER_MAX, "%" PRId64, (int64_t)json_integer_value(value));
		return number;
	}
	return json_string_value(value);
}

/* What the row does not name is what `old` has, or NULL. */
static void read_values(const struct table *table, const json_t *row, const struct replay_row *old,
			struct values *ret_values)
{
	for (size_t i = 0; i < table->column_count; i++) {
		const json_t *value = json_object_get(row, table->columns[i].name);
		ret_values->texts[i] =
			value != NULL || old == NULL ? text_of(value, ret_values->numbers[i]) : replay_value(old, i);
	}
}

static int refuse(const struct table *table, const char *const values[], const char *what, char *ret_sentence)
{
	char place[REPLAY_SENTENCE_MAX / 2];

	replay_place(table, values, place, sizeof(place));
	(void)snprintf(ret_sentence, REPLAY_SENTENCE_MAX, "%s %s", what, place);
	return -EBADMSG;
}

static int do_row(struct replay *replay, char operation, const struct table *table, const json_t *row,
		  char *ret_sentence)
{
	struct replay_table *of = table_of(replay, table);
	struct values values;

	read_values(table, row, NULL, &values);
	struct replay_row **place = place_of(of, values.texts);
	struct replay_row *old = *place;
	if (operation == '+') {
		return old == NULL ? put(of, values.texts)
				   : refuse(table, values.texts, "makes what was there already:", ret_sentence);
	}
	if (old == NULL) {
		return refuse(table, values.texts, "changes what was not there:", ret_sentence);
	}
	if (operation == '~') {
		read_values(table, row, old, &values);
		return put(of, values.texts);
	}
	*place = old->next;
	of->row_count--;
	free(old);
	return 0;
}

static int do_seal(struct replay *replay, int64_t event, const char *table, json_t *row)
{
	char number[NUMBER_MAX];
	const char *values[TABLE_COLUMNS_MAX] = { [SEAL_TABLE] = table, [SEAL_EVENT] = number };
	json_t *sha256 = json_incref(json_object_get(row, "sha256"));

	(void)json_object_del(row, "sha256");
	char *key = journal_text(row);
	(void)snprintf(number, sizeof(number), "%" PRId64, event);
	values[SEAL_KEY] = key;
	values[SEAL_SHA256] = json_string_value(sha256);
	int r = key != NULL ? put(table_of(replay, &seals), values) : -ENOMEM;
	free(key);
	json_decref(sha256);
	return r;
}

static int do_one(struct replay *replay, int64_t event, const json_t *said, char *ret_sentence)
{
	const char *operation = json_string_value(json_array_get(said, 0));
	const char *name = json_string_value(json_array_get(said, 1));
	json_t *row = json_array_get(said, 2);
	const struct table *table = name != NULL ? table_find(name) : NULL;

	if (operation == NULL || strlen(operation) != 1 || strchr("+~-=", *operation) == NULL || table == NULL ||
	    !json_is_object(row)) {
		(void)snprintf(ret_sentence, REPLAY_SENTENCE_MAX, "says what this program does not understand");
		return -EBADMSG;
	}
	return *operation == '=' ? do_seal(replay, event, name, row)
				 : do_row(replay, *operation, table, row, ret_sentence);
}

int replay_event(struct replay *replay, int64_t event, const char *body, size_t size,
		 char ret_sentence[static REPLAY_SENTENCE_MAX])
{
	json_t *json = json_loadb(body, size, 0, NULL);
	const json_t *said;
	size_t i;
	int r = 0;

	if (json == NULL) {
		(void)snprintf(ret_sentence, REPLAY_SENTENCE_MAX, "has a body that is not JSON");
		return -EBADMSG;
	}
	json_array_foreach(json_object_get(json, "rows"), i, said)
	{
		int done = r != -ENOMEM ? do_one(replay, event, said, ret_sentence) : 0;
		r = done < 0 ? done : r;
	}
	json_decref(json);
	return r;
}

/* ---- seals ---- */

const char *replay_seal(struct replay *replay, const char *table, const char *key, int64_t *ret_event)
{
	const char *const values[TABLE_COLUMNS_MAX] = { [SEAL_TABLE] = table, [SEAL_KEY] = key };
	const struct replay_row *row = replay_find(replay, &seals, values);

	if (row == NULL) {
		return NULL;
	}
	*ret_event = strtoll(replay_value(row, SEAL_EVENT), NULL, 10);
	return replay_value(row, SEAL_SHA256);
}

int replay_each_seal(struct replay *replay, const char *table,
		     int (*each)(const char *key, const char *sha256, void *context), void *context)
{
	int r = 0;

	for (struct replay_row *row = replay_next(replay, &seals, NULL); r == 0 && row != NULL;
	     row = replay_next(replay, &seals, row)) {
		if (strcmp(replay_value(row, SEAL_TABLE), table) == 0) {
			r = each(replay_value(row, SEAL_KEY), replay_value(row, SEAL_SHA256), context);
		}
	}
	return r;
}
