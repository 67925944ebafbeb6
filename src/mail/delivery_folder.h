/* delivery_folder.h - one letter put into a folder.  For delivery.c only. */
#pragma once

#include <stddef.h>

/* As FOLDER/MESSAGE-ID.eml, whole or not at all; the same letter again is the same file.  0 or -errno. */
int delivery_to_folder(const char *folder, const char *message_id, const char *message, size_t size);
