#include "tests/bench/site.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "client/base/say.h"
#include "client/remote/fetch.h"
#include "proto/base/base64.h"
#include "proto/base/when.h"
#include "proto/record/record.h"
#include "proto/sys/files.h"
#include "proto/verify/receipt.h"
#include "tests/bench/program.h"
#include "tests/must.h"

#define ORIGIN "bitacora.example.mx/bench"

/* ---- the log and its daemon ------------------------------------------------------------------ */

/* The first line of a file, without its newline; "" if there is none yet. */
static void first_line(char *line, size_t room, const char *path)
{
    FILE *f = fopen(path, "r");
    line[0] = 0;
    if (f == NULL)
        return;
    if (fgets(line, (int)room, f) == NULL || strchr(line, '\n') == NULL)
        line[0] = 0;
    line[strcspn(line, "\n")] = 0;
    fclose(f);
}

static void init(struct site *s, const char *daemon, const struct skey *registrar, char *vkey,
                 size_t room)
{
    char out[PATH_LONG + 16];
    struct buf text = { 0 };
    vkey_format(&text, &registrar->vkey);
    const char *argv[] = { daemon, "init",        "--dir",        s->dir, "--origin",
                           ORIGIN, "--registrar", buf_str(&text), NULL };
    snprintf(out, sizeof out, "%s.init", s->dir);
    program_must(argv, out);
    first_line(vkey, room, out);
    buf_free(&text);
}

uint64_t site_index_every(const struct bench *b)
{
    return b->shortened ? 256 : 4096;
}

/* What a log needs when it is not filled in a minute: tables that are merged away are gone. */
static void write_config(const struct site *s, const char *path, bool tls)
{
    struct buf text = { 0 };
    buf_addf(&text, "index_keep = 1\nindex_every = %llu\n%s",
             (unsigned long long)site_index_every(s->bench),
             s->setup.config == NULL ? "" : s->setup.config);
    if (tls)
        buf_addf(&text, "tls_cert = %s.cert\ntls_key = %s.key\n", s->dir, s->dir);
    if (text.failed || file_replace(path, buf_span(&text), 0600) != 0)
        die("%s: %s", path, strerror(errno));
    buf_free(&text);
}

static void start(struct site *s, const char *daemon, bool tls)
{
    static const char says[] = "listening on ";
    char out[PATH_LONG + 16], config[PATH_LONG + 16], line[256];
    const char *argv[] = { daemon,     "run",      "--dir",
                           s->dir,     "--listen", "127.0.0.1:0",
                           "--config", config,     s->setup.no_mark ? "--no-mark" : NULL,
                           NULL };
    snprintf(out, sizeof out, "%s.run", s->dir);
    snprintf(config, sizeof config, "%s.config", s->dir);
    write_config(s, config, tls);
    unlink(out);
    s->daemon = program_start(argv, out);
    for (double begin = now_s(); now_s() < begin + 20;) {
        first_line(line, sizeof line, out);
        if (strncmp(line, says, sizeof says - 1) == 0) {
            snprintf(s->url, sizeof s->url, "%s", line + sizeof says - 1);
            s->port = (uint16_t)strtoul(strrchr(s->url, ':') + 1, NULL, 10);
            return;
        }
        nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
    }
    die("the daemon did not start; see %s.err", out);
}

static struct policy *policy_of(struct site *s, const char *vkey)
{
    struct buf text = { 0 };
    struct refusal why = { 0 };
    buf_addf(&text, "log %s %s\nquorum none\n", vkey, s->url);
    struct policy *p = policy_parse(buf_span(&text), &why);
    if (p == NULL)
        die("the policy is not one");
    snprintf(s->policy_file, sizeof s->policy_file, "%s.policy", s->dir);
    if (file_replace(s->policy_file, buf_span(&text), 0644) != 0)
        die("%s: %s", s->policy_file, strerror(errno));
    buf_free(&text);
    return p;
}

/* ---- who may sign ---------------------------------------------------------------------------- */

/* Where an entry is, by its receipt. */
static void place_of(struct site *s, struct place *out, struct span receipt)
{
    struct receipt r;
    struct refusal why = { 0 };
    struct hash leaf;
    if (receipt_parse(&r, receipt, &why) != 0)
        die("a receipt is not one");
    hash_leaf(&leaf, r.entry[0].bytes);
    base64_encode(out->leaf, leaf.b, sizeof leaf.b);
    out->entry = r.entry[0].index;
    s->size++;
    s->bytes += r.entry[0].bytes.n;
    receipt_free(&r);
}

static void post_record(struct fetcher *f, enum kind kind, struct buf *line, const struct skey *key,
                        struct buf *receipt)
{
    struct buf note = { 0 };
    struct answer a;
    record_sign(&note, kind, buf_str(line), key);
    fetch_post(f, "v1/records", buf_span(&note), RECEIPT_MAX, receipt, &a);
    if (a.status != 201)
        die("a record was not taken: %ld %s", a.status, buf_str(receipt));
    buf_free(&note);
}

static void post(struct site *s, struct fetcher *f, enum kind kind, struct buf *line,
                 const struct skey *key, struct place *out)
{
    struct buf body = { 0 };
    post_record(f, kind, line, key, &body);
    place_of(s, out, buf_span(&body));
    buf_free(&body);
}

static void enrol(struct site *s, struct fetcher *f, const struct place *genesis,
                  const struct skey *registrar, const struct vkey *who, const char *members,
                  struct place *out)
{
    struct buf line = { 0 };
    begin_line(&line, genesis);
    buf_adds(&line, ",\"vkey\":\"");
    vkey_format(&line, who);
    buf_addf(&line, "\",\"name\":\"%s\",%s}", who->name, members);
    post(s, f, KIND_ENROLL, &line, registrar, out);
    buf_free(&line);
}

static void sign_warrant(struct site *s, struct fetcher *f, const char *ref, struct place *out)
{
    struct buf line = { 0 };
    begin_line(&line, &s->judge_enrolled);
    buf_addf(&line,
             ",\"ref\":\"%s\",\"matter\":\"criminal\",\"used_by\":[\"mx.fgr\"],"
             "\"categories\":[\"subscriber\"],\"window\":{\"from\":\"2026-01-01T00:00:00.000Z"
             "\",\"until\":\"2099-01-01T00:00:00.000Z\"}}",
             ref);
    post(s, f, KIND_WARRANT, &line, &s->judge, out);
    buf_free(&line);
}

void site_warrant(struct site *s, const char *ref, struct cited *out)
{
    struct fetcher *f = fetcher_new(s->url);
    snprintf(out->ref, sizeof out->ref, "%s", ref);
    sign_warrant(s, f, ref, &out->place);
    fetcher_free(f);
}

void site_request(struct site *s, size_t person, struct buf *receipt)
{
    struct buf line = { 0 };
    struct place place;
    struct people *p = &s->bench->people;
    struct fetcher *f = fetcher_new(s->url);
    request_line(&line, p, person, NULL);
    post_record(f, KIND_REQUEST, &line, &p->person[person].key, receipt);
    place_of(s, &place, buf_span(receipt));
    fetcher_free(f);
    buf_free(&line);
}

static void sign_warrants(struct site *s, struct fetcher *f)
{
    char ref[32];
    struct people *p = &s->bench->people;
    for (size_t i = 0; i < p->warrants; i++) {
        snprintf(ref, sizeof ref, "CJF-%zu", i);
        sign_warrant(s, f, ref, &p->warrant[i]);
    }
}

static void enrol_all(struct site *s, const struct skey *registrar)
{
    struct fetcher *f = fetcher_new(s->url);
    struct buf body = { 0 };
    struct answer a;
    struct place genesis;
    struct people *p = &s->bench->people;
    fetch_get(f, "v1/receipts/0", RECEIPT_MAX, &body, &a);
    if (a.status != 200)
        die("no receipt of genesis");
    place_of(s, &genesis, buf_span(&body));
    skey_generate(&s->judge, span_str("juzgado1.example.mx/j1"), KEY_NOTE);
    enrol(s, f, &genesis, registrar, &s->judge.vkey,
          "\"role\":\"judge\",\"authority\":\"cjf.juzgado1\",\"level\":\"federal\"",
          &s->judge_enrolled);
    sign_warrants(s, f);
    for (size_t i = 0; i < p->persons; i++)
        enrol(s, f, &genesis, registrar, &p->person[i].key.vkey,
              "\"role\":\"requester\",\"authority\":\"mx.fgr\",\"level\":\"federal\","
              "\"function\":\"prosecution\"",
              &p->person[i].enrolled);
    buf_free(&body);
    fetcher_free(f);
}

/* ---- all of it ------------------------------------------------------------------------------- */

/* A certificate that nobody looks at. */
static void make_certificate(const struct site *s)
{
    char key[PATH_LONG + 16], cert[PATH_LONG + 16], out[PATH_LONG + 16];
    snprintf(key, sizeof key, "%s.key", s->dir);
    snprintf(cert, sizeof cert, "%s.cert", s->dir);
    snprintf(out, sizeof out, "%s.openssl", s->dir);
    const char *argv[] = { "/usr/bin/openssl",
                           "req",
                           "-x509",
                           "-newkey",
                           "ec",
                           "-pkeyopt",
                           "ec_paramgen_curve:P-256",
                           "-nodes",
                           "-days",
                           "2",
                           "-subj",
                           "/CN=bench",
                           "-keyout",
                           key,
                           "-out",
                           cert,
                           NULL };
    program_must(argv, out);
}

static void start_load(struct site *s)
{
    struct load_setup *setup = must(calloc(1, sizeof *setup));
    *setup = (struct load_setup){ .port = s->port,
                                  .connections = s->setup.connections,
                                  .processes = s->bench->cores,
                                  .tls = s->setup.tls,
                                  .people = &s->bench->people,
                                  .policy = s->policy };
    s->load = load_start(setup);
    free(setup); /* the processes have their own */
}

void site_open(struct site *s, struct bench *b, const char *name)
{
    site_open_as(s, b, name, &(struct site_setup){ .connections = CONNECTIONS });
}

void site_open_as(struct site *s, struct bench *b, const char *name, const struct site_setup *setup)
{
    char daemon[PATH_LONG + 16], vkey[VKEY_TEXT_MAX + 2];
    struct skey registrar;
    *s = (struct site){ .bench = b, .setup = *setup };
    if (s->setup.connections == 0)
        s->setup.connections = CONNECTIONS;
    snprintf(s->dir, sizeof s->dir, "%.900s/%s", b->scratch, name);
    snprintf(daemon, sizeof daemon, "%s/bitacorad", setup->bin == NULL ? b->bin : setup->bin);
    skey_generate(&registrar, span_str("registrar.example.mx"), KEY_NOTE);
    init(s, daemon, &registrar, vkey, sizeof vkey);
    start(s, daemon, false);
    s->policy = policy_of(s, vkey);
    enrol_all(s, &registrar);
    if (setup->tls) {
        program_stop(s->daemon);
        make_certificate(s);
        start(s, daemon, true);
    }
    start_load(s);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *walk)
{
    (void)st;
    (void)type;
    (void)walk;
    return remove(path);
}

void site_close(struct site *s)
{
    load_stop(s->load);
    program_stop(s->daemon);
    policy_free(s->policy);
    nftw(s->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* What an entry has beside its note: four lines and an empty one. */
static uint64_t header_bytes(uint64_t index)
{
    return (uint64_t)snprintf(NULL, 0, "bitacora/v1 entry\n%llu\n", (unsigned long long)index) +
           WHEN_TEXT + 1 + 44 + 1 + 1;
}

struct cost site_load(struct site *s, const struct load_order *order)
{
    struct cost c;
    double before = program_cpu(s->daemon);
    c.load = load_run(s->load, order);
    c.cpu_s = (program_cpu(s->daemon) - before) / (double)c.load.done;
    if (c.load.refused > 0)
        die("the daemon refused %llu records", (unsigned long long)c.load.refused);
    if (order->kind == LOAD_SINGLE && c.load.checked == 0)
        die("no receipt was verified");
    s->bytes += c.load.bytes;
    for (uint64_t i = 0; i < c.load.done; i++)
        s->bytes += header_bytes(s->size++);
    return c;
}

static uint64_t counted; /* nftw knows no context */

static int count_one(const char *path, const struct stat *st, int type, struct FTW *walk)
{
    (void)path;
    (void)walk;
    if (type == FTW_F)
        counted += (uint64_t)st->st_blocks * 512;
    return 0;
}

uint64_t site_disk(const struct site *s)
{
    counted = 0;
    if (nftw(s->dir, count_one, 16, FTW_PHYS) != 0)
        die("%s: %s", s->dir, strerror(errno));
    return counted;
}
