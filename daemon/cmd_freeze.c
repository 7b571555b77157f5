#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "daemon/host/cmd.h"
#include "daemon/running.h"
#include "daemon/witnesses/feed.h"
#include "proto/sys/clock.h"
#include "proto/sys/language.h"
#include "proto/sys/terminal.h"

/* The record that ends the log, and its way through the sequencer. */
struct freezing {
    struct own_record own; /* first */
    struct running *running;
    pthread_mutex_t lock;
    pthread_cond_t news; /* it is answered, or something has its quorum; with lock */
    bool answered;
};

/* Nobody submits anything. */
static void no_submissions(void *ctx, struct submission *first)
{
    (void)ctx;
    (void)first;
}

/* The sequencer has said why. */
static void no_more(void *ctx)
{
    (void)ctx;
}

/* On the sequencer's thread. */
static void take_own(struct own_record *own)
{
    struct freezing *f = (struct freezing *)(void *)own; /* own is its first member */
    pthread_mutex_lock(&f->lock);
    f->answered = true;
    pthread_cond_signal(&f->news);
    pthread_mutex_unlock(&f->lock);
}

/* On a witness's thread. */
static void take_quorum(void *ctx)
{
    struct freezing *f = ctx;
    pthread_mutex_lock(&f->lock);
    pthread_cond_signal(&f->news);
    pthread_mutex_unlock(&f->lock);
}

static int take_successor(struct freezing *f, const char *vkey)
{
    struct vkey key;
    const char *cause;
    if (vkey == NULL)
        return 0;
    if (vkey_parse(&key, span_str(vkey), &cause) != 0)
        return cmd_usage(&command_freeze, "--successor %s: %s", vkey,
                         cause_words(cause, language_get()));
    if (key.type != KEY_NOTE || !signer_name_allowed(span_str(key.name)) ||
        strcmp(key.name, f->running->service.vkey.name) == 0)
        return cmd_usage(&command_freeze,
                         TR("--successor %s: it must be the key of another log, with an origin of "
                            "its own",
                            "--successor %s: debe ser la clave de otra bitácora, con un origen "
                            "propio"),
                         vkey);
    buf_addf(&f->own.members, "\"successor\":{\"origin\":\"%s\",\"vkey\":\"%s\"}", key.name, vkey);
    return 0;
}

/* Waits until the last entry has its quorum, as the log is never run again to get it. */
static int await_quorum(struct freezing *f, uint64_t size)
{
    struct service *s = &f->running->service;
    int64_t until = clock_steady() + (s->config.witness_timeout + 2) * INT64_C(6000);
    bool witnessed = false;
    while (!witnessed && clock_steady() < until) {
        struct timespec soon;
        witnessed = feed_quorum_size(s, NULL) >= size;
        clock_gettime(CLOCK_REALTIME, &soon);
        soon.tv_sec++;
        pthread_mutex_lock(&f->lock);
        if (!witnessed)
            pthread_cond_timedwait(&f->news, &f->lock, &soon);
        pthread_mutex_unlock(&f->lock);
    }
    if (witnessed)
        return EXIT_FINE;
    fputs(TR("its checkpoint has no quorum of witnesses yet: run the log until it has\n",
             "su punto de control aún no tiene quórum de testigos: opere la bitácora hasta que lo "
             "tenga\n"),
          stderr);
    return EXIT_DAMAGE;
}

static int append_freeze(struct freezing *f)
{
    sequencer_push_own(f->running->service.sequencer, &f->own);
    pthread_mutex_lock(&f->lock);
    while (!f->answered)
        pthread_cond_wait(&f->news, &f->lock);
    pthread_mutex_unlock(&f->lock);
    if (f->own.note.outcome != OUTCOME_APPENDED) {
        struct buf sentence = { 0 };
        refusal_sentence(&sentence, &f->own.note.why, language_get());
        terminal_print(stderr, "bitacorad: %s\n", buf_str(&sentence));
        buf_free(&sentence);
        enum reason why = f->own.note.why.reason;
        return why == REASON_LOG_FROZEN || why == REASON_SIGNER_REFUSES ? EXIT_USAGE : EXIT_DAMAGE;
    }
    printf(TR("the log ends with entry %" PRIu64 "\n",
              "la bitácora termina con el asiento %" PRIu64 "\n"),
           f->own.note.index);
    return await_quorum(f, f->own.note.index + 1);
}

static int freeze(struct running *r, const char *successor)
{
    static struct freezing f = { .lock = PTHREAD_MUTEX_INITIALIZER,
                                 .news = PTHREAD_COND_INITIALIZER };
    const struct sequencer_callbacks callbacks = { .finish = no_submissions, .fatal = no_more };
    f.running = r;
    own_record_begin(&f.own, KIND_FREEZE, take_own);
    int code = take_successor(&f, successor);
    if (code == 0)
        code = running_start_feed(r, take_quorum, &f);
    if (code == 0)
        code = running_start_sequencer(r, &callbacks);
    if (code == 0)
        code = append_freeze(&f);
    running_stop_feed(r);
    running_stop_sequencer(r);
    running_free_feed(r);
    own_record_free(&f.own);
    return code;
}

static int main_freeze(const struct cmd_args *args)
{
    static struct running r; /* 80 kB */
    config_default(&r.service.config);
    if (args->config != NULL &&
        config_read(&r.service.config, args->config, objections_printed) != 0)
        return EXIT_USAGE;
    r.freezing = true;
    r.service.config.index_every = 0;
    r.service.config.workers = 1;
    r.passphrase_file = args->passphrase_file;
    int code = running_open(&r, args->dir, args->policy);
    if (code != 0)
        return code;
    code = freeze(&r, args->successor);
    running_close(&r);
    return code;
}

static const struct form_option own[] = {
    FORM_OWN("dir", "DIR", "CARPETA", "the log's folder; no daemon may be running on it",
             "la carpeta de la bitácora, sin un daemon que la use"),
    FORM_OWN("policy", "POLICY", "POLÍTICA",
             "the one that the log is run under: its witnesses cosign the end",
             "aquella con la que opera: sus testigos cofirman el final"),
    FORM_OWN("config", "FILE", "ARCHIVO", "the settings that it is run with",
             "los ajustes con los que opera"),
    FORM_END,
};

const struct subcommand command_freeze = {
    .name = "freeze",
    .run = main_freeze,
    .form = "dir! successor policy config passphrase-file",
    .own = own,
    .summary = { "ends a log for good: nothing can follow, and it is served on for reading",
                 "termina una bitácora para siempre: nada puede seguir, y se sigue sirviendo" },
};
