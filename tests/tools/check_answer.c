/* What this implementation says of answers, for comparison with the second one (answers.py).
 * usage: check_answer POLICY < LINES, each the name of a file, or "flip NAME": every bit of it is
 * flipped in turn. A line out for each: the exit status and the codes of what was found, ascending,
 * none twice; of "flip": how many of the damaged files were found good. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "proto/answer/answer.h"

#define CODES_MAX 128

struct told {
    const char *code[CODES_MAX];
    size_t n;
    bool bad;
};

static void tell(struct told *t, const char *code, enum verdict verdict)
{
    size_t at = 0;
    t->bad = t->bad || verdict == VERDICT_BAD;
    while (at < t->n && strcmp(t->code[at], code) < 0)
        at++;
    if (t->n == CODES_MAX || (at < t->n && strcmp(t->code[at], code) == 0))
        return;
    memmove(&t->code[at + 1], &t->code[at], (t->n - at) * sizeof(t->code[0]));
    t->code[at] = code;
    t->n++;
}

static void found(void *ctx, const struct finding *f)
{
    tell(ctx, reason_code(f->why.reason), f->verdict);
}

/* The exit status that section 10 gives. */
static int status(const struct told *t)
{
    return t->bad ? 1 : t->n > 0 ? 3 : 0;
}

static int judge(struct told *out, const struct policy *policy, struct span text)
{
    const struct watch watch = { found, NULL, out };
    struct answer_file file = { 0 };
    struct refusal why;
    do {
        struct answer_part part;
        size_t used = 0;
        answer_judge(&part, &used, policy, text, NULL, NULL, &watch);
        if (used > 0 && answer_file_add(&file, &part, &why) != 0)
            tell(out, reason_code(why.reason), VERDICT_UNDECIDED);
        answer_part_free(&part);
        if (used == 0)
            return status(out);
        text = span_of(text.p + used, text.n - used);
    } while (text.n > 0);
    if (answer_file_end(&file, &why) != 0)
        tell(out, reason_code(why.reason), VERDICT_UNDECIDED);
    return status(out);
}

static void flip(const struct policy *policy, struct buf *file)
{
    size_t good = 0;
    for (size_t bit = 0; bit < 8 * file->n; bit++) {
        struct told told = { 0 };
        file->p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        good += judge(&told, policy, buf_span(file)) == 0;
        file->p[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    printf("%zu\n", good);
}

static bool read_file(struct buf *out, const char *name)
{
    uint8_t block[65536];
    size_t n;
    FILE *f = fopen(name, "rb");
    buf_clear(out);
    while (f != NULL && (n = fread(block, 1, sizeof block, f)) > 0)
        buf_add(out, block, n);
    if (f != NULL)
        fclose(f);
    return f != NULL && !out->failed;
}

static void answer(const struct policy *policy, const char *line, struct buf *file)
{
    bool flips = strncmp(line, "flip ", 5) == 0;
    struct told told = { 0 };
    if (!read_file(file, flips ? line + 5 : line)) {
        puts("unread");
    } else if (flips) {
        flip(policy, file);
    } else {
        printf("%d", judge(&told, policy, buf_span(file)));
        for (size_t i = 0; i < told.n; i++)
            printf(" %s", told.code[i]);
        puts("");
    }
    fflush(stdout);
}

int main(int argc, char **argv)
{
    struct refusal why;
    struct buf file = { 0 };
    char *line = NULL;
    size_t room = 0;
    ssize_t n;
    if (argc != 2 || sodium_init() < 0 || !read_file(&file, argv[1]))
        return 2;
    struct policy *policy = policy_parse(buf_span(&file), &why);
    if (policy == NULL)
        return 2;
    while ((n = getline(&line, &room, stdin)) > 0) {
        if (line[n - 1] == '\n')
            line[n - 1] = '\0';
        answer(policy, line, &file);
    }
    free(line);
    buf_free(&file);
    policy_free(policy);
    return 0;
}
