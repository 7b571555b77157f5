/* What the process tells whoever started it and watches over it: the protocol of sd_notify(3), one
 * datagram to the socket that NOTIFY_SOCKET names. Without one all of it does nothing. */
#ifndef PROTO_PROCESS_SUPERVISOR_H
#define PROTO_PROCESS_SUPERVISOR_H

#include <stdbool.h>
#include <stdint.h>

/* Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID, and takes these variables away. Main thread,
 * before others start, and before the sandbox is entered. */
void supervisor_begin(void);

/* It serves, from now on or again. `status` is a line for people, or NULL. Any thread. */
void supervisor_ready(const char *status);
/* It reads its settings again; supervisor_ready() follows. Any thread. */
void supervisor_reloading(void);
/* It ends: answers what is under way. Any thread. */
void supervisor_stopping(void);

/* For how many milliseconds it may be without progress; half of the time after which the supervisor
 * ends it. 0: nobody watches. Any thread. */
int64_t supervisor_watch_ms(void);

/* Says that it makes progress, if that is due. `now` is in steady milliseconds. One thread. */
void supervisor_alive(int64_t now);

#endif
