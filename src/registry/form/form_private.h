/* form_private.h - what the parts of a form share.  Private to form*.c.
 *
 *	form.c		      answers set and read
 *	form_answer.c	      what becomes of an answer that is set
 *	form_fields.c	      the table
 *	form_question.c	      the questions in words
 *	form_compare.c	      of two forms: the same, or how different
 *	form_introduction.c   the words above the forms
 *	form_berth.c	      a .berth file read
 *	form_berth_write.c    and written
 *	form_description.c    answers written out from the description
 *	form_text_head.c      headings, recognised however they are broken into lines
 *	form_text_boxes.c     boxes
 *	form_text_block.c     answers between the headings
 *	form_text_read.c      the plain text read
 *	form_text_write.c     and written */
#pragma once

#include "registry/form/form.h"

/* As form_set, for the field at this place. */
int form_set_at(struct form *form, int at, const char *value);

enum { FORM_SETTLE_ROOM = 24 };

/* Puts an answer that keeps the rules of form_set into its one spelling, in a buffer with FORM_SETTLE_ROOM more octets
 * than it needs. */
void form_answer_settle(enum form_answer answer, char *value);

/* Why form_set_at did not take a value, as the end of a sentence: "is longer than 255 octets". */
void form_fault(int at, int error, char *ret_text, size_t size);

/* -EBADMSG with a complaint when the file holds what no text may: octets that are no UTF-8, control characters. */
int form_check_octets(const char *name, const char *octets, size_t size, struct complaint *complaint);
