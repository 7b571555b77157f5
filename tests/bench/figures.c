#include "tests/bench/figures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "client/base/say.h"
#include "tests/bench/bench.h"
#include "tests/must.h"

// clang-format off
/* X(path, decimals, English, Spanish) */
#define FIGURES(X) \
    X("raw.per_s", 0, "raw verifications, per second and core", "verificaciones puras, por segundo y núcleo") \
    X("raw.us", 1, "  µs of CPU for one", "  µs de CPU de una") \
    X("append.per_s", 0, "append, one record per request, per second", \
      "asentar, un registro por petición, por segundo") \
    X("append.cpu_us", 1, "  µs of the daemon's CPU for a record", "  µs de CPU del servicio por registro") \
    X("append.ratio", 3, "  raw verify time ÷ that", "  tiempo de verificación pura ÷ eso") \
    X("append.ratio_accelerated", 3, "  with the accelerator", "  con el acelerador") \
    X("append.p50_ms", 2, "  half load, ms from request to receipt: p50", \
      "  a media carga, ms de petición a recibo: p50") \
    X("append.p99_ms", 2, "  p99", "  p99") \
    X("append.busy_p50_ms", 2, "  half load, another process writes 20 MB/s: p50", \
      "  a media carga, otro proceso escribe 20 MB/s: p50") \
    X("append.busy_p99_ms", 2, "  p99", "  p99") \
    X("append.full_p50_ms", 2, "  full load: p50", "  a plena carga: p50") \
    X("append.full_p99_ms", 2, "  p99", "  p99") \
    X("append.batch_per_s", 0, "append, batches of 100, records per second", \
      "asentar, lotes de 100, registros por segundo") \
    X("append.batch_cpu_us", 1, "  µs of the daemon's CPU for a record", "  µs de CPU del servicio por registro") \
    X("append.batch_ratio", 3, "  raw verify time ÷ that", "  tiempo de verificación pura ÷ eso") \
    X("append.batch_ratio_accelerated", 3, "  with the accelerator", "  con el acelerador") \
    X("replay.entries_per_s", 0, "replay, entries per second", "replay, asientos por segundo") \
    X("replay.ratio", 3, "  that ÷ raw verifications of all cores", \
      "  eso ÷ verificaciones puras de todos los núcleos") \
    X("replay.ratio_accelerated", 3, "  with the accelerator", "  con el acelerador") \
    X("replay.cpu_us", 1, "  µs of CPU for an entry", "  µs de CPU por asiento") \
    X("replay.cpu_ratio", 3, "  raw verify time ÷ that", "  tiempo de verificación pura ÷ eso") \
    X("replay_structure.entries_per_s", 0, "replay --structure, entries per second", \
      "replay --structure, asientos por segundo") \
    X("replay_structure.bytes_per_entry", 0, "  bytes of an entry", "  bytes de un asiento") \
    X("incremental.none_s", 4, "incremental, nothing new: seconds", "incremental, nada nuevo: segundos") \
    X("incremental.thousand_s", 4, "  1,000 new entries: seconds", "  1,000 asientos nuevos: segundos") \
    X("incremental.entries", 0, "  of a log of", "  de una bitácora de") \
    X("receipt.verify_us", 1, "receipt, µs to verify the first of a run offline", \
      "recibo, µs para verificar sin red el primero de una corrida") \
    X("receipt.next_us", 1, "  the second and later, of one signer, each with its checkpoint", \
      "  el segundo y los demás, de un firmante, cada uno con su punto de control") \
    X("receipt.next_raws", 2, "    that ÷ a raw verification", "    eso ÷ una verificación pura") \
    X("receipt.next_signer_us", 1, "  the second and later, each of another signer, under one checkpoint", \
      "  el segundo y los demás, cada uno de otro firmante, bajo un punto de control") \
    X("receipt.bytes", 0, "  bytes of one", "  bytes de uno") \
    X("receipt.entries", 0, "  of a log of", "  de una bitácora de") \
    X("answer.one_s", 4, "answer for one entry: seconds", "respuesta de un asiento: segundos") \
    X("answer.one_cpu_s", 4, "  seconds of the client's CPU", "  segundos de CPU del cliente") \
    X("answer.one_bytes", 0, "  bytes", "  bytes") \
    X("answer.one_requests", 0, "  HTTP requests", "  peticiones HTTP") \
    X("answer.twenty_s", 4, "answer for 20 entries: seconds", "respuesta de 20 asientos: segundos") \
    X("answer.twenty_cpu_s", 4, "  seconds of the client's CPU", "  segundos de CPU del cliente") \
    X("answer.twenty_bytes", 0, "  bytes", "  bytes") \
    X("answer.twenty_requests", 0, "  HTTP requests", "  peticiones HTTP") \
    X("answer.many_s", 4, "answer for 5,000 entries: seconds", "respuesta de 5,000 asientos: segundos") \
    X("answer.many_cpu_s", 4, "  seconds of the client's CPU", "  segundos de CPU del cliente") \
    X("answer.many_bytes", 0, "  bytes", "  bytes") \
    X("answer.many_requests", 0, "  HTTP requests", "  peticiones HTTP") \
    X("answer.none_s", 4, "answer that there is none: seconds", "respuesta de que no hay ninguno: segundos") \
    X("answer.none_cpu_s", 4, "  seconds of the client's CPU", "  segundos de CPU del cliente") \
    X("answer.none_bytes", 0, "  bytes", "  bytes") \
    X("answer.none_requests", 0, "  HTTP requests", "  peticiones HTTP") \
    X("answer.dir_s", 4, "answer for 20 entries, from the files of a mirror: seconds", \
      "respuesta de 20 asientos, de los archivos de un espejo: segundos") \
    X("answer.check_s", 2, "warrant check of the same by a replay: seconds", \
      "warrant check de lo mismo con un replay: segundos") \
    X("answer.entries", 0, "  of a log of", "  de una bitácora de") \
    X("read.tiles_per_s", 0, "tiles, per second", "teselas, por segundo") \
    X("read.tiles_per_core_s", 0, "  per second of CPU", "  por segundo de CPU") \
    X("read.tiles_ratio", 3, "  that ÷ a plain evhttp loop's", "  eso ÷ el de un evhttp simple") \
    X("read.tiles_wall_ratio", 3, "  per second ÷ the plain loop's", "  por segundo ÷ las del evhttp simple") \
    X("read.bundles_per_s", 0, "bundles, per second", "paquetes, por segundo") \
    X("read.bundles_per_core_s", 0, "  per second of CPU", "  por segundo de CPU") \
    X("read.bundles_ratio", 3, "  that ÷ a plain evhttp loop's", "  eso ÷ el de un evhttp simple") \
    X("read.bundles_wall_ratio", 3, "  per second ÷ the plain loop's", "  por segundo ÷ las del evhttp simple") \
    X("read.receipts_per_s", 0, "receipts, per second", "recibos, por segundo") \
    X("read.receipts_per_core_s", 0, "  per second of CPU", "  por segundo de CPU") \
    X("read.receipts_ratio", 3, "  that ÷ a plain evhttp loop's", "  eso ÷ el de un evhttp simple") \
    X("read.receipts_wall_ratio", 3, "  per second ÷ the plain loop's", "  por segundo ÷ las del evhttp simple") \
    X("storage.ratio", 3, "storage, bytes on disk ÷ bytes of entries", \
      "almacén, bytes en disco ÷ bytes de asientos") \
    X("storage.bytes_per_entry", 0, "  bytes of an entry", "  bytes de un asiento") \
    X("storage.entries", 0, "  of a log of", "  de una bitácora de") \
    X("memory.replay_anon_mib", 1, "memory of a replay, anonymous, MiB", "memoria de un replay, anónima, MiB") \
    X("memory.entries", 0, "  of a log of", "  de una bitácora de") \
    X("growth.append_cost", 3, "cost per append, at the largest size ÷ at the smallest", \
      "costo por asiento, al tamaño mayor ÷ al menor") \
    X("growth.entries", 0, "  the largest size", "  el tamaño mayor") \
    X("postgres.appends_per_s", 0, "PostgreSQL, hash-chained table, 8 clients: rows per second", \
      "PostgreSQL, tabla encadenada, 8 clientes: filas por segundo") \
    X("postgres.appends_64_per_s", 0, "  64 clients", "  64 clientes") \
    X("settings.sandbox_cost", 3, "CPU of a record with the sandbox ÷ without", \
      "CPU de un registro con el encierro ÷ sin él") \
    X("settings.mark_cost", 3, "  with the mark ÷ without", "  con la marca ÷ sin ella") \
    X("settings.tls_cost", 3, "  over TLS ÷ in the clear", "  por TLS ÷ en claro") \
    X("settings.against_cost", 3, "  these programs ÷ those of BENCH_AGAINST", \
      "  estos programas ÷ los de BENCH_AGAINST") \
    X("settings.against_batch_cost", 3, "    in batches", "    en lotes") \
    X("gate.p50_us", 0, "gate, µs from question to answer: p50", "puerta, µs de pregunta a respuesta: p50") \
    X("gate.p99_us", 0, "  p99", "  p99") \
    X("gate.per_s", 0, "  16 connections, decisions per second", "  16 conexiones, decisiones por segundo") \
    X("peers.structure_s", 3, "replay --structure, seconds", "replay --structure, segundos") \
    X("peers.fsck_s", 3, "  Tessera's fsck of the same files", "  el fsck de Tessera, de los mismos archivos") \
    X("peers.fsck_ratio", 2, "  its seconds ÷ ours", "  sus segundos ÷ los nuestros") \
    X("peers.fsck_cpu_ratio", 2, "  its CPU ÷ ours", "  su CPU ÷ la nuestra") \
    X("peers.append_per_s", 0, "append with receipt, 256 clients, per second", \
      "asentar con recibo, 256 clientes, por segundo") \
    X("peers.append_p50_ms", 2, "  p50, ms", "  p50, ms") \
    X("peers.append_cpu_us", 1, "  µs of CPU of one", "  µs de CPU de uno") \
    X("peers.tessera_per_s", 0, "  Tessera POSIX, awaiting publication, per second", \
      "  Tessera POSIX, en espera de su publicación, por segundo") \
    X("peers.tessera_p50_ms", 2, "    p50, ms", "    p50, ms") \
    X("peers.tessera_cpu_us", 1, "    µs of CPU of one", "    µs de CPU de uno") \
    X("peers.append_ratio", 2, "  ours per second ÷ its", "  los nuestros por segundo ÷ los suyos")

/* X(name, decimals, heading) */
#define GROWTH(X) \
    X("append_cpu_us", 1, "append µs") \
    X("append_ratio", 3, "ratio") \
    X("batch_cpu_us", 1, "batch µs") \
    X("batch_ratio", 3, "ratio") \
    X("daemon_anon_mib", 1, "daemon MiB") \
    X("storage_ratio", 3, "storage") \
    X("receipt_us", 1, "receipt µs") \
    X("receipt_bytes", 0, "bytes") \
    X("replay_per_s", 0, "replay /s") \
    X("replay_ratio", 3, "ratio") \
    X("replay_anon_mib", 1, "MiB")

/* X(name, path, want, at least, path of a size that must be 10^7 or NULL) */
#define TARGETS(X) \
    X("append", "append.ratio", 0.60, true, NULL) \
    X("append, batches", "append.batch_ratio", 0.80, true, NULL) \
    X("p99 at half load, ms", "append.p99_ms", 20, false, NULL) \
    X("p99, a busy disk, ms", "append.busy_p99_ms", 150, false, NULL) \
    X("replay", "replay.ratio", 0.90, true, NULL) \
    X("append, accelerator", "append.ratio_accelerated", 0.85, true, NULL) \
    X("append, batches, accelerator", "append.batch_ratio_accelerated", 1.8, true, NULL) \
    X("replay, accelerator", "replay.ratio_accelerated", 2.5, true, NULL) \
    X("replay --structure beside fsck", "peers.fsck_ratio", 4, true, NULL) \
    X("append beside Tessera", "peers.append_ratio", 7, true, NULL) \
    X("replay --structure", "replay_structure.entries_per_s", 1500000, true, NULL) \
    X("incremental, nothing new, s", "incremental.none_s", 0.050, false, NULL) \
    X("receipt, the second of a run, µs", "receipt.next_us", 120, false, NULL) \
    X("receipts served, per core", "read.receipts_per_core_s", 30000, true, NULL) \
    X("tiles", "read.tiles_ratio", 0.85, true, NULL) \
    X("bundles", "read.bundles_ratio", 0.6, true, NULL) \
    X("storage", "storage.ratio", 1.40, false, NULL) \
    X("memory of replay, MiB", "memory.replay_anon_mib", 64, false, "memory.entries") \
    X("growth of append", "growth.append_cost", 1.2, false, "growth.entries") \
    X("answer for 20 entries, bytes", "answer.twenty_bytes", 65536, false, NULL) \
    X("absence, bytes", "answer.none_bytes", 20480, false, NULL) \
    X("a gate's decision, p99 µs", "gate.p99_us", 2000, false, NULL)
// clang-format on

static const struct known {
    const char *path;
    int decimals;
    const char *en, *es;
} known[] = {
#define X(path, decimals, en, es) { path, decimals, en, es },
    FIGURES(X)
#undef X
};

static const struct column {
    const char *name;
    int decimals;
    const char *heading;
} columns[] = {
#define X(name, decimals, heading) { name, decimals, heading },
    GROWTH(X)
#undef X
};

static const struct target {
    const char *name, *path;
    double want;
    bool at_least;
    const char *size;
} targets[] = {
#define X(name, path, want, at_least, size) { name, path, want, at_least, size },
    TARGETS(X)
#undef X
};

#define LENGTH(a) (sizeof(a) / sizeof(a)[0])
#define TARGET_ENTRIES 10000000 /* of the targets that grow */

void figures_init(struct figures *f, const uint64_t *size, unsigned sizes)
{
    *f = (struct figures){
        .root = must(json_object()), .reasons = must(json_object()), .size = size, .sizes = sizes
    };
}

void figures_free(struct figures *f)
{
    json_decref(f->root);
    json_decref(f->reasons);
}

/* The object that the last member of a path belongs to; made where it is not there. */
static json_t *holder(json_t *o, const char *path, const char **last)
{
    for (const char *dot; (dot = strchr(path, '.')) != NULL; path = dot + 1) {
        json_t *next = json_object_getn(o, path, (size_t)(dot - path));
        if (next == NULL) {
            next = must(json_object());
            json_object_setn_new(o, path, (size_t)(dot - path), next);
        }
        o = next;
    }
    *last = path;
    return o;
}

static json_t *figure_get(const struct figures *f, const char *path)
{
    const char *last;
    json_t *o = holder(f->root, path, &last);
    return json_object_get(o, last);
}

static void put(struct figures *f, const char *path, json_t *value)
{
    const char *last;
    json_t *o = holder(f->root, path, &last);
    json_object_set_new(o, last, must(value));
}

void figure(struct figures *f, const char *path, double value)
{
    if (!isfinite(value))
        die("%s is not a number", path);
    put(f, path, json_real(value));
}

void figure_text(struct figures *f, const char *path, const char *text)
{
    put(f, path, json_string(text));
}

static void growth_path(char out[static 80], uint64_t size, const char *name)
{
    snprintf(out, 80, "growth.%llu.%s", (unsigned long long)size, name);
}

void figure_at(struct figures *f, uint64_t size, const char *name, double value)
{
    char path[80];
    growth_path(path, size, name);
    figure(f, path, value);
}

void figure_missing(struct figures *f, const char *begin, const char *reason)
{
    json_object_set_new(f->reasons, begin, must(json_string(reason)));
}

/* ---- at the end ------------------------------------------------------------------------------ */

static const char *reason_of(const struct figures *f, const char *path)
{
    const char *begin;
    json_t *reason;
    json_object_foreach (f->reasons, begin, reason)
        if (strncmp(path, begin, strlen(begin)) == 0)
            return json_string_value(reason);
    return "not asked for";
}

static void fill(struct figures *f, json_t *reasons, const char *path)
{
    if (figure_get(f, path) != NULL)
        return;
    put(f, path, json_null());
    json_object_set_new(reasons, path, must(json_string(reason_of(f, path))));
}

static json_t *judged(const struct figures *f, const struct target *t)
{
    json_t *got = figure_get(f, t->path);
    json_t *size = t->size == NULL ? NULL : figure_get(f, t->size);
    json_t *o = must(json_pack("{s:s,s:f,s:b,s:O,s:n}", "path", t->path, "want", t->want,
                               "at_least", t->at_least, "got", got, "ok"));
    if (size != NULL)
        json_object_set(o, "entries", size);
    if (json_is_number(got) && (size == NULL || json_number_value(size) >= TARGET_ENTRIES)) {
        double v = json_number_value(got);
        json_object_set_new(o, "ok", json_boolean(t->at_least ? v >= t->want : v <= t->want));
    } else {
        json_object_set_new(o, "why",
                            json_string(json_is_number(got) ? "asked at 10^7 entries: BENCH=full"
                                                            : reason_of(f, t->path)));
    }
    return o;
}

void figures_finish(struct figures *f)
{
    char path[80];
    json_t *reasons = must(json_object()), *reached = must(json_object());
    for (size_t i = 0; i < LENGTH(known); i++)
        fill(f, reasons, known[i].path);
    for (unsigned s = 0; s < f->sizes; s++)
        for (size_t i = 0; i < LENGTH(columns); i++) {
            growth_path(path, f->size[s], columns[i].name);
            fill(f, reasons, path);
        }
    for (size_t i = 0; i < LENGTH(targets); i++)
        json_object_set_new(reached, targets[i].name, judged(f, &targets[i]));
    json_object_set_new(f->root, "reached", reached);
    json_object_set_new(f->root, "reasons", reasons);
}

static void print_value(FILE *to, const json_t *v, int width, int decimals)
{
    if (json_is_number(v))
        fprintf(to, "%*.*f", width, decimals, json_number_value(v));
    else
        fprintf(to, "%*s", width, "-");
}

static void print_growth(const struct figures *f, FILE *to)
{
    char path[80];
    fprintf(to, "\n%10s", TR("entries", "asientos"));
    for (size_t i = 0; i < LENGTH(columns); i++)
        fprintf(to, " %10s", columns[i].heading);
    for (unsigned s = 0; s < f->sizes; s++) {
        fprintf(to, "\n%10llu", (unsigned long long)f->size[s]);
        for (size_t i = 0; i < LENGTH(columns); i++) {
            growth_path(path, f->size[s], columns[i].name);
            print_value(to, figure_get(f, path), 11, columns[i].decimals);
        }
    }
    fprintf(to, "\n\n");
}

static void print_target(const struct figures *f, const struct target *t, FILE *to)
{
    json_t *o = json_object_get(json_object_get(f->root, "reached"), t->name);
    json_t *ok = json_object_get(o, "ok"), *why = json_object_get(o, "why");
    fprintf(to, "%-34s", t->name);
    print_value(to, json_object_get(o, "got"), 13, 3);
    fprintf(to, "  %s %-10g %s\n", t->at_least ? ">=" : "<=", t->want,
            json_is_true(ok)    ? TR("reached", "alcanzado")
            : json_is_false(ok) ? TR("NOT REACHED", "NO ALCANZADO")
                                : json_string_value(why));
}

void figures_print(const struct figures *f, FILE *to)
{
    for (size_t i = 0; i < LENGTH(known); i++) {
        const json_t *v = figure_get(f, known[i].path);
        const char *text = TR(known[i].en, known[i].es);
        if (json_is_null(v))
            continue;
        print_value(to, v, 13, known[i].decimals);
        fprintf(to, "  %s\n", text);
    }
    print_growth(f, to);
    for (size_t i = 0; i < LENGTH(targets); i++)
        print_target(f, &targets[i], to);
}

int figures_write(const struct figures *f, const char *path)
{
    return json_dump_file(f->root, path, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
}
