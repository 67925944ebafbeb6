/* fuzz_own_list.c - any octets as an organisation's own list: refused, or rows that keep the rules, and findings that
 * can be shown. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "registry/records/derive.h"
#include "registry/records/own_list.h"

#define REQUIRE(condition)          \
	do {                        \
		if (!(condition)) { \
			abort();    \
		}                   \
	} while (0)

static void check_sentence(const char *sentence)
{
	REQUIRE(sentence[0] != '\0');
	for (; *sentence != '\0'; sentence++) {
		REQUIRE((unsigned char)*sentence >= ' ' && *sentence != 0x7f);
	}
}

static void check_entry(const struct entry *entry, uint8_t *taken)
{
	int transport = entry_transport(entry->columns[ENTRY_TRANSPORT]);
	char fault[128];

	REQUIRE(transport >= ENTRY_TCP && transport <= ENTRY_DCCP && entry->raw == NULL);
	REQUIRE(entry->lo != ENTRY_NO_PORT || entry->columns[ENTRY_NAME][0] != '\0');
	REQUIRE(entry->lo == ENTRY_NO_PORT || (entry->lo >= 1 && entry->lo <= entry->hi && entry->hi <= 49150));
	REQUIRE(entry->columns[ENTRY_NAME][0] == '\0' ||
		service_name_fault(entry->columns[ENTRY_NAME], fault, sizeof(fault)) == NULL);
	for (int port = entry->lo; port <= entry->hi && port != ENTRY_NO_PORT; port++) {
		uint8_t bit = (uint8_t)(1U << transport);
		REQUIRE((taken[port] & bit) == 0);
		taken[port] |= bit;
	}
}

static void check_list(const struct own_list *list)
{
	uint8_t *taken = calloc(65536, 1);

	REQUIRE(taken != NULL);
	for (size_t i = 0; i < list->rows.count; i++) {
		check_entry(&list->rows.entries[i], taken);
		REQUIRE(list->lines[i] > 0 && (i == 0 || list->lines[i] >= list->lines[i - 1]));
	}
	for (size_t i = 0; i < list->finding_count; i++) {
		check_sentence(list->findings[i].sentence);
		REQUIRE(i == 0 || list->findings[i].line >= list->findings[i - 1].line);
	}
	free(taken);
}

static void check_read(const char *octets, size_t size, const char *transport)
{
	struct own_list list;
	struct complaint complaint = { "" };
	int r = own_list_read(octets, size, transport, &list, &complaint);

	REQUIRE(r == 0 || r == -EBADMSG);
	if (r == 0) {
		check_list(&list);
		own_list_finish(&list);
	} else {
		check_sentence(complaint.sentence);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char header[] = "Port;Proto;Service Name;Team;Since;Notes\n";
	char *whole = malloc(sizeof(header) + size);

	REQUIRE(whole != NULL);
	memcpy(whole, header, sizeof(header) - 1);
	memcpy(whole + sizeof(header) - 1, data, size);
	check_read(whole + sizeof(header) - 1, size, NULL);
	check_read(whole, sizeof(header) - 1 + size, "both");
	free(whole);
	return 0;
}
