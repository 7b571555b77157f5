#include "proto/tlog/policy.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "proto/base/scan.h"

struct group {
    char *name;
    size_t threshold;
    size_t members;
    /* below POLICY_WITNESSES_MAX a witness, from there on a group */
    size_t member[POLICY_WITNESSES_MAX + POLICY_GROUPS_MAX];
};

#define QUORUM_NONE SIZE_MAX
#define NOT_FOUND (SIZE_MAX - 1)

struct policy {
    size_t logs, witnesses, groups;
    struct policy_log log[POLICY_LOGS_MAX];
    struct policy_witness witness[POLICY_WITNESSES_MAX];
    size_t strangers; /* logs' keys of types that we do not know */
    struct vkey stranger[POLICY_LOGS_MAX];
    struct group group[POLICY_GROUPS_MAX];
    bool taken[POLICY_WITNESSES_MAX + POLICY_GROUPS_MAX]; /* is a member of some group */
    bool has_quorum;
    size_t quorum; /* as a member, or QUORUM_NONE */
};

struct words {
    size_t n;
    struct span word[4 + POLICY_WITNESSES_MAX + POLICY_GROUPS_MAX];
};

/* Splits at spaces and tabs. Returns NULL or the cause. */
static const char *split(struct words *w, struct span line)
{
    w->n = 0;
    for (size_t i = 0; i < line.n; i++) {
        if ((line.p[i] < 0x20 && line.p[i] != '\t') || line.p[i] == 0x7F)
            return "control character";
        if (line.p[i] == ' ' || line.p[i] == '\t')
            continue;
        size_t from = i;
        while (i < line.n && line.p[i] > ' ' && line.p[i] != 0x7F)
            i++;
        bool comment = w->n > 0 && w->word[0].p[0] == '#'; /* of any length */
        if (!comment && w->n == sizeof w->word / sizeof *w->word)
            return "too many words";
        if (!comment)
            w->word[w->n++] = span_of(line.p + from, i - from);
        i--;
    }
    return NULL;
}

static char *copy_string(struct span s)
{
    char *c = malloc(s.n + 1);
    if (c != NULL) {
        memcpy(c, s.p, s.n);
        c[s.n] = 0;
    }
    return c;
}

static size_t find_member(const struct policy *p, struct span name)
{
    for (size_t i = 0; i < p->witnesses; i++)
        if (span_is(name, p->witness[i].name))
            return i;
    for (size_t i = 0; i < p->groups; i++)
        if (span_is(name, p->group[i].name))
            return POLICY_WITNESSES_MAX + i;
    return NOT_FOUND;
}

static const char *add_stranger(struct policy *p, const struct vkey *key)
{
    if (p->strangers == POLICY_LOGS_MAX)
        return "too many logs";
    p->stranger[p->strangers++] = *key;
    return NULL;
}

static const char *add_log(struct policy *p, const struct words *w)
{
    const char *cause;
    if (w->n < 2 || w->n > 3)
        return "log VKEY [URL]";
    if (p->logs == POLICY_LOGS_MAX)
        return "too many logs";
    struct policy_log *log = &p->log[p->logs];
    if (vkey_parse_unknown(&log->key, w->word[1]) == 0)
        return add_stranger(p, &log->key);
    if (vkey_parse(&log->key, w->word[1], &cause) != 0)
        return cause;
    if (log->key.type != KEY_NOTE)
        return "a log's key is of type 0x01";
    for (size_t i = 0; i < p->logs; i++)
        if (memcmp(p->log[i].key.key, log->key.key, PUBLIC_KEY_BYTES) == 0)
            return "log twice";
    p->logs++;
    if (w->n == 3 && (log->url = copy_string(w->word[2])) == NULL)
        return "out of memory";
    return NULL;
}

static const char *name_free(const struct policy *p, struct span name)
{
    return span_is(name, "none") || find_member(p, name) != NOT_FOUND ? "name taken" : NULL;
}

static const char *add_witness(struct policy *p, const struct words *w)
{
    if (w->n < 3 || w->n > 4)
        return "witness NAME VKEY [URL]";
    if (p->witnesses == POLICY_WITNESSES_MAX)
        return "too many witnesses";
    const char *cause = name_free(p, w->word[1]);
    struct policy_witness *witness = &p->witness[p->witnesses];
    if (cause != NULL)
        return cause;
    bool unknown = vkey_parse_unknown(&witness->key, w->word[2]) == 0;
    if (!unknown && vkey_parse(&witness->key, w->word[2], &cause) != 0)
        return cause;
    if (!unknown && witness->key.type != KEY_COSIGNATURE)
        return "a witness's key is of type 0x04";
    for (size_t i = 0; !unknown && i < p->witnesses; i++)
        if (memcmp(p->witness[i].key.key, witness->key.key, PUBLIC_KEY_BYTES) == 0)
            return "witness twice";
    witness->name = copy_string(w->word[1]);
    if (witness->name == NULL)
        return "out of memory";
    p->witnesses++;
    if (w->n == 4 && (witness->url = copy_string(w->word[3])) == NULL)
        return "out of memory";
    return NULL;
}

static const char *add_group(struct policy *p, const struct words *w)
{
    if (w->n < 4)
        return "group NAME all|any|K MEMBER…";
    if (p->groups == POLICY_GROUPS_MAX)
        return "too many groups";
    const char *cause = name_free(p, w->word[1]);
    if (cause != NULL)
        return cause;
    struct group *g = &p->group[p->groups];
    g->members = w->n - 3;
    uint64_t k = 0;
    if (span_is(w->word[2], "all"))
        k = g->members;
    else if (span_is(w->word[2], "any"))
        k = 1;
    else if (decimal_parse(&k, w->word[2]) != 0 || k < 1 || k > g->members)
        return "bad threshold";
    g->threshold = (size_t)k;
    for (size_t i = 0; i < g->members; i++) {
        size_t m = find_member(p, w->word[3 + i]);
        if (m == NOT_FOUND)
            return "unknown member";
        if (p->taken[m])
            return "member of a group twice";
        p->taken[m] = true;
        g->member[i] = m;
    }
    g->name = copy_string(w->word[1]);
    if (g->name == NULL)
        return "out of memory";
    p->groups++;
    return NULL;
}

static const char *set_quorum(struct policy *p, const struct words *w)
{
    if (w->n != 2)
        return "quorum NAME";
    if (p->has_quorum)
        return "quorum twice";
    p->has_quorum = true;
    p->quorum = span_is(w->word[1], "none") ? QUORUM_NONE : find_member(p, w->word[1]);
    return p->quorum == NOT_FOUND ? "unknown quorum" : NULL;
}

static const char *add_line(struct policy *p, struct span line)
{
    struct words w;
    const char *cause = split(&w, line);
    if (cause != NULL)
        return cause;
    if (w.n == 0 || w.word[0].p[0] == '#')
        return NULL;
    if (span_is(w.word[0], "log"))
        return add_log(p, &w);
    if (span_is(w.word[0], "witness"))
        return add_witness(p, &w);
    if (span_is(w.word[0], "group"))
        return add_group(p, &w);
    if (span_is(w.word[0], "quorum"))
        return set_quorum(p, &w);
    return "not log, witness, group or quorum";
}

struct policy *policy_parse(struct span text, struct refusal *why)
{
    struct policy *p = calloc(1, sizeof *p);
    if (p == NULL) {
        refuse(why, REASON_MEMORY, "");
        return NULL;
    }
    struct scan s = scan_of(text);
    const char *cause = text.n > POLICY_MAX ? "file too large" : NULL;
    int line = 0;
    while (cause == NULL && !scan_done(&s)) {
        struct span bytes = scan_line(&s);
        line++;
        cause = s.bad ? "no newline at the end" : add_line(p, bytes);
    }
    if (cause == NULL && !p->has_quorum)
        cause = "no quorum line (`quorum none` if there are no witnesses)";
    if (cause == NULL)
        return p;
    char subject[90];
    snprintf(subject, sizeof subject, "line %d: %s", line, cause);
    refuse(why, REASON_POLICY_FORM, subject);
    policy_free(p);
    return NULL;
}

void policy_free(struct policy *p)
{
    if (p == NULL)
        return;
    for (size_t i = 0; i < p->logs; i++)
        free(p->log[i].url);
    for (size_t i = 0; i < p->witnesses; i++) {
        free(p->witness[i].name);
        free(p->witness[i].url);
    }
    for (size_t i = 0; i < p->groups; i++)
        free(p->group[i].name);
    free(p);
}

size_t policy_logs(const struct policy *p)
{
    return p->logs;
}

const struct policy_log *policy_log(const struct policy *p, size_t i)
{
    return &p->log[i];
}

size_t policy_witnesses(const struct policy *p)
{
    return p->witnesses;
}

const struct policy_witness *policy_witness(const struct policy *p, size_t i)
{
    return &p->witness[i];
}

bool policy_trusts_log_alone(const struct policy *p)
{
    return p->quorum == QUORUM_NONE;
}

/* A group is defined after its members, so this recursion ends. */
static size_t least(const struct policy *p, size_t member)
{
    if (member < POLICY_WITNESSES_MAX)
        return 1;
    const struct group *g = &p->group[member - POLICY_WITNESSES_MAX];
    size_t need[POLICY_WITNESSES_MAX + POLICY_GROUPS_MAX] = { 0 }, sum = 0;
    for (size_t i = 0; i < g->members; i++) {
        size_t n = least(p, g->member[i]), at = i;
        for (; at > 0 && need[at - 1] > n; at--)
            need[at] = need[at - 1];
        need[at] = n;
    }
    for (size_t i = 0; i < g->threshold; i++)
        sum += need[i];
    return sum;
}

size_t policy_least_quorum(const struct policy *p)
{
    return p->quorum == QUORUM_NONE ? 0 : least(p, p->quorum);
}

static bool witnessed(const struct policy *p, size_t member, const uint64_t *cosigned_at)
{
    if (member < POLICY_WITNESSES_MAX)
        return cosigned_at[member] != 0;
    const struct group *g = &p->group[member - POLICY_WITNESSES_MAX];
    size_t yes = 0;
    for (size_t i = 0; i < g->members; i++)
        yes += witnessed(p, g->member[i], cosigned_at);
    return yes >= g->threshold;
}

bool policy_can_be_met(const struct policy *p)
{
    uint64_t all[POLICY_WITNESSES_MAX] = { 0 };
    for (size_t i = 0; i < p->witnesses; i++)
        all[i] = key_type_known(p->witness[i].key.type);
    return p->quorum == QUORUM_NONE || witnessed(p, p->quorum, all);
}

struct log_keys policy_log_keys(const struct policy *p, size_t i)
{
    struct log_keys keys = { .n = 1, .key = { &p->log[i].key } };
    for (size_t k = 0; k < p->logs; k++)
        if (k != i && strcmp(p->log[k].key.name, p->log[i].key.name) == 0)
            keys.key[keys.n++] = &p->log[k].key;
    return keys;
}

bool policy_one_log(const struct policy *p)
{
    return p->logs > 0 && policy_log_keys(p, 0).n == p->logs;
}

#define SIGNERS_MAX (2 * POLICY_LOGS_MAX + POLICY_WITNESSES_MAX)

/* Whose lines a checkpoint of an origin may have: the log's keys, the witnesses, and those that
 * we cannot judge. */
struct signers {
    size_t logs, n;
    size_t log[POLICY_LOGS_MAX]; /* which of the policy's, for the first `logs` keys */
    const struct vkey *key[SIGNERS_MAX];
};

static void find_signers(struct signers *s, const struct policy *p, struct span origin)
{
    s->logs = s->n = 0;
    for (size_t i = 0; i < p->logs; i++)
        if (span_is(origin, p->log[i].key.name)) {
            s->log[s->logs++] = i;
            s->key[s->n++] = &p->log[i].key;
        }
    for (size_t i = 0; i < p->witnesses; i++)
        s->key[s->n++] = &p->witness[i].key;
    for (size_t i = 0; i < p->strangers; i++)
        s->key[s->n++] = &p->stranger[i];
}

/* A policy may name several keys of one log: one of them must have signed. */
static bool find_log(struct signed_checkpoint *out, const struct signers *s,
                     const struct note_line *line)
{
    for (size_t i = 0; i < s->logs; i++)
        if (line[i].good) {
            out->log = s->log[0];
            out->signer = s->log[i];
            return true;
        }
    return false;
}

/* Whether a key of that log signed it that we cannot judge. */
static bool signed_by_stranger(const struct policy *p, const struct note *n, struct span origin)
{
    for (size_t i = 0; i < p->strangers; i++)
        for (size_t k = 0; k < n->signatures; k++)
            if (span_is(origin, p->stranger[i].name) && n->signature[k].id == p->stranger[i].id &&
                span_eq(n->signature[k].name, origin))
                return true;
    return false;
}

/* The policy names no key of that origin, or none of those that it names signed. */
static int refuse_signer(const struct policy *p, const struct note *n, struct span origin,
                         enum reason reason, struct refusal *why)
{
    return refuse_span(why, signed_by_stranger(p, n, origin) ? REASON_CHECKPOINT_TYPE : reason,
                       origin);
}

static int open_lines(struct signed_checkpoint *out, const struct policy *p, const struct note *n,
                      struct refusal *why)
{
    struct signers s;
    struct note_line line[SIGNERS_MAX];
    size_t bad;
    find_signers(&s, p, out->checkpoint.origin);
    if (s.logs == 0)
        return refuse_signer(p, n, out->checkpoint.origin, REASON_CHECKPOINT_ORIGIN, why);
    if (note_verify_all(line, n, s.key, s.n, &bad) == NOTE_MEMORY)
        return refuse(why, REASON_MEMORY, "");
    if (bad < s.logs)
        return refuse(why, REASON_CHECKPOINT, "signature");
    if (!find_log(out, &s, line))
        return refuse_signer(p, n, out->checkpoint.origin, REASON_CHECKPOINT_KEY, why);
    if (out->checkpoint.size == 0)
        return refuse(why, REASON_CHECKPOINT_EMPTY, "");
    if (bad != SIZE_MAX)
        return refuse(why, REASON_COSIGNATURE, p->witness[bad - s.logs].name);
    for (size_t i = 0; i < p->witnesses; i++)
        if (line[s.logs + i].good)
            out->cosigned_at[i] = line[s.logs + i].seconds == 0 ? 1 : line[s.logs + i].seconds;
    return 0;
}

int policy_open(struct signed_checkpoint *out, const struct policy *p, struct span note,
                struct refusal *why)
{
    struct note n;
    *out = (struct signed_checkpoint){ .quorum = false };
    if (note.n > CHECKPOINT_MAX)
        return refuse(why, REASON_CHECKPOINT_FORM, "too large");
    if (note_parse(&n, note, why) != 0)
        return refuse(why, REASON_CHECKPOINT_FORM, "the note");
    if (checkpoint_parse(&out->checkpoint, n.text, why) != 0 || open_lines(out, p, &n, why) != 0)
        return -1;
    out->quorum = p->quorum == QUORUM_NONE || witnessed(p, p->quorum, out->cosigned_at);
    return 0;
}

bool policy_quorum_between(const struct policy *p, const struct signed_checkpoint *cp,
                           uint64_t since, uint64_t until)
{
    uint64_t recent[POLICY_WITNESSES_MAX];
    for (size_t i = 0; i < POLICY_WITNESSES_MAX; i++) {
        uint64_t at = cp->cosigned_at[i];
        recent[i] = at >= since && at <= until ? at : 0;
    }
    return p->quorum != QUORUM_NONE && witnessed(p, p->quorum, recent);
}

bool policy_quorum_of(const struct policy *p, const bool *able)
{
    uint64_t at[POLICY_WITNESSES_MAX] = { 0 };
    for (size_t i = 0; i < p->witnesses; i++)
        at[i] = able[i];
    return p->quorum == QUORUM_NONE || witnessed(p, p->quorum, at);
}

/* Room is left for ", +62". */
#define NAMES_MAX 88

int policy_refuse_quorum(const struct policy *p, const struct signed_checkpoint *cp,
                         struct refusal *why)
{
    char names[sizeof why->subject + 1] = "-";
    size_t n = 0, more = 0;
    for (size_t i = 0; i < p->witnesses; i++) {
        const char *name = p->witness[i].name;
        size_t length = strlen(name) + (n == 0 ? 0 : 2);
        if (cp != NULL && cp->cosigned_at[i] != 0)
            continue;
        if (more > 0 || n + length > NAMES_MAX)
            more++;
        else
            n += (size_t)snprintf(names + n, sizeof names - n, "%s%s", n == 0 ? "" : ", ", name);
    }
    if (more > 0)
        snprintf(names + n, sizeof names - n, "%s+%zu", n == 0 ? "" : ", ", more);
    return refuse(why, REASON_QUORUM, names);
}
