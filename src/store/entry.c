/* entry.c - a row's digest, and the words for its parts.  Called by store/ and registry/; pure. */
#include "store/entry.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

static const char *const status_names[] = {
	[ENTRY_ASSIGNED] = "assigned",
	[ENTRY_RESERVED] = "reserved",
	[ENTRY_UNASSIGNED] = "unassigned",
	[ENTRY_UNCLEAR] = "unclear",
};

static const char *const column_names[ENTRY_COLUMNS] = {
	[ENTRY_NAME] = "Service Name",
	[ENTRY_PORT] = "Port Number",
	[ENTRY_TRANSPORT] = "Transport Protocol",
	[ENTRY_DESCRIPTION] = "Description",
	[ENTRY_ASSIGNEE] = "Assignee",
	[ENTRY_CONTACT] = "Contact",
	[ENTRY_REGISTERED] = "Registration Date",
	[ENTRY_MODIFIED] = "Modification Date",
	[ENTRY_REFERENCE] = "Reference",
	[ENTRY_SERVICE_CODE] = "Service Code",
	[ENTRY_UNAUTHORIZED] = "Unauthorized Use Reported",
	[ENTRY_NOTES] = "Assignment Notes",
};

/* The length goes first, in eight octets, so that no two rows run together to the same octets. */
static void digest_text(crypto_hash_sha256_state *state, const char *text)
{
	uint64_t length = strlen(text);
	uint8_t octets[sizeof(length)];

	for (size_t i = 0; i < sizeof(octets); i++) {
		octets[i] = (uint8_t)(length >> (8 * (sizeof(octets) - 1 - i)));
	}
	crypto_hash_sha256_update(state, octets, sizeof(octets));
	crypto_hash_sha256_update(state, (const uint8_t *)text, length);
}

void entry_digest(const struct entry *entry, uint8_t ret_digest[static ENTRY_DIGEST_SIZE])
{
	crypto_hash_sha256_state state;

	crypto_hash_sha256_init(&state);
	for (size_t i = 0; i < ENTRY_COLUMNS; i++) {
		digest_text(&state, entry->columns[i]);
	}
	if (entry->raw != NULL) {
		digest_text(&state, entry->raw);
	}
	crypto_hash_sha256_final(&state, ret_digest);
}

const char *entry_status_name(enum entry_status status)
{
	return status_names[status];
}

int entry_status_of(const char *name, enum entry_status *ret_status)
{
	for (size_t i = 0; i < sizeof(status_names) / sizeof(status_names[0]); i++) {
		if (strcmp(name, status_names[i]) == 0) {
			*ret_status = (enum entry_status)i;
			return 0;
		}
	}
	return -EINVAL;
}

const char *entry_column_name(enum entry_column column)
{
	return column_names[column];
}
