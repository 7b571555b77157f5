#include "client/verify/revocation_words.h"

#include <inttypes.h>

#include "client/show/label.h"
#include "client/show/locale.h"

void revocation_say(const struct revocation *r)
{
    struct buf text = { 0 };
    buf_addf(&text,
             TR("entry %" PRIu64 " is signed by the key of %s, which entry %" PRIu64 " revoked on ",
                "el asiento %" PRIu64 " lo firma la clave de %s, que el asiento %" PRIu64
                " revocó el "),
             r->signed_entry, r->name, r->entry);
    locale_time(&text, r->accepted);
    buf_addf(&text, ": %s", label_word(TYPE_REASON, r->reason));
    if (r->has_since) {
        buf_adds(&text, TR("; known bad since ", "; se sabe mala desde "));
        locale_time(&text, r->since);
    }
    say("%s", buf_str(&text));
    buf_free(&text);
}
