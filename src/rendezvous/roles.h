/* roles.h - the processes berthd consists of beside the supervisor.  Each runs in a process of its own, after an exec
 * of its own, with its channel to the supervisor; cmd/berthd.c calls the one that its arguments name. */
#pragma once

/* Each returns when it is told to finish or the supervisor is gone: 0 or -errno. */
int acceptor_run(int channel);
int launcher_run(int channel);
int port_broker_run(int channel);
int describer_run(int channel);
