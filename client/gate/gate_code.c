#include "client/gate/gate_code.h"

#include "client/base/lost.h"
#include "proto/record/entry.h"
#include "proto/record/record.h"

static bool enrols(const struct record *r, const struct vkey *key)
{
    struct vkey enrolled;
    const char *cause;
    return strcmp(record_string(r, "role"), "holder") == 0 &&
           vkey_parse(&enrolled, span_str(record_string(r, "vkey")), &cause) == 0 &&
           memcmp(enrolled.key, key->key, PUBLIC_KEY_BYTES) == 0;
}

bool gate_code_find(char out[CODE_MAX + 1], struct span bytes, const struct vkey *key)
{
    struct entry entry;
    struct record r;
    struct refusal why;
    if (entry_parse(&entry, bytes, &why) != 0 ||
        !span_starts(entry.note, RECORD_FORMAT " enroll\n"))
        return false;
    if (record_parse(&r, entry.note, &why) != 0) {
        lost_to_memory(&why);
        return false;
    }
    bool found = enrols(&r, key);
    if (found)
        snprintf(out, CODE_MAX + 1, "%s", record_string(&r, "authority"));
    record_free(&r);
    return found;
}
