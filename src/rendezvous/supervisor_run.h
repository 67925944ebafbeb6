/* supervisor_run.h - the supervisor as cmd/berthd.c starts it. */
#pragma once

#include <stdio.h>

/* Runs until told to stop (SIGTERM, SIGINT).  `run_dir` overrides the configuration's and may be NULL.
 * 0, -EINVAL after printing everything that is wrong with the configuration to `errors`, or -errno. */
int supervisor_run(const char *configuration, const char *run_dir, FILE *errors);

/* `berthd --check`: prints everything that is wrong.  0, -EINVAL, or -errno. */
int supervisor_check(const char *configuration, FILE *errors);
