/* resolve_entries.c - headers of a protocol and answers of an application: known keys, each once.  Called by
 * resolve.c.  What an application must answer is the examiner's business. */
#include <string.h>

#include "description/language/application.h"
#include "description/language/resolver.h"

static void check_twice(struct resolver *resolver, const void *scope, struct entry *entry)
{
	void *other = NULL;

	if (!resolver_enter(resolver, scope, entry->key, strlen(entry->key), entry, &other)) {
		const struct entry *first = other;
		resolver_wrong(resolver, entry->place, "keep one of them", "\"%s\" stands in line %u already",
			       entry->key, (unsigned)first->place.line);
	}
}

/* Several groups may be used for multicast. */
void resolve_headers(struct resolver *resolver)
{
	for (struct entry *entry = resolver->protocol->headers; entry != NULL && resolver->error == 0;
	     entry = entry->next) {
		if (strcmp(entry->key, "multicast") != 0) {
			check_twice(resolver, &resolver->protocol->headers, entry);
		}
	}
}

static void check_key(struct resolver *resolver, const struct entry *entry)
{
	struct guess guess;

	guess_init(&guess, resolver, entry->key);
	for (const struct question *question = questions; question->key != NULL; question++) {
		if (strcmp(question->key, entry->key) == 0) {
			return;
		}
		guess_try(&guess, question->key);
	}
	resolver_wrong(resolver, entry->place,
		       guess_help(resolver, &guess, "what has no key of its own stands under \"notes\" or \"other\""),
		       "the form has no question \"%s\"", entry->key);
}

void resolve_answers(struct resolver *resolver, const struct application *application)
{
	for (struct entry *entry = application->entries; entry != NULL && resolver->error == 0; entry = entry->next) {
		check_key(resolver, entry);
		check_twice(resolver, application, entry);
	}
}
