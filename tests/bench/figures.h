/* What was measured: by path (append.ratio), each a number or, with a reason, null. */
#ifndef BENCH_FIGURES_H
#define BENCH_FIGURES_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct figures {
    json_t *root;
    json_t *reasons; /* of those that are null */
    const uint64_t *size;
    unsigned sizes;
};

/* sizes: of growth, which has figures for each. Must outlive f. */
void figures_init(struct figures *f, const uint64_t *size, unsigned sizes);
void figures_free(struct figures *f);

void figure(struct figures *f, const char *path, double value);
void figure_text(struct figures *f, const char *path, const char *text);
/* growth.SIZE.NAME */
void figure_at(struct figures *f, uint64_t size, const char *name, double value);

/* Why all figures whose path begins so are not there, where they are not. */
void figure_missing(struct figures *f, const char *begin, const char *reason);

/* Fills in what was not measured, and what is reached of the targets. */
void figures_finish(struct figures *f);

/* A table for people, in their language. */
void figures_print(const struct figures *f, FILE *to);

/* Writes the JSON. Returns 0 or -1. */
int figures_write(const struct figures *f, const char *path);

#endif
