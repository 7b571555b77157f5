/* bitacora submit: one record a line, signed, appended, and its receipt verified. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "client/base/cmd.h"
#include "client/base/key_index.h"
#include "client/base/lost.h"
#include "client/submit/submit_options.h"
#include "client/submit/submit_whole.h"
#include "proto/base/limits.h"
#include "proto/base/span.h"
#include "proto/sys/files.h"

static bool blank(const char *line, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (memchr(" \t\r\n", line[i], 4) == NULL)
            return false;
    return true;
}

/* Of so many lines it is remembered what they say, as a hash: some 20 MB. */
#define LINES_REMEMBERED (1u << 20)

/* Lines without an `id` become as many records; with one the log says that it has it already. */
static void warn_of_same(struct submitter *s, struct key_index *before, uint64_t number,
                         const json_t *record)
{
    char said[120];
    uint32_t at = 0, first;
    if (json_object_get(record, "id") != NULL || number > LINES_REMEMBERED)
        return;
    char *text = kept(json_dumps(record, JSON_COMPACT | JSON_SORT_KEYS));
    struct span key = span_str(text == NULL ? "" : text);
    if (key_index_next(before, key, &at, &first)) {
        snprintf(
            said, sizeof said,
            TR("it says the same as record %" PRIu32, "dice lo mismo que el registro %" PRIu32),
            first);
        submitter_warn(s, number, said);
    } else {
        (void)key_index_put(before, key, (uint32_t)number);
    }
    free(text);
}

static enum outcome submit_line(struct submitter *s, struct key_index *before, uint64_t number,
                                const char *line, size_t length, bool *stop)
{
    json_error_t error;
    *stop = false;
    if (length > 4 * RECORD_TEXT_MAX)
        return submitter_reject(s, number,
                                TR("the line is too long", "la línea es demasiado larga"));
    json_t *record = json_loadb(line, length, JSON_REJECT_DUPLICATES, &error);
    if (json_is_object(record)) {
        warn_of_same(s, before, number, record);
        return submitter_send(s, number, record, stop);
    }
    enum outcome outcome =
        submitter_reject(s, number,
                         record == NULL ? TR("not JSON", "no es JSON")
                                        : TR("not a JSON object", "no es un objeto JSON"));
    json_decref(record);
    return outcome;
}

static enum outcome submit_lines(struct submitter *s, FILE *input, uint64_t lines)
{
    enum outcome outcome = OUTCOME_PROVEN;
    char *line = NULL;
    size_t cap = 0;
    ssize_t length;
    bool stop = false;
    uint64_t last = 0;
    struct key_index before;
    key_index_open(&before);
    for (uint64_t number = 1; !stop && (length = getline(&line, &cap, input)) >= 0; number++) {
        if (!blank(line, (size_t)length))
            outcome = outcome_worse(outcome,
                                    submit_line(s, &before, number, line, (size_t)length, &stop));
        say_progress(number, lines);
        last = number;
    }
    if (!stop &&
        !feof(input)) /* also where memory was short: lines that were not read were not sent */
        outcome = outcome_worse(outcome, say_undecided(TR("the input could not be read: %s",
                                                          "no se pudo leer la entrada: %s"),
                                                       errno_words(errno)));
    outcome = outcome_worse(outcome, submitter_settle(s));
    if (stop)
        say(TR("stopped at line %" PRIu64 ": the lines behind it were not sent",
               "detenido en la línea %" PRIu64 ": las siguientes no se enviaron"),
            last);
    key_index_close(&before);
    free(line);
    return outcome;
}

/* How many lines a file has, for the progress bar; 0 where that cannot be known. */
static uint64_t count_lines(FILE *input)
{
    uint64_t lines = 0;
    if (fseek(input, 0, SEEK_SET) != 0)
        return 0;
    for (int c; (c = getc(input)) != EOF;)
        lines += c == '\n';
    rewind(input);
    return lines;
}

/* The records; NULL after having said why not. */
static FILE *open_input(const char *path)
{
    enum file why;
    if (strcmp(path, "-") == 0)
        return stdin;
    int fd = file_open(path, &why);
    if (fd >= 0)
        return kept(fdopen(fd, "r"));
    say(TR("%s could not be read: %s", "no se pudo leer %s: %s"), path, file_cause(why));
    return NULL;
}

/* What --resume goes on with is what --whole began. */
static struct submitter *open_for_lines(const struct args *a, enum outcome *outcome)
{
    struct submit_options options;
    *outcome = submit_options_read(&options, a);
    options.lines = true;
    return *outcome == OUTCOME_PROVEN ? submitter_open(&options, outcome) : NULL;
}

static enum outcome submit_all(const struct args *a, const char *path)
{
    struct whole_options options = { .path = path,
                                     .resume = a->resume,
                                     .check = a->check,
                                     .json = a->json,
                                     .careful = !a->yes,
                                     .fills = a->warrant != NULL };
    enum outcome outcome;
    struct submitter *s = open_for_lines(a, &outcome);
    if (s == NULL)
        return outcome;
    outcome = submit_whole(s, &options);
    submitter_close(s);
    return outcome;
}

static enum outcome main_submit(const struct args *a)
{
    enum outcome outcome;
    if (!args_operands(a, 0, 1,
                       TR("one file of records at most", "a lo sumo un archivo de registros")))
        return OUTCOME_USAGE;
    const char *path = a->operands == 0 ? "-" : a->operand[0];
    if (a->whole || a->resume)
        return submit_all(a, path);
    FILE *input = open_input(path);
    if (input == NULL)
        return OUTCOME_USAGE;
    struct submitter *s = open_for_lines(a, &outcome);
    if (s != NULL) {
        outcome = submit_lines(s, input, input == stdin ? 0 : count_lines(input));
        submitter_close(s);
    }
    if (input != stdin)
        fclose(input);
    return outcome;
}

static const struct form_option submit_options_own[] = {
    FORM_OWN("yes", NULL, NULL,
             "at a terminal, does not ask about what --whole and --resume warn of",
             "en un terminal, no pregunta por aquello de lo que --whole y --resume avisan"),
    FORM_END,
};

const struct command command_submit = {
    .name = "submit",
    .run = main_submit,
    .form = FORM_FETCHING "key! passphrase-file- log receipts [ private= | without-private= ] "
                          "warrant to ruleset state whole resume check yes "
                          "no-wait allow-plain [ RECORDS ]",
    .own = submit_options_own,
    .summary = { "sign records and have them appended", "firma registros y los hace asentar" },
};
