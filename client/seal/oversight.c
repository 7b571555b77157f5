#include "client/seal/oversight.h"

#include <inttypes.h>
#include <stdio.h>

#include "client/base/lost.h"
#include "client/remote/identity.h"
#include "proto/sys/clock.h"

#define NAMES_ROOM 52

static bool is_oversight(const struct enrolment *e, int64_t now)
{
    return e->role == ROLE_OVERSIGHT && e->revoked == NO_ENTRY && now >= e->from && now < e->until;
}

static void take(struct oversight *out, const struct enrolment *e)
{
    snprintf(out->name, sizeof out->name, "%.*s", SIGNER_NAME_MAX, e->key.name);
    memcpy(out->key, e->key.key, PUBLIC_KEY_BYTES);
    out->to.entry = e->entry;
    memcpy(out->to.hash, e->leaf.b, HASH_BYTES);
}

/* The enrolment at an entry, if it is for oversight and in force. Of genesis, which enrols several,
 * none is. */
static const struct enrolment *enrolment_at(const struct registry *r, uint64_t entry)
{
    int64_t now = clock_wall();
    for (uint32_t i = 0; r != NULL && i < registry_count(r); i++) {
        const struct enrolment *e = registry_get(r, i);
        if (e->entry == entry && is_oversight(e, now))
            return e;
    }
    return NULL;
}

/* What the log lists of a key beyond what we replayed is looked at, too: its revocation may have
 * come just now. */
static int follow_key(struct in_force *st, const struct vkey *key, struct complaint *complaint)
{
    struct buf query = { 0 };
    identity_query(&query, key);
    const char *asked = kept_text(&query);
    int failed = lost_any() ? complain_memory(complaint) : in_force_follow(st, asked, complaint);
    buf_free(&query);
    return failed;
}

/* ---- the only one ---------------------------------------------------------------------------- */

/* "NAME (ENTRY)"; of many the last ones by their entry alone: a refusal has little room. */
static void list_oversight(struct buf *names, const struct enrolment *e, size_t found)
{
    if (names->n + strlen(e->key.name) < NAMES_ROOM)
        buf_addf(names, "%s%s (%" PRIu64 ")", found > 1 ? ", " : "", e->key.name, e->entry);
    else if (names->n < NAMES_ROOM + 16)
        buf_addf(names, ", %" PRIu64, e->entry);
    else if (names->p[names->n - 1] != '.')
        buf_adds(names, ", ...");
}

/* How many are in force; the first goes into *out, their names and entries into *names. */
static size_t list(const struct registry *r, struct oversight *out, struct vkey *key,
                   struct buf *names)
{
    size_t found = 0;
    int64_t now = clock_wall();
    for (uint32_t i = 0; i < registry_count(r); i++) {
        const struct enrolment *e = registry_get(r, i);
        if (!is_oversight(e, now))
            continue;
        if (found++ == 0) {
            take(out, e);
            *key = e->key;
        }
        list_oversight(names, e, found);
    }
    return found;
}

int oversight_find(struct oversight *out, struct in_force *st, const char *member,
                   struct complaint *complaint)
{
    struct refusal why;
    struct vkey key;
    struct buf names = { 0 };
    size_t found = 0;
    if (in_force_follow(st, "role=oversight", complaint) != 0)
        return -1;
    const struct registry *r = in_force_registry(st, complaint);
    if (r != NULL && (found = list(r, out, &key, &names)) == 1) {
        if (follow_key(st, &key, complaint) != 0 ||
            (r = in_force_registry(st, complaint)) == NULL) {
            buf_free(&names);
            return -1;
        }
        buf_clear(&names);
        found = list(r, out, &key, &names);
    }
    if (r != NULL && found != 1) {
        refuse(&why, found == 0 ? REASON_OVERSIGHT_NONE : REASON_OVERSIGHT_SEVERAL,
               found == 0 ? member : buf_str(&names));
        complain(complaint, &why);
    }
    buf_free(&names);
    return found == 1 ? 0 : -1;
}

int oversight_at(struct oversight *out, struct in_force *st, uint64_t index,
                 struct complaint *complaint)
{
    struct refusal why;
    enum show reached = in_force_reach(st, index, complaint);
    if (reached == SHOW_FAILED || reached == SHOW_UNWITNESSED)
        return -1;
    const struct enrolment *e =
        reached == SHOW_PROVEN ? enrolment_at(in_force_registry(st, complaint), index) : NULL;
    if (e != NULL) {
        struct vkey key = e->key;
        if (follow_key(st, &key, complaint) != 0)
            return -1;
        e = enrolment_at(in_force_registry(st, complaint), index);
    }
    if (e != NULL) {
        take(out, e);
        return 0;
    }
    refuse(&why, REASON_OVERSIGHT_NOT, "to");
    return complain(complaint, &why);
}

int oversight_named(struct oversight *out, struct in_force *st, const struct entry_ref *to,
                    struct complaint *complaint)
{
    struct refusal why;
    if (oversight_at(out, st, to->entry, complaint) != 0)
        return -1;
    if (memcmp(out->to.hash, to->hash, HASH_BYTES) == 0)
        return 0;
    refuse(&why, REASON_REF_HASH, "to");
    return complain(complaint, &why);
}
