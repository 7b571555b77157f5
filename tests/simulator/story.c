#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>

#include "client/base/say.h"
#include "proto/base/base64.h"
#include "proto/record/record.h"
#include "tests/must.h"
#include "tests/simulator/sim.h"

const char *const rule_names[RULES] = { "R01", "R02", "R03", "R04", "R05", "R06", "R07", "R08",
                                        "R09", "R10", "R11", "R12", "R13", "R14", "R15", "R16",
                                        "R17", "R18", "R19", "R20", "R21", "R22", "CODE" };

struct moment moment_of(int64_t ms)
{
    struct moment m;
    when_format(m.text, ms);
    return m;
}

void *grown(void *array, size_t n, size_t *cap, size_t each)
{
    if (n < *cap)
        return array;
    *cap = *cap == 0 ? 64 : 2 * *cap;
    return must(realloc(array, *cap * each));
}

struct story *story_new(struct sim *s)
{
    struct story *y = must(calloc(1, sizeof *y));
    y->sim = s;
    y->acts = 1;
    for (int i = 0; i < SLOTS; i++)
        y->slot[i].entry = NO_ENTRY;
    return y;
}

void story_planned(struct story *y)
{
    if (--y->acts == 0)
        free(y);
}

/* ---- the queue: a binary heap -------------------------------------------------------------------- */

static bool sooner(const struct act *a, const struct act *b)
{
    return a->accepted != b->accepted ? a->accepted < b->accepted : a->order < b->order;
}

static void queue_add(struct sim *s, struct act *a)
{
    s->queue = grown(s->queue, s->queued, &s->queue_cap, sizeof *s->queue);
    size_t i = s->queued++;
    for (; i > 0 && sooner(a, s->queue[(i - 1) / 2]); i = (i - 1) / 2)
        s->queue[i] = s->queue[(i - 1) / 2];
    s->queue[i] = a;
    s->before_end += a->accepted < s->end;
}

static struct act *queue_take(struct sim *s)
{
    struct act *first = s->queue[0], *a = s->queue[--s->queued];
    size_t i = 0;
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= s->queued)
            break;
        if (child + 1 < s->queued && sooner(s->queue[child + 1], s->queue[child]))
            child++;
        if (!sooner(s->queue[child], a))
            break;
        s->queue[i] = s->queue[child];
        i = child;
    }
    s->queue[i] = a;
    s->before_end -= first->accepted < s->end;
    return first;
}

const struct act *queue_first(const struct sim *s)
{
    return s->queued == 0 ? NULL : s->queue[0];
}

static void act_free(struct act *a)
{
    story_planned(a->story);
    free(a->members);
    free(a->key);
    free(a);
}

void queue_free(struct sim *s)
{
    while (s->queued > 0)
        act_free(queue_take(s));
    free(s->queue);
    free(s->found);
}

/* ---- planning ------------------------------------------------------------------------------------ */

/* The signer's clock: mostly right, some fast or slow; in unfavourable logs often as wrong as allowed. */
static int64_t clock_of(struct sim *s, int64_t accepted)
{
    uint64_t kind = chance_below(&s->chance, 100);
    if (s->options.unfavourable && kind < 12)
        return kind < 6 ? accepted - SKEW : accepted + SKEW;
    if (kind < 20)
        return accepted + chance_between(&s->chance, -200 * SECOND, 90 * SECOND);
    return accepted - chance_between(&s->chance, 60, 4 * SECOND);
}

struct act *act(struct story *y, int64_t accepted, struct desk *by, enum kind kind, char slot,
                const char *format, ...)
{
    struct sim *s = y->sim;
    struct act *a = must(calloc(1, sizeof *a));
    va_list args;
    va_start(args, format);
    if (vasprintf(&a->members, format, args) < 0)
        die_of_memory();
    va_end(args);
    a->accepted = accepted;
    a->at = clock_of(s, accepted);
    a->order = s->order++;
    a->kind = kind;
    a->slot = slot == 0 ? -1 : (int8_t)(slot - 'A');
    a->by = by;
    a->story = y;
    y->acts++;
    queue_add(s, a);
    return a;
}

void plant(struct act *a, const char *rule, char slot, int64_t deadline)
{
    struct planted *p = &a->plant[a->planted++];
    for (p->rule = 0; strcmp(rule_names[p->rule], rule) != 0; p->rule++)
        ;
    p->slot = (int8_t)(slot - 'A');
    p->deadline = deadline;
    p->lifted = INT64_MAX;
}

/* ---- carrying out -------------------------------------------------------------------------------- */

static void add_ref(struct buf *out, uint64_t entry, const char *leaf, bool braces)
{
    buf_adds(out, braces ? "{\"entry\":" : "\"entry\":");
    buf_add_decimal(out, entry);
    buf_adds(out, ",\"hash\":\"");
    buf_adds(out, leaf);
    buf_adds(out, braces ? "\"}" : "\"");
}

static void add_members(struct buf *out, const struct act *a)
{
    const struct sim *s = a->story->sim;
    const char *p = a->members;
    for (;;) {
        size_t n = strcspn(p, "@#");
        buf_add(out, p, n);
        p += n;
        if (*p == 0)
            return;
        if (isdigit((unsigned char)p[1])) {
            const struct desk *d = s->oversight[p[1] - '0'];
            add_ref(out, d->entry, d->leaf, true);
        } else {
            int i = p[1] - 'A';
            if (a->story->slot[i].entry == NO_ENTRY)
                abort(); /* planned before what it refers to */
            add_ref(out, a->story->slot[i].entry, a->story->slot[i].leaf, *p == '@');
        }
        p += 2;
    }
}

/* A UUID of version 7: of its time, so that ids stand in order. */
static void add_id(struct buf *out, struct sim *s, int64_t at)
{
    uint64_t a = chance_next(&s->chance), b = chance_next(&s->chance);
    buf_addf(out, "\"id\":\"%08x-%04x-7%03x-%04x-%012llx\"", (unsigned)((uint64_t)at >> 16),
             (unsigned)(at & 0xffff), (unsigned)(a & 0xfff),
             (unsigned)(0x8000 | (a >> 12 & 0x3fff)), (unsigned long long)(b & 0xffffffffffff));
}

static void add_record(struct buf *note, struct act *a)
{
    struct buf line = { 0 };
    buf_adds(&line, "{");
    add_id(&line, a->story->sim, a->at);
    buf_addf(&line, ",\"at\":\"%s\",\"under\":", AT(a->at));
    add_ref(&line, a->by->entry, a->by->leaf, true);
    if (a->members[0] != 0)
        buf_adds(&line, ",");
    add_members(&line, a);
    buf_adds(&line, "}");
    record_sign(note, a->kind, buf_str(&line), &a->by->key);
    if (note->failed || line.failed)
        die_of_memory();
    buf_free(&line);
}

static void remember(struct sim *s, struct act *a, uint64_t entry)
{
    char leaf[45];
    base64_encode(leaf, s->writer.last.b, HASH_BYTES);
    if (a->slot >= 0) {
        a->story->slot[a->slot].entry = entry;
        memcpy(a->story->slot[a->slot].leaf, leaf, sizeof leaf);
    }
    if (a->enrols != NULL) {
        a->enrols->key = *a->key;
        a->enrols->entry = entry;
        memcpy(a->enrols->leaf, leaf, sizeof leaf);
    }
    if (a->kind == KIND_REQUEST || a->kind == KIND_RESPONSE) {
        s->late.entry = entry;
        memcpy(s->late.leaf, leaf, sizeof leaf);
    }
}

static void note_findings(struct sim *s, const struct act *a)
{
    for (unsigned i = 0; i < a->planted; i++) {
        const struct planted *p = &a->plant[i];
        s->found = grown(s->found, s->founds, &s->found_cap, sizeof *s->found);
        s->found[s->founds++] = (struct candidate){ .rule = p->rule,
                                                    .entry = a->story->slot[p->slot].entry,
                                                    .deadline = p->deadline,
                                                    .lifted = p->lifted };
        if (a->story->slot[p->slot].entry == NO_ENTRY)
            abort();
    }
}

void queue_run(struct sim *s)
{
    struct act *a = queue_take(s);
    struct buf note = { 0 };
    uint64_t entry = writer_size(&s->writer);
    add_record(&note, a);
    writer_add(&s->writer, a->accepted, buf_span(&note));
    buf_free(&note);
    remember(s, a, entry);
    note_findings(s, a);
    act_free(a);
}

/* ---- what was planted ---------------------------------------------------------------------------- */

static bool came_true(const struct sim *s, const struct candidate *c)
{
    return c->deadline < s->writer.accepted && s->writer.accepted < c->lifted;
}

size_t planted_of(const struct sim *s, unsigned rule)
{
    size_t n = 0;
    for (size_t i = 0; i < s->founds; i++)
        n += s->found[i].rule == rule && came_true(s, &s->found[i]);
    return n;
}

static int by_entry(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->entry != y->entry)
        return x->entry < y->entry ? -1 : 1;
    return x->rule < y->rule ? -1 : x->rule > y->rule;
}

void write_planted(struct sim *s)
{
    struct buf out = { 0 };
    if (s->founds > 0)
        qsort(s->found, s->founds, sizeof *s->found, by_entry);
    for (size_t i = 0; i < s->founds; i++)
        if (came_true(s, &s->found[i]))
            buf_addf(&out, "{\"rule\":\"%s\",\"result\":\"finding\",\"entry\":%llu}\n",
                     rule_names[s->found[i].rule], (unsigned long long)s->found[i].entry);
    if (out.failed)
        die_of_memory();
    write_file(s->options.dir, "planted.jsonl", buf_span(&out), 0644);
    buf_free(&out);
}
