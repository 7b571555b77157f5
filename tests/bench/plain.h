/* A plain evhttp loop that has its answers in memory: what serving them costs at least. */
#ifndef BENCH_PLAIN_H
#define BENCH_PLAIN_H

#include <sys/types.h>

#include "proto/base/buf.h"

struct page {
    char *path;
    char type[80]; /* content type */
    struct buf body;
};

struct plain {
    pid_t pid;
    uint16_t port;
};

/* Forks it; the pages must not change. */
void plain_start(struct plain *p, const struct page *page, size_t pages);
void plain_stop(struct plain *p);

#endif
