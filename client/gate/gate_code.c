#include "client/gate/gate_code.h"

#include <errno.h>

#include "client/base/say.h"
#include "proto/record/kind.h"
#include "proto/sys/files.h"

void gate_code_read(const char *path, char out[CODE_MAX + 1])
{
    struct buf text = { 0 };
    enum file read = file_read_at_once(&text, path, CODE_MAX);
    struct span code = buf_span(&text);
    memset(out, 0, CODE_MAX + 1);
    if (read == FILE_OK && !text.failed && code.n <= CODE_MAX && code_allowed(code))
        memcpy(out, code.p, code.n);
    buf_free(&text);
}

void gate_code_write(const char *path, const char *code)
{
    if (file_replace(path, span_str(code), 0600) < 0)
        say(TR("%s could not be written: %s", "no se pudo escribir %s: %s"), path,
            errno_words(errno));
}
