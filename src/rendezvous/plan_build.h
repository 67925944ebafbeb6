/* plan_build.h - from settings to a plan.  Called by the supervisor and `berthd --check`. */
#pragma once

#include <stdbool.h>

#include "base/log_line.h"
#include "config/settings.h"
#include "rendezvous/function_register.h"
#include "rendezvous/plan.h"

/* What this machine and this process can keep, asked once at the start. */
struct abilities {
	bool change_user;  /* runs as root */
	bool filter_ports; /* admit = caller is possible */
};

struct abilities abilities_probe(void);

/* How these settings have events written. */
enum log_format plan_log_format(const struct settings *settings);

/* Turns settings into a sealed plan.  What only this machine can tell (users, groups, commands, abilities) is
 * complained about here.  Returns a descriptor of the plan, -EINVAL after complaints, or another -errno.
 * Names that a refused plan added to the register cost a place each and nothing else. */
int plan_build(const struct settings *settings, struct abilities abilities, struct function_register *function_register,
	       uint64_t generation, struct complaints *complaints);
