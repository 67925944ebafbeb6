/* secrets_hidden.h - a text without the tokens in it.  Pure.
 *
 * Who has an applicant's link can act for the applicant, which the staff must not. */
#pragma once

/* In place: tokens, which are longer words of base32 than any other, become stars. */
void secrets_hide(char *text);
