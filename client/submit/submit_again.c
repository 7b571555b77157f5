#include "client/submit/submit_again.h"

#include <inttypes.h>
#include <stdio.h>

#include "client/base/json_put.h"
#include "proto/record/member.h"

static bool says_same(const json_t *line, const json_t *there)
{
    const char *name;
    json_t *v;
    size_t i;
    bool same = true;
    if (json_object_get(there, "commit") != NULL) /* a note, or a subject of that type */
        return json_is_string(line) ||
               json_equal(json_object_get(line, "type"), json_object_get(there, "type"));
    if (json_is_array(line)) {
        same = json_array_size(line) == json_array_size(there);
        json_array_foreach (line, i, v)
            same = same && says_same(v, json_array_get(there, i));
        return same;
    }
    if (!json_is_object(line))
        return json_equal(line, there);
    json_object_foreach ((json_t *)(uintptr_t)line, name, v)
        same = same && (strcmp(name, "kind") == 0 || strcmp(name, "at") == 0 ||
                        says_same(v, json_object_get(there, name)));
    return same;
}

struct again {
    struct log_client *client;
    const struct vkey *signer;
    uint64_t entry;
};

/* Every signer has ids of his own. */
static bool is_his(void *ctx, uint64_t index)
{
    struct again *a = ctx;
    struct shown e;
    struct answer answer;
    if (log_client_entry(a->client, index, &e, &answer) != SHOW_PROVEN)
        return true;
    if (record_signed_by(&e.record, a->signer))
        a->entry = index;
    shown_free(&e);
    return a->entry == NO_ENTRY;
}

int submit_again_find(struct log_client *client, const struct vkey *signer, const json_t *line,
                      uint64_t *entry, struct complaint *complaint)
{
    struct again a = { client, signer, NO_ENTRY };
    struct answer answer;
    char query[64];
    const char *id = json_string_value(json_object_get(line, "id"));
    *entry = NO_ENTRY;
    if (id == NULL || !type_allows(TYPE_UUID, span_str(id)))
        return 0;
    snprintf(query, sizeof query, "id=%.40s", id);
    if (!log_client_find(client, query, is_his, &a, &answer)) {
        log_client_complaint(client, &answer, complaint);
        return -1;
    }
    *entry = a.entry;
    return 0;
}

bool submit_again_same(struct log_client *client, const json_t *line, uint64_t entry,
                       struct complaint *complaint)
{
    struct shown e;
    struct answer answer;
    const char *kind = json_string_value(json_object_get(line, "kind"));
    if (log_client_entry(client, entry, &e, &answer) != SHOW_PROVEN) {
        log_client_complaint(client, &answer, complaint);
        return false;
    }
    json_t *there = json_of_value(e.record.object);
    bool same =
        kind != NULL && strcmp(kind, kind_name(e.record.kind)) == 0 && says_same(line, there);
    json_decref(there);
    shown_free(&e);
    if (same)
        return true;
    snprintf(complaint->code, sizeof complaint->code, "duplicate");
    snprintf(complaint->detail, sizeof complaint->detail,
             TR("its `id` is that of entry %" PRIu64 ", which says something else",
                "su `id` es el del asiento %" PRIu64 ", que dice otra cosa"),
             entry);
    return false;
}
