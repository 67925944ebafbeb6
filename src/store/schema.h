/* schema.h - the registry's tables, as the migrations that make them.  tables.h is the same as data. */
#pragma once

#include "store/migrate.h"

/* Ends with number 0. */
extern const struct migration schema_migrations[];
