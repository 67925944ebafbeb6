/* callers.h - how many connections each source has in this relay, so that one source cannot have them all. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct callers;

/* Room for as many sources as there can be connections.  0 or -ENOMEM. */
int callers_create(uint32_t connections_max, struct callers **ret_callers);
struct callers *callers_destroy(struct callers *callers);

/* Counts a connection of this source.  False, and nothing is counted, when it has `most` already. */
bool callers_enter(struct callers *callers, uint64_t source_key, uint32_t most);
void callers_leave(struct callers *callers, uint64_t source_key);
