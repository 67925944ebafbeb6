/* registry_keep.c - `berth publish`, `berth backup`, `berth restore`: what keeps a registry safe and readable. */
#include <errno.h>
#include <string.h>

#include "cmd/registry_store.h"
#include "registry/keep/registry.h"
#include "store/backup.h"

int registry_publish_verb(const struct request *request)
{
	struct registry_place place;
	struct store *store = NULL;
	int status = registry_store_open(request, STORE_READ, &store);

	if (status != EXIT_DONE) {
		return status;
	}
	registry_place(request, &place);
	int r = registry_publish(store, place.published);
	if (r < 0) {
		complain_about("%s: %s", place.published, strerror(-r));
	}
	(void)store_close(store);
	return r < 0 ? EXIT_COULD_NOT : EXIT_DONE;
}

int registry_backup_verb(const struct request *request)
{
	struct store *store = NULL;
	int status = registry_store_open(request, STORE_READ, &store);

	if (status != EXIT_DONE) {
		return status;
	}
	int r = backup_write(store, request->word);
	if (r < 0) {
		complain_about("%s: %s", request->word,
			       store_complaint(store)[0] != '\0' ? store_complaint(store) : strerror(-r));
	}
	(void)store_close(store);
	return r < 0 ? EXIT_COULD_NOT : EXIT_DONE;
}

int registry_restore_verb(const struct request *request)
{
	struct store *store = NULL;
	int status = registry_store_open(request, STORE_CREATE, &store);

	if (status != EXIT_DONE) {
		return status;
	}
	int r = backup_restore(store, request->word);
	if (r < 0) {
		complain_about("%s: %s", request->word,
			       store_complaint(store)[0] != '\0' ? store_complaint(store) : strerror(-r));
		status = EXIT_COULD_NOT;
	} else {
		status = registry_store_publish(request, store);
	}
	(void)store_close(store);
	return status;
}
