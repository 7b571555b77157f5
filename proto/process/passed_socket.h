/* A socket that whoever started the process listens on already, and hands over (systemd's socket
 * activation, sd_listen_fds(3)): so a port below 1024 needs no root, and no connection is refused
 * while the process starts again. Main thread, before others start. */
#ifndef PROTO_PROCESS_PASSED_SOCKET_H
#define PROTO_PROCESS_PASSED_SOCKET_H

#include "proto/base/must_use.h"

/* Takes what LISTEN_PID and LISTEN_FDS name, and takes these variables away. Returns 0 with *fd,
 * the caller's, or *fd 0 if nothing was passed. Returns -1 with *cause, by `language` (0 English, 1
 * Spanish), if it is not one TCP socket that is listened on. */
MUST_USE int passed_socket_take(int *fd, const char **cause, unsigned language);

#endif
