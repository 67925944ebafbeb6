/* registry_mail.c - `berth mail`: the letters of a registry, for those who run it.
 *
 * Shows what waits, what failed and why, and sends again what failed.  Letters hold what applicants wrote, so this
 * is for registrars and administrators.  Delivering is berth-mailer's. */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/moment.h"
#include "cmd/registry_store.h"
#include "mail/message.h"
#include "registry/words/secrets_hidden.h"
#include "store/outbox.h"

enum { NUMBER_BASE = 10 };

static int open_store(const struct request *request, struct store **ret_store)
{
	int64_t staff = 0;

	return registry_store_change(request, "registrar", "administrator", ret_store, &staff);
}

static int could_not(struct store *store, int error)
{
	complain_about("%s", store_complaint(store)[0] != '\0' ? store_complaint(store) : strerror(-error));
	return EXIT_COULD_NOT;
}

static json_t *object_of(const struct outbox_letter *letter)
{
	return json_pack("{s:I, s:s, s:s, s:s, s:s, s:i, s:s, s:s, s:s?, s:I}", "letter", letter->id, "state",
			 letter->state, "kind", letter->template, "to", letter->recipient, "message_id",
			 letter->message_id, "tries", letter->tries, "next_try", letter->next_try, "error",
			 letter->last_error, "sent", letter->sent, "event", letter->event);
}

static void dump(json_t *json)
{
	(void)json_dumpf(json, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII);
	(void)putchar('\n');
	json_decref(json);
}

/* ---- list ---- */

struct listing {
	const struct request *request;
	json_t *array;
	uint64_t count;
};

static int list_letter(const struct outbox_letter *letter, void *context)
{
	struct listing *listing = context;
	bool is_sent = letter->sent != NULL;

	if (is_sent && !listing->request->all) {
		return 0;
	}
	if (listing->request->json) {
		return json_array_append_new(listing->array, object_of(letter)) == 0 ? 0 : -ENOMEM;
	}
	if (listing->count++ == 0) {
		(void)puts("LETTER  STATE    KIND          TRIES  WHEN                  TO");
	}
	(void)printf("%6lld  %-7s  %-12s  %5d  %-20s  %s\n", (long long)letter->id, letter->state, letter->template,
		     letter->tries, is_sent ? letter->sent : letter->next_try, letter->recipient);
	if (letter->last_error[0] != '\0') {
		(void)printf("        %s\n", letter->last_error);
	}
	return 0;
}

static int list(const struct request *request)
{
	struct listing listing = { .request = request };
	struct store *store = NULL;
	int status = open_store(request, &store);

	if (status != EXIT_DONE) {
		return status;
	}
	listing.array = json_array();
	int r = outbox_each(store, NULL, list_letter, &listing);
	if (r < 0) {
		status = could_not(store, r);
		json_decref(listing.array);
	} else if (request->json) {
		dump(listing.array);
	} else {
		json_decref(listing.array);
	}
	(void)store_close(store);
	return status;
}

/* ---- show ---- */

struct search {
	const struct request *request;
	int64_t id;
	bool found;
};

static void show_text(const struct outbox_letter *letter, const struct mail_received *received)
{
	(void)printf("From: %s\nTo: %s\nSubject: %s\nMessage-ID: <%s>\n\n%s", received->from, letter->recipient,
		     received->subject, letter->message_id, received->body);
}

static void show_json(const struct outbox_letter *letter, const struct mail_received *received)
{
	json_t *object = object_of(letter);

	(void)json_object_set_new(object, "subject", json_string(received->subject));
	(void)json_object_set_new(object, "text", json_string(received->body));
	dump(object);
}

static int show_letter(const struct outbox_letter *letter, void *context)
{
	struct search *search = context;
	struct mail_received received;

	if (letter->id != search->id) {
		return 0;
	}
	int r = mail_message_read(letter->message, strlen(letter->message), &received);
	if (r < 0) {
		return r;
	}
	search->found = true;
	secrets_hide(received.body);
	if (search->request->json) {
		show_json(letter, &received);
	} else {
		show_text(letter, &received);
	}
	mail_received_finish(&received);
	return 0;
}

static int no_letter(int64_t id)
{
	complain_about("there is no letter %lld; `berth mail list --all` lists them", (long long)id);
	return EXIT_NO;
}

static int show(const struct request *request, int64_t id)
{
	struct search search = { .request = request, .id = id };
	struct store *store = NULL;
	int status = open_store(request, &store);

	if (status != EXIT_DONE) {
		return status;
	}
	int r = outbox_each(store, NULL, show_letter, &search);
	if (r < 0) {
		status = could_not(store, r);
	} else if (!search.found) {
		status = no_letter(id);
	}
	(void)store_close(store);
	return status;
}

/* ---- retry ---- */

static int tell_retried(const struct request *request, int64_t id, int count)
{
	if (request->json) {
		dump(json_pack("{s:i}", "retried", count));
	} else if (count > 0 || id == 0) {
		(void)printf("%d letter%s again on the way\n", count, count == 1 ? "" : "s");
	}
	if (count == 0 && id != 0) {
		complain_about("letter %lld is not one that waits or failed", (long long)id);
		return EXIT_NO;
	}
	return EXIT_DONE;
}

static int retry(const struct request *request, int64_t id)
{
	char now[MOMENT_SIZE];
	struct store *store = NULL;
	int status = open_store(request, &store);

	if (status != EXIT_DONE) {
		return status;
	}
	int r = moment_write(time(NULL), now);
	if (r == 0) {
		r = outbox_retry(store, id, now);
	}
	status = r < 0 ? could_not(store, r) : tell_retried(request, id, r);
	(void)store_close(store);
	return status;
}

/* ---- words ---- */

/* 0 is no letter's number. */
static int64_t number_of(const char *word)
{
	char *end = NULL;

	errno = 0;
	long long number = strtoll(word, &end, NUMBER_BASE);
	return errno != 0 || *end != '\0' || number < 1 ? 0 : number;
}

int registry_mail_verb(const struct request *request)
{
	const char *word = request->word != NULL ? request->word : "list";
	int64_t id = request->word_count == 2 ? number_of(request->words[1]) : 0;
	bool is_alone = request->word_count <= 1;

	if (strcmp(word, "list") == 0 && is_alone) {
		return list(request);
	}
	if (strcmp(word, "show") == 0 && id != 0) {
		return show(request, id);
	}
	if (strcmp(word, "retry") == 0 && (is_alone || id != 0)) {
		return retry(request, id);
	}
	complain_about("mail is list, show LETTER, or retry [LETTER]; see `berth help mail`");
	return EXIT_USAGE;
}
