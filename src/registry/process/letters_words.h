/* letters_words.h - the words of all letters, one entry for each kind.  For letters*.c only.
 *
 * A paragraph is filled to the width of a letter, with these put in: {registry} {reference} {due} {assigned}
 * {title}, and {open}, which is what to do with the link.  Paragraphs that are {link} {text} {rules} {assigned}
 * {free} {form} or {report} alone are set as blocks.  A paragraph that names something this letter has not is left
 * out.  {if X} and {no X} put nothing in; they only keep the paragraph where there is, or is no X. */
#pragma once

struct letter_words {
	const char *name;
	const char *subject;
	const char *const *paragraphs; /* NULL behind the last */
};

extern const struct letter_words letter_words[];
