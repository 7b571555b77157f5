#include "client/audit/casebook.h"

#include <time.h>

#include "client/show/likeness.h"
#include "proto/base/base64.h"
#include "proto/base/when.h"

#define HOUR INT64_C(3600000)

void casebook_open(struct casebook *cb)
{
    shelf_open(&cb->rows, sizeof(struct row));
    shelf_open(&cb->requests, sizeof(struct request));
    shelf_open(&cb->warrants, sizeof(struct warrant));
    shelf_open(&cb->subjects, sizeof(struct subject));
    shelf_open(&cb->lists, sizeof(word));
    shelf_open(&cb->text, 1);
    shelf_open(&cb->named, sizeof(struct named));
    shelf_open(&cb->signers, sizeof(struct signer_facts));
    key_index_open(&cb->words);
    key_index_open(&cb->refs);
    key_index_open(&cb->sectors);
    key_index_open(&cb->blobs);
    key_index_open(&cb->named_refs);
    key_index_open(&cb->skeletons);
    cb->last = INT64_MIN;
    cb->disordered = false;
}

void casebook_close(struct casebook *cb)
{
    struct shelf *shelves[] = { &cb->rows,  &cb->requests, &cb->warrants, &cb->subjects,
                                &cb->lists, &cb->text,     &cb->named,    &cb->signers };
    for (size_t i = 0; i < sizeof shelves / sizeof *shelves; i++)
        shelf_close(shelves[i]);
    key_index_close(&cb->words);
    key_index_close(&cb->refs);
    key_index_close(&cb->sectors);
    key_index_close(&cb->blobs);
    key_index_close(&cb->named_refs);
    key_index_close(&cb->skeletons);
}

/* ---- words ----------------------------------------------------------------------------------- */

/* A word's number is the place behind its first character. */
const char *casebook_text(const struct casebook *cb, word w)
{
    return w == 0 ? "" : shelf_at(&cb->text, w - 1);
}

word casebook_word(struct casebook *cb, const char *text)
{
    uint32_t at = 0, w;
    if (text == NULL)
        return 0;
    while (key_index_next(&cb->words, span_str(text), &at, &w))
        if (strcmp(casebook_text(cb, w), text) == 0)
            return w;
    w = (word)cb->text.n + 1;
    memcpy(shelf_add(&cb->text, strlen(text) + 1), text, strlen(text));
    key_index_put(&cb->words, span_str(text), w);
    return w;
}

const word *casebook_words(const struct casebook *cb, uint32_t list)
{
    return shelf_at(&cb->lists, list);
}

bool casebook_has(const struct casebook *cb, uint32_t list, uint32_t n, word w)
{
    for (uint32_t i = 0; i < n; i++)
        if (casebook_words(cb, list)[i] == w)
            return true;
    return false;
}

/* ---- reading objects ------------------------------------------------------------------------- */

const char *object_text(const struct value *object, const char *member)
{
    return value_text(value_member(object, member));
}

int64_t object_time(const struct value *object, const char *member)
{
    int64_t ms;
    const char *text = object_text(object, member);
    return text != NULL && when_parse(&ms, span_str(text)) == 0 ? ms : NO_TIME;
}

struct window object_window(const struct value *object, const char *member)
{
    const struct value *window = value_member(object, member);
    return (struct window){ object_time(window, "from"), object_time(window, "until") };
}

uint64_t reference_entry(const struct value *reference)
{
    struct entry_ref ref;
    return entry_ref_parse(&ref, reference) == 0 ? ref.entry : NO_ENTRY;
}

size_t references_entries(const struct value *list, uint64_t out[static ITEMS_MAX])
{
    size_t n = 0;
    value_foreach (list, reference) {
        uint64_t entry = reference_entry(reference);
        size_t k = 0;
        while (k < n && out[k] != entry)
            k++;
        if (k == n)
            out[n++] = entry;
    }
    return n;
}

const char *event_code(const struct event *event, enum vocabulary v, const char *code)
{
    const char *own = v == VOCABULARY_NONE ? NULL : ruleset_code(event->ruleset, v, code);
    return own != NULL ? own : code;
}

static word code_word(struct casebook *cb, const struct event *event, enum vocabulary v,
                      const char *member)
{
    return casebook_word(cb, event_code(event, v, object_text(event->object, member)));
}

/* Puts an array of codes on the shelf. */
static void take_list(struct casebook *cb, const struct event *event, enum vocabulary v,
                      const char *member, uint32_t *list, uint32_t *n)
{
    const struct value *array = value_member(event->object, member);
    *list = (uint32_t)cb->lists.n;
    *n = (uint32_t)value_size(array);
    value_foreach (array, code) {
        word w = casebook_word(cb, event_code(event, v, value_text(code)));
        *(word *)shelf_add(&cb->lists, 1) = w;
    }
}

bool outcome_delivers(const char *outcome)
{
    return strcmp(outcome, "full") == 0 || strcmp(outcome, "partial") == 0 ||
           strcmp(outcome, "direct_access") == 0;
}

bool outcome_answers(const char *outcome)
{
    return strcmp(outcome, "pending") != 0;
}

bool category_is_live(const char *category)
{
    size_t n = strlen(category);
    return n >= 5 && strcmp(category + n - 5, "_live") == 0;
}

bool category_is_retained(const char *category)
{
    return strcmp(category, "traffic_retained") == 0 ||
           strcmp(category, "location_retained") == 0 || strcmp(category, "subscriber") == 0;
}

int64_t months_later(int64_t ms, int months)
{
    int64_t day = INT64_C(86400000), of_day = ((ms % day) + day) % day;
    time_t seconds = (time_t)((ms - of_day) / 1000);
    struct tm tm;
    gmtime_r(&seconds, &tm);
    int last = tm.tm_mday;
    tm.tm_mon += months;
    tm.tm_mday = 1;
    struct tm next = tm;
    next.tm_mon++;
    int64_t first = timegm(&tm), days = (timegm(&next) - first) / 86400;
    return (first + ((last < days ? last : days) - 1) * 86400) * 1000 + of_day;
}

static const struct signer_facts *signer_facts(const struct casebook *cb, const struct event *event)
{
    return shelf_at(&cb->signers, event->e->signer);
}

/* ---- warrants -------------------------------------------------------------------------------- */

static void name_blob(struct casebook *cb, const struct sealed *s, bool by_warrant, uint32_t number)
{
    uint32_t at = 0, last;
    /* Once for each who names it, however often: the last that was put under its hash is the
     * first found. */
    if (key_index_next(&cb->blobs, span_of(s->sealed, HASH_BYTES), &at, &last)) {
        const struct named *before = shelf_at(&cb->named, last);
        if (before->number == number && before->by_warrant == by_warrant &&
            memcmp(before->blob, s->sealed, HASH_BYTES) == 0)
            return;
    }
    struct named *named = shelf_add(&cb->named, 1);
    *named = (struct named){ .by_warrant = by_warrant, .number = number };
    memcpy(named->blob, s->sealed, HASH_BYTES);
    key_index_put(&cb->blobs, span_of(s->sealed, HASH_BYTES), (uint32_t)(cb->named.n - 1));
}

struct taking {
    struct casebook *cb;
    const struct event *event;
    uint32_t number, n;
};

/* A sealed_visit_fn: a subject of a warrant. */
static int take_subject(void *ctx, const char *member, const struct sealed *s)
{
    struct taking *t = ctx;
    if (strcmp(member, "subjects") != 0)
        return 0;
    struct subject *subject = shelf_add(&t->cb->subjects, 1);
    memcpy(subject->commit, s->commit, HASH_BYTES);
    subject->type = casebook_word(t->cb, event_code(t->event, VOCABULARY_SUBJECT_TYPE, s->type));
    t->n++;
    name_blob(t->cb, s, true, t->number);
    return 0;
}

static bool any_live(const struct casebook *cb, uint32_t list, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (category_is_live(casebook_text(cb, casebook_words(cb, list)[i])))
            return true;
    return false;
}

/* What a warrant is found under if its court is known, too. */
static struct span ref_and_court(char out[static 2 * TEXT_MAX + 1], const char *ref,
                                 const char *court)
{
    int n = snprintf(out, 2 * TEXT_MAX + 1, "%s%c%s", ref, 0, court);
    return span_of(out, (size_t)n);
}

static void put_skeleton(struct casebook *cb, const char *ref, uint32_t number)
{
    struct buf skeleton = likeness_of(ref, LIKENESS_LOOKS);
    key_index_put(&cb->skeletons, buf_span(&skeleton), number);
    buf_free(&skeleton);
}

/* The first warrant of each reference is found by what the reference looks like. */
static void take_looks(struct casebook *cb, uint32_t number)
{
    const struct warrant *w = shelf_at(&cb->warrants, number);
    const char *ref = casebook_text(cb, w->ref);
    uint32_t at = 0, i;
    while (key_index_next(&cb->named_refs, span_str(ref), &at, &i))
        if (((const struct warrant *)shelf_at(&cb->warrants, i))->ref == w->ref)
            return;
    key_index_put(&cb->named_refs, span_str(ref), number);
    put_skeleton(cb, ref, number);
}

const struct warrant *casebook_lookalike(const struct casebook *cb, const char *ref)
{
    struct buf skeleton = likeness_of(ref, LIKENESS_LOOKS);
    const struct warrant *found = NULL;
    uint32_t at = 0, i;
    while (found == NULL && key_index_next(&cb->skeletons, buf_span(&skeleton), &at, &i)) {
        const struct warrant *w = shelf_at(&cb->warrants, i);
        if (looks_the_same(casebook_text(cb, w->ref), ref))
            found = w;
    }
    buf_free(&skeleton);
    return found;
}

static uint32_t take_warrant(struct casebook *cb, const struct event *event)
{
    const struct value *o = event->object;
    struct warrant w = { .entry = event->e->index,
                         .accepted = event->e->accepted,
                         .signer = event->e->signer,
                         .window = object_window(o, "window"),
                         .data_window = object_window(o, "data_window"),
                         .extension = NO_ENTRY };
    struct taking t = { .cb = cb, .event = event, .number = (uint32_t)cb->warrants.n };
    char both[2 * TEXT_MAX + 1];
    w.end = w.window.until;
    w.ref = casebook_word(cb, object_text(o, "ref"));
    w.court = casebook_word(cb, event->signer->authority);
    w.level = signer_facts(cb, event)->level;
    w.matter = code_word(cb, event, VOCABULARY_MATTER, "matter");
    take_list(cb, event, VOCABULARY_CATEGORY, "categories", &w.categories, &w.categories_n);
    take_list(cb, event, VOCABULARY_NONE, "used_by", &w.used_by, &w.used_by_n);
    take_list(cb, event, VOCABULARY_NONE, "holders", &w.holders, &w.holders_n);
    w.subjects = (uint32_t)cb->subjects.n;
    kind_visit_sealed(o, take_subject, &t);
    w.subjects_n = t.n;
    w.live = any_live(cb, w.categories, w.categories_n);
    *(struct warrant *)shelf_add(&cb->warrants, 1) = w;
    key_index_put(&cb->refs, span_str(object_text(o, "ref")), t.number);
    key_index_put(&cb->refs, ref_and_court(both, object_text(o, "ref"), event->signer->authority),
                  t.number);
    take_looks(cb, t.number);
    return t.number;
}

static void take_extension(struct casebook *cb, const struct event *event)
{
    struct warrant *w =
        casebook_warrant(cb, reference_entry(value_member(event->object, "warrant")));
    int64_t until = object_time(event->object, "until");
    if (w == NULL || strcmp(casebook_text(cb, w->court), event->signer->authority) != 0)
        return;
    w->extensions++;
    w->extension = event->e->index;
    if (until > w->end)
        w->end = until;
}

static bool is_called(const struct casebook *cb, const struct warrant *w, const char *ref,
                      const char *court)
{
    return strcmp(casebook_text(cb, w->ref), ref) == 0 &&
           (court == NULL || strcmp(casebook_text(cb, w->court), court) == 0);
}

/* Among the warrants so far, by ref, court and entry, as far as they are given. */
static enum resolved resolve(const struct casebook *cb, const struct value *named, uint32_t *number)
{
    const char *ref = object_text(named, "ref"), *court = object_text(named, "court");
    const struct value *entry = value_member(named, "entry");
    char both[2 * TEXT_MAX + 1];
    uint32_t at = 0, i, found = 0;
    if (named == NULL)
        return RESOLVED_UNNAMED;
    if (entry != NULL) {
        const struct warrant *w = casebook_warrant(cb, (uint64_t)value_integer(entry));
        if (w == NULL || !is_called(cb, w, ref, court))
            return RESOLVED_NONE;
        *number = (uint32_t)(w - (const struct warrant *)shelf_at(&cb->warrants, 0));
        return RESOLVED;
    }
    struct span key = court == NULL ? span_str(ref) : ref_and_court(both, ref, court);
    while (found < 2 && key_index_next(&cb->refs, key, &at, &i))
        if (is_called(cb, shelf_at(&cb->warrants, i), ref, court)) {
            *number = i;
            found++;
        }
    return found == 0 ? RESOLVED_NONE : found == 1 ? RESOLVED : RESOLVED_SEVERAL;
}

/* ---- requests -------------------------------------------------------------------------------- */

/* A sealed_visit_fn: what a request names by a blob. */
static int take_sealed(void *ctx, const char *member, const struct sealed *s)
{
    struct taking *t = ctx;
    t->n += strcmp(member, "subjects") == 0;
    name_blob(t->cb, s, false, t->number);
    return 0;
}

static word sector_of(const struct casebook *cb, const char *holder)
{
    uint32_t at = 0, pair;
    while (key_index_next(&cb->sectors, span_str(holder), &at, &pair)) {
        const word *p = casebook_words(cb, pair);
        if (strcmp(casebook_text(cb, p[0]), holder) == 0)
            return p[1];
    }
    return 0;
}

static bool any_retained(const struct casebook *cb, const struct request *r)
{
    for (uint32_t i = 0; i < r->categories_n; i++)
        if (category_is_retained(casebook_text(cb, casebook_words(cb, r->categories)[i])))
            return true;
    return false;
}

static void take_codes(struct casebook *cb, const struct event *event, struct request *r)
{
    const struct value *o = event->object;
    const struct signer_facts *own = signer_facts(cb, event);
    const char *holder = object_text(o, "holder");
    r->authority = casebook_word(cb, object_text(o, "authority"));
    r->level = code_word(cb, event, VOCABULARY_LEVEL, "level");
    r->function =
        own->function != 0 ? own->function : code_word(cb, event, VOCABULARY_FUNCTION, "function");
    r->state = own->state;
    r->holder = casebook_word(cb, holder);
    r->sector = sector_of(cb, holder);
    r->basis = code_word(cb, event, VOCABULARY_BASIS, "basis");
    r->ground = code_word(cb, event, VOCABULARY_GROUND, "ground");
    r->purpose = casebook_word(
        cb, event_code(event, VOCABULARY_PURPOSE, object_text(value_member(o, "purpose"), "code")));
    take_list(cb, event, VOCABULARY_CATEGORY, "categories", &r->categories, &r->categories_n);
}

static uint32_t take_request(struct casebook *cb, const struct event *event)
{
    const struct value *o = event->object, *warrant = value_member(o, "warrant");
    struct request r = { .entry = event->e->index,
                         .accepted = event->e->accepted,
                         .signer = event->e->signer,
                         .automated = value_true(value_member(o, "automated")),
                         .persons = (uint64_t)value_integer(value_member(o, "persons")),
                         .notify_after = object_time(value_member(o, "notify"), "after"),
                         .answer = NO_ENTRY,
                         .delivery = NO_ENTRY,
                         .notice = NO_ENTRY,
                         .first_ratification = NO_ENTRY,
                         .ratification = NO_ENTRY,
                         .deferral = NO_ENTRY,
                         .told = NO_ENTRY,
                         .deferred_until = NO_TIME,
                         .fulfilled = NO_TIME };
    struct taking t = { .cb = cb, .event = event, .number = (uint32_t)cb->requests.n };
    struct window data = object_window(o, "data_window");
    take_codes(cb, event, &r);
    r.ref = casebook_word(cb, object_text(warrant, "ref"));
    r.resolved = (uint8_t)resolve(cb, warrant, &r.warrant);
    r.emergency = r.ground != 0 || strcmp(casebook_text(cb, r.basis), "CNPP-303-EXC") == 0;
    r.retained = any_retained(cb, &r);
    bool recent = data.from != NO_TIME && data.from >= months_later(r.accepted, -12);
    r.answer_by = r.accepted + (recent ? 24 : 48) * HOUR;
    kind_visit_sealed(o, take_sealed, &t);
    r.identifiers = t.n;
    *(struct request *)shelf_add(&cb->requests, 1) = r;
    return t.number;
}

/* ---- what happens to a request --------------------------------------------------------------- */

/* In a bad log times go back: a deadline is kept by what was accepted earliest, not by what came
 * first. */
static void take_response(struct casebook *cb, const struct event *event, struct request *r)
{
    const char *outcome =
        event_code(event, VOCABULARY_OUTCOME, object_text(event->object, "outcome"));
    int64_t accepted = event->e->accepted, answered = object_time(event->object, "answered_at");
    if (!outcome_answers(outcome))
        return;
    word w = casebook_word(cb, outcome);
    r->outcome = w;
    r->direct_access = r->direct_access || strcmp(outcome, "direct_access") == 0;
    if (r->answer == NO_ENTRY || accepted < r->answer_accepted) {
        r->answer = event->e->index;
        r->answer_accepted = accepted;
    }
    if (!outcome_delivers(outcome) || r->delivery != NO_ENTRY)
        return;
    r->delivery = event->e->index;
    r->delivery_accepted = accepted;
    r->fulfilled = answered != NO_TIME && answered < accepted ? answered : accepted;
    r->notify_days = ruleset_notify_days(event->ruleset);
}

static void take_judicial_notice(const struct event *event, struct request *r)
{
    if (r->notice == NO_ENTRY || event->e->accepted < r->notice_earliest)
        r->notice_earliest = event->e->accepted;
    if (r->notice != NO_ENTRY)
        return;
    r->notice = event->e->index;
    r->notice_accepted = event->e->accepted;
    r->notice_fulfilled = object_time(event->object, "fulfilled_at");
    r->hours = ruleset_hours(event->ruleset);
}

static enum ratified partial(const struct casebook *cb, const struct event *event,
                             const struct request *r)
{
    const struct value *list = value_member(event->object, "categories");
    if (list == NULL)
        return RATIFIED_PARTIAL_UNSAID;
    for (uint32_t i = 0; i < r->categories_n; i++) {
        const char *asked = casebook_text(cb, casebook_words(cb, r->categories)[i]);
        bool listed = false;
        value_foreach (list, category)
            if (strcmp(event_code(event, VOCABULARY_CATEGORY, value_text(category)), asked) == 0)
                listed = true;
        if (!listed)
            return RATIFIED_PARTIAL_OUTSIDE;
    }
    return RATIFIED_PARTIAL;
}

static void take_ratification(const struct casebook *cb, const struct event *event,
                              struct request *r)
{
    const char *result = object_text(event->object, "result");
    if (r->first_ratification == NO_ENTRY || event->e->accepted < r->first_ratification_accepted) {
        r->first_ratification = event->e->index;
        r->first_ratification_accepted = event->e->accepted;
    }
    r->ratification = event->e->index;
    r->ratified = (uint8_t)(strcmp(result, "refused") == 0 ? RATIFIED_REFUSED
                            : strcmp(result, "total") == 0 ? RATIFIED_TOTAL
                                                           : partial(cb, event, r));
}

static void take_transfer(struct casebook *cb, const struct event *event)
{
    const char *country = object_text(value_member(event->object, "recipient"), "country");
    char home[3];
    uint64_t entry[ITEMS_MAX];
    if (!ruleset_country(event->ruleset, home) || strcmp(home, country) == 0)
        return;
    size_t n = references_entries(value_member(event->object, "requests"), entry);
    for (size_t i = 0; i < n; i++) {
        struct request *r = casebook_request(cb, entry[i]);
        if (r != NULL)
            r->foreign_transfers++;
    }
}

static void take_about_request(struct casebook *cb, const struct event *event)
{
    const struct value *o = event->object;
    struct request *r = casebook_request(cb, reference_entry(value_member(o, "request")));
    if (r == NULL)
        return;
    switch (event->e->kind) {
    case KIND_RESPONSE:
        take_response(cb, event, r);
        break;
    case KIND_JUDICIAL_NOTICE:
        take_judicial_notice(event, r);
        break;
    case KIND_RATIFICATION:
        take_ratification(cb, event, r);
        break;
    case KIND_DEFERRAL:
        r->deferral = event->e->index;
        r->deferred_until = object_time(o, "until");
        break;
    case KIND_NOTICE:
        if (r->told == NO_ENTRY || event->e->accepted < r->told_accepted) {
            r->told = event->e->index;
            r->told_accepted = event->e->accepted;
        }
        break;
    default:
        break;
    }
}

/* ---- signers --------------------------------------------------------------------------------- */

/* Numbers are given in the order of enrolment: the registrars of genesis first. */
static void take_enrolment(struct casebook *cb, const struct event *event)
{
    const struct value *o = event->object;
    const char *function = object_text(o, "function"), *role = object_text(o, "role");
    struct signer_facts *facts = shelf_add(&cb->signers, 1);
    facts->state = casebook_word(cb, object_text(o, "jurisdiction"));
    facts->function = code_word(cb, event, VOCABULARY_FUNCTION_OR_SECTOR, "function");
    facts->level = code_word(cb, event, VOCABULARY_LEVEL, "level");
    if (strcmp(role, role_name(ROLE_HOLDER)) != 0 || function == NULL)
        return;
    word pair[2] = { casebook_word(cb, object_text(o, "authority")),
                     casebook_word(cb, event_code(event, VOCABULARY_SECTOR, function)) };
    uint32_t at = (uint32_t)cb->lists.n;
    memcpy(shelf_add(&cb->lists, 2), pair, sizeof pair);
    key_index_put(&cb->sectors, span_str(object_text(o, "authority")), at);
}

/* ---- save, load ------------------------------------------------------------------------------ */

static int each_shelf(struct casebook *cb, int (*visit)(struct shelf *s, FILE *f), FILE *f)
{
    struct key_index *indexes[] = { &cb->words, &cb->refs, &cb->sectors, &cb->blobs };
    struct shelf *shelves[] = { &cb->rows,  &cb->requests, &cb->warrants, &cb->subjects,
                                &cb->lists, &cb->text,     &cb->named,    &cb->signers };
    for (size_t i = 0; i < sizeof shelves / sizeof *shelves; i++)
        if (visit(shelves[i], f) != 0)
            return -1;
    for (size_t i = 0; i < sizeof indexes / sizeof *indexes; i++)
        if (visit(&indexes[i]->items, f) != 0 || visit(&indexes[i]->heads, f) != 0)
            return -1;
    return 0;
}

static int each_key(struct casebook *cb, size_t (*move)(uint8_t *key, FILE *f), FILE *f)
{
    struct key_index *indexes[] = { &cb->words, &cb->refs, &cb->sectors, &cb->blobs };
    for (size_t i = 0; i < sizeof indexes / sizeof *indexes; i++)
        if (move(indexes[i]->key, f) != INDEX_KEY_BYTES)
            return -1;
    return 0;
}

static size_t write_key(uint8_t *key, FILE *to)
{
    return fwrite(key, 1, INDEX_KEY_BYTES, to);
}

static size_t read_key(uint8_t *key, FILE *from)
{
    return fread(key, 1, INDEX_KEY_BYTES, from);
}

int casebook_save(struct casebook *cb, FILE *to)
{
    return fwrite(&cb->last, sizeof cb->last, 1, to) == 1 &&
                   fwrite(&cb->disordered, sizeof cb->disordered, 1, to) == 1 &&
                   each_key(cb, write_key, to) == 0
               ? each_shelf(cb, shelf_save, to)
               : -1;
}

/* What a reference looks like follows from it, and is not saved. Returns 0, or -1 where there is
 * no such text. */
static int take_saved_looks(struct casebook *cb, uint32_t number)
{
    const struct warrant *w = shelf_at(&cb->warrants, number);
    if (w->ref == 0 || w->ref > cb->text.n || cb->text.p[cb->text.n - 1] != 0)
        return -1;
    take_looks(cb, number);
    return 0;
}

int casebook_load(struct casebook *cb, FILE *from)
{
    int failed = fread(&cb->last, sizeof cb->last, 1, from) == 1 &&
                         fread(&cb->disordered, sizeof cb->disordered, 1, from) == 1 &&
                         each_key(cb, read_key, from) == 0
                     ? each_shelf(cb, shelf_load, from)
                     : -1;
    for (uint32_t i = 0; failed == 0 && i < cb->warrants.n; i++)
        failed = take_saved_looks(cb, i);
    return failed;
}

/* ---- entries --------------------------------------------------------------------------------- */

static void note_time(struct casebook *cb, const struct judged *e)
{
    if (!e->has_header)
        return;
    cb->disordered = cb->disordered || e->accepted < cb->last;
    cb->last = e->accepted;
}

void casebook_skip(struct casebook *cb, const struct judged *e)
{
    struct row *row = shelf_add(&cb->rows, 1);
    *row = (struct row){ .accepted = e->has_header ? e->accepted : NO_TIME, .signer = NO_SIGNER };
    note_time(cb, e);
}

void casebook_take(struct casebook *cb, const struct event *event)
{
    uint32_t number = 0;
    switch (event->e->kind) {
    case KIND_GENESIS:
        shelf_add(&cb->signers, value_size(value_member(event->object, "registrars")));
        break;
    case KIND_ENROLL:
        take_enrolment(cb, event);
        break;
    case KIND_WARRANT:
        number = take_warrant(cb, event);
        break;
    case KIND_EXTENSION:
        take_extension(cb, event);
        break;
    case KIND_REQUEST:
        number = take_request(cb, event);
        break;
    case KIND_TRANSFER:
        take_transfer(cb, event);
        break;
    default:
        take_about_request(cb, event);
        break;
    }
    struct row *row = shelf_add(&cb->rows, 1);
    *row = (struct row){ .accepted = event->e->accepted,
                         .signer = event->e->signer,
                         .number = number,
                         .kind = (uint8_t)event->e->kind };
    note_time(cb, event->e);
}

static void *of_entry(const struct casebook *cb, uint64_t entry, enum kind kind,
                      const struct shelf *of)
{
    if (entry >= cb->rows.n)
        return NULL;
    const struct row *row = shelf_at(&cb->rows, entry);
    return row->kind == kind ? shelf_at(of, row->number) : NULL;
}

struct request *casebook_request(const struct casebook *cb, uint64_t entry)
{
    return of_entry(cb, entry, KIND_REQUEST, &cb->requests);
}

struct warrant *casebook_warrant(const struct casebook *cb, uint64_t entry)
{
    return of_entry(cb, entry, KIND_WARRANT, &cb->warrants);
}

struct warrant *casebook_warrant_of(const struct casebook *cb, const struct request *r)
{
    return r->resolved == RESOLVED ? shelf_at(&cb->warrants, r->warrant) : NULL;
}

int64_t request_notice_due(const struct request *r)
{
    int64_t from = r->delivery_accepted;
    if (r->notify_after > from)
        from = r->notify_after;
    if (r->deferred_until > from)
        from = r->deferred_until;
    return from + r->notify_days;
}
