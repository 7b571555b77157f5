#include "daemon/append/log_signer.h"

#include <stdlib.h>

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

int log_signer_sign(struct log_signer *s, struct span text, struct buf *out)
{
    size_t before = out->n;
    note_sign(out, text, &s->key);
    if (!out->failed)
        return 0;
    out->n = before;
    return -1;
}
