#include "proto/tlog/checkpoint.h"

#include "proto/base/base64.h"
#include "proto/base/scan.h"

int checkpoint_parse(struct checkpoint *out, struct span text, struct refusal *why)
{
    struct scan s = scan_of(text);
    out->origin = scan_line(&s);
    struct span size = scan_line(&s), root = scan_line(&s);
    if (s.bad || out->origin.n == 0)
        return refuse(why, REASON_CHECKPOINT_FORM, "three lines");
    if (decimal_parse(&out->size, size) != 0)
        return refuse(why, REASON_CHECKPOINT_FORM, "size");
    if (base64_decode_exact(out->root.b, HASH_BYTES, root) != 0)
        return refuse(why, REASON_CHECKPOINT_FORM, "root");
    while (!scan_done(&s))
        if (scan_line(&s).n == 0)
            return refuse(why, REASON_CHECKPOINT_FORM, "empty extension line");
    return 0;
}

void checkpoint_format(struct buf *out, const char *origin, uint64_t size, const struct hash *root)
{
    buf_adds(out, origin);
    buf_adds(out, "\n");
    buf_add_decimal(out, size);
    buf_adds(out, "\n");
    buf_add_base64(out, root->b, HASH_BYTES);
    buf_adds(out, "\n");
}
