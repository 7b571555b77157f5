#include "client/submit/precheck.h"

#include <stdlib.h>

#include "client/base/lost.h"
#include "client/show/locale.h"
#include "client/submit/submit_meant.h"
#include "proto/base/base64.h"
#include "proto/record/clear_text.h"
#include "proto/sys/clock.h"
#include "proto/sys/files.h"

#define REMEMBERED 64
#define MINUTE_MS 60000 /* people write no seconds */

/* An entry that was proven not long ago: many records refer to the same few. */
struct proven_before {
    bool used;
    uint64_t index;
    struct known_entry known;
    bool good;              /* its receipt had its quorum */
    int64_t at;             /* when it was signed, as it says */
    char ref[TEXT_MAX + 1]; /* of a warrant, else empty */
};

struct precheck {
    struct log_client *client;
    struct in_force *in_force;
    const struct trust *trust;
    const struct identity *id;
    const char *ruleset_path;
    bool allow_plain;
    bool has_ruleset; /* ruleset is what it should be */
    struct ruleset *ruleset;
    struct proven_before entry[REMEMBERED];
    /* Of the look-up under way: */
    bool absent, failed;
    struct answer answer;
    bool unwitnessed; /* something that the last record rests on */
};

struct precheck *precheck_new(struct log_client *client, struct in_force *in_force,
                              const struct trust *trust, const struct identity *id,
                              const struct precheck_options *options)
{
    struct precheck *p = kept(calloc(1, sizeof *p));
    if (p == NULL)
        return NULL;
    p->client = client;
    p->in_force = in_force;
    p->trust = trust;
    p->id = id;
    p->ruleset_path = options->ruleset;
    p->allow_plain = options->allow_plain;
    return p;
}

void precheck_free(struct precheck *p)
{
    if (p == NULL)
        return;
    ruleset_free(p->ruleset);
    free(p);
}

/* ---- the ruleset in force -------------------------------------------------------------------- */

/* What a ruleset's file must be. */
struct pin {
    bool found; /* else the built-in one */
    uint8_t sha256[HASH_BYTES];
};

static int take_file(struct precheck *p, struct span file, struct complaint *complaint)
{
    struct refusal why;
    p->ruleset = ruleset_parse(file, &why);
    if (p->ruleset == NULL)
        return complain(complaint, &why);
    p->has_ruleset = true;
    return 0;
}

/* --ruleset FILE, which saves fetching it, and must be the one in force. */
static int take_own_file(struct precheck *p, const struct pin *pin, struct complaint *complaint)
{
    struct buf text = { 0 };
    struct refusal why;
    struct hash builtin;
    enum file read = file_read(&text, p->ruleset_path, RULESET_MAX);
    int failed;
    if (read != FILE_OK) {
        refuse(&why, REASON_RULESET_FORM, file_cause(read));
        failed = complain(complaint, &why);
    } else {
        failed = take_file(p, buf_span(&text), complaint);
    }
    buf_free(&text);
    hash_bytes(&builtin, ruleset_builtin());
    if (failed == 0 && memcmp(ruleset_sha256(p->ruleset)->b, pin->found ? pin->sha256 : builtin.b,
                              HASH_BYTES) != 0) {
        refuse(&why, REASON_BLOB_RULESET, "--ruleset");
        p->has_ruleset = false;
        failed = complain(complaint, &why);
    }
    return failed;
}

static int fetch_file(struct precheck *p, const struct pin *pin, struct complaint *complaint)
{
    struct answer answer;
    switch (log_client_get_blob(p->client, pin->sha256, RULESET_MAX, &answer)) {
    case BLOB_THERE:
        return take_file(p, buf_span(log_client_body(p->client)), complaint);
    default:
        log_client_complaint(p->client, &answer, complaint);
        return -1;
    }
}

static bool note_hint(void *ctx, uint64_t index)
{
    (void)index;
    *(bool *)ctx = true;
    return false;
}

/* A log that no quorum has seen yet: the built-in ruleset, whose codes are known, unless one is
 * said to be pinned. */
static int find_unwitnessed(struct precheck *p, struct pin *pin, struct complaint *complaint)
{
    struct answer answer;
    struct refusal why;
    bool hinted = false;
    pin->found = false;
    if (!log_client_find(p->client, "kind=ruleset", note_hint, &hinted, &answer)) {
        log_client_complaint(p->client, &answer, complaint);
        return -1;
    }
    if (!hinted)
        return 0;
    refuse(&why, REASON_RESTS_UNWITNESSED, "ruleset");
    return complain(complaint, &why);
}

/* The one in force now, by what was replayed; one that was pinned just now is waited for. */
static int find_pin(struct precheck *p, struct pin *pin, struct complaint *complaint)
{
    if (in_force_look(p->in_force, complaint) == STANDS_UNWITNESSED)
        return find_unwitnessed(p, pin, complaint);
    if (in_force_follow(p->in_force, "kind=ruleset", complaint) != 0)
        return -1;
    const struct registry *r = in_force_registry(p->in_force, complaint);
    if (r == NULL)
        return -1;
    const struct pinned_ruleset *pinned =
        registry_ruleset(r, clock_wall(), in_force_size(p->in_force));
    pin->found = pinned != NULL;
    if (pin->found)
        memcpy(pin->sha256, pinned->sha256, HASH_BYTES);
    return 0;
}

const struct ruleset *precheck_ruleset(struct precheck *p, struct complaint *complaint)
{
    struct pin pin = { .found = false };
    if (p->has_ruleset)
        return p->ruleset;
    if (find_pin(p, &pin, complaint) != 0)
        return NULL;
    ruleset_free(p->ruleset);
    p->ruleset = NULL;
    int failed = p->ruleset_path != NULL ? take_own_file(p, &pin, complaint)
                 : pin.found             ? fetch_file(p, &pin, complaint)
                                         : take_file(p, ruleset_builtin(), complaint);
    return failed == 0 ? p->ruleset : NULL;
}

/* ---- references ------------------------------------------------------------------------------ */

static enum lookup look_up_reference(void *ctx, uint64_t index, struct known_entry *out)
{
    struct precheck *p = ctx;
    struct proven_before *r = &p->entry[index % REMEMBERED];
    struct shown e;
    if (!r->used || r->index != index) {
        enum show shown = log_client_entry(p->client, index, &e, &p->answer);
        p->absent = p->absent || shown == SHOW_ABSENT;
        p->failed = p->failed || shown == SHOW_FAILED;
        if (shown != SHOW_PROVEN)
            return LOOKUP_FAILED;
        *r = (struct proven_before){ .used = true,
                                     .index = index,
                                     .known = { .kind = e.record.kind, .leaf = e.leaf },
                                     .good = e.good,
                                     .at = e.record.at };
        if (e.record.kind == KIND_WARRANT)
            snprintf(r->ref, sizeof r->ref, "%s", record_string(&e.record, "ref"));
        shown_free(&e);
    }
    p->unwitnessed = p->unwitnessed || !r->good;
    *out = r->known;
    return LOOKUP_FOUND;
}

static int check_references(struct precheck *p, const struct record *record,
                            struct complaint *complaint)
{
    struct finding f;
    p->absent = p->failed = false;
    if (judge_references(record, NO_ENTRY, look_up_reference, p, &f) == 0)
        return 0;
    if (f.verdict != VERDICT_BAD && p->failed) {
        log_client_complaint(p->client, &p->answer, complaint);
        return -1;
    }
    if (f.verdict != VERDICT_BAD && p->absent) /* it says so itself: there is nothing to refer to */
        f.why.reason = REASON_REF_LATER;
    return complain(complaint, &f.why);
}

/* When the request was signed that a record answers. Returns false if it names none. */
static bool request_time(const struct precheck *p, const struct record *record, int64_t *at)
{
    struct entry_ref ref;
    const struct value *request = value_member(record->object, "request");
    if (request == NULL || entry_ref_parse(&ref, request) != 0)
        return false;
    const struct proven_before *r = &p->entry[ref.entry % REMEMBERED];
    *at = r->at;
    return r->used && r->index == ref.entry;
}

static size_t tell_time(struct buf *out, bool first, const char *member, int64_t time,
                        const char *before, int64_t than)
{
    buf_addf(out, "%s`%s` (", first ? "" : "; ", member);
    locale_time(out, time);
    buf_addf(out, TR(") is before %s (", ") es anterior a %s ("), before);
    locale_time(out, than);
    buf_adds(out, ")");
    return 1;
}

size_t precheck_times(const struct precheck *p, const struct record *record, struct buf *out)
{
    int64_t received, answered, asked;
    size_t n = 0;
    if (record->kind != KIND_RESPONSE || !record_time(record, "received_at", &received))
        return 0;
    bool has_answered = record_time(record, "answered_at", &answered);
    if (request_time(p, record, &asked) && received <= asked - MINUTE_MS)
        n += tell_time(out, true, "received_at", received,
                       TR("the request was signed", "la firma de la solicitud"), asked);
    if (has_answered && answered < received)
        n += tell_time(out, n == 0, "answered_at", answered, "`received_at`", received);
    return n;
}

/* ---- all of it ------------------------------------------------------------------------------- */

/* Whether a ruleset record speaks of its file. */
static int check_file(struct precheck *p, const struct record *record, struct span file,
                      struct complaint *complaint)
{
    uint8_t sha256[HASH_BYTES];
    struct refusal why;
    struct answer answer;
    if (file.n == 0) {
        if (base64_decode_exact(sha256, HASH_BYTES, span_str(record_string(record, "sha256"))) != 0)
            return -1; /* its form was checked */
        switch (log_client_get_blob(p->client, sha256, RULESET_MAX, &answer)) {
        case BLOB_THERE:
            file = buf_span(log_client_body(p->client));
            break;
        case BLOB_ERASED:
            return 0;
        default:
            refuse(&why, REASON_BLOB_MISSING, "sha256");
            return complain(complaint, &why);
        }
    }
    struct ruleset *ruleset = ruleset_parse(file, &why);
    int failed = ruleset != NULL        ? ruleset_is(ruleset, record->object, &why)
                 : lost_to_memory(&why) ? -1
                                        : refuse(&why, REASON_BLOB_RULESET, "sha256");
    ruleset_free(ruleset);
    return failed != 0 ? complain(complaint, &why) : 0;
}

/* The signer's enrolment, revocations and all where it was replayed; a receipt says nothing of
 * either. */
static int check_signer(struct precheck *p, const struct record *record,
                        struct complaint *complaint)
{
    const struct identity *id = p->id;
    enum stands stands = in_force_look(p->in_force, complaint);
    const struct registry *r =
        stands == STANDS_PROVEN ? in_force_registry(p->in_force, complaint) : NULL;
    bool replayed = id->under.entry < in_force_size(p->in_force);
    uint32_t number = id->number;
    uint64_t related;
    struct refusal why;
    if (stands == STANDS_UNPROVEN)
        return -1;
    if (replayed) {
        const struct enrolment *e = registry_find_key(r, id->key->vkey.key, &number);
        if (e == NULL || e->entry != id->under.entry) {
            refuse(&why, REASON_KEY_UNKNOWN, id->key->vkey.name);
            return complain(complaint, &why);
        }
    }
    p->unwitnessed = !replayed && !id->good;
    return judge_enrolment(replayed ? r : id->registry, record, number, clock_wall(),
                           trust_log(p->trust), replayed, &related, &why) == 0
               ? 0
               : complain(complaint, &why);
}

/* The reference of the warrant that a request points at, by an entry that was looked up just
 * now; NULL where it points at none. */
static const char *known_ref(const struct precheck *p, const struct record *record)
{
    struct entry_ref ref;
    const struct value *warrant = value_member(record->object, "warrant");
    if (record->kind != KIND_REQUEST || warrant == NULL || entry_ref_parse(&ref, warrant) != 0)
        return NULL;
    const struct proven_before *r = &p->entry[ref.entry % REMEMBERED];
    return r->used && r->index == ref.entry && r->ref[0] != 0 ? r->ref : NULL;
}

/* How it is written, and that nobody stands in it in the clear. */
static int check_names(const struct precheck *p, const struct record *record,
                       struct complaint *complaint)
{
    struct refusal why;
    return names_check(record->kind, record->object,
                       p->allow_plain ? PERSONS_CERTAIN : PERSONS_LIKELY, known_ref(p, record),
                       &why) == 0
               ? 0
               : complain(complaint, &why);
}

struct unknown_code {
    const struct ruleset *ruleset;
    char said[NEAREST_MAX + 1];
    struct nearest meant;
};

static void offer_code(void *ctx, const char *code)
{
    nearest_offer(ctx, code);
}

/* Stops at the first code that the ruleset does not know, with the one that is most like it. */
static int find_unknown(void *ctx, const char *member, enum vocabulary v, const char *code)
{
    struct unknown_code *u = ctx;
    (void)member;
    if (ruleset_code(u->ruleset, v, code) != NULL)
        return 0;
    if (strlen(code) <= NEAREST_MAX) {
        snprintf(u->said, sizeof u->said, "%s", code);
        u->meant.said = u->said;
        ruleset_each_code(u->ruleset, v, offer_code, &u->meant);
    }
    return 1;
}

/* Whether the ruleset knows the record's codes; else the complaint says which was probably meant. */
static int check_codes(const struct ruleset *ruleset, const struct record *record,
                       struct complaint *complaint)
{
    struct unknown_code unknown = { .ruleset = ruleset };
    struct refusal why;
    if (ruleset_check(ruleset, record->kind, record->object, &why) == 0)
        return 0;
    complaint_fill(complaint, &why);
    (void)kind_visit_codes(record->kind, record->object, find_unknown, &unknown);
    complaint_meant(complaint, &unknown.meant);
    return -1;
}

int precheck_record(struct precheck *p, const struct record *record, struct span file,
                    struct complaint *complaint)
{
    if (check_signer(p, record, complaint) != 0 || check_references(p, record, complaint) != 0 ||
        check_names(p, record, complaint) != 0)
        return -1;
    if (record->kind == KIND_RULESET)
        return check_file(p, record, file, complaint);
    const struct ruleset *ruleset = precheck_ruleset(p, complaint);
    return ruleset == NULL ? -1 : check_codes(ruleset, record, complaint);
}

int precheck_witnessed(const struct precheck *p, const char *kind, struct complaint *complaint)
{
    struct refusal why;
    if (!p->unwitnessed)
        return 0;
    refuse(&why, REASON_RESTS_UNWITNESSED, kind);
    return complain(complaint, &why);
}
