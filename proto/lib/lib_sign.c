#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "proto/base/base64.h"
#include "proto/base/scan.h"
#include "proto/base/when.h"
#include "proto/judge/presentation.h"
#include "proto/judge/token.h"
#include "proto/lib/lib_objects.h"
#include "proto/record/fresh_id.h"
#include "proto/record/identifier.h"
#include "proto/record/member.h"
#include "proto/record/opening.h"
#include "proto/tlog/sealed_key.h"

#define REF_MAX 128 /* a reference as JSON text */

struct bitacora_key {
    struct skey key;
    char verifier[VKEY_TEXT_MAX + 1];
};

/* ---- keys ------------------------------------------------------------------------------------ */

static bitacora_result refuse_as(bitacora_context *ctx, enum reason reason, const char *subject)
{
    struct refusal why;
    refuse(&why, reason, subject);
    return context_refuse(ctx, BITACORA_USAGE, &why);
}

/* That the key is a signer's, and its verifier. */
static bitacora_result accept_key(bitacora_context *ctx, bitacora_key *k)
{
    struct buf verifier = { 0 };
    if (k->key.vkey.type != KEY_NOTE || !signer_name_allowed(span_str(k->key.vkey.name)))
        return refuse_as(ctx, REASON_KEY_FILE, "not a signer's");
    vkey_format(&verifier, &k->key.vkey);
    bool failed = verifier.failed;
    snprintf(k->verifier, sizeof k->verifier, "%s", buf_str(&verifier));
    buf_free(&verifier);
    return failed ? BITACORA_MEMORY : BITACORA_PROVEN;
}

static bitacora_result take_key(bitacora_context *ctx, bitacora_key *k, struct span text)
{
    const char *cause;
    if (sealed_key_recognise(text))
        return refuse_as(ctx, REASON_KEY_FILE, "it is under a passphrase");
    if (text.n > SKEY_TEXT_MAX + 1)
        return refuse_as(ctx, REASON_KEY_FILE, "too large");
    if (skey_parse(&k->key, text, &cause) != 0)
        return refuse_as(ctx, REASON_KEY_FILE, cause);
    return accept_key(ctx, k);
}

static bitacora_result open_key(bitacora_context *ctx, bitacora_key *k, struct span text,
                                struct span passphrase)
{
    const char *cause;
    if (sealed_key_open(&k->key, text, passphrase, &cause) == 0)
        return accept_key(ctx, k);
    return cause == SEALED_KEY_NO_MEMORY ? BITACORA_MEMORY : refuse_as(ctx, REASON_KEY_FILE, cause);
}

/* Gives the key away, or frees it. */
static bitacora_result give_key(bitacora_key *k, bitacora_result result, bitacora_key **out)
{
    if (result == BITACORA_PROVEN)
        *out = k;
    else
        bitacora_key_free(k);
    return result;
}

bitacora_result bitacora_key_parse(bitacora_context *ctx, const void *bytes, size_t n,
                                   bitacora_key **out)
{
    if (out == NULL)
        return context_misuse(ctx, "out");
    *out = NULL;
    if (ctx == NULL || (bytes == NULL && n > 0))
        return context_misuse(ctx, "bytes");
    if (!context_begin(ctx))
        return BITACORA_BUSY;
    bitacora_key *k = calloc(1, sizeof *k);
    return k == NULL ? BITACORA_MEMORY : give_key(k, take_key(ctx, k, span_of(bytes, n)), out);
}

bitacora_result bitacora_key_open(bitacora_context *ctx, const void *bytes, size_t n,
                                  const void *passphrase, size_t passphrase_n, bitacora_key **out)
{
    if (out == NULL)
        return context_misuse(ctx, "out");
    *out = NULL;
    if (ctx == NULL || (bytes == NULL && n > 0))
        return context_misuse(ctx, "bytes");
    if (passphrase == NULL)
        return context_misuse(ctx, "passphrase");
    if (!context_begin(ctx))
        return BITACORA_BUSY;
    bitacora_key *k = calloc(1, sizeof *k);
    if (k == NULL)
        return BITACORA_MEMORY;
    return give_key(k, open_key(ctx, k, span_of(bytes, n), span_of(passphrase, passphrase_n)), out);
}

void bitacora_key_free(bitacora_key *k)
{
    if (k != NULL)
        skey_wipe(&k->key);
    free(k);
}

const char *bitacora_key_name(const bitacora_key *k)
{
    return k == NULL ? NULL : k->key.vkey.name;
}

const char *bitacora_key_verifier(const bitacora_key *k)
{
    return k == NULL ? NULL : k->verifier;
}

/* ---- records --------------------------------------------------------------------------------- */

static json_t *ref_json(const bitacora_ref *ref)
{
    char hash[48];
    base64_encode(hash, ref->hash, HASH_BYTES);
    return json_pack("{s:I,s:s}", "entry", (json_int_t)ref->entry, "hash", hash);
}

/* id, at and under first, then the members as they were given. NULL when out of memory. */
static json_t *complete(json_t *given, const bitacora_ref *under, int64_t at)
{
    char id[ID_TEXT + 1], time[WHEN_TEXT + 1];
    json_t *record = json_object();
    bool failed = record == NULL;
    fresh_id(id, at);
    when_format(time, at);
    failed = failed || json_object_set_new(record, "id", json_string(id)) != 0 ||
             json_object_set_new(record, "at", json_string(time)) != 0;
    if (!failed && under != NULL)
        failed = json_object_set_new(record, "under", ref_json(under)) != 0;
    if (!failed && json_object_update(record, given) == 0)
        return record;
    json_decref(record);
    return NULL;
}

/* The line that is to be signed, for free(); NULL with *result. */
static char *line_of(bitacora_context *ctx, const char *members, const bitacora_ref *under,
                     int64_t at, bitacora_result *result)
{
    json_t *given = json_loads(members, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(given)) {
        json_decref(given);
        *result = refuse_as(ctx, REASON_JSON_FORM, "members");
        return NULL;
    }
    json_t *record = complete(given, under, at);
    char *line = record == NULL ? NULL : json_dumps(record, JSON_COMPACT);
    json_decref(given);
    json_decref(record);
    *result = line == NULL ? BITACORA_MEMORY : BITACORA_PROVEN;
    return line;
}

/* Judges the two lines as the log will, and signs them. */
static bitacora_result sign_lines(bitacora_context *ctx, const bitacora_key *key, enum kind kind,
                                  const char *line, char **out, size_t *n)
{
    struct buf text = { 0 }, note = { 0 };
    struct record parsed;
    struct refusal why;
    record_text(&text, kind, line);
    if (text.failed || record_parse_text(&parsed, buf_span(&text), &why) != 0) {
        bitacora_result result =
            text.failed ? BITACORA_MEMORY : context_refuse(ctx, BITACORA_USAGE, &why);
        buf_free(&text);
        return result;
    }
    record_free(&parsed);
    note_sign(&note, buf_span(&text), &key->key);
    buf_free(&text);
    return give_bytes(&note, out, n);
}

/* A time that has a text: of the years 0001 to 9999. */
static bool is_time(int64_t ms)
{
    return ms >= INT64_C(-62135596800000) && ms <= INT64_C(253402300799999);
}

bitacora_result bitacora_record_sign(bitacora_context *ctx, const bitacora_key *key,
                                     const char *kind, const char *members,
                                     const bitacora_ref *under, int64_t at, char **out, size_t *n)
{
    if (out == NULL || n == NULL)
        return context_misuse(ctx, out == NULL ? "out" : "n");
    *out = NULL;
    if (ctx == NULL || key == NULL || kind == NULL || members == NULL)
        return context_misuse(ctx, key == NULL ? "key" : kind == NULL ? "kind" : "members");
    if (!is_time(at) || (under != NULL && under->entry > (uint64_t)INTEGER_MAX))
        return context_misuse(ctx, is_time(at) ? "under" : "at");
    if (!context_begin(ctx))
        return BITACORA_BUSY;
    enum kind of = kind_of_name(span_str(kind));
    if (of == KIND_NONE || kind_is_logs(of))
        return refuse_as(ctx, REASON_KIND_UNKNOWN, kind);
    bitacora_result result;
    char *line = line_of(ctx, members, under, at, &result);
    if (line != NULL)
        result = sign_lines(ctx, key, of, line, out, n);
    free(line);
    return result;
}

/* ---- sealing --------------------------------------------------------------------------------- */

struct bitacora_sealed {
    uint8_t blob[SEALED_BYTES];
    uint8_t opening[OPENING_BYTES];
    char name[2 * HASH_BYTES + 1];
    char *member;
};

_Static_assert(BITACORA_SEALED_BYTES == SEALED_BYTES, "bitacora.h says so");
_Static_assert(BITACORA_OPENING_BYTES == OPENING_BYTES, "bitacora.h says so");
_Static_assert(BITACORA_HASH_BYTES == HASH_BYTES, "bitacora.h says so");

/* The key that the receipt's entry enrols for oversight. */
static bool oversight_key(struct vkey *out, const bitacora_receipt *r)
{
    const char *role = record_string(&r->record, "role"), *cause;
    const char *vkey = record_string(&r->record, "vkey");
    return r->record.kind == KIND_ENROLL && role != NULL &&
           strcmp(role, role_name(ROLE_OVERSIGHT)) == 0 && vkey != NULL &&
           vkey_parse_again(out, span_str(vkey), &cause) == 0;
}

/* A fresh opening, or the one of before where it is of the same. */
static bitacora_result make_opening(bitacora_context *ctx, struct opening *out, const char *type,
                                    const char *value, const void *again)
{
    char normal[VALUE_MAX + 1] = "";
    struct refusal why;
    bool good = identifier_normalise(normal, type, span_str(value), NULL, &why) == 0;
    bitacora_result result = BITACORA_PROVEN;
    if (again != NULL && opening_unpack(out, again, &why) != 0)
        result = context_refuse(ctx, BITACORA_USAGE, &why);
    else if (again != NULL && (strcmp(out->type, type) != 0 ||
                               !identifier_same(type, out->value, good ? normal : value)))
        result = refuse_as(ctx, REASON_IDENTIFIER, "another than in the opening");
    else if (again == NULL && !good)
        result = context_refuse(ctx, BITACORA_USAGE, &why);
    else if (again == NULL && opening_new(out, type, normal) != 0)
        result = refuse_as(ctx, REASON_IDENTIFIER, "length");
    sodium_memzero(normal, sizeof normal);
    return result;
}

static char *member_text(const struct opening *o, const struct hash *sealed,
                         const bitacora_receipt *oversight)
{
    uint8_t commit[HASH_BYTES];
    char commit_text[48], sealed_text[48];
    bitacora_ref to = { .entry = oversight->report.index };
    memcpy(to.hash, oversight->report.leaf.b, HASH_BYTES);
    opening_commit(commit, o);
    base64_encode(commit_text, commit, HASH_BYTES);
    base64_encode(sealed_text, sealed->b, HASH_BYTES);
    json_t *v = json_pack("{s:s,s:s,s:o}", "commit", commit_text, "sealed", sealed_text, "to",
                          ref_json(&to));
    if (v != NULL && strcmp(o->type, "note") != 0 &&
        json_object_set_new(v, "type", json_string(o->type)) != 0) {
        json_decref(v);
        v = NULL;
    }
    char *text = v == NULL ? NULL : json_dumps(v, JSON_COMPACT);
    json_decref(v);
    return text;
}

static bitacora_result seal(bitacora_context *ctx, bitacora_sealed *s, const struct vkey *key,
                            const bitacora_receipt *oversight, const struct opening *o)
{
    struct hash sealed;
    if (opening_seal(s->blob, o, key->key) != 0)
        return refuse_as(ctx, REASON_OVERSIGHT_NOT, key->name);
    opening_pack(s->opening, o);
    hash_bytes(&sealed, span_of(s->blob, SEALED_BYTES));
    hex_format(s->name, sealed.b, HASH_BYTES);
    s->member = member_text(o, &sealed, oversight);
    return s->member == NULL ? BITACORA_MEMORY : BITACORA_PROVEN;
}

bitacora_result bitacora_seal(bitacora_context *ctx, const bitacora_receipt *oversight,
                              const char *type, const char *value, const void *again,
                              bitacora_sealed **out)
{
    struct vkey key;
    struct opening o;
    if (out == NULL)
        return context_misuse(ctx, "out");
    *out = NULL;
    if (ctx == NULL || oversight == NULL || type == NULL || value == NULL)
        return context_misuse(ctx, oversight == NULL ? "oversight"
                                   : type == NULL    ? "type"
                                                     : "value");
    if (!type_allows(TYPE_CODE, span_str(type)))
        return context_misuse(ctx, "type");
    if (!context_begin(ctx))
        return BITACORA_BUSY;
    if (oversight->report.verdict != VERDICT_GOOD)
        return refuse_as(ctx, REASON_OVERSIGHT_NOT, "not proven");
    if (!oversight_key(&key, oversight))
        return refuse_as(ctx, REASON_OVERSIGHT_NOT, bitacora_receipt_kind(oversight));
    bitacora_sealed *s = calloc(1, sizeof *s);
    if (s == NULL)
        return BITACORA_MEMORY;
    bitacora_result result = make_opening(ctx, &o, type, value, again);
    if (result == BITACORA_PROVEN)
        result = seal(ctx, s, &key, oversight, &o);
    opening_wipe(&o);
    if (result == BITACORA_PROVEN)
        *out = s;
    else
        bitacora_sealed_free(s);
    return result;
}

void bitacora_sealed_free(bitacora_sealed *s)
{
    if (s == NULL)
        return;
    free(s->member);
    sodium_memzero(s, sizeof *s);
    free(s);
}

const char *bitacora_sealed_member(const bitacora_sealed *s)
{
    return s == NULL ? NULL : s->member;
}

const uint8_t *bitacora_sealed_blob(const bitacora_sealed *s)
{
    return s == NULL ? NULL : s->blob;
}

const char *bitacora_sealed_name(const bitacora_sealed *s)
{
    return s == NULL ? NULL : s->name;
}

const uint8_t *bitacora_sealed_opening(const bitacora_sealed *s)
{
    return s == NULL ? NULL : s->opening;
}

/* ---- tokens and presentations ---------------------------------------------------------------- */

bitacora_result bitacora_token_for(bitacora_context *ctx, const bitacora_key *key,
                                   const char *origin, const bitacora_ref *under,
                                   const char *method, const char *path, int64_t from,
                                   int64_t until, char **out, size_t *n)
{
    struct buf note = { 0 }, text = { 0 };
    if (out == NULL || n == NULL)
        return context_misuse(ctx, out == NULL ? "out" : "n");
    *out = NULL;
    if (ctx == NULL || key == NULL || origin == NULL || under == NULL || method == NULL ||
        path == NULL)
        return context_misuse(ctx, key == NULL      ? "key"
                                   : origin == NULL ? "origin"
                                   : under == NULL  ? "under"
                                   : method == NULL ? "method"
                                                    : "path");
    if (!context_begin(ctx))
        return BITACORA_BUSY;
    if (!signer_name_allowed(span_str(origin)))
        return refuse_as(ctx, REASON_TOKEN_FORM, "origin");
    if (under->entry > (uint64_t)INTEGER_MAX)
        return refuse_as(ctx, REASON_TOKEN_FORM, "under");
    if (!is_time(from) || !is_time(until) || from >= until || until - from > TOKEN_MAX_MS)
        return refuse_as(ctx, REASON_TOKEN_FORM, "from and until, at most five minutes apart");
    if (!token_target_allowed(span_str(method), span_str(path)))
        return refuse_as(ctx, REASON_TOKEN_FORM, "method and path");
    struct token_claim claim = { .origin = origin,
                                 .under = { .entry = under->entry },
                                 .from = from,
                                 .until = until,
                                 .method = method,
                                 .path = path };
    memcpy(claim.under.hash, under->hash, HASH_BYTES);
    token_sign(&note, &claim, &key->key);
    buf_add_base64(&text, note.p, note.n);
    text.failed = text.failed || note.failed;
    buf_free(&note);
    return give_bytes(&text, out, n);
}

bitacora_result bitacora_presentation_sign(bitacora_context *ctx, const bitacora_key *key,
                                           const bitacora_receipt *request, const char *holder,
                                           int64_t at, char **out, size_t *n)
{
    struct buf note = { 0 };
    if (out == NULL || n == NULL)
        return context_misuse(ctx, out == NULL ? "out" : "n");
    *out = NULL;
    if (ctx == NULL || key == NULL || request == NULL || holder == NULL || !is_time(at))
        return context_misuse(ctx, key == NULL       ? "key"
                                   : request == NULL ? "request"
                                   : holder == NULL  ? "holder"
                                                     : "at");
    if (!context_begin(ctx))
        return BITACORA_BUSY;
    if (request->record.kind != KIND_REQUEST)
        return refuse_as(ctx, REASON_PRESENTATION_OTHER, "kind");
    if (!type_allows(TYPE_CODE, span_str(holder)))
        return refuse_as(ctx, REASON_PRESENTATION_FORM, "holder");
    if (!vkey_eq(&key->key.vkey, &request->key))
        return refuse_as(ctx, REASON_PRESENTATION_SIGNER, key->key.vkey.name);
    struct entry_ref ref = { .entry = request->report.index };
    memcpy(ref.hash, request->report.leaf.b, HASH_BYTES);
    presentation_sign(&note, request->checkpoint.origin, holder, &ref, at, NULL, &key->key);
    return give_bytes(&note, out, n);
}
