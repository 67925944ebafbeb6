/* form_description.h - the description that came with an application: answers written out from it.  Private to form*.c.
 *
 * Behind a door of its own, because the names of the description's tree are not those of the registry. */
#pragma once

#include <stdio.h>

struct form_description;

/* Reads the .berth text, which may be NULL; one with errors has nothing to say.  0 or -ENOMEM. */
int form_description_open(const char *berth, struct form_description **ret_description);
void form_description_close(struct form_description *description);

/* An answer "described" in words, from malloc; NULL where the answer is another one, or nothing is described. */
int form_description_answer(struct form_description *description, const char *key, const char *answer,
			    char **ret_words);

/* The protocol blocks as they stand in the text, with what is between them. */
void form_description_put(const struct form_description *description, FILE *stream);
