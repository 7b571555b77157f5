#include "tests/unit/client/verify/verify_fixture.h"

#include <sys/stat.h>
#include <unistd.h>

#include "client/base/lost.h"
#include "proto/verify/evidence.h"
#include "tests/unit/client/heard.h"

struct log_folder folder;
struct indexed x;
struct log_client *service;
struct args args;
char policy[96], evidence[96], url[96];
json_t *said;
const char *written, *told;

static struct skey witness, witness2;

/* ---- a log, and what is asked of it ---------------------------------------------------------- */

struct logfiles *__wrap_logfiles_of_url(const char *of, const struct log_reader *reader);

struct logfiles *__wrap_logfiles_of_url(const char *of, const struct log_reader *reader)
{
    (void)reader;
    return logfiles_of_dir(of);
}

void write_policy(const char *quorum)
{
    struct buf w = { 0 }, v = { 0 };
    vkey_format(&w, &witness.vkey);
    vkey_format(&v, &witness2.vkey);
    log_folder_put(&folder, "policy",
                   span_str(text_of("log %s\nwitness w %s\nwitness v %s\ngroup g all w v\n"
                                    "quorum %s\n",
                                    vkey_text(&x.l, THE_LOG), buf_str(&w), buf_str(&v), quorum)));
    buf_free(&w);
    buf_free(&v);
}

int start(void **state)
{
    static const uint8_t seeds[2][32] = { { 4 }, { 5 } };
    (void)state;
    log_folder_make(&folder);
    indexed_start(&x);
    x.l.now += INT64_C(3600) * 1000; /* what is behind it is much later */
    log_add(&x.l, BY(AUDITOR, KIND_ANCHOR));
    skey_from_seed(&witness, span_str("w.example"), KEY_COSIGNATURE, seeds[0]);
    skey_from_seed(&witness2, span_str("v.example"), KEY_COSIGNATURE, seeds[1]);
    snprintf(policy, sizeof policy, "%s", log_folder_path(&folder, "policy"));
    snprintf(evidence, sizeof evidence, "%s", log_folder_path(&folder, "evidence"));
    snprintf(url, sizeof url, "%s", log_folder_path(&folder, "log"));
    assert_int_equal(mkdir(url, 0755), 0);
    write_policy("none");
    args = (struct args){ .policy = policy, .evidence = evidence, .log = url, .json = true };
    service = log_fake_client(&x.l, x.l.n);
    log_fake_serve(service);
    return 0;
}

int stop(void **state)
{
    (void)state;
    json_decref(said);
    said = NULL;
    log_client_free(service);
    indexed_free(&x);
    log_folder_remove(&folder);
    assert_false(lost_any());
    return 0;
}

static void checkpoint(struct buf *out, const struct log *l, size_t size, uint64_t one,
                       uint64_t two)
{
    struct buf text = { 0 };
    log_checkpoint(out, l, size);
    buf_add(&text, out->p, (size_t)(strstr(buf_str(out), "\n\n") - (char *)out->p) + 1);
    if (one != 0)
        note_cosign(out, buf_span(&text), &witness, one);
    if (two != 0)
        note_cosign(out, buf_span(&text), &witness2, two);
    buf_free(&text);
}

void serve(const struct log *l, size_t size, uint64_t one, uint64_t two)
{
    struct log_folder sub;
    struct buf note = { 0 };
    snprintf(sub.dir, sizeof sub.dir, "%.48s/log", folder.dir);
    log_folder_write(&sub, l, size);
    checkpoint(&note, l, size, one, two);
    log_folder_put(&sub, "checkpoint", buf_span(&note));
    for (size_t i = 0; i < x.files; i++)
        log_folder_table(&sub, &x.file[i].root, &x.file[i].f, buf_span(&x.file[i].bytes));
    buf_free(&note);
}

void newest_index(uint64_t entry)
{
    log_folder_put(&folder, "log/" INDEX_NEWEST,
                   span_str(text_of("%llu\n", (unsigned long long)entry)));
}

void write_receipt(const char *name, const struct log *l, size_t size, uint64_t index,
                   uint64_t cosigned)
{
    struct chain c;
    struct buf note = { 0 }, text = { 0 };
    chain_make(&c, l, size, index);
    checkpoint(&note, l, size, cosigned, 0);
    receipt_format(&text, c.entry, c.n, buf_span(&note));
    log_folder_put(&folder, name, buf_span(&text));
    buf_free(&note);
    buf_free(&text);
}

void write_cosigned_answer(const char *name, uint64_t index, enum index_key_type type,
                           const char *value, uint64_t cosigned)
{
    struct answer_question q = question_of(type, value);
    struct answer_ask a = ask_of(&x, index, &q);
    struct answer_source source = source_of(&x);
    struct buf text = { 0 }, note = { 0 };
    uint64_t to, end;
    checkpoint(&note, &x.l, x.l.n, cosigned, 0);
    a.checkpoint = buf_span(&note);
    assert_int_equal(answer_make(&text, &a, &source, &to, &end), ANSWER_MADE);
    assert_int_equal(to, end);
    log_folder_put(&folder, name, buf_span(&text));
    buf_free(&text);
    buf_free(&note);
}

void write_answer(const char *name, uint64_t index, enum index_key_type type, const char *value)
{
    write_cosigned_answer(name, index, type, value, 0);
}

void another(struct log *out, size_t same, size_t size)
{
    log_copy(out, &x.l, same);
    while (out->n < size)
        log_add(out, BY(AUDITOR, KIND_ANCHOR));
}

uint64_t now_seconds(void)
{
    return (uint64_t)x.l.now / 1000;
}

/* ---- the command ----------------------------------------------------------------------------- */

enum outcome run(void)
{
    heard_begin(stdout);
    heard_begin(stderr);
    enum outcome outcome = command_verify.run(&args);
    told = heard_end(stderr);
    written = heard_end(stdout);
    json_decref(said);
    said = json_loads(written, 0, NULL);
    return outcome;
}

enum outcome verify(const char *one, const char *two)
{
    char paths[2][128];
    char *operand[2] = { paths[0], paths[1] };
    const char *names[2] = { one, two };
    for (size_t i = 0; i < 2 && names[i] != NULL; i++)
        snprintf(paths[i], sizeof paths[i], "%s", log_folder_path(&folder, names[i]));
    args.operand = operand;
    args.operands = two == NULL ? 1 : 2;
    unlink(evidence);
    return run();
}

const json_t *of_receipt(size_t i, const char *member)
{
    return json_object_get(json_array_get(json_object_get(said, "receipts"), i), member);
}

void only(const json_t *list, const char *code, const char *verdict, uint64_t entry)
{
    const json_t *f = json_array_get(list, 0), *of = json_object_get(f, "entry");
    assert_int_equal(json_array_size(list), 1);
    assert_string_equal(json_string_value(json_object_get(f, "code")), code);
    assert_string_equal(json_string_value(json_object_get(f, "verdict")), verdict);
    if (entry == NO_ENTRY)
        assert_true(json_is_null(of));
    else
        assert_int_equal(json_integer_value(of), entry);
}

void of_receipt_only(const char *code, const char *verdict, uint64_t entry)
{
    only(of_receipt(0, "findings"), code, verdict, entry);
    assert_string_equal(json_string_value(of_receipt(0, "verdict")), verdict);
}

void convicts(const char *claim)
{
    struct evidence_report report;
    struct buf bytes = { 0 };
    FILE *in = fopen(evidence, "rb");
    if (claim == NULL) {
        assert_null(in);
        return;
    }
    assert_non_null(in);
    for (int c; (c = getc(in)) != EOF;)
        buf_add_u8(&bytes, (uint8_t)c);
    fclose(in);
    assert_int_equal(evidence_judge(&report, x.policy, buf_span(&bytes), NULL), 0);
    assert_string_equal(report.claim, claim);
    buf_free(&bytes);
}
