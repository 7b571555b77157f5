#include "client/show/lookalikes.h"

#include <inttypes.h>
#include <stdlib.h>

#include "client/base/json_put.h"
#include "client/base/lost.h"

#define ENTRIES_SHOWN 24 /* in words */

void lookalikes_open(struct lookalikes *l, const char *ref)
{
    *l = (struct lookalikes){ .ref = ref,
                              .looks = likeness_of(ref, LIKENESS_LOOKS),
                              .means = likeness_of(ref, LIKENESS_MEANS) };
}

void lookalikes_close(struct lookalikes *l)
{
    for (size_t i = 0; i < l->n; i++) {
        free(l->list[i].ref);
        for (int by = 0; by < CITES; by++)
            free(l->list[i].entry[by]);
    }
    for (int by = 0; by < CITES; by++)
        for (size_t i = 0; i < l->meants[by]; i++)
            free(l->meant[by][i]);
    free(l->list);
    buf_free(&l->looks);
    buf_free(&l->means);
}

/* The one of that reference, or a new one; NULL if no more are listed. */
static struct lookalike *find_lookalike(struct lookalikes *l, const char *ref)
{
    for (size_t i = 0; i < l->n; i++)
        if (strcmp(l->list[i].ref, ref) == 0)
            return &l->list[i];
    if (l->n == LOOKALIKES_MAX)
        return NULL;
    char *own = room_for_one(&l->list, l->n, &l->cap, sizeof *l->list) ? kept(strdup(ref)) : NULL;
    if (own == NULL)
        return NULL;
    l->list[l->n] = (struct lookalike){ .ref = own };
    return &l->list[l->n++];
}

static void take_alike(struct lookalikes *l, enum cites by, const char *ref, uint64_t entry)
{
    struct lookalike *a = find_lookalike(l, ref);
    l->total[by]++;
    if (a == NULL)
        return;
    a->total[by]++;
    if (a->entries[by] < LOOKALIKES_MAX &&
        room_for_one(&a->entry[by], a->entries[by], &a->cap[by], sizeof *a->entry[by]))
        a->entry[by][a->entries[by]++] = entry;
}

static void take_meant(struct lookalikes *l, enum cites by, const char *ref)
{
    for (size_t i = 0; i < l->meants[by]; i++)
        if (strcmp(l->meant[by][i], ref) == 0)
            return;
    char *own = kept(strdup(ref));
    if (own != NULL)
        l->meant[by][l->meants[by]++] = own;
}

static bool has_skeleton(const char *ref, enum likeness likeness, const struct buf *skeleton)
{
    struct buf own = likeness_of(ref, likeness);
    bool same = span_eq(buf_span(&own), buf_span(skeleton));
    buf_free(&own);
    return same;
}

void lookalikes_take(struct lookalikes *l, enum cites by, const char *ref, uint64_t entry)
{
    if (ref == NULL || strcmp(ref, l->ref) == 0)
        return;
    if (has_skeleton(ref, LIKENESS_LOOKS, &l->looks))
        take_alike(l, by, ref, entry);
    else if (l->means.n > 0 && l->meants[by] < MEANT_MAX &&
             has_skeleton(ref, LIKENESS_MEANS, &l->means))
        take_meant(l, by, ref);
}

uint64_t lookalikes_total(const struct lookalikes *l)
{
    return l->total[CITES_AS_WARRANT] + l->total[CITES_IN_REQUEST];
}

static size_t add_once(const char **out, size_t n, size_t most, const char *ref)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(out[i], ref) == 0)
            return n;
    if (n < most)
        out[n++] = ref;
    return n;
}

size_t lookalikes_meant(const struct lookalikes *l, const char **out, size_t most)
{
    size_t n = 0;
    for (int by = 0; by < CITES; by++)
        for (size_t i = 0; i < l->n; i++)
            if (l->list[i].total[by] > 0)
                n = add_once(out, n, most, l->list[i].ref);
    most = n > MEANT_MAX || most < MEANT_MAX ? n : MEANT_MAX; /* these are no more than a hint */
    for (int by = 0; by < CITES; by++)
        for (size_t i = 0; i < l->meants[by]; i++)
            n = add_once(out, n, most, l->meant[by][i]);
    return n;
}

/* ---- shown ----------------------------------------------------------------------------------- */

static json_t *citing_json(const struct lookalike *a, enum cites by)
{
    json_t *list = json_list();
    for (size_t i = 0; i < a->entries[by]; i++)
        json_push(list, json_of_index(a->entry[by][i]));
    return list;
}

json_t *lookalikes_json(const struct lookalikes *l)
{
    json_t *list = json_list();
    for (size_t i = 0; i < l->n; i++) {
        const struct lookalike *a = &l->list[i];
        json_push(list, json_made(json_pack("{s:s,s:o,s:o,s:I,s:o}", "ref", a->ref, "warrants",
                                            citing_json(a, CITES_AS_WARRANT), "requests",
                                            citing_json(a, CITES_IN_REQUEST), "total",
                                            (json_int_t)a->total[CITES_AS_WARRANT] +
                                                (json_int_t)a->total[CITES_IN_REQUEST],
                                            "differs", likeness_json(l->ref, a->ref))));
    }
    return list;
}

/* "; warrants: 1 (entry 4)" of a reference. */
static void list_citing(struct buf *out, const char *words, const struct lookalike *a,
                        enum cites by)
{
    if (a->entries[by] == 0)
        return;
    buf_addf(out, "; %s: %" PRIu64 " (%s ", words, a->total[by],
             a->total[by] == 1 ? TR("entry", "asiento") : TR("entries", "asientos"));
    for (size_t i = 0; i < a->entries[by] && i < ENTRIES_SHOWN; i++)
        buf_addf(out, "%s%" PRIu64, i == 0 ? "" : ", ", a->entry[by][i]);
    buf_adds(out, a->entries[by] > ENTRIES_SHOWN ? ", …)" : ")");
}

void lookalike_words(struct buf *out, const struct lookalikes *l, const struct lookalike *a)
{
    buf_addf(out, TR("“%s”: ", "«%s»: "), a->ref);
    likeness_words(out, l->ref, a->ref);
    list_citing(out, TR("warrants", "mandamientos"), a, CITES_AS_WARRANT);
    list_citing(out, TR("requests", "solicitudes"), a, CITES_IN_REQUEST);
}
