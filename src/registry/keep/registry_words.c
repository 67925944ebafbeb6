/* registry_words.c - what a registry says of itself (registry_words.h).  Called by cmd/registry_init.c and
 * web/staff/settings.c. */
#include "registry/keep/registry_words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "mail/message.h"
#include "registry/words/day.h"
#include "store/settings.h"

const struct registry_word registry_words[] = {
	{ "name", "Name", "On top of every page and in letters, like \"Ports of Example\"", 80, false },
	{ "motto", "Motto", "A line below the name", 200, false },
	{ "licence", "Licence", "Under which terms the lists may be used", 200, false },
	{ "comments", "Address for comments", "\"Send comments to\" at the foot of each page", 254, false },
	{ "edition", "Edition of the forms", "A day like 2026-11-21, at the foot of each form", 10, false },
	{ "notice", "Notice", "What stands on every look-up, page and export", 1000, true },
	{ "email", "Address of the staff", "Where the staff reads mail, and the sender of letters", 254, false },
	{ "link", "Address of the web site", "What links in letters begin with, like https://ports.example.org/", 254,
	  false },
	{ 0 },
};

const struct registry_word *registry_word_find(const char *key)
{
	for (const struct registry_word *word = registry_words; word->key != NULL; word++) {
		if (strcmp(word->key, key) == 0) {
			return word;
		}
	}
	return NULL;
}

/* ---- judged ---- */

/* False for octets that are no UTF-8, and for what steers a terminal. */
static bool count_characters(const char *text, bool is_long, size_t *ret_count)
{
	size_t size = strlen(text);
	size_t count = 0;

	while (size > 0) {
		uint32_t character;
		size_t length = utf8_read(text, size, &character);
		if (length == 0 || utf8_steers(character) || (character < ' ' && !(is_long && character == '\n'))) {
			return false;
		}
		text += length;
		size -= length;
		count++;
	}
	*ret_count = count;
	return true;
}

static int judge_meaning(const struct registry_word *word, const char *text, struct complaint *ret_complaint)
{
	struct mail_address address;
	char day[DAY_SIZE];

	if ((strcmp(word->key, "email") == 0 || strcmp(word->key, "comments") == 0) &&
	    mail_address_read(text, NULL, &address) < 0) {
		return complain_of(ret_complaint, -EINVAL, "%s: an e-mail address has the form name@example.org.",
				   word->label);
	}
	if (strcmp(word->key, "edition") == 0 && !day_read(text, false, day)) {
		return complain_of(ret_complaint, -EINVAL, "%s: a day is written as 2026-11-21.", word->label);
	}
	if (strcmp(word->key, "link") == 0 &&
	    ((strncmp(text, "https://", 8) != 0 && strncmp(text, "http://", 7) != 0) || text[strlen(text) - 1] != '/' ||
	     strpbrk(text, " <>\"") != NULL)) {
		return complain_of(ret_complaint, -EINVAL,
				   "%s: an address of a web site begins with https:// and ends with a slash.",
				   word->label);
	}
	return 0;
}

int registry_word_judge(const struct registry_word *word, const char *text, struct complaint *ret_complaint)
{
	size_t count = 0;

	if (text[0] == '\0') {
		bool is_needed = strcmp(word->key, "name") == 0 || strcmp(word->key, "email") == 0;
		return is_needed ? complain_of(ret_complaint, -EINVAL, "%s: this cannot be empty.", word->label) : 0;
	}
	if (!count_characters(text, word->is_long, &count)) {
		return complain_of(ret_complaint, -EINVAL, "%s: this has characters that cannot be shown%s.",
				   word->label, word->is_long ? "" : ", or more than one line");
	}
	if (count > word->size_max) {
		return complain_of(ret_complaint, -EINVAL, "%s: at most %u characters fit.", word->label,
				   word->size_max);
	}
	return judge_meaning(word, text, ret_complaint);
}

/* ---- said ---- */

static bool stands_already(struct store *store, const struct registry_said *said)
{
	char *text = setting_get(store, said->word->key);
	bool is_same = text != NULL && strcmp(text, said->text) == 0;

	free(text);
	return is_same;
}

static int put(struct change *change, const struct registry_said *said, size_t count)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < count; i++) {
		if (!stands_already(change_store(change), &said[i])) {
			r = setting_put(change, said[i].word->key, said[i].text);
		}
	}
	return r;
}

int registry_say(struct store *store, int64_t staff, const char *at_or_null, const struct registry_said *said,
		 size_t count, struct complaint *ret_complaint)
{
	const struct change_by by = {
		.staff = staff,
		.act = "registry-set",
		.subject = "registry",
		.at = at_or_null,
	};
	struct change *change = NULL;

	for (size_t i = 0; i < count; i++) {
		if (registry_word_judge(said[i].word, said[i].text, ret_complaint) < 0) {
			return -EINVAL;
		}
	}
	int r = change_begin(store, &by, &change);
	if (r == 0) {
		r = put(change, said, count);
		r = r == 0 ? change_commit(change, NULL) : (change_abandon(change), r);
	}
	return r < 0 ? complain_of(ret_complaint, r, "%s", store_complaint(store)) : 0;
}
