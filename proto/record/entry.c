#include "proto/record/entry.h"

#include "proto/base/base64.h"
#include "proto/base/scan.h"
#include "proto/base/when.h"
#include "proto/record/record.h"

int entry_parse(struct entry *out, struct span bytes, struct refusal *why)
{
    struct scan s = scan_of(bytes);
    struct span first = scan_line(&s), word;
    uint64_t version = s.bad ? 0 : version_line(first, &word);
    if (version == 0)
        return refuse(why, REASON_ENTRY_FORM, "first line");
    if (version != 1)
        return refuse_span(why, REASON_VERSION, span_of(first.p, (size_t)(word.p - first.p) - 1));
    if (!span_is(word, "entry"))
        return refuse(why, REASON_ENTRY_FORM, "first line");
    if (decimal_parse(&out->index, scan_line(&s)) != 0)
        return refuse(why, REASON_ENTRY_FORM, "index");
    if (when_parse(&out->accepted, scan_line(&s)) != 0)
        return refuse(why, REASON_ENTRY_FORM, "time of acceptance");
    if (base64_decode_exact(out->link.b, HASH_BYTES, scan_line(&s)) != 0)
        return refuse(why, REASON_ENTRY_FORM, "link");
    if (scan_line(&s).n != 0 || s.bad)
        return refuse(why, REASON_ENTRY_FORM, "empty line");
    if (bytes.n > ENTRY_MAX)
        return refuse(why, REASON_ENTRY_FORM, "longer than 65,535 bytes");
    out->note = scan_rest(&s);
    return 0;
}

void entry_format(struct buf *out, const struct entry *e)
{
    char when[WHEN_TEXT + 1];
    when_format(when, e->accepted);
    buf_adds(out, "bitacora/v1 entry\n");
    buf_add_decimal(out, e->index);
    buf_adds(out, "\n");
    buf_adds(out, when);
    buf_adds(out, "\n");
    buf_add_base64(out, e->link.b, HASH_BYTES);
    buf_adds(out, "\n\n");
    buf_add_span(out, e->note);
}
