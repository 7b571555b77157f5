#include "daemon/predecessor.h"

#include <stdio.h>
#include <string.h>

#include "daemon/host/cmd.h"
#include "daemon/host/log_key.h"
#include "proto/base/base64.h"
#include "proto/base/limits.h"
#include "proto/base/scan.h"
#include "proto/sys/files.h"
#include "proto/sys/language.h"
#include "proto/sys/private_key.h"
#include "proto/sys/terminal.h"
#include "proto/tlog/checkpoint.h"
#include "proto/tlog/note.h"
#include "proto/tlog/policy.h"
#include "proto/tlog/sealed_key.h"

#define PRIVATE_PREFIX "PRIVATE+KEY+"

static int refuse_file(const char *file, const char *why)
{
    terminal_print(stderr, "bitacorad init: %s: %s\n", file, why);
    return EXIT_USAGE;
}

static int read_small_file(struct buf *out, const char *file, size_t max)
{
    enum file read = file_read_at_once(out, file, max);
    return read == FILE_OK ? 0 : refuse_file(file, file_cause(read));
}

/* ---- its key ---------------------------------------------------------------------------------- */

/* The key in a policy, or in a line of its own, that signed the note. */
static bool find_public(struct vkey *out, struct span text, const struct note *note)
{
    struct refusal why;
    const char *cause;
    struct span line = text;
    while (line.n > 0 && (line.p[line.n - 1] == '\n' || line.p[line.n - 1] == '\r'))
        line.n--;
    if (vkey_parse(out, line, &cause) == 0)
        return note_signed_by(note, out);
    struct policy *policy = policy_parse(text, &why);
    bool found = false;
    for (size_t i = 0; policy != NULL && !found && i < policy_logs(policy); i++) {
        *out = policy_log(policy, i)->key;
        found = note_signed_by(note, out);
    }
    policy_free(policy);
    return found;
}

/* *private becomes its private part where the file has it, else NULL. */
static int read_old_key(struct vkey *out, struct skey **private, const struct predecessor *p,
                        const struct note *note)
{
    struct buf text = { 0 };
    *private = NULL;
    int code = read_small_file(&text, p->key, POLICY_MAX);
    if (code != 0)
        return code;
    struct span all = buf_span(&text);
    bool is_private =
        sealed_key_recognise(all) || (all.n >= strlen(PRIVATE_PREFIX) &&
                                      memcmp(all.p, PRIVATE_PREFIX, strlen(PRIVATE_PREFIX)) == 0);
    bool found = false;
    if (is_private) {
        *private = log_key_read(p->key, p->passphrase_file);
        if (*private != NULL)
            *out = (*private)->vkey;
        found = *private != NULL && note_signed_by(note, out);
    } else {
        found = find_public(out, all, note);
    }
    if (text.p != NULL)
        explicit_bzero(text.p, text.cap);
    buf_free(&text);
    if (found)
        return 0;
    if (!is_private || *private != NULL)
        refuse_file(p->checkpoint, TR("it is not signed by the key that --predecessor-key names",
                                      "no lo firmó la clave que nombra --predecessor-key"));
    private_key_free(*private);
    *private = NULL;
    return EXIT_USAGE;
}

/* ---- the member ------------------------------------------------------------------------------- */

/* The old key's signature over which log goes on from where (FORMATS, 9.2). */
static void add_proof(json_t *o, const struct predecessor *p, const struct skey *old,
                      const struct checkpoint *cp, const char *root)
{
    uint8_t signature[SIGNATURE_BYTES];
    char proof[2 * SIGNATURE_BYTES];
    struct buf text = { 0 };
    buf_addf(&text, "bitacora/v1 succession\n%s\n%llu\n%s\n%s\n", old->vkey.name,
             (unsigned long long)cp->size, root, p->origin);
    vkey_format(&text, p->vkey);
    buf_adds(&text, "\n");
    skey_sign(signature, old, buf_span(&text));
    buf_free(&text);
    base64_encode(proof, signature, sizeof signature);
    json_object_set_new(o, "proof", json_string(proof));
}

static json_t *make_member(const struct predecessor *p, const struct vkey *key,
                           const struct skey *old, const struct checkpoint *cp)
{
    char root[64];
    struct buf vkey = { 0 };
    base64_encode(root, cp->root.b, HASH_BYTES);
    vkey_format(&vkey, key);
    json_t *o = json_pack("{s:s,s:s,s:I,s:s}", "origin", key->name, "vkey", buf_str(&vkey), "size",
                          (json_int_t)cp->size, "root", root);
    buf_free(&vkey);
    if (o != NULL && old != NULL)
        add_proof(o, p, old, cp, root);
    return o;
}

static int make_of_note(json_t **out, const struct predecessor *p, struct span bytes)
{
    struct note note;
    struct checkpoint cp;
    struct refusal why;
    struct vkey key;
    struct skey *old;
    if (note_parse(&note, bytes, &why) != 0 || checkpoint_parse(&cp, note.text, &why) != 0 ||
        cp.size == 0)
        return refuse_file(p->checkpoint, TR("it is no checkpoint of a log",
                                             "no es un punto de control de una bitácora"));
    if (span_is(cp.origin, p->origin))
        return refuse_file(p->checkpoint,
                           TR("it is of a log of the same origin: a successor has one of its own",
                              "es de una bitácora del mismo origen: una sucesora tiene otro"));
    int code = read_old_key(&key, &old, p, &note);
    if (code != 0)
        return code;
    if (!span_is(cp.origin, key.name)) {
        private_key_free(old);
        return refuse_file(p->checkpoint, TR("its origin is not the name of its key",
                                             "su origen no es el nombre de su clave"));
    }
    *out = make_member(p, &key, old, &cp);
    private_key_free(old);
    return *out == NULL ? EXIT_DAMAGE : 0;
}

int predecessor_make(json_t **out, const struct predecessor *p)
{
    struct buf bytes = { 0 };
    int code = read_small_file(&bytes, p->checkpoint, CHECKPOINT_MAX);
    if (code == 0)
        code = make_of_note(out, p, buf_span(&bytes));
    buf_free(&bytes);
    return code;
}
