/* Fuzzers of what the daemon's processes say to each other, and of its files: a journal, rows of
 * readers, what a backup says of itself, settings. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "daemon/access/row_file.h"
#include "daemon/append/batch_journal.h"
#include "daemon/backup/manifest.h"
#include "daemon/host/config.h"
#include "daemon/signer/handover.h"
#include "daemon/signer/signer_message.h"
#include "proto/tlog/note.h"
#include "tests/fuzz/fuzz.h"

/* A file in memory with these bytes; its name is /proc/self/fd/ and the number. */
static int file_of(struct span in)
{
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    if (fd < 0 || write(fd, in.p, in.n) != (ssize_t)in.n)
        abort();
    return fd;
}

static void same_body(const struct buf *message, struct span in)
{
    struct span body;
    if (!message->failed && (signer_frame(&body, buf_span(message)) != 1 || !span_eq(body, in)))
        abort();
}

/* Messages of the signer, its state, the daemon's journal: what can be split is made again with the
 * same bytes. */
void fuzz_signer(struct span in)
{
    struct signer_request r;
    struct signer_answer a;
    struct journaled j;
    struct vkey key;
    struct last_signed last;
    struct span body;
    struct buf again = { 0 };
    struct key_handover handover;
    struct note note;
    if (signer_frame(&body, in) == 1 && (body.n == 0 || body.n > SIGNER_BODY_MAX))
        abort();
    if (signer_request_parse(&r, in) == 0) {
        signer_request_format(&again, &r);
        same_body(&again, in);
        buf_free(&again);
    }
    if (signer_answer_parse(&a, in) == 0) {
        signer_answer_format(&again, &a);
        same_body(&again, in);
        buf_free(&again);
    }
    if (last_signed_parse(&key, &last, in) == 0) {
        last_signed_format(&again, &key, &last);
        if (!again.failed && !span_eq(buf_span(&again), in))
            abort();
        buf_free(&again);
    }
    if (handover_parse(&handover, &note, in) == 0) {
        handover_text(&again, &handover);
        if (!again.failed && !span_eq(buf_span(&again), note.text))
            abort();
        buf_free(&again);
    }
    if (journaled_parse(&j, in) == 0)
        while (journaled_next(&j, &body))
            if (body.n > ENTRY_MAX)
                abort();
}

struct rows {
    uint64_t seen;
    int64_t last;
};

static int see_row(void *ctx, const struct access_row *row, struct span line)
{
    struct rows *rows = ctx;
    rows->seen++;
    rows->last = row->at > rows->last ? row->at : rows->last;
    return line.n > ACCESS_LINE_MAX ? -1 : 0;
}

/* Reads a file of rows, whole and with damage. Returns how many there are, if it is whole; else
 * UINT64_MAX. */
static uint64_t read_file(struct span in)
{
    struct row_interval interval;
    struct rows rows = { .last = INT64_MIN };
    char path[64];
    uint64_t bad;
    int fd = file_of(in);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (row_file_read(path, &interval, &bad, see_row, &rows) == 0 &&
        (interval.rows.size != rows.seen || interval.last < rows.last))
        abort();
    bool whole = row_file_read(path, &interval, NULL, NULL, NULL) == 0;
    if (whole && interval.rows.size != rows.seen)
        abort();
    close(fd);
    return whole ? rows.seen : UINT64_MAX;
}

/* What is a row is written again with the same bytes, and read from a file where it stands
 * twice. */
static void read_row(struct span in)
{
    static const uint8_t salt[ACCESS_SALT_BYTES];
    const struct row_interval interval = { .from = 0, .size = 7 };
    struct access_row row;
    struct refusal why;
    struct hash leaf;
    struct buf again = { 0 };
    if (access_row_parse(&row, in, &why) != 0)
        return;
    access_row_write(&again, &row);
    if (!again.failed && !span_eq(buf_span(&again), in))
        abort();
    buf_clear(&again);
    row_file_header(&again, &interval);
    access_line_write(&again, &row, salt, &leaf);
    access_line_write(&again, &row, salt, &leaf);
    if (!again.failed && read_file(buf_span(&again)) != 2)
        abort();
    buf_free(&again);
}

static void check_lines(struct span in, const struct access_claim *claim)
{
    struct access_check check;
    struct access_row row;
    struct refusal why;
    int failed = access_check_begin(&check, claim, &why);
    while (failed == 0 && in.n > 0) {
        const uint8_t *end = memchr(in.p, '\n', in.n);
        size_t n = end == NULL ? in.n : (size_t)(end - in.p);
        failed = access_check_line(&check, span_of(in.p, n), &row, &why);
        n += end != NULL;
        in = span_of(in.p + n, in.n - n);
    }
    if (failed == 0 && check.rows.size > claim->count)
        abort(); /* more rows than the entry says */
    if (failed == 0)
        (void)!access_check_end(&check, &why);
}

/* A row; lines of rows as `bitacora access` reads them; a file of them. */
void fuzz_access(struct span in)
{
    const struct access_claim claim = { .version = ACCESS_VERSION, .until = INT64_MAX, .count = 3 };
    read_row(in);
    check_lines(in, &claim);
    (void)read_file(in);
}

/* Behind the line of a key, a note: as it is, or signed here. */
static void read_manifest(struct span text)
{
    struct log_copied copied;
    char name[16];
    int fd = file_of(text);
    snprintf(name, sizeof name, "%d", fd);
    if (manifest_read("/proc/self/fd", name, &copied) == MANIFEST_OK &&
        copied.checkpoint_length > sizeof copied.checkpoint)
        abort();
    close(fd);
}

void fuzz_manifest(struct span in)
{
    struct buf text = { 0 };
    read_manifest(in);
    buf_adds(&text, "bitacora/v1 backup\n");
    vkey_format(&text, &fuzz_log_key()->vkey);
    buf_adds(&text, "\n\n");
    note_sign(&text, in, fuzz_log_key());
    if (!text.failed)
        read_manifest(buf_span(&text));
    buf_free(&text);
}

static void pass_over(const char *sentence)
{
    (void)sentence;
}

void fuzz_settings(struct span in)
{
    static struct config config;
    char path[64];
    int fd = file_of(in);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    config_default(&config);
    if (config_read(&config, path, pass_over) == 0 &&
        (config.workers > 256 || strlen(config.listen) >= LISTEN_MAX ||
         strlen(config.trusted_proxies) >= SETTING_LIST_MAX))
        abort();
    close(fd);
}
