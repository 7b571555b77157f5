#include "client/base/say.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "client/base/trouble.h"

enum outcome outcome_worse(enum outcome a, enum outcome b)
{
    static const int rank[] = { [OUTCOME_PROVEN] = 0,
                                [OUTCOME_FOUND] = 1,
                                [OUTCOME_UNDECIDED] = 2,
                                [OUTCOME_BAD] = 3,
                                [OUTCOME_USAGE] = 4 };
    return rank[a] >= rank[b] ? a : b;
}

enum outcome outcome_of_verdict(enum verdict v)
{
    return v == VERDICT_GOOD ? OUTCOME_PROVEN : v == VERDICT_BAD ? OUTCOME_BAD : OUTCOME_UNDECIDED;
}

/* The line again, as it is shown, for --json. */
static void keep_line(const char *format, va_list args)
{
    char *line = NULL;
    size_t n;
    FILE *to = trouble_kept() ? open_memstream(&line, &n) : NULL;
    if (to == NULL)
        return;
    terminal_vprint(to, "", "", format, args);
    if (fclose(to) == 0)
        trouble_said(line);
    free(line);
}

static void say_arguments(const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    keep_line(format, again);
    va_end(again);
    terminal_vprint(stderr, "bitacora: ", "\n", format, args);
}

void say(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say_arguments(format, args);
    va_end(args);
}

enum outcome say_usage(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say_arguments(format, args);
    va_end(args);
    return OUTCOME_USAGE;
}

enum outcome say_undecided(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say_arguments(format, args);
    va_end(args);
    return OUTCOME_UNDECIDED;
}

void say_refusal(const char *prefix, const struct refusal *why)
{
    struct buf b = { 0 };
    refusal_sentence(&b, why, language_get());
    trouble_is(reason_code(why->reason));
    if (prefix != NULL)
        say("%s: %s", prefix, buf_str(&b));
    else
        say("%s", buf_str(&b));
    buf_free(&b);
}

void say_meant(const char *prefix, const struct nearest *n)
{
    if (n->best != NULL)
        say(TR("did you mean %s%s?", "¿quiso decir %s%s?"), prefix, n->best);
}

const char *verdict_name(enum verdict v)
{
    return v == VERDICT_GOOD ? "good" : v == VERDICT_BAD ? "bad" : "undecided";
}

const char *verdict_word(enum verdict v)
{
    return v == VERDICT_GOOD  ? TR("good", "bien")
           : v == VERDICT_BAD ? TR("BAD", "MAL")
                              : TR("undecided", "sin decidir");
}

void print_verdict(FILE *to, enum verdict v, const char *word)
{
    static const char *const colours[] = {
        [VERDICT_GOOD] = "32", [VERDICT_BAD] = "1;31", [VERDICT_UNDECIDED] = "33"
    };
    if (terminal_takes_colour(to))
        fprintf(to, "\033[%sm%s\033[0m", colours[v], word);
    else
        fputs(word, to);
}

static bool time_to_draw(bool last)
{
    static struct timespec before;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t ms = (now.tv_sec - before.tv_sec) * 1000 + (now.tv_nsec - before.tv_nsec) / 1000000;
    if (ms < 100 && !last)
        return false;
    before = now;
    return true;
}

void say_progress(uint64_t done, uint64_t total)
{
    static const int cells = 40;
    if (!isatty(STDERR_FILENO) || total == 0 || !time_to_draw(done == total))
        return;
    int full = (int)((double)done / (double)total * cells);
    fprintf(stderr, "\r[%.*s%*s] %3d%% %llu/%llu%s", full,
            "########################################", cells - full, "",
            (int)((double)done / (double)total * 100), (unsigned long long)done,
            (unsigned long long)total, done == total ? "\n" : "");
}
