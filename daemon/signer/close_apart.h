/* Closes a connection of somebody who may want this process to wait. Any thread. */
#ifndef DAEMON_SIGNER_CLOSE_APART_H
#define DAEMON_SIGNER_CLOSE_APART_H

/* Closes a descriptor without waiting for what may be in it. Descriptors that were passed over a
 * Unix socket and not taken out (SCM_RIGHTS) are closed with it, in the thread that closes it: a
 * TCP connection with SO_LINGER, among them, keeps that thread for as long as its owner likes. A
 * thread that ends waits for none. Where none may have descriptors of its own, up to eight threads
 * wait beside this one; then it is closed as usual. */
void close_apart(int fd);

#endif
