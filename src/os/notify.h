/* notify.h - the protocols of a service manager, spoken plainly: sd_notify(3) and sd_listen_fds(3). */
#pragma once

#include <stddef.h>

/* Sends "READY=1", "RELOADING=1\nMONOTONIC_USEC=...", "STOPPING=1", "STATUS=..." to $NOTIFY_SOCKET.
 * 0, also when there is no manager; -errno when there is one and it cannot be reached. */
int notify_manager(const char *state);

/* Descriptors passed by the manager ($LISTEN_FDS for this $LISTEN_PID): 3, 4, ... are made close-on-exec.
 * Returns how many, 0 when none, -EINVAL when the variables are not numbers.  Removes the variables. */
int notify_listen_descriptors(void);
