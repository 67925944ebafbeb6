/* account.c - the slot table of an account.  Called by launchers and the supervisor at the same time from several
 * processes, any of which may be killed between two instructions; so each step leaves a table that is true. */
#include "rendezvous/account.h"

#include <errno.h>
#include <string.h>

enum { PAUSE_FIRST_MS = 1000, PAUSE_MAX_MS = 60000 };

void account_init(struct account *account)
{
	for (int slot = 0; slot < ACCOUNT_SLOTS; slot++) {
		atomic_store(&account->places[slot], PLACE_FREE);
	}
}

int account_high(const struct account *account)
{
	uint32_t high = atomic_load(&account->high);

	return high < ACCOUNT_SLOTS ? (int)high : ACCOUNT_SLOTS; /* others write it: believed no further */
}

/* Raised before the claim, so that a claimed slot is never beyond it. */
static void raise_high(struct account *account, uint32_t high)
{
	uint32_t before = atomic_load(&account->high);

	while (before < high && !atomic_compare_exchange_weak(&account->high, &before, high)) {
	}
}

int account_claim(struct account *account, uint32_t place, uint64_t source_key, pid_t owner)
{
	for (int slot = 0; slot < ACCOUNT_SLOTS; slot++) {
		int32_t nobody = 0;
		if (atomic_load_explicit(&account->owners[slot], memory_order_relaxed) != nobody) {
			continue;
		}
		raise_high(account, (uint32_t)slot + 1);
		if (!atomic_compare_exchange_strong(&account->owners[slot], &nobody, owner)) {
			continue;
		}
		atomic_store(&account->sources[slot], source_key);
		atomic_store(&account->places[slot], place);
		return slot;
	}
	return -EAGAIN;
}

void account_release(struct account *account, int slot)
{
	struct slot_detail *detail = &account->details[slot];

	atomic_store(&account->pids[slot], 0);
	atomic_store(&account->places[slot], PLACE_FREE);
	atomic_store(&account->sources[slot], 0);
	atomic_store(&detail->kind, SLOT_PROCESS);
	atomic_store(&detail->phase, SLOT_STARTING);
	atomic_store(&detail->port, 0);
	atomic_store(&detail->connected, 0);
	atomic_store(&detail->terminated_ms, 0);
	atomic_store(&account->owners[slot], 0);
}

void account_release_claims(struct account *account, pid_t owner)
{
	for (int slot = 0; slot < ACCOUNT_SLOTS; slot++) {
		if (atomic_load(&account->owners[slot]) == owner && atomic_load(&account->pids[slot]) == 0) {
			account_release(account, slot);
		}
	}
}

int account_find_pid(const struct account *account, pid_t pid)
{
	for (int slot = 0, high = account_high(account); slot < high; slot++) {
		if (atomic_load_explicit(&account->pids[slot], memory_order_relaxed) == pid) {
			return slot;
		}
	}
	return -ENOENT;
}

struct slot_counts account_count(const struct account *account, uint32_t place, uint64_t source_key)
{
	struct slot_counts counts = { 0 };

	for (int slot = 0, high = account_high(account); slot < high; slot++) {
		if (atomic_load_explicit(&account->places[slot], memory_order_relaxed) != place) {
			continue;
		}
		counts.of_function++;
		counts.of_source += atomic_load_explicit(&account->sources[slot], memory_order_relaxed) == source_key;
	}
	return counts;
}

int account_find_instance(const struct account *account, uint32_t place, const char *key)
{
	for (int slot = 0, high = account_high(account); slot < high; slot++) {
		const struct slot_detail *detail = &account->details[slot];
		if (atomic_load(&account->places[slot]) == place && atomic_load(&detail->kind) == SLOT_INSTANCE &&
		    atomic_load(&detail->terminated_ms) == 0 && strncmp(detail->key, key, KEY_MAX) == 0) {
			return slot;
		}
	}
	return -ENOENT;
}

uint32_t function_state_failed(struct function_state *state, uint64_t now_ms)
{
	uint32_t failures = atomic_fetch_add(&state->failures, 1);
	uint32_t pause_ms = failures < 6 ? (uint32_t)PAUSE_FIRST_MS << failures : PAUSE_MAX_MS;

	atomic_store(&state->paused_until_ms, now_ms + pause_ms);
	return pause_ms;
}

void function_state_succeeded(struct function_state *state)
{
	if (atomic_load_explicit(&state->failures, memory_order_relaxed) != 0) {
		atomic_store(&state->failures, 0);
	}
}
