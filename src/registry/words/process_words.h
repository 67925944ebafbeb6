/* process_words.h - the process's words as people read them: states, kinds, acts, verdicts.  What has no entry is given
 * back as it is.  Pure. */
#pragma once

const char *words_of_state(const char *state); /* "with-applicant": "waiting for the applicant" */
const char *words_of_kind(const char *kind);   /* "user": "user port" */
const char *words_of_act(const char *act);     /* as a step is told: "propose-assign": "decided to assign" */
const char *words_of_verdict(const char *verdict);
