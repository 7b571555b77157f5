#include "client/seal/sealing.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>

#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "client/seal/oversight.h"
#include "client/seal/private.h"
#include "proto/base/base64.h"
#include "proto/base/scan.h"
#include "proto/record/identifier.h"
#include "proto/record/member.h"

struct sealed_blob {
    uint8_t bytes[SEALED_BYTES];
};

struct sealing {
    struct log_client *client;
    struct in_force *in_force;
    struct private *out; /* --private, or NULL */
    struct private *in;  /* --warrant, or NULL */
    const char *warrant_path;
    uint64_t to;                    /* --to, the entry of an oversight key, or NO_ENTRY */
    char said[SIGNER_NAME_MAX + 1]; /* the key that was last said to be the only one */
    /* The record that is being sealed: */
    bool has_oversight;
    struct oversight oversight; /* the only one in force, as was asked for this record */
    char id[40];
    enum kind kind;
    char ref[TEXT_MAX + 1];
    bool known;            /* an earlier run wrote its openings down */
    const json_t *before;  /* which are these, or NULL */
    const json_t *warrant; /* openings of the warrant that it is under, or NULL */
    json_t *openings;      /* what --private is to say */
    struct sealed_blob *blob;
    size_t blobs, cap;
    bool unopenable; /* what nobody but oversight could ever open is among them */
    bool without_private;
    bool said_outside, said_unkept;
};

struct sealing *sealing_open(const struct sealing_options *options, struct log_client *client,
                             struct in_force *in_force, enum outcome *outcome)
{
    struct sealing *s = kept(calloc(1, sizeof *s));
    *outcome = OUTCOME_UNDECIDED;
    if (s == NULL)
        return NULL;
    s->client = client;
    s->in_force = in_force;
    s->without_private = options->without_private;
    s->warrant_path = options->warrant;
    s->to = options->to;
    *outcome = OUTCOME_PROVEN;
    if (options->keep != NULL)
        s->out = private_open(options->keep, true, outcome);
    if (*outcome == OUTCOME_PROVEN && options->warrant != NULL)
        s->in = private_open(options->warrant, false, outcome);
    if (*outcome == OUTCOME_PROVEN)
        return s;
    sealing_close(s);
    return NULL;
}

void sealing_close(struct sealing *s)
{
    if (s == NULL)
        return;
    private_close(s->out);
    private_close(s->in);
    json_decref(s->openings);
    free(s->blob);
    free(s);
}

/* ---- the warrant ----------------------------------------------------------------------------- */

static json_t *reference(const struct entry_ref *ref)
{
    char hash[48];
    base64_encode(hash, ref->hash, HASH_BYTES);
    return json_pack("{s:I,s:s}", "entry", (json_int_t)ref->entry, "hash", hash);
}

/* Is this the part of the warrant that the record names? By entry if it says one, else by
 * reference. */
static bool is_named(const struct private_part *part, const json_t *named)
{
    const json_t *entry = json_object_get(named, "entry");
    const char *text = json_string_value(json_object_get(named, "ref"));
    if (json_is_integer(entry))
        return part->has_entry && (uint64_t)json_integer_value(entry) == part->entry.entry;
    return text == NULL || (part->ref != NULL && strcmp(text, part->ref) == 0);
}

static int complain_of_warrant(const struct sealing *s, size_t fitting, const struct buf *held,
                               struct complaint *complaint)
{
    snprintf(complaint->code, sizeof complaint->code, "warrant");
    snprintf(complaint->detail, sizeof complaint->detail,
             fitting == 0 ? TR("%s is not about the warrant that this names; it holds:%.*s",
                               "%s no trata del mandamiento que esto nombra; contiene:%.*s")
                          : TR("%s fits in several ways, choose by reference or entry:%.*s",
                               "%s encaja de varias maneras, elija por referencia o asiento:%.*s"),
             s->warrant_path, (int)(held->n < 400 ? held->n : 400), (const char *)held->p);
    return -1;
}

/* Puts the whole reference where the record has none, or only a part of it. Returns 0, or -1
 * where what it says contradicts the warrant. */
static int name_warrant(json_t *record, const struct private_part *part,
                        struct complaint *complaint)
{
    json_t *named = json_object_get(record, "warrant");
    const char *ref = json_string_value(json_object_get(named, "ref"));
    if (ref != NULL && part->ref != NULL && strcmp(ref, part->ref) != 0) {
        snprintf(complaint->code, sizeof complaint->code, "warrant");
        snprintf(complaint->detail, sizeof complaint->detail,
                 TR("`warrant.ref` is %s, but that entry is the warrant %s",
                    "`warrant.ref` es %s, pero ese asiento es el mandamiento %s"),
                 ref, part->ref);
        return -1;
    }
    if (named == NULL) {
        named = json_made(json_object());
        json_put(record, "warrant", named);
    }
    if (part->ref != NULL)
        json_put(named, "ref", json_string(part->ref));
    if (part->has_entry && json_object_get(named, "hash") == NULL) {
        json_t *whole = reference(&part->entry);
        if (json_object_update(named, whole) != 0)
            lost(ENOMEM);
        json_decref(whole);
    }
    return 0;
}

int sealing_name_warrant(struct sealing *s, enum kind kind, json_t *record,
                         struct complaint *complaint)
{
    const json_t *named = json_object_get(record, "warrant");
    struct private_part part, found;
    struct buf held = { 0 };
    size_t fitting = 0;
    s->warrant = NULL;
    if (s->in == NULL || kind != KIND_REQUEST)
        return 0;
    for (size_t i = 0; i < private_count(s->in); i++) {
        private_get(s->in, i, &part);
        if (part.kind != KIND_WARRANT)
            continue;
        buf_addf(&held, " %s", part.ref == NULL ? "?" : part.ref);
        if (part.has_entry)
            buf_addf(&held, " (%" PRIu64 ")", part.entry.entry);
        if (!is_named(&part, named))
            continue;
        found = part;
        fitting++;
    }
    int failed = fitting == 1 ? name_warrant(record, &found, complaint)
                              : complain_of_warrant(s, fitting, &held, complaint);
    buf_free(&held);
    if (failed == 0)
        s->warrant = found.sealed;
    return failed;
}

/* ---- one thing ------------------------------------------------------------------------------- */

static int find_only(struct sealing *s, const char *member, struct complaint *complaint)
{
    if (oversight_find(&s->oversight, s->in_force, member, complaint) != 0)
        return -1;
    if (strcmp(s->said, s->oversight.name) != 0)
        say(TR("sealed to %s, the only oversight key in force",
               "sellado a %s, la única clave de supervisión en vigor"),
            s->oversight.name);
    memcpy(s->said, s->oversight.name, sizeof s->said);
    return 0;
}

/* Asked anew for each record: whoever reads them from a pipe may run for days, and keys end. */
static int find_oversight(struct sealing *s, const json_t *given, const char *member,
                          struct oversight *out, struct complaint *complaint)
{
    struct entry_ref to;
    const json_t *named = json_object_get(given, "to");
    struct refusal why;
    if (named != NULL) {
        if (json_entry_ref(&to, named) == 0)
            return oversight_named(out, s->in_force, &to, complaint);
        refuse(&why, REASON_MEMBER_WRONG, "to");
        return complain(complaint, &why);
    }
    if (!s->has_oversight && s->to != NO_ENTRY &&
        oversight_at(&s->oversight, s->in_force, s->to, complaint) != 0)
        return -1;
    if (!s->has_oversight && s->to == NO_ENTRY && find_only(s, member, complaint) != 0)
        return -1;
    s->has_oversight = true;
    *out = s->oversight;
    return 0;
}

/* The opening that there is: of this record for the same person, of an earlier run, or of the
 * warrant. Returns 0, or -1 if there is none. */
static int known_opening(struct sealing *s, const char *member, const char *type, const char *value,
                         struct opening *out)
{
    if (private_opening(out, s->openings, member, type, value) == 0)
        return 0;
    if (private_opening(out, s->before, member, type, value) == 0)
        return 0;
    s->known = false;
    return s->warrant != NULL && strcmp(type, "note") != 0
               ? private_opening(out, s->warrant, "subjects", type, value)
               : -1;
}

static int fresh_opening(struct sealing *s, const char *type, const char *value,
                         struct opening *out)
{
    if (s->warrant != NULL && strcmp(type, "note") != 0) {
        if (!s->said_outside)
            say(TR("a subject is not one of the warrant's: it gets a commitment of its own",
                   "un sujeto no es de los del mandamiento: recibe un compromiso propio"));
        s->said_outside = true;
    }
    s->unopenable = s->out == NULL;
    return opening_new(out, type, value);
}

/* Of what is refused today only that is taken which was sealed under older rules. */
static int find_opening(struct sealing *s, const char *member, const char *type, const json_t *text,
                        struct opening *out, struct refusal *why)
{
    struct span given = span_of(json_string_value(text), json_string_length(text));
    char value[VALUE_MAX + 1];
    const char *doubt = NULL;
    struct refusal before;
    int failed = identifier_normalise(value, type, given, &doubt, why), found = -1;
    if (failed == 0 ||
        identifier_normalise_as(IDENTIFIER_2026_11, value, type, given, NULL, &before) == 0)
        found = known_opening(s, member, type, value, out);
    if (failed == 0 && doubt != NULL)
        say("%s: %s", type, cause_words(doubt, language_get()));
    if (failed == 0 && found != 0)
        found = fresh_opening(s, type, value, out);
    if (failed == 0 && found != 0)
        refuse(why, REASON_IDENTIFIER, member);
    sodium_memzero(value, sizeof value);
    return found;
}

static void remember(struct sealing *s, const char *member, const struct opening *o,
                     const struct oversight *to)
{
    char salt[48];
    base64_encode(salt, o->salt, SALT_BYTES);
    json_push(s->openings,
              json_made(json_pack("{s:s,s:s,s:s,s:s,s:o}", "member", member, "type", o->type,
                                  "value", o->value, "salt", salt, "to", reference(&to->to))));
}

/* Room for one more blob; NULL, recorded as lost, if there is none. */
static uint8_t *next_blob(struct sealing *s)
{
    if (!room_for_one(&s->blob, s->blobs, &s->cap, sizeof *s->blob))
        return NULL;
    return s->blob[s->blobs++].bytes;
}

/* {commit, sealed, to} of an opening, whose blob is kept to be put. */
static json_t *sealed_as(struct sealing *s, const struct opening *o, const struct oversight *to)
{
    uint8_t commit[HASH_BYTES];
    struct hash sealed;
    char commit_text[48], sealed_text[48];
    uint8_t *blob = next_blob(s);
    opening_commit(commit, o);
    if (blob == NULL || opening_seal(blob, o, to->key) != 0)
        return NULL;
    hash_bytes(&sealed, span_of(blob, SEALED_BYTES));
    base64_encode(commit_text, commit, HASH_BYTES);
    base64_encode(sealed_text, sealed.b, HASH_BYTES);
    return json_pack("{s:s,s:s,s:o}", "commit", commit_text, "sealed", sealed_text, "to",
                     reference(&to->to));
}

/* Seals one value; NULL with *complaint. */
static json_t *seal(struct sealing *s, const char *member, const char *type, const json_t *given,
                    struct complaint *complaint)
{
    const json_t *text = json_is_string(given) ? given : json_object_get(given, "value");
    struct opening opening;
    struct oversight to;
    struct refusal why;
    json_t *sealed = NULL;
    if (find_opening(s, member, type, text, &opening, &why) != 0) {
        complain(complaint, &why);
        return NULL;
    }
    if (find_oversight(s, given, member, &to, complaint) == 0) {
        sealed = sealed_as(s, &opening, &to);
        if (sealed != NULL) {
            remember(s, member, &opening, &to);
        } else {
            refuse(&why, REASON_IDENTIFIER, member);
            complain(complaint, &why);
        }
    }
    opening_wipe(&opening);
    return sealed;
}

/* ---- all of a record ------------------------------------------------------------------------- */

/* Exactly these members, but `to` may be missing: anything else is left to the check of the
 * form. */
static bool is_plain(const json_t *v, bool typed)
{
    size_t members = (typed ? 2u : 1u) + (json_object_get(v, "to") != NULL);
    return json_is_string(json_object_get(v, "value")) && json_object_size(v) == members &&
           (!typed || json_is_string(json_object_get(v, "type")));
}

static int seal_subjects(struct sealing *s, const char *member, json_t *list,
                         struct complaint *complaint)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *given = json_array_get(list, i);
        const char *type = json_string_value(json_object_get(given, "type"));
        if (!is_plain(given, true) || !type_allows(TYPE_CODE, span_str(type)))
            continue;
        json_t *sealed = seal(s, member, type, given, complaint);
        if (sealed == NULL)
            return -1;
        json_put(sealed, "type", json_string(type));
        json_array_set_new(list, i, sealed);
    }
    return 0;
}

static int seal_members(struct sealing *s, const struct member *m, json_t *object,
                        const char *prefix, struct complaint *complaint)
{
    for (; m->name != NULL; m++) {
        char path[96];
        json_t *v = json_object_get(object, m->name), *sealed;
        snprintf(path, sizeof path, "%s%s", prefix, m->name);
        if (v == NULL || m->type != TYPE_OBJECT)
            continue;
        if (m->shape == subject_shape) {
            if (seal_subjects(s, path, v, complaint) != 0)
                return -1;
        } else if (m->shape != note_shape) {
            char below[sizeof path + 1];
            snprintf(below, sizeof below, "%s.", path);
            if (!(m->flags & ARRAY) && seal_members(s, m->shape, v, below, complaint) != 0)
                return -1;
        } else if (json_is_string(v) || is_plain(v, false)) {
            if ((sealed = seal(s, path, "note", v, complaint)) == NULL)
                return -1;
            json_put(object, m->name, sealed);
        }
    }
    return 0;
}

/* Forgets the record before. */
static void begin_record(struct sealing *s, enum kind kind, const json_t *record, const char *id)
{
    struct private_part part;
    const char *ref = json_string_value(json_object_get(record, "ref"));
    snprintf(s->id, sizeof s->id, "%s", id);
    snprintf(s->ref, sizeof s->ref, "%s", kind == KIND_WARRANT && ref != NULL ? ref : "");
    s->kind = kind;
    s->blobs = 0;
    s->unopenable = false;
    s->has_oversight = false;
    s->warrant = NULL;
    json_decref(s->openings);
    s->openings = json_list();
    s->known = s->out != NULL && private_find(s->out, id, &part);
    s->before = s->known ? part.sealed : NULL;
}

int sealing_apply(struct sealing *s, enum kind kind, json_t *record, const char *id,
                  struct complaint *complaint)
{
    begin_record(s, kind, record, id);
    if (sealing_name_warrant(s, kind, record, complaint) != 0)
        return -1;
    if (seal_members(s, kind_table[kind].members, record, "", complaint) != 0)
        return -1;
    return lost_any() ? complain_memory(complaint) : 0; /* something of the record may be missing */
}

/* Whoever is handed a private part can open all of it. */
static void warn_of_others(struct sealing *s)
{
    struct private_part part;
    size_t warrants = 0;
    for (size_t i = 0; s->kind == KIND_WARRANT && i < private_count(s->out); i++) {
        private_get(s->out, i, &part);
        warrants += part.kind == KIND_WARRANT;
    }
    if (warrants == 2)
        say(TR("WARNING: --private holds several warrants by now: whoever is handed the file can "
               "open all of them. Use one file for each",
               "AVISO: --private contiene ya varios mandamientos: quien reciba el archivo puede "
               "abrir todos. Use un archivo para cada uno"));
}

void sealing_warn_unkept(struct sealing *s, enum kind kind)
{
    if (!s->unopenable || s->said_unkept)
        return;
    s->said_unkept = true;
    if (kind == KIND_WARRANT)
        say(TR(
            "WARNING: without --private FILE nobody but oversight will be able to open what this "
            "warrant seals, and no request under it can name the same people",
            "AVISO: sin --private ARCHIVO solo supervisión podrá abrir lo que sella este "
            "mandamiento, y ninguna solicitud podrá nombrar a las mismas personas"));
    else
        say(TR(
            "WARNING: without --private FILE nobody but oversight will be able to show whom this "
            "names, not even to the holder that is asked",
            "AVISO: sin --private ARCHIVO solo supervisión podrá mostrar a quién nombra esto, ni "
            "siquiera a quien se le piden los datos"));
}

bool sealing_needs_private(const struct sealing *s)
{
    return s->unopenable && !s->without_private;
}

int sealing_refuse_unkept(struct complaint *complaint)
{
    snprintf(complaint->code, sizeof complaint->code, "private");
    snprintf(complaint->detail, sizeof complaint->detail, "%s",
             TR("nobody but oversight could ever show whom this names: keep the openings with "
                "--private FILE, or say --without-private",
                "nadie sino supervisión podría mostrar jamás a quién nombra esto: guarde las "
                "aperturas con --private ARCHIVO, o diga --without-private"));
    return -1;
}

int sealing_put(struct sealing *s, struct complaint *complaint)
{
    struct answer answer;
    if (s->blobs == 0)
        return 0;
    sealing_warn_unkept(s, s->kind);
    if (s->out != NULL && !s->known &&
        private_add(s->out, s->id, s->kind, s->ref[0] == 0 ? NULL : s->ref,
                    json_incref(s->openings)) != 0) {
        snprintf(complaint->code, sizeof complaint->code, "private");
        snprintf(complaint->detail, sizeof complaint->detail, "--private: %s", errno_words(errno));
        return -1;
    }
    if (s->out != NULL && !s->known)
        warn_of_others(s);
    for (size_t i = 0; i < s->blobs; i++) {
        if (!log_client_put_blob(s->client, span_of(s->blob[i].bytes, SEALED_BYTES), &answer)) {
            log_client_complaint(s->client, &answer, complaint);
            return -1;
        }
    }
    return 0;
}

enum outcome sealing_stands(struct sealing *s, uint64_t index, const struct hash *leaf)
{
    struct private_part part;
    if (s->out == NULL || !private_find(s->out, s->id, &part) || part.has_entry ||
        private_add_entry(s->out, s->id, index, leaf) == 0)
        return OUTCOME_PROVEN;
    return say_undecided(TR("--private could not be written: %s. The entry IS in the log: %" PRIu64,
                            "no se pudo escribir --private: %s. El asiento SÍ está: %" PRIu64),
                         errno_words(errno), index);
}
