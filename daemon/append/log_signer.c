#include "daemon/append/log_signer.h"

#include <stdlib.h>

#include "proto/base/scan.h"
#include "proto/record/record.h"
#include "proto/tlog/note.h"

struct log_signer {
    struct skey key;
};

struct log_signer *log_signer_new(struct skey *key)
{
    struct log_signer *s = malloc(sizeof *s);
    if (s != NULL)
        s->key = *key;
    skey_wipe(key);
    return s;
}

void log_signer_free(struct log_signer *s)
{
    if (s == NULL)
        return;
    skey_wipe(&s->key);
    free(s);
}

const struct vkey *log_signer_vkey(const struct log_signer *s)
{
    return &s->key.vkey;
}

static int sign(const struct log_signer *s, struct span text, struct buf *out)
{
    size_t before = out->n;
    note_sign(out, text, &s->key);
    if (!out->failed)
        return 0;
    out->n = before;
    return -1;
}

int log_signer_sign(struct log_signer *s, struct span text, struct buf *out)
{
    return sign(s, text, out);
}

int log_signer_sign_record(struct log_signer *s, enum kind kind, struct span text, struct buf *out)
{
    struct scan lines = scan_of(text);
    struct span word = { 0 };
    bool own = kind_is_logs(kind) && kind != KIND_GENESIS &&
               version_line(scan_line(&lines), &word) == 1 && span_is(word, kind_name(kind));
    return own ? sign(s, text, out) : -1;
}
