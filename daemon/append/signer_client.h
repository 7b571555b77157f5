/* The signer's process, asked over its socket. */
#ifndef DAEMON_APPEND_SIGNER_CLIENT_H
#define DAEMON_APPEND_SIGNER_CLIENT_H

#include "daemon/append/log_signer.h"

/* The maker for a signer that listens on a Unix socket at path. It need not be there yet: it is
 * looked for whenever it is asked something, once a second at most. vkey: the log's key, which it
 * must have; NULL: it must be there now, and its key is taken. Returns NULL after having logged
 * why. */
struct log_signer *signer_client_new(const char *path, const struct vkey *vkey);

#endif
