/* berth_listening.h - the half of `berth check` that looks at this machine instead of files. */
#pragma once

#include "cmd/verb.h"

int check_listening(const struct request *request);
