/* registry_place.h - where a registry stands when nobody says otherwise, and where its published view is. */
#pragma once

#include <stddef.h>

#define REGISTRY_FOLDER "/var/lib/berth"
#define REGISTRY_URL "sqlite:" REGISTRY_FOLDER "/registry.db"
#define REGISTRY_PUBLISHED REGISTRY_FOLDER "/registry.published"

/* Beside an SQLite file ("registry.db" -> "registry.published"); of another store REGISTRY_PUBLISHED. */
void registry_published_path(const char *url, char *ret_path, size_t size);
