/* Blocks of a file that grows, allocated before they are needed. A sync then has no new size of the
 * file to write, which on ext4 is one write less that it waits for. */
#ifndef DAEMON_STORE_FILE_AHEAD_H
#define DAEMON_STORE_FILE_AHEAD_H

#include <stdbool.h>
#include <stdint.h>

#define AHEAD_FROM (16u << 20)   /* of smaller files nothing is allocated ahead; */
#define AHEAD_STEP (16u << 20)   /* so much at once, */
#define AHEAD_LEAST (4u << 20)   /* where less than that is left, */
#define AHEAD_ROOM (1024u << 20) /* and nothing where the disk has less room than that. */

/* Zeros begin one. One thread. */
struct file_ahead {
    bool off;      /* the file system cannot do it, or has no room: not tried again */
    uint64_t size; /* of the file, as last seen; 0: not looked at yet */
};

/* Allocates ahead where it is time to: the file behind fd grows by zeros, behind its first `used`
 * bytes, to at most `most`. Whatever fails leaves the file as it was, or longer: it then grows as it
 * is written to. */
void file_ahead_keep(struct file_ahead *a, int fd, uint64_t used, uint64_t most);

#endif
