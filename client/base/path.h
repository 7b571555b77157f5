/* Names of files, put together. */
#ifndef CLIENT_BASE_PATH_H
#define CLIENT_BASE_PATH_H

/* DIR/NAME, for the caller to free. NULL when out of memory, which is recorded as lost
 * (client/base/lost.h). System calls and the functions of proto/sys/files.h refuse NULL as a name,
 * so whoever only passes it on need not look. */
char *path_join(const char *dir, const char *name);

#endif
