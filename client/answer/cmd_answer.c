/* bitacora answer: all entries of one key, and that there are no others, without a replay. */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "client/answer/answer_get.h"
#include "client/answer/answer_json.h"
#include "client/answer/answer_words.h"
#include "client/base/cmd.h"
#include "client/base/lost.h"
#include "client/remote/trust_options.h"
#include "proto/base/base64.h"
#include "proto/sys/files.h"
#include "proto/verify/disclosure.h"

/* ---- the question ---------------------------------------------------------------------------- */

/* The one option that says what is asked. Returns how many there are. */
static int read_question(const struct args *a, enum index_key_type *type, const char **value)
{
    const struct {
        enum index_key_type type;
        const char *value;
    } all[] = {
        { INDEX_KEY_WARRANT, a->warrant },     { INDEX_KEY_SIGNER, a->signer },
        { INDEX_KEY_VKEY, a->vkey },           { INDEX_KEY_HOLDER, a->holder },
        { INDEX_KEY_AUTHORITY, a->authority }, { INDEX_KEY_SUBJECT, a->subject },
    };
    int n = 0;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (all[i].value == NULL)
            continue;
        n++;
        *type = all[i].type;
        *value = all[i].value;
    }
    return n;
}

/* Of an opening nothing but the commitment is asked for. It is computed: what the file says that it
 * is must be the same. */
static enum outcome read_commitment(char base64[static 48], const char *path)
{
    struct buf text = { 0 };
    struct disclosure d;
    struct refusal why;
    uint8_t commit[HASH_BYTES];
    enum file read = file_read(&text, path, DISCLOSURE_MAX);
    if (read != FILE_OK) {
        buf_free(&text);
        return say_undecided(TR("%s could not be read: %s", "no se pudo leer %s: %s"), path,
                             file_cause(read));
    }
    int failed = disclosure_parse(&d, buf_span(&text), &why);
    buf_free(&text);
    if (failed != 0) {
        say_refusal(path, &why);
        return OUTCOME_UNDECIDED;
    }
    opening_commit(commit, &d.opening);
    bool same = memcmp(commit, d.commit, HASH_BYTES) == 0;
    disclosure_free(&d);
    if (!same)
        return say_undecided(TR("%s: its opening is not that of its commitment",
                                "%s: su apertura no es la de su compromiso"),
                             path);
    base64_encode(base64, commit, HASH_BYTES);
    return OUTCOME_PROVEN;
}

/* ---- the file -------------------------------------------------------------------------------- */

static enum outcome open_out(struct new_file *f, const char *path)
{
    struct stat s;
    if (lstat(path, &s) == 0)
        return say_usage(TR("%s is there already", "%s ya existe"), path);
    if (new_file_open(f, path, 0644) == 0)
        return OUTCOME_PROVEN;
    return say_undecided(TR("%s could not be written: %s", "no se pudo escribir %s: %s"), path,
                         errno_words(errno));
}

/* What is not good is not kept. */
static enum outcome close_out(struct new_file *f, enum outcome outcome)
{
    if (outcome != OUTCOME_PROVEN || lost_any()) {
        new_file_drop(f);
        return outcome;
    }
    if (new_file_keep(f) == 0) {
        say(TR("%s can be verified without the log, at any time: bitacora verify --policy POLICY "
               "%s",
               "%s se puede comprobar sin la bitácora, en cualquier momento: bitacora verify "
               "--policy POLÍTICA %s"),
            f->path, f->path);
        return outcome;
    }
    return say_undecided(TR("%s could not be written: %s", "no se pudo escribir %s: %s"), f->path,
                         errno_words(errno));
}

/* ---- the answer ------------------------------------------------------------------------------ */

static void say_instead(const struct answer_wanted *w)
{
    say(TR("a log has an index once its daemon has signed one (index_every, index_wait), or its "
           "operator has: bitacorad index --now",
           "una bitácora tiene índice cuando su daemon ha firmado uno (index_every, index_wait), o "
           "quien la opera: bitacorad index --now"));
    if (w->question.type == INDEX_KEY_WARRANT)
        say(TR("without an index all of the log must be read: bitacora warrant check %s",
               "sin un índice hay que leer toda la bitácora: bitacora warrant check %s"),
            w->value);
    else if (w->question.type == INDEX_KEY_VKEY)
        say(TR("without an index all of the log must be read: bitacora signers",
               "sin un índice hay que leer toda la bitácora: bitacora signers"));
    else
        say(TR("without an index all of the log must be read: bitacora replay, or audit",
               "sin un índice hay que leer toda la bitácora: bitacora replay, o audit"));
}

static void report(const struct answer_check *c, bool json)
{
    findings_print(&c->findings, stderr);
    if (lost_any()) /* lost_outcome() says so */
        return;
    if (!json) {
        answer_print(c);
        return;
    }
    struct json_stream *out = json_stream_begin();
    answer_json(out, c);
    json_stream_end(out);
}

static enum outcome answer(const struct trust *t, const struct answer_wanted *w, bool json)
{
    struct answer_check c;
    answer_check_open(&c, t);
    enum answer_got got = answer_get(&c, w);
    enum outcome outcome = lost_outcome(outcome_of_verdict(c.verdict));
    report(&c, json);
    if (got == ANSWER_UNSERVED)
        say_instead(w);
    trust_say_limits(t);
    outcome = outcome_worse(outcome, trust_write_evidence(t, &c.evidence));
    answer_check_close(&c);
    return outcome;
}

static enum outcome answer_to(const struct trust *t, struct answer_wanted *w, const struct args *a)
{
    struct new_file out = { .fd = -1 };
    if (a->out != NULL) {
        enum outcome outcome = open_out(&out, a->out);
        if (outcome != OUTCOME_PROVEN)
            return outcome;
        w->out = out.fd;
    }
    enum outcome outcome = answer(t, w, a->json);
    return a->out == NULL ? outcome : close_out(&out, outcome);
}

static enum outcome ask_log(const struct args *a, enum index_key_type type, const char *value)
{
    struct trust trust;
    struct answer_wanted w = { .dir = a->dir, .tail = a->tail, .out = -1 };
    if (!answer_wanted_ask(&w, type, value))
        return lost_outcome(OUTCOME_USAGE);
    enum outcome outcome = trust_open_to_read(&trust, a, true);
    if (outcome != OUTCOME_PROVEN)
        return outcome;
    if (a->dir == NULL && trust.url == NULL)
        outcome =
            say_usage(TR("where is the log? The policy names no URL: use --log or --dir",
                         "¿dónde está la bitácora? La política no da URL: use --log o --dir"));
    else
        outcome = answer_to(&trust, &w, a);
    trust_close(&trust);
    return outcome;
}

static enum outcome main_answer(const struct args *a)
{
    enum index_key_type type = INDEX_KEY_WARRANT;
    const char *value = NULL;
    char commitment[48];
    if (!args_operands(a, 0, 0, TR("options only", "solo opciones")))
        return OUTCOME_USAGE;
    if (read_question(a, &type, &value) != 1)
        return say_usage(TR("ask one thing: --warrant, --signer, --vkey, --holder, --authority or "
                            "--subject",
                            "pregunte una cosa: --warrant, --signer, --vkey, --holder, --authority "
                            "o --subject"));
    if (a->log != NULL && a->dir != NULL)
        return say_usage(TR("--log or --dir, not both", "--log o --dir, no ambos"));
    if (type == INDEX_KEY_SUBJECT) {
        enum outcome outcome = read_commitment(commitment, value);
        if (outcome != OUTCOME_PROVEN)
            return outcome;
        value = commitment;
    }
    return ask_log(a, type, value);
}

static const struct form_option answer_options[] = {
    FORM_OWN("warrant", "REF", "REF", "everything under this warrant reference",
             "todo lo que lleva esta referencia de mandamiento"),
    FORM_OWN("vkey", "VKEY", "VKEY", "the enrolment and revocation of this public key",
             "el alta y la revocación de esta clave pública"),
    FORM_OWN("authority", "ID", "ID", "everything that names this authority, such as mx.fgr",
             "todo lo que nombra a esta autoridad, como mx.fgr"),
    FORM_OWN("subject", "OPENING", "APERTURA",
             "everything that names a person under this opening, as disclose writes it",
             "todo lo que nombra a una persona con esta apertura, como la escribe disclose"),
    FORM_OWN("out", "FILE", "ARCHIVO", "the file to keep the answer in; it may not be there yet",
             "el archivo en que guardar la respuesta; no debe existir aún"),
    FORM_END,
};

const struct command command_answer = {
    .name = "answer",
    .run = main_answer,
    .form =
        FORM_FETCHING FORM_ZONE "( warrant= | signer= | vkey= | holder= | authority= | subject= ) "
                                "[ log= | dir= ] key passphrase-file- tail out",
    .own = answer_options,
    .summary = { "everything that the log holds under one reference, name, key or code, and that "
                 "there is nothing else: proven by its index, without reading the whole log; the "
                 "file is for verify",
                 "todo lo que la bitácora contiene bajo una referencia, un nombre, una clave o un "
                 "código, y que no hay nada más: probado con su índice, sin leer toda la bitácora; "
                 "el archivo es para verify" },
};
