/* Kills a witness over and over while two clients race each other, and looks after each restart whether
 * it has gone back behind a cosignature that somebody has, or cosigned two histories. In every second round
 * the clients tell two different ones.
 * usage: kill_witness torture BITACORA DIR ROUNDS POINTS   TAP; ROUNDS kills at random times, then POINTS
 *                                                          kills before and after each step of an update,
 *                                                          then likewise of the first one in a new folder
 *        kill_witness die OPTION...                        `bitacora witness`, which KILL_AT=CALL:N:WHEN
 *                                                          ends at the N-th CALL, `before` or `after` */
#include <curl/curl.h>
#include <errno.h>
#include <event2/http.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "client/base/cmd.h"
#include "proto/base/scan.h"
#include "proto/sys/files.h"
#include "proto/tlog/add_checkpoint.h"
#include "proto/tlog/checkpoint.h"
#include "tests/tools/small_tree.h"

#define ORIGIN "example.com/behind-the-sofa"

/* ---- a witness that dies ------------------------------------------------------------------- */

int __real_mkostemp(char *path, int flags);
int __real_fchmod(int fd, mode_t mode);
ssize_t __real_write(int fd, const void *p, size_t n);
int __real_fsync(int fd);
int __real_rename(const char *from, const char *to);
void __real_evhttp_send_reply(struct evhttp_request *r, int code, const char *why,
                              struct evbuffer *body);
int __wrap_mkostemp(char *path, int flags);
int __wrap_fchmod(int fd, mode_t mode);
ssize_t __wrap_write(int fd, const void *p, size_t n);
int __wrap_fsync(int fd);
int __wrap_rename(const char *from, const char *to);
void __wrap_evhttp_send_reply(struct evhttp_request *r, int code, const char *why,
                              struct evbuffer *body);

static const char *const calls[] = { "mkostemp", "fchmod", "write", "fsync", "rename", "reply" };
#define CALLS (sizeof calls / sizeof *calls)

static unsigned counted[CALLS];

/* Whether this is where to die, `before` or `after` the call. */
static bool here(size_t call, const char *when)
{
    char wanted[64];
    const char *at = getenv("KILL_AT");
    snprintf(wanted, sizeof wanted, "%s:%u:%s", calls[call], counted[call], when);
    return at != NULL && strcmp(at, wanted) == 0;
}

/* An update begins with a file beside; what is synced at the start is no step of one. */
static void count(size_t call)
{
    if (call == 0 || counted[0] > 0)
        counted[call]++;
}

static void before(size_t call)
{
    count(call);
    if (here(call, "before"))
        raise(SIGKILL);
}

static void after(size_t call)
{
    if (here(call, "after"))
        raise(SIGKILL);
}

int __wrap_mkostemp(char *path, int flags)
{
    before(0);
    int fd = __real_mkostemp(path, flags);
    after(0);
    return fd;
}

int __wrap_fchmod(int fd, mode_t mode)
{
    before(1);
    int failed = __real_fchmod(fd, mode);
    after(1);
    return failed;
}

/* Dies with half of it written rather than with nothing. */
ssize_t __wrap_write(int fd, const void *p, size_t n)
{
    count(2);
    if (here(2, "before")) {
        ssize_t half = __real_write(fd, p, n / 2);
        (void)half;
        raise(SIGKILL);
    }
    ssize_t written = __real_write(fd, p, n);
    after(2);
    return written;
}

int __wrap_fsync(int fd)
{
    before(3);
    int failed = __real_fsync(fd);
    after(3);
    return failed;
}

int __wrap_rename(const char *from, const char *to)
{
    before(4);
    int failed = __real_rename(from, to);
    after(4);
    return failed;
}

void __wrap_evhttp_send_reply(struct evhttp_request *r, int code, const char *why,
                              struct evbuffer *body)
{
    if (code != 200) { /* only updates count */
        __real_evhttp_send_reply(r, code, why, body);
        return;
    }
    before(5);
    __real_evhttp_send_reply(r, code, why, body);
    after(5);
}

static int die(int argc, char **argv)
{
    struct args a;
    language_init();
    if (!args_parse(&a, argc, argv, "key! policy! listen! state!"))
        return 2;
    return (int)command_witness.run(&a);
}

/* ---- a witness under test ------------------------------------------------------------------ */

static const char *program, *myself;
static char key_path[512], policy_path[512], state_path[512], errors_path[512];
static struct skey log_key, witness_key;
static char name[2 * HASH_BYTES + 1]; /* of the log, in URLs */

static pid_t witness; /* that runs now, or 0 */

static _Noreturn void fail(const char *what)
{
    if (witness > 0)
        kill(witness, SIGKILL);
    printf("not ok 4 - %s\n", what);
    exit(1);
}

static void start(const char *kill_at, char url[static 128])
{
    int out[2];
    char line[160];
    size_t n = 0;
    if (pipe(out) != 0)
        fail("pipe");
    witness = fork();
    if (witness == 0) {
        int errors = open(errors_path, O_WRONLY | O_CREAT | O_APPEND, 0644);
        dup2(out[1], STDOUT_FILENO);
        dup2(errors, STDERR_FILENO);
        close(out[0]);
        close(out[1]);
        if (kill_at != NULL)
            setenv("KILL_AT", kill_at, 1);
        execl(kill_at != NULL ? myself : program, "bitacora", kill_at != NULL ? "die" : "witness",
              "--key", key_path, "--policy", policy_path, "--state", state_path, "--listen",
              "127.0.0.1:0", NULL);
        _exit(127);
    }
    close(out[1]);
    while (n < sizeof line - 1 && read(out[0], line + n, 1) == 1 && line[n] != '\n')
        n++;
    line[n] = 0;
    close(out[0]);
    if (sscanf(line, "listening on %127s", url) != 1)
        fail("the witness does not start again");
}

/* ---- clients ------------------------------------------------------------------------------- */

struct got { /* what a client has a cosignature of */
    uint64_t size, seconds;
    struct hash root;
    unsigned tag;
};

static size_t take_body(char *p, size_t one, size_t n, void *ctx)
{
    buf_add(ctx, p, one * n);
    return one * n;
}

/* Returns the status, 0 where there was no answer. */
static long http(CURL *curl, const char *url, const struct buf *body, struct buf *answer)
{
    long status = 0;
    buf_clear(answer);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 10L);
    if (body != NULL) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, (const char *)body->p);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)body->n);
    }
    if (curl_easy_perform(curl) != CURLE_OK)
        return 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

static void text_of(struct buf *text, const struct tree *t, size_t size, struct hash *root)
{
    tree_root(t, 0, size, root);
    buf_clear(text);
    checkpoint_format(text, ORIGIN, size, root);
}

/* Asks for one checkpoint after the other, until nobody answers any more. */
static void race(struct tree *t, unsigned tag, bool honest, const char *base, int to)
{
    struct hash proof[ADD_CHECKPOINT_PROOF_MAX];
    struct buf text = { 0 }, note = { 0 }, body = { 0 }, answer = { 0 }, line = { 0 };
    char url[160];
    CURL *curl = curl_easy_init();
    snprintf(url, sizeof url, "%s/add-checkpoint", base);
    srandom((unsigned)getpid() ^ (unsigned)time(NULL));
    for (uint64_t old = t->size;;) {
        struct got got = { .size = old + (uint64_t)random() % 4, .tag = tag };
        tree_extend(t, got.size, tag);
        text_of(&text, t, got.size, &got.root);
        buf_clear(&note);
        note_sign(&note, buf_span(&text), &log_key);
        buf_clear(&body);
        add_checkpoint_format(&body, old, proof, tree_proof(t, old, got.size, proof),
                              buf_span(&note));
        long status = http(curl, url, &body, &answer);
        buf_clear(&line);
        if (status == 200 &&
            add_checkpoint_cosignature(&line, &got.seconds, buf_span(&answer), buf_span(&text),
                                       &witness_key.vkey) == NOTE_GOOD) {
            old = got.size;
            if (write(to, &got, sizeof got) != sizeof got)
                _exit(3);
        } else if (status == 409 && add_checkpoint_size_parse(&old, buf_span(&answer)) == 0) {
            tree_extend(t, old, tag);
        } else if (status != 422 || honest) { /* a history that lost goes on trying */
            _exit(status == 0 ? 0 : 1);
        }
    }
}

struct racer {
    pid_t pid;
    int from;
};

static struct racer start_racer(struct tree *t, unsigned tag, bool honest, const char *url)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        fail("pipe");
    struct racer r = { .pid = fork(), .from = ends[0] };
    if (r.pid == 0) {
        close(ends[0]);
        race(t, tag, honest, url, ends[1]);
        _exit(3);
    }
    close(ends[1]);
    return r;
}

/* ---- what must hold ------------------------------------------------------------------------ */

#define GOT_MAX 200000
static struct got got[GOT_MAX];
static size_t cosignatures;

static void collect(struct racer *r)
{
    int status;
    struct got g;
    while (read(r->from, &g, sizeof g) == sizeof g) {
        if (cosignatures == GOT_MAX)
            fail("too many cosignatures to remember");
        got[cosignatures++] = g;
    }
    close(r->from);
    waitpid(r->pid, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail("a client got an answer that no witness gives");
}

/* The checkpoint that the witness says it cosigned last. */
static uint64_t last_cosigned(const char *base, struct hash *root, uint64_t *seconds)
{
    struct buf answer = { 0 };
    struct note n;
    struct checkpoint cp;
    struct refusal why;
    char url[256];
    CURL *curl = curl_easy_init();
    snprintf(url, sizeof url, "%s/%s/checkpoint", base, name);
    long status = http(curl, url, NULL, &answer);
    curl_easy_cleanup(curl);
    tree_root(&(struct tree){ 0 }, 0, 0, root);
    *seconds = 0;
    if (status == 404)
        return 0;
    if (status != 200 || note_parse(&n, buf_span(&answer), &why) != 0 ||
        checkpoint_parse(&cp, n.text, &why) != 0 || note_verify(&n, &log_key.vkey) != NOTE_GOOD ||
        note_verify_cosignature(&n, &witness_key.vkey, seconds) != NOTE_GOOD)
        fail("the witness shows no good checkpoint");
    buf_free(&answer);
    *root = cp.root;
    return cp.size;
}

/* Moves the tree to the history that the witness went on with; every cosignature that anybody
 * has must be of that one, and no larger or later. */
static void judge(struct tree *t, const char *url, unsigned tag, size_t first)
{
    struct hash root, ours;
    uint64_t seconds;
    size_t base = t->size;
    uint64_t size = last_cosigned(url, &root, &seconds);
    if (size < base)
        fail("the witness went back behind what it had shown");
    bool found = false;
    for (unsigned i = 0; i < 2 && !found; i++) {
        tree_truncate(t, base);
        tree_extend(t, size, tag + i);
        tree_root(t, 0, size, &ours);
        found = hash_eq(&ours, &root);
    }
    if (!found)
        fail("the witness cosigned a tree that extends nothing");
    for (size_t i = first; i < cosignatures; i++) {
        if (got[i].size > size || got[i].seconds > seconds)
            fail("the witness went back behind a cosignature that it gave");
        tree_root(t, 0, got[i].size, &ours);
        if (!hash_eq(&ours, &got[i].root))
            fail("the witness cosigned two histories");
    }
}

static void sleep_ms(unsigned ms)
{
    nanosleep(&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 },
              NULL);
}

static void end(void)
{
    kill(witness, SIGKILL);
    waitpid(witness, NULL, 0);
    witness = 0;
}

static bool ended(unsigned within_ms)
{
    for (unsigned ms = 0; ms < within_ms; ms++, sleep_ms(1))
        if (waitpid(witness, NULL, WNOHANG) == witness) {
            witness = 0;
            return true;
        }
    return false;
}

/* One life of a witness: clients, death, and a look at what is left. */
static void one_round(struct tree *t, unsigned round, const char *kill_at)
{
    char url[128];
    bool honest = round % 2 == 0;
    unsigned tag = 2 * round;
    size_t first = cosignatures;
    start(kill_at, url);
    struct racer a = start_racer(t, tag, honest, url);
    struct racer b = start_racer(t, honest ? tag : tag + 1, honest, url);
    if (kill_at == NULL) {
        nanosleep(&(struct timespec){ .tv_nsec = random() % 60000000 }, NULL);
        end();
    } else if (!ended(10000)) {
        fail(kill_at);
    }
    collect(&a);
    collect(&b);
    start(NULL, url);
    judge(t, url, tag, first);
    end();
}

#define FIRST_POINTS 4 /* of each call; the first update writes two files */

static bool listed(void)
{
    char path[600];
    struct buf list = { 0 };
    snprintf(path, sizeof path, "%s/logs", state_path);
    bool found = file_read(&list, path, 65536) == FILE_OK && !list.failed &&
                 strstr(buf_str(&list), "\n" ORIGIN "\n") != NULL;
    buf_free(&list);
    return found;
}

/* A log that is not listed may be begun at size 0: it must be listed before anybody has a
 * cosignature. */
static void first_round(const char *dir, unsigned round, const char *kill_at)
{
    struct tree t = { 0 };
    char url[128];
    size_t first = cosignatures;
    snprintf(state_path, sizeof state_path, "%s/first-%u", dir, round);
    start(NULL, url);
    end();
    tree_extend(&t, 0, 0);
    start(kill_at, url);
    struct racer a = start_racer(&t, 2 * round, false, url);
    struct racer b = start_racer(&t, 2 * round + 1, false, url);
    if (!ended(10000))
        fail(kill_at);
    collect(&a);
    collect(&b);
    if (cosignatures > first && !listed())
        fail("a cosignature went out before the log was listed");
    start(NULL, url);
    judge(&t, url, 2 * round, first);
    end();
}

static void put(const char *path, struct buf *b, unsigned mode)
{
    if (b->failed || file_create(path, buf_span(b), mode) != 0)
        fail(path);
    buf_free(b);
}

static void set_up(const char *dir)
{
    static const uint8_t seed[2][32] = { { 1 }, { 2 } };
    struct buf policy = { 0 }, key = { 0 };
    struct hash h;
    snprintf(key_path, sizeof key_path, "%s/key", dir);
    snprintf(policy_path, sizeof policy_path, "%s/policy", dir);
    snprintf(state_path, sizeof state_path, "%s/state", dir);
    snprintf(errors_path, sizeof errors_path, "%s/errors", dir);
    skey_from_seed(&log_key, span_str(ORIGIN), KEY_NOTE, seed[0]);
    skey_from_seed(&witness_key, span_str("witness.example/w1"), KEY_COSIGNATURE, seed[1]);
    buf_adds(&policy, "log ");
    vkey_format(&policy, &log_key.vkey);
    buf_adds(&policy, "\nquorum none\n");
    put(policy_path, &policy, 0644);
    skey_format(&key, &witness_key);
    put(key_path, &key, 0600);
    hash_bytes(&h, span_str(ORIGIN));
    hex_format(name, h.b, HASH_BYTES);
}

typedef void die_at(struct tree *t, const char *dir, unsigned round, const char *kill_at);

/* Dies `points` times before and after each call. Returns the number of the next round. */
static unsigned at_each(die_at *one, struct tree *t, const char *dir, unsigned round,
                        unsigned points)
{
    for (unsigned n = 1; n <= points; n++)
        for (size_t call = 0; call < CALLS; call++)
            for (int late = 0; late < 2; late++, round++) {
                char kill_at[64];
                snprintf(kill_at, sizeof kill_at, "%s:%u:%s", calls[call], n,
                         late ? "after" : "before");
                one(t, dir, round, kill_at);
            }
    return round;
}

static void die_again(struct tree *t, const char *dir, unsigned round, const char *kill_at)
{
    (void)dir;
    one_round(t, round, kill_at);
}

static void die_first(struct tree *t, const char *dir, unsigned round, const char *kill_at)
{
    (void)t;
    first_round(dir, round, kill_at);
}

static int torture(const char *dir, unsigned rounds, unsigned points)
{
    static struct tree t;
    unsigned round = 0;
    set_up(dir);
    tree_extend(&t, 0, 0);
    for (; round < rounds; round++)
        one_round(&t, round, NULL);
    printf("ok 1 - %u kills at random times: never back, never two histories\n", rounds);
    round = at_each(die_again, &t, dir, round, points);
    printf("ok 2 - %u kills before and after each step of an update: likewise\n", round - rounds);
    unsigned first =
        at_each(die_first, &t, dir, round, points < FIRST_POINTS ? points : FIRST_POINTS);
    printf("ok 3 - %u kills at each step of a log's first update: likewise\n", first - round);
    printf("# %zu cosignatures were given, up to size %zu\n", cosignatures, t.size);
    return cosignatures > rounds ? 0 : 1;
}

int main(int argc, char **argv)
{
    static char path[512];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    if (argc < 2 || n < 0 || sodium_init() < 0)
        return 2;
    if (strcmp(argv[1], "die") == 0)
        return die(argc - 1, argv + 1);
    if (argc != 6)
        return 2;
    setvbuf(stdout, NULL, _IONBF, 0);
    signal(SIGPIPE, SIG_IGN);
    program = argv[2];
    myself = path;
    return torture(argv[3], (unsigned)atoi(argv[4]), (unsigned)atoi(argv[5]));
}
