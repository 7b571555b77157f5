#include "daemon/backup/newest.h"

#include <curl/curl.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>

#include "daemon/backup/manifest.h"
#include "daemon/host/cmd.h"
#include "daemon/state/past_root.h"
#include "daemon/witnesses/own_policy.h"
#include "daemon/witnesses/witness_client.h"
#include "proto/net/listening.h"
#include "proto/net/tls_client.h"
#include "proto/sys/files.h"
#include "proto/sys/language.h"
#include "proto/sys/terminal.h"
#include "proto/tlog/checkpoint.h"

static int refuse_source(const char *source, const char *why)
{
    terminal_print(stderr, "bitacorad: %s: %s\n", source, why);
    return EXIT_USAGE;
}

/* What is wrong is that something newer was signed. */
static int say_newer(const char *source, const struct newest_of *n, const struct checkpoint *cp)
{
    uint64_t size = n->tip->edge.frontier.size;
    if (cp->size > size)
        terminal_print(stderr,
                       TR("bitacorad: %s shows that this log has signed %llu entries; the restored "
                          "store holds %llu.\n",
                          "bitacorad: %s muestra que esta bitácora ha firmado %llu asientos; el "
                          "almacén restaurado tiene %llu.\n"),
                       source, (unsigned long long)cp->size, (unsigned long long)size);
    else
        terminal_print(
            stderr,
            TR("bitacorad: %s shows that the first %llu entries that this log has signed "
               "are others than those of the restored store.\n",
               "bitacorad: %s muestra que los primeros %llu asientos que esta bitácora "
               "ha firmado no son los del almacén restaurado.\n"),
            source, (unsigned long long)cp->size);
    terminal_print(
        stderr, TR("It must not go on under this key and origin. Restore a newer backup. If there "
                   "is none, open a successor with that checkpoint: bitacorad init "
                   "--predecessor CHECKPOINT\n",
                   "No debe seguir con esta clave y este origen. Restaure un respaldo más nuevo. "
                   "Si no lo hay, abra una sucesora con ese punto de control: bitacorad init "
                   "--predecessor CHECKPOINT\n"));
    return EXIT_USAGE;
}

/* ---- a checkpoint ----------------------------------------------------------------------------- */

/* Returns 0 where the store holds a checkpoint, or an exit code. */
static int judge_held(const struct newest_of *n, const char *source, const struct checkpoint *cp)
{
    struct store_txn *t;
    struct hash root;
    if (cp->size == 0)
        return refuse_source(source, TR("a checkpoint of nothing", "un punto de control de nada"));
    if (cp->size > n->tip->edge.frontier.size)
        return say_newer(source, n, cp);
    enum store_result r = store_begin(&t, n->store, STORE_READ);
    if (r == STORE_OK) {
        r = past_root(&root, t, cp->size);
        store_end(t);
    }
    if (r != STORE_OK) {
        refuse_source(source, TR("the store cannot be read", "no se puede leer el almacén"));
        return EXIT_DAMAGE;
    }
    return hash_eq(&root, &cp->root) ? 0 : say_newer(source, n, cp);
}

/* It shows nothing of what was signed behind it. */
static int say_older(const char *source, const struct newest_of *n, const struct checkpoint *cp)
{
    terminal_print(
        stderr,
        TR("bitacorad: %s is older than the restored store: it shows %llu entries, and "
           "the store holds %llu. It is not the newest that the log has signed, and "
           "cannot show that nothing newer was. Find a newer one, or ask the witnesses "
           "(--policy)\n",
           "bitacorad: %s es anterior al almacén restaurado: muestra %llu asientos, y el "
           "almacén tiene %llu. No es lo más nuevo que firmó la bitácora, y no puede "
           "mostrar que no se firmó nada más nuevo. Busque uno más nuevo, o pregunte a "
           "los testigos (--policy)\n"),
        source, (unsigned long long)cp->size, (unsigned long long)n->tip->edge.frontier.size);
    return EXIT_USAGE;
}

static int judge_note(const struct newest_of *n, const char *source, struct span bytes)
{
    struct note note;
    struct checkpoint cp;
    struct refusal why;
    if (note_parse(&note, bytes, &why) != 0 || checkpoint_parse(&cp, note.text, &why) != 0)
        return refuse_source(source, TR("it is no checkpoint", "no es un punto de control"));
    if (!span_is(cp.origin, n->keys->key[0].name) || own_keys_signer(n->keys, &note) == NULL)
        return refuse_source(source,
                             TR("it is not a checkpoint that this log's key signed",
                                "no es un punto de control que firmara la clave de esta bitácora"));
    int code = judge_held(n, source, &cp);
    return code == 0 && cp.size < n->tip->edge.frontier.size ? say_older(source, n, &cp) : code;
}

/* What a backup holds of its own says nothing of what was signed after it was made. */
static bool lies_in_backup(const char *file)
{
    char path[PATH_MAX];
    static struct log_copied ignored;
    const char *slash = strrchr(file, '/');
    int n = slash == NULL ? 1 : (int)(slash - file) + 1;
    snprintf(path, sizeof path, "%.*s", n, slash == NULL ? "." : file);
    return manifest_read(path, MANIFEST_BACKUP, &ignored) == MANIFEST_OK;
}

int newest_by_checkpoint(const struct newest_of *n, const char *file)
{
    struct buf bytes = { 0 };
    if (lies_in_backup(file))
        return refuse_source(file,
                             TR("it lies in a backup, and says nothing of what was signed "
                                "since. Ask the witnesses (--policy), a mirror, or those who "
                                "hold receipts",
                                "está en un respaldo, y nada dice de lo que se firmó después. "
                                "Pregunte a los testigos (--policy), a un espejo o a quienes "
                                "tengan recibos"));
    enum file read = file_read_at_once(&bytes, file, CHECKPOINT_MAX);
    int code = read == FILE_OK ? judge_note(n, file, buf_span(&bytes))
                               : refuse_source(file, file_cause(read));
    buf_free(&bytes);
    return code;
}

/* ---- a mirror --------------------------------------------------------------------------------- */

static size_t take_bytes(char *p, size_t size, size_t count, void *ctx)
{
    struct buf *out = ctx;
    if (count > CHECKPOINT_MAX - out->n)
        return 0;
    buf_add(out, p, size * count);
    return out->failed ? 0 : count;
}

/* Without TLS whoever stands in between answers with the checkpoint of the backup. */
static bool is_anybodys(CURL *curl, const char *url)
{
    char *address = NULL;
    return strncmp(url, "https://", 8) != 0 &&
           (curl_easy_getinfo(curl, CURLINFO_PRIMARY_IP, &address) != CURLE_OK || address == NULL ||
            !loopback_text(address));
}

static int judge_fetched(const struct newest_of *n, CURL *curl, const char *url, CURLcode got,
                         struct span bytes)
{
    if (got != CURLE_OK)
        return refuse_source(url, curl_easy_strerror(got));
    if (is_anybodys(curl, url))
        return refuse_source(url, TR("without TLS anybody in between can answer: use https://",
                                     "sin TLS puede contestar cualquiera que esté en medio: use "
                                     "https://"));
    return judge_note(n, url, bytes);
}

static int fetch_checkpoint(const struct newest_of *n, const char *url)
{
    const struct tls_client_files tls = { .cacert = n->cacert };
    struct buf bytes = { 0 };
    CURL *curl = curl_easy_init();
    if (curl == NULL)
        return EXIT_DAMAGE;
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 30L);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "bitacorad");
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_bytes);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &bytes);
    tls_client_set(curl, &tls);
    if (strncmp(url, "https://", 8) != 0)
        curl_easy_setopt(curl, CURLOPT_PROXY, "");
    CURLcode got = curl_easy_perform(curl);
    int code = judge_fetched(n, curl, url, got, buf_span(&bytes));
    curl_easy_cleanup(curl);
    buf_free(&bytes);
    return code;
}

int newest_by_mirror(const struct newest_of *n, const char *mirror)
{
    char path[PATH_MAX];
    size_t length = strlen(mirror);
    while (length > 1 && mirror[length - 1] == '/')
        length--;
    if (snprintf(path, sizeof path, "%.*s/checkpoint", (int)length, mirror) >= (int)sizeof path)
        return refuse_source(mirror, errno_words(ENAMETOOLONG));
    bool url = strncmp(mirror, "http://", 7) == 0 || strncmp(mirror, "https://", 8) == 0;
    return url ? fetch_checkpoint(n, path) : newest_by_checkpoint(n, path);
}

/* ---- witnesses -------------------------------------------------------------------------------- */

/* A witness that says that it has seen more, or something else: what it shows is judged. */
static int judge_claim(const struct newest_of *n, const struct policy_witness *who,
                       struct witness_link *link, const struct ask_state *a)
{
    struct buf shown = { 0 };
    struct note note;
    struct checkpoint cp;
    struct refusal why;
    int code = EXIT_USAGE;
    if (witness_show(link, &shown) && note_parse(&note, buf_span(&shown), &why) == 0 &&
        checkpoint_parse(&cp, note.text, &why) == 0 && span_is(cp.origin, n->keys->key[0].name) &&
        (own_keys_signer(n->keys, &note) != NULL || note_signed_by(&note, &who->key)))
        code = judge_held(n, who->name, &cp);
    buf_free(&shown);
    if (code == 0) /* it showed what is here, and said otherwise */
        code = EXIT_USAGE;
    terminal_print(stderr,
                   TR("witness %s says that it has seen size %llu (HTTP %ld)\n",
                      "el testigo %s dice que vio el tamaño %llu (HTTP %ld)\n"),
                   who->name, (unsigned long long)a->size, a->status);
    return code;
}

/* Returns 0 and sets *confirmed if the witness cosigns what is here; or an exit code if it has seen
 * something else. One that gives no answer confirms nothing. */
static int ask_one(const struct newest_of *n, const struct policy_witness *who,
                   const _Atomic int64_t *seconds, bool *confirmed)
{
    static const atomic_bool never;
    struct ask_state a = { .size = 0 };
    struct target target = { .size = n->tip->edge.frontier.size,
                             .note = span_of(n->tip->checkpoint, n->tip->checkpoint_length) };
    struct witness_link *link = witness_is_asked(who) ? witness_link_new(who, n->keys->key[0].name,
                                                                         n->cacert, seconds, &never)
                                                      : NULL;
    edge_root(&n->tip->edge, &target.root);
    int code = 0;
    if (link != NULL) {
        enum ask_result asked = witness_ask(link, n->store, &target, &a);
        if (asked == ASKED_BEHIND && a.size <= target.size)
            asked = witness_ask(link, n->store, &target, &a);
        *confirmed = asked == ASKED_COSIGNED;
        if (asked == ASKED_AHEAD || asked == ASKED_OTHER || asked == ASKED_BEHIND)
            code = judge_claim(n, who, link, &a);
    }
    terminal_print(stderr, "%s: %s\n", who->name,
                   *confirmed  ? TR("cosigns what is here", "cofirma lo que hay aquí")
                   : code != 0 ? TR("has seen something newer", "vio algo más nuevo")
                               : TR("does not answer", "no contesta"));
    witness_link_free(link);
    ask_state_free(&a);
    return code;
}

int newest_by_witnesses(const struct newest_of *n, const char *policy, int64_t seconds)
{
    struct own_policy own;
    bool silent[POLICY_WITNESSES_MAX] = { false };
    const _Atomic int64_t timeout = seconds;
    int code = 0;
    if (own_policy_read(&own, policy, &n->keys->key[n->keys->all.n - 1], objections_printed) != 0)
        return EXIT_USAGE;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    for (size_t i = 0; code == 0 && i < policy_witnesses(own.policy); i++) {
        bool confirmed = false;
        code = ask_one(n, policy_witness(own.policy, i), &timeout, &confirmed);
        silent[i] = !confirmed;
    }
    if (code == 0 && policy_trusts_log_alone(own.policy))
        code = refuse_source(policy, TR("it has no quorum: its witnesses can show nothing",
                                        "no tiene quórum: sus testigos no pueden mostrar nada"));
    else if (code == 0 && policy_quorum_of(own.policy, silent))
        code = refuse_source(policy,
                             TR("those witnesses that do not answer could have made a quorum on "
                                "something newer: ask again when more of them do",
                                "los testigos que no contestan podrían haber formado un quórum "
                                "sobre algo más nuevo: pregunte de nuevo cuando contesten más"));
    own_policy_free(&own);
    return code;
}
