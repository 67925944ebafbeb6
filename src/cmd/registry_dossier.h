/* registry_dossier.h - applications printed for people: the queue as a table, one dossier as text; or both as JSON. */
#pragma once

#include <jansson.h>

#include "cmd/verb.h"

void registry_queue_print(const struct request *request, const json_t *queue);
void registry_dossier_print(const struct request *request, json_t *dossier);
