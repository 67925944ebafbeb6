/* typed.h - what somebody typed into a form, whatever it is worth: kept as it came, and set into a form where it may
 * stand.
 *
 * Everything lives in the page: each POST carries all of it, and each page gives all of it back. */
#pragma once

#include "registry/form/form.h"
#include "web/site/visit.h"

/* Names of what is posted beside the answers. */
#define TYPED_BERTH "berth-text"
#define TYPED_FILE "berth-file"
#define TYPED_KEY "key"
#define TYPED_BEGUN "begun"
#define TYPED_TRAP "homepage"

struct typed_field {
	const char *text;   /* with LF line ends; "" none */
	const char *choice; /* of FORM_NO_OR_TEXT: "yes", "no" or "" */
	const char *error;  /* why it may not stand, or NULL */
	bool is_from_file;
};

struct typed {
	struct arena arena;
	struct form form; /* the answers that may stand, and the description */
	struct typed_field fields[FORM_FIELDS_MAX];
	const char *berth; /* "" none */
	const char *berth_error;
	const char *key;   /* 32 hexadecimal digits, made when the form was first shown */
	const char *begun; /* the token of that page */
	const char *trap;  /* what stands in the field that people do not see */
	bool has_file;	   /* a file came along, and is `berth` now */
	size_t errors;
};

/* Of a POST; of a form that is already there; of an empty form, or one with some answers in its address.  All end by
 * typed_finish.  False: memory ran out. */
bool typed_read(struct typed *typed, enum form_kind kind, const struct visit *visit);
bool typed_of_form(struct typed *typed, const struct form *form, const struct visit *visit);
bool typed_begin(struct typed *typed, enum form_kind kind, const struct visit *visit);
void typed_finish(struct typed *typed);

/* One answer, as if it had been typed.  False: memory ran out. */
bool typed_put(struct typed *typed, int at, const char *value);

/* Name and id of the first control of this question. */
const char *typed_control(const struct form_field *field, char ret_name[static 64]);

bool typed_is_email(const struct form_field *field);

/* As hidden fields, for a page that asks for nothing: but not the token. */
void typed_hide(const struct typed *typed, struct html *html);
