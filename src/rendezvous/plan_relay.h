/* plan_relay.h - the command of a function with handover = relay.  Used by plan_build.c only. */
#pragma once

#include "config/settings.h"
#include "rendezvous/blob.h"
#include "rendezvous/plan.h"

/* The words of its command, as those of other functions: uint32_t offsets of texts. */
struct plan_array plan_put_relay(struct blob *blob, const struct function_settings *from);
