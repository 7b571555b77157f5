#include "client/gate/gate_journal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/base/lost.h"
#include "client/base/path.h"
#include "proto/base/scan.h"
#include "proto/base/when.h"
#include "proto/sys/files.h"

#define REMEMBERED_MS 360000 /* a presentation is good for so long: 300 s, and 60 s of skew */
#define CLAIMS 65536         /* remembered at most; a power of two */
#define NO_CLAIM UINT32_MAX
#define DAY_MS 86400000
#define LINE_LONGEST 1024
#define HEX (2 * HASH_BYTES + 1)

/* The claims are a queue in a ring; those of one bucket hang together. */
struct presented_claim {
    struct hash text, bearer;
    int64_t at;
    uint32_t next;
};

struct gate_journal {
    char *dir;
    int lock;
    int fd;      /* of the day's file; -1: none is open */
    int64_t day; /* its number since 1970 */
    off_t good;  /* bytes of it that are whole rows */
    bool broken;
    struct buf rows; /* that wait */
    struct presented_claim *claim;
    uint32_t *bucket;
    uint64_t first, behind; /* numbers of claims: those in [first, behind) are there, */
    uint64_t synced;        /* and those below it are on the disk */
};

/* ---- claims ---------------------------------------------------------------------------------- */

static uint32_t bucket_of_text(const struct hash *text)
{
    uint32_t n;
    memcpy(&n, text->b, sizeof n);
    return n & (CLAIMS - 1);
}

static struct presented_claim *find_claim(const struct gate_journal *j, const struct hash *text)
{
    for (uint32_t i = j->bucket[bucket_of_text(text)]; i != NO_CLAIM; i = j->claim[i].next)
        if (hash_eq(&j->claim[i].text, text))
            return &j->claim[i];
    return NULL;
}

static void unhang(struct gate_journal *j, uint32_t number)
{
    uint32_t *at = &j->bucket[bucket_of_text(&j->claim[number].text)];
    while (*at != number)
        at = &j->claim[*at].next;
    *at = j->claim[number].next;
}

/* What is not on the disk would be anybody's after a restart: it is claimed again. */
static void forget_unsynced(struct gate_journal *j)
{
    while (j->behind > j->synced && j->behind > j->first)
        unhang(j, (uint32_t)(--j->behind & (CLAIMS - 1)));
    j->synced = j->behind;
}

static void forget_old(struct gate_journal *j, int64_t now)
{
    while (j->first < j->behind && now - j->claim[j->first & (CLAIMS - 1)].at > REMEMBERED_MS)
        unhang(j, (uint32_t)(j->first++ & (CLAIMS - 1)));
}

/* Returns false if there is no room. */
static bool add_claim(struct gate_journal *j, const struct hash *text, const struct hash *bearer,
                      int64_t at)
{
    if (j->behind - j->first == CLAIMS)
        return false;
    uint32_t number = (uint32_t)(j->behind++ & (CLAIMS - 1));
    uint32_t *head = &j->bucket[bucket_of_text(text)];
    j->claim[number] = (struct presented_claim){ *text, *bearer, at, *head };
    *head = number;
    return true;
}

enum gate_claim gate_journal_claim(struct gate_journal *j, const struct hash *text,
                                   const struct hash *bearer, uint64_t entry, int64_t now)
{
    char at[WHEN_TEXT + 1], text_hex[HEX], bearer_hex[HEX];
    forget_old(j, now);
    const struct presented_claim *known = find_claim(j, text);
    if (known != NULL)
        return hash_eq(&known->bearer, bearer) ? CLAIM_SAME : CLAIM_OTHER;
    if (!add_claim(j, text, bearer, now))
        return CLAIM_FULL;
    when_format(at, now);
    hex_format(text_hex, text->b, HASH_BYTES);
    hex_format(bearer_hex, bearer->b, HASH_BYTES);
    buf_addf(&j->rows,
             "{\"at\":\"%s\",\"what\":\"presented\",\"entry\":%" PRIu64
             ",\"presentation\":\"%s\",\"bearer\":\"%s\"}\n",
             at, entry, text_hex, bearer_hex);
    return CLAIM_FIRST;
}

/* ---- rows ------------------------------------------------------------------------------------ */

void gate_journal_add(struct gate_journal *j, const struct gate_row *row)
{
    char at[WHEN_TEXT + 1], bearer[HEX];
    when_format(at, row->at);
    hex_format(bearer, row->bearer.b, HASH_BYTES);
    buf_addf(&j->rows, "{\"at\":\"%s\",\"what\":\"%s\",\"status\":%d,\"entry\":%" PRIu64, at,
             row->what, row->status, row->entry);
    if (row->response != NO_ENTRY)
        buf_addf(&j->rows, ",\"response\":%" PRIu64, row->response);
    if (row->code[0] != 0)
        buf_addf(&j->rows, ",\"code\":\"%s\"", row->code);
    buf_addf(&j->rows, ",\"bearer\":\"%s\",\"subject\":%s}\n", bearer,
             row->subject ? "true" : "false");
}

bool gate_journal_waits(const struct gate_journal *j)
{
    return j->rows.n > 0 || j->rows.failed;
}

bool gate_journal_broken(const struct gate_journal *j)
{
    return j->broken;
}

/* ---- files ----------------------------------------------------------------------------------- */

/* DIR/2026-11-30.jsonl. NULL, recorded as lost, without memory. */
static char *day_path(const struct gate_journal *j, int64_t day)
{
    char when[WHEN_TEXT + 1], name[32];
    when_format(when, day * DAY_MS);
    snprintf(name, sizeof name, "%.10s.jsonl", when);
    return path_join(j->dir, name);
}

static int64_t day_of(int64_t now)
{
    return now / DAY_MS;
}

/* Opens the file of that day, to add to it. Returns 0, or -1 with errno. */
static int open_day(struct gate_journal *j, int64_t day)
{
    struct stat st;
    if (j->fd >= 0 && j->day == day)
        return 0;
    if (j->fd >= 0)
        close(j->fd);
    char *path = day_path(j, day);
    j->fd = path == NULL ? -1 : open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    int failed = path == NULL ? ENOMEM : j->fd < 0 ? errno : 0;
    free(path);
    if (failed == 0 && (fstat(j->fd, &st) != 0 || directory_sync(j->dir) != 0))
        failed = errno;
    if (failed != 0) {
        if (j->fd >= 0)
            close(j->fd);
        j->fd = -1;
        errno = failed;
        return -1;
    }
    j->day = day;
    j->good = st.st_size;
    return 0;
}

/* What was written in part must not stand before what comes later. Keeps errno. */
static void cut_off(struct gate_journal *j)
{
    int cause = errno;
    if (ftruncate(j->fd, j->good) != 0)
        j->broken = true;
    errno = cause;
}

static int write_rows(struct gate_journal *j, int64_t now)
{
    if (j->broken || j->rows.failed) {
        errno = j->broken ? EIO : ENOMEM;
        return -1;
    }
    if (open_day(j, day_of(now)) != 0)
        return -1;
    if (file_write_all(j->fd, buf_span(&j->rows)) != 0) {
        cut_off(j);
        return -1;
    }
    if (fdatasync(j->fd) != 0) { /* nobody knows what the disk holds */
        j->broken = true;
        return -1;
    }
    j->good += (off_t)j->rows.n;
    return 0;
}

int gate_journal_sync(struct gate_journal *j, int64_t now)
{
    int failed = write_rows(j, now), cause = errno;
    if (failed != 0)
        forget_unsynced(j);
    j->synced = j->behind;
    if (j->rows.failed)
        buf_free(&j->rows);
    buf_clear(&j->rows);
    errno = cause;
    return failed;
}

/* ---- reading --------------------------------------------------------------------------------- */

static bool hash_member(const json_t *row, const char *member, struct hash *out)
{
    const char *text = json_string_value(json_object_get(row, member));
    return text != NULL && hex_parse(out->b, HASH_BYTES, span_str(text)) == 0;
}

/* Takes the claim in a row of the file. A row of another kind says nothing here. */
static void take_claim_row(struct gate_journal *j, const char *line, int64_t now)
{
    struct hash text, bearer;
    int64_t at;
    json_t *row = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
    const char *what = json_string_value(json_object_get(row, "what"));
    const char *when = json_string_value(json_object_get(row, "at"));
    if (what != NULL && when != NULL && strcmp(what, "presented") == 0 &&
        when_parse(&at, span_str(when)) == 0 && hash_member(row, "presentation", &text) &&
        hash_member(row, "bearer", &bearer) && now - at <= REMEMBERED_MS)
        (void)add_claim(j, &text, &bearer, at > now ? now : at);
    json_decref(row);
}

static void take_rows(struct gate_journal *j, FILE *file, off_t *whole, int64_t now)
{
    char *line = NULL;
    size_t room = 0;
    *whole = 0;
    for (ssize_t n; (n = getline(&line, &room, file)) > 0 && line[n - 1] == '\n'; *whole += n)
        if (n < LINE_LONGEST)
            take_claim_row(j, line, now);
    free(line);
}

/* Returns 0, or -1 with errno. Where there is no such file nothing is read. */
static int read_day(struct gate_journal *j, int64_t day, int64_t now)
{
    struct stat st = { .st_size = 0 };
    off_t whole = 0;
    char *path = day_path(j, day);
    FILE *file = path == NULL ? NULL : fopen(path, "re");
    int failed = path == NULL ? ENOMEM : file == NULL && errno != ENOENT ? errno : 0;
    if (file != NULL) {
        take_rows(j, file, &whole, now);
        failed = ferror(file) || fstat(fileno(file), &st) != 0 ? errno : 0;
        if (failed == 0 && st.st_size > whole) {
            say(TR("%s: the last row was cut off, and is removed", "%s: la última fila quedó "
                                                                   "cortada y se quita"),
                path);
            failed = truncate(path, whole) != 0 ? errno : 0;
        }
        fclose(file);
    }
    free(path);
    errno = failed;
    return failed == 0 ? 0 : -1;
}

static enum outcome lock_journal(struct gate_journal *j)
{
    if (mkdir(j->dir, 0700) != 0 && errno != EEXIST)
        return say_usage(TR("%s could not be made: %s", "no se pudo crear %s: %s"), j->dir,
                         errno_words(errno));
    j->lock = open(j->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (j->lock < 0)
        return say_usage(TR("%s cannot be used as a folder: %s", "%s no sirve como carpeta: %s"),
                         j->dir, errno_words(errno));
    if (flock(j->lock, LOCK_EX | LOCK_NB) != 0)
        return say_usage(TR("%s is in use by another gate, or cannot be locked: %s",
                            "otra puerta usa %s, o no se puede bloquear: %s"),
                         j->dir, errno_words(errno));
    return OUTCOME_PROVEN;
}

static enum outcome open_files(struct gate_journal *j, int64_t now)
{
    j->dir = kept(j->dir);
    j->claim = kept(calloc(CLAIMS, sizeof *j->claim));
    j->bucket = kept(malloc(CLAIMS * sizeof *j->bucket));
    if (lost_any())
        return OUTCOME_UNDECIDED;
    memset(j->bucket, 0xff, CLAIMS * sizeof *j->bucket);
    enum outcome outcome = lock_journal(j);
    if (outcome != OUTCOME_PROVEN)
        return outcome;
    if (read_day(j, day_of(now) - 1, now) != 0 || read_day(j, day_of(now), now) != 0 ||
        open_day(j, day_of(now)) != 0)
        return say_usage(
            TR("the journal in %s cannot be used: %s", "el diario en %s no se puede usar: %s"),
            j->dir, errno_words(errno));
    return OUTCOME_PROVEN;
}

struct gate_journal *gate_journal_open(const char *dir, int64_t now, enum outcome *outcome)
{
    struct gate_journal *j = kept(calloc(1, sizeof *j));
    *outcome = OUTCOME_UNDECIDED;
    if (j == NULL)
        return NULL;
    j->lock = j->fd = -1;
    j->dir = strdup(dir);
    *outcome = open_files(j, now);
    if (*outcome == OUTCOME_PROVEN)
        return j;
    gate_journal_close(j);
    return NULL;
}

void gate_journal_close(struct gate_journal *j)
{
    if (j == NULL)
        return;
    if (j->fd >= 0)
        close(j->fd);
    if (j->lock >= 0)
        close(j->lock);
    buf_free(&j->rows);
    free(j->claim);
    free(j->bucket);
    free(j->dir);
    free(j);
}
