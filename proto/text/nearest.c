#include "proto/text/nearest.h"

#include <string.h>
#include <strings.h>

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The optimal string alignment distance, row by row: before[] and row[] are the last two. */
static size_t distance(const char *a, size_t m, const char *b, size_t n)
{
    size_t rows[3][NEAREST_MAX + 1];
    size_t *before = rows[0], *last = rows[1], *row = rows[2];
    for (size_t j = 0; j <= n; j++)
        last[j] = j;
    for (size_t i = 1; i <= m; i++) {
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t differs = lower(a[i - 1]) != lower(b[j - 1]);
            row[j] = least(least(last[j] + 1, row[j - 1] + 1), last[j - 1] + differs);
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                lower(a[i - 2]) == lower(b[j - 1]))
                row[j] = least(row[j], before[j - 2] + 1);
        }
        size_t *free_row = before;
        before = last;
        last = row;
        row = free_row;
    }
    return last[n];
}

void nearest_offer(struct nearest *n, const char *word)
{
    size_t said = strlen(n->said), length = strlen(word);
    if (said > NEAREST_MAX || length > NEAREST_MAX)
        return;
    size_t differs = said >= 3 && strncasecmp(n->said, word, said) == 0
                         ? length > said
                         : distance(n->said, said, word, length);
    size_t most = said / 3 > 1 ? said / 3 : 1;
    if (differs > most || differs >= said || (n->best != NULL && differs >= n->distance))
        return;
    n->best = word;
    n->distance = differs;
}
