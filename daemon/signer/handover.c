#include "daemon/signer/handover.h"

#include "proto/base/base64.h"
#include "proto/base/scan.h"

/* No origin of a log and no kind of a record has a blank in it, so this is neither a checkpoint nor
 * a record. */
#define FIRST_LINE "bitacora/v1 signer handover"

bool handover_fits(const struct vkey *from, const struct vkey *to)
{
    return to->type == KEY_NOTE && from->type == KEY_NOTE && strcmp(to->name, from->name) == 0 &&
           !vkey_eq(from, to);
}

void handover_text(struct buf *out, const struct key_handover *h)
{
    buf_adds(out, FIRST_LINE "\n");
    vkey_format(out, &h->to);
    buf_addf(out, "\n%llu\n", (unsigned long long)h->size);
    buf_add_base64(out, h->root.b, HASH_BYTES);
    buf_adds(out, "\n");
}

int handover_parse(struct key_handover *out, struct note *note, struct span bytes)
{
    struct refusal why;
    const char *cause;
    if (bytes.n > HANDOVER_MAX || note_parse(note, bytes, &why) != 0)
        return -1;
    struct scan s = scan_of(note->text);
    struct span first = scan_line(&s), vkey = scan_line(&s), size = scan_line(&s),
                root = scan_line(&s);
    return scan_done(&s) && span_is(first, FIRST_LINE) && vkey_parse(&out->to, vkey, &cause) == 0 &&
                   decimal_parse(&out->size, size) == 0 && out->size > 0 &&
                   base64_decode_exact(out->root.b, HASH_BYTES, root) == 0
               ? 0
               : -1;
}
