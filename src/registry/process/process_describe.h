/* process_describe.h - what the examiner of descriptions says of the one that came with a form.  Apart from the rest of
 * process*.c because the words of the language and those of the registry have the same names. */
#pragma once

struct report;
struct described;

/* 0 or -ENOMEM. */
int process_describe(const char *berth, struct described **ret_described);
const struct report *described_report(const struct described *described);
struct described *described_destroy(struct described *described); /* takes NULL */
