#include "tests/unit/client/heard.h"

#include <stdio.h>
#include <unistd.h>

#include "tests/unit/fixture.h"

static FILE *kept_in;
static int before;
static char text[8192];

void heard_begin(void)
{
    assert_null(kept_in);
    fflush(stderr);
    kept_in = tmpfile();
    before = dup(STDERR_FILENO);
    assert_true(kept_in != NULL && before >= 0);
    assert_int_equal(dup2(fileno(kept_in), STDERR_FILENO), STDERR_FILENO);
}

const char *heard_end(void)
{
    assert_non_null(kept_in);
    fflush(stderr);
    assert_int_equal(dup2(before, STDERR_FILENO), STDERR_FILENO);
    close(before);
    rewind(kept_in);
    text[fread(text, 1, sizeof text - 1, kept_in)] = 0;
    fclose(kept_in);
    kept_in = NULL;
    return text;
}
