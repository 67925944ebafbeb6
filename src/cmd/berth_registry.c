/* berth_registry.c - the program that opens a registry's store: the same verbs as berth's, run for real.
 *
 * Started by berth, or by hand.  Exit status: 0 done, 1 the answer is no, 2 usage, 3 could not. */
#include <stdlib.h>
#include <string.h>

#include "cmd/registry_store.h"

const struct verb *const verbs[] = {
	&verb_lookup, &verb_search,   &verb_next,    &verb_map,	   &verb_history, &verb_diff,
	&verb_export, &verb_apply,    &verb_track,   &verb_import, &verb_release, &verb_band,
	&verb_staff,  &verb_registry, &verb_publish, &verb_backup, &verb_restore, &verb_audit,
	&verb_review, &verb_mail,     &verb_help,    NULL,
};

static const struct {
	const struct verb *verb;
	int (*run)(const struct request *request);
} runs[] = {
	{ &verb_lookup, registry_history_verb }, /* lookup --history */
	{ &verb_import, registry_import_verb },	  { &verb_release, registry_release_verb },
	{ &verb_export, registry_export_verb },	  { &verb_diff, registry_diff_verb },
	{ &verb_history, registry_history_verb }, { &verb_publish, registry_publish_verb },
	{ &verb_backup, registry_backup_verb },	  { &verb_restore, registry_restore_verb },
	{ &verb_audit, registry_audit_verb },	  { &verb_band, registry_band_verb },
	{ &verb_staff, registry_staff_verb },	  { &verb_apply, registry_apply_verb },
	{ &verb_track, registry_track_verb },	  { &verb_review, registry_review_verb },
	{ &verb_mail, registry_mail_verb },	  { &verb_registry, registry_registry_verb },
};

int registry_run(const struct request *request)
{
	for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
		if (runs[i].verb == request->verb) {
			return runs[i].run(request);
		}
	}
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	return arguments_run(argc, argv);
}
