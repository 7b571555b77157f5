#include "tests/unit/client/heard.h"

#include <unistd.h>

#include "tests/unit/fixture.h"

static struct kept {
    FILE *file; /* NULL: nothing is kept */
    int before;
    struct buf text;
} kept[2];

static struct kept *kept_of(FILE *stream)
{
    assert_true(stream == stdout || stream == stderr);
    return &kept[stream == stderr];
}

void heard_begin(FILE *stream)
{
    struct kept *k = kept_of(stream);
    assert_null(k->file);
    fflush(stream);
    k->file = tmpfile();
    k->before = dup(fileno(stream));
    assert_true(k->file != NULL && k->before >= 0);
    assert_int_equal(dup2(fileno(k->file), fileno(stream)), fileno(stream));
}

const char *heard_end(FILE *stream)
{
    struct kept *k = kept_of(stream);
    char piece[4096];
    assert_non_null(k->file);
    fflush(stream);
    assert_int_equal(dup2(k->before, fileno(stream)), fileno(stream));
    close(k->before);
    rewind(k->file);
    buf_clear(&k->text);
    for (size_t n; (n = fread(piece, 1, sizeof piece, k->file)) > 0;)
        buf_add(&k->text, piece, n);
    fclose(k->file);
    k->file = NULL;
    return buf_str(&k->text);
}
