#include "client/remote/trust.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "client/base/lost.h"
#include "client/base/trouble.h"
#include "proto/base/scan.h"
#include "proto/net/tls_client.h"
#include "proto/sys/files.h"
#include "proto/verify/proven.h"

#define NAMES_MAX 100 /* of evidence that was not asked for */

static enum outcome read_policy(struct trust *t, const char *path)
{
    struct refusal why;
    enum file read = file_read(&t->text, path, POLICY_MAX);
    if (read != FILE_OK) {
        trust_close(t);
        trouble_is("policy");
        return say_usage(
            TR("the policy %s could not be read: %s", "no se pudo leer la política %s: %s"), path,
            file_cause(read));
    }
    t->policy = policy_parse(buf_span(&t->text), &why);
    if (t->policy != NULL)
        return OUTCOME_PROVEN;
    trust_close(t);
    say_refusal(path, &why);
    return OUTCOME_USAGE;
}

/* With n witnesses of which f may be dishonest a quorum must exceed (n + f) / 2. */
static void warn_of_quorum(const struct trust *t, int64_t f)
{
    size_t n = policy_witnesses(t->policy), quorum = policy_least_quorum(t->policy);
    if (2 * (int64_t)quorum <= (int64_t)n + f)
        say(TR("WARNING: a quorum of %zu among %zu witnesses does not withstand %lld dishonest "
               "ones",
               "AVISO: un quórum de %zu entre %zu testigos no resiste %lld testigos deshonestos"),
            quorum, n, (long long)f);
}

/* Said once, as one command may open a policy twice. */
static void warn_of_unknown(const struct policy *p)
{
    static bool said;
    for (size_t i = 0; !said && i < policy_witnesses(p); i++)
        if (!key_type_known(policy_witness(p, i)->key.type))
            say(TR("WARNING: this version of the program does not know keys of the type of witness "
                   "%s "
                   "(0x%02x): it does not count for the quorum",
                   "AVISO: esta versión del programa no conoce claves del tipo del testigo %s "
                   "(0x%02x): no cuenta para el quórum"),
                policy_witness(p, i)->name, policy_witness(p, i)->key.type);
    if (!said && !policy_can_be_met(p))
        say(TR("WARNING: without such witnesses the policy's quorum cannot be met: nothing can be "
               "decided",
               "AVISO: sin tales testigos no puede haber el quórum de la política: nada se puede "
               "decidir"));
    said = true;
}

/* A policy may list several keys of its one log, each with a URL or without: the first URL. */
static const char *url_of_policy(const struct policy *p)
{
    const char *url = NULL;
    for (size_t i = 0; url == NULL && policy_one_log(p) && i < policy_logs(p); i++)
        url = policy_log(p, i)->url;
    return url;
}

void trust_read_as(struct trust *t, const struct skey *key)
{
    struct tls_client_files tls = t->reader.tls;
    t->reader = log_reader_of(key, trust_log(t)->name);
    t->reader.tls = tls;
}

static enum outcome read_reader_key(struct trust *t, const struct keyfile *file)
{
    enum outcome outcome = keyfile_read_signer(&t->own_key, file);
    if (outcome == OUTCOME_PROVEN)
        trust_read_as(t, t->own_key);
    else
        trust_close(t);
    return outcome;
}

static enum outcome check_tls(const struct tls_client_files *files)
{
    struct tls_trouble trouble;
    struct buf words = { 0 };
    if ((files->cert == NULL) != (files->key == NULL))
        return say_usage(TR("--cert and --cert-key need each other",
                            "--cert y --cert-key se necesitan uno al otro"));
    if (tls_client_check(files, &trouble) == 0)
        return OUTCOME_PROVEN;
    tls_trouble_words(&words, &trouble);
    say("%s", kept_text(&words));
    buf_free(&words);
    return OUTCOME_USAGE;
}

enum outcome trust_open(struct trust *out, const struct trust_options *o, bool one_log)
{
    *out = (struct trust){ .has_pin = o->has_pin,
                           .pin = o->pin,
                           .max_age = o->max_age,
                           .evidence = o->evidence,
                           .reader = { .tls = o->tls } };
    enum outcome outcome = check_tls(&o->tls);
    if (outcome == OUTCOME_PROVEN)
        outcome = read_policy(out, o->policy);
    if (outcome != OUTCOME_PROVEN)
        return outcome;
    if ((one_log || o->key.path != NULL) && !policy_one_log(out->policy)) {
        trust_close(out);
        return say_usage(TR("%s: this needs a policy with exactly one log",
                            "%s: hace falta una política con exactamente una bitácora"),
                         o->policy);
    }
    if (policy_one_log(out->policy))
        out->keys = policy_log_keys(out->policy, 0);
    out->url = o->url != NULL ? o->url : url_of_policy(out->policy);
    warn_of_unknown(out->policy);
    if (o->tolerate >= 0)
        warn_of_quorum(out, o->tolerate);
    if (o->reader != NULL)
        trust_read_as(out, o->reader);
    return o->key.path == NULL ? OUTCOME_PROVEN : read_reader_key(out, &o->key);
}

void trust_close(struct trust *t)
{
    policy_free(t->policy);
    t->policy = NULL;
    buf_free(&t->text);
    private_key_free(t->own_key);
    t->own_key = NULL;
    t->reader.key = NULL;
}

const struct vkey *trust_log(const struct trust *t)
{
    return &policy_log(t->policy, 0)->key;
}

const struct log_keys *trust_log_keys(const struct trust *t)
{
    return &t->keys;
}

bool trust_fresh(const struct trust *t, const struct signed_checkpoint *cp, struct refusal *why)
{
    return cosigned_lately(t->policy, cp, t->max_age, (int64_t)time(NULL), why);
}

void trust_say_limits(const struct trust *t)
{
    static bool said; /* one command may open a policy twice */
    if (!said && policy_trusts_log_alone(t->policy))
        say(TR("the policy says `quorum none`: no split-view protection",
               "la política dice `quorum none`: sin protección contra vistas divididas"));
    said = true;
}

/* The name of an evidence file that was not asked for, the nth of it; to be freed. */
static char *default_name(const struct trust *t, const struct buf *evidence, unsigned nth)
{
    struct buf name = { 0 };
    struct hash sha256;
    char hex[2 * HASH_BYTES + 1];
    hash_bytes(&sha256, buf_span(evidence));
    hex_format(hex, sha256.b, HASH_BYTES);
    size_t n = t->beside == NULL ? 0 : strlen(t->beside);
    while (n > 1 && t->beside[n - 1] == '/')
        n--;
    size_t start = n;
    buf_add(&name, t->beside, n);
    if (n == 0)
        buf_adds(&name, policy_one_log(t->policy) ? trust_log(t)->name : "bitacora");
    for (size_t i = start; i < name.n; i++)
        if (name.p[i] == '/')
            name.p[i] = '-';
    buf_addf(&name, ".evidence-%.16s", hex);
    if (nth > 1)
        buf_addf(&name, "-%u", nth);
    const char *text = buf_str(&name); /* which may fail, too */
    char *path = name.failed ? NULL : strdup(text);
    buf_free(&name);
    return path;
}

static bool is_there(const char *path, const struct buf *evidence)
{
    struct buf old = { 0 };
    bool same = file_read(&old, path, EVIDENCE_MAX) == FILE_OK &&
                span_eq(buf_span(&old), buf_span(evidence));
    buf_free(&old);
    return same;
}

/* Finds a name that nothing else has. Returns 0 or -1 with errno; *path is to be freed. */
static int write_new(const struct trust *t, const struct buf *evidence, char **path)
{
    *path = NULL;
    for (unsigned nth = 1; nth <= NAMES_MAX; nth++) {
        free(*path);
        *path = default_name(t, evidence, nth);
        if (*path == NULL) {
            errno = ENOMEM;
            return -1;
        }
        if (file_create(*path, buf_span(evidence), 0644) == 0)
            return 0;
        if (errno != EEXIST)
            return -1;
        if (is_there(*path, evidence))
            return 0;
    }
    return -1;
}

enum outcome trust_write_evidence(const struct trust *t, const struct buf *evidence)
{
    char *path;
    enum outcome outcome = trust_keep_evidence(t, evidence, &path);
    free(path);
    return outcome;
}

enum outcome trust_keep_evidence(const struct trust *t, const struct buf *evidence, char **where)
{
    char *path = *where = NULL;
    if (evidence->n == 0 && !evidence->failed)
        return OUTCOME_PROVEN;
    errno = ENOMEM;
    int failed = evidence->failed      ? -1
                 : t->evidence != NULL ? file_replace(t->evidence, buf_span(evidence), 0644)
                                       : write_new(t, evidence, &path);
    const char *name = t->evidence != NULL ? t->evidence : path;
    if (failed) {
        say(TR("the evidence could not be written to %s: %s (--evidence FILE names another place)",
               "no se pudo escribir la evidencia en %s: %s (--evidence ARCHIVO da otro lugar)"),
            name == NULL ? "-" : name, errno_words(errno));
        free(path);
        return OUTCOME_UNDECIDED;
    }
    say(TR("evidence written to %s; anyone can check it: bitacora verify-evidence --policy "
           "POLICY %s",
           "evidencia escrita en %s; cualquiera la comprueba: bitacora verify-evidence "
           "--policy POLÍTICA %s"),
        name, name);
    *where = t->evidence != NULL ? kept(strdup(t->evidence)) : path;
    return OUTCOME_PROVEN;
}
