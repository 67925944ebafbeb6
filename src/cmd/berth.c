/* berth.c - the command for people: the table of its verbs.
 *
 * Exit status: 0 done, 1 the answer is no, 2 usage, 3 could not. */
#include "cmd/verb.h"

const struct verb *const verbs[] = {
	&verb_status,  &verb_top,     &verb_call,    &verb_list,     &verb_reload,  &verb_drain,
	&verb_resume,  &verb_stop,    &verb_metrics, &verb_check,    &verb_show,    &verb_classify,
	&verb_explain, &verb_collide, &verb_lookup,  &verb_search,   &verb_next,    &verb_map,
	&verb_history, &verb_diff,    &verb_export,  &verb_apply,    &verb_track,   &verb_import,
	&verb_release, &verb_band,    &verb_staff,   &verb_registry, &verb_publish, &verb_backup,
	&verb_restore, &verb_audit,   &verb_review,  &verb_mail,     &verb_help,    NULL,
};

int main(int argc, char **argv)
{
	return arguments_run(argc, argv);
}
