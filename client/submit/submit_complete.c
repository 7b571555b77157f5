#include "client/submit/submit_complete.h"

#include "proto/base/base64.h"
#include "proto/base/when.h"
#include "proto/record/fresh_id.h"
#include "proto/sys/clock.h"

static json_t *under_json(const struct identity *id)
{
    char hash[48];
    base64_encode(hash, id->under.hash, HASH_BYTES);
    return json_pack("{s:I,s:s}", "entry", (json_int_t)id->under.entry, "hash", hash);
}

json_t *submit_complete(json_t *given, const struct identity *identity)
{
    char id[ID_TEXT + 1], at[WHEN_TEXT + 1];
    fresh_id(id, clock_wall());
    when_format(at, clock_wall());
    json_t *record = json_pack("{s:s,s:s,s:o}", "id", id, "at", at, "under", under_json(identity));
    if (json_object_update(record, given) != 0) {
        json_decref(record);
        record = NULL;
    }
    json_decref(given);
    return record;
}
