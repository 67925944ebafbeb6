/* function_register.h - who has which function id, over all reloads of one berthd. */
#pragma once

#include <stdint.h>

#include "base/name.h"

struct function_register;

int function_register_create(struct function_register **ret_register);
struct function_register *function_register_destroy(struct function_register *function_register);

/* The id of a name in this generation (generations only grow).  A name configured without a break keeps its id;
 * no id is ever given to another function.  0, -ENOSPC after FUNCTIONS_MAX names, or -ENOMEM. */
int function_register_id(struct function_register *function_register, const struct name *name, uint64_t generation,
			 uint64_t *ret_id);
