/* Names of files. */
#ifndef CLIENT_BASE_PATH_H
#define CLIENT_BASE_PATH_H

/* DIR/NAME, to be freed. */
char *path_join(const char *dir, const char *name);

#endif
