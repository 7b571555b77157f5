#include "client/monitor/alarms.h"

#include <errno.h>
#include <stdlib.h>

#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "proto/base/scan.h"
#include "proto/base/when.h"
#include "proto/sys/clock.h"
#include "proto/sys/files.h"

/* ---- one alarm ------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    const char *verdict;
    enum syslog_severity severity;
    const char *words[2];
} kinds[ALARMS] = {
    [ALARM_CONVICTED] = { "convicted",
                          "bad",
                          SYSLOG_ALERT,
                          { "the log is proven bad by what it signed",
                            "lo que la bitácora firmó prueba que es mala" } },
    [ALARM_ROLLBACK] = { "rollback",
                         "bad",
                         SYSLOG_ALERT,
                         { "the log keeps showing a smaller tree than the one that it signed "
                           "before: it "
                           "was set back, or whoever answers holds back what is newer",
                           "la bitácora sigue mostrando un árbol menor que el que firmó antes: se "
                           "la hizo retroceder, o quien responde retiene lo más nuevo" } },
    [ALARM_WRONG] = { "wrong",
                      "bad",
                      SYSLOG_CRITICAL,
                      { "what is answered in the log's place is wrong; it is asked again",
                        "lo que se responde en lugar de la bitácora está mal; se vuelve a "
                        "preguntar" } },
    [ALARM_SILENT] = { "silent",
                       "undecided",
                       SYSLOG_ERROR,
                       { "the log could not be followed for long",
                         "no se pudo seguir la bitácora desde hace tiempo" } },
    [ALARM_OUTBOX_FULL] = { "outbox_full",
                            "undecided",
                            SYSLOG_ERROR,
                            { "the receiver does not take what is posted, and the outbox is full: "
                              "nothing new is told until it has room; forks still are",
                              "el receptor no toma lo que se envía y la bandeja de salida está "
                              "llena: nada nuevo se dice hasta que haya lugar; las bifurcaciones, "
                              "sí" } },
    [ALARM_OVER] = { "over",
                     "good",
                     SYSLOG_NOTICE,
                     { "the log is followed again", "se sigue de nuevo la bitácora" } },
};

static json_t *stand_json(const struct stand *s)
{
    return s->known ? json_made(json_pack("{s:I,s:o}", "size", (json_int_t)s->size, "root",
                                          json_of_hash(&s->root)))
                    : json_null();
}

static json_t *codes_of(const json_t *findings)
{
    json_t *codes = json_list(), *v;
    size_t i;
    const char *last = "";
    json_array_foreach (findings, i, v) {
        const char *code = json_string_value(json_object_get(v, "code"));
        if (code != NULL && strcmp(code, last) != 0)
            json_push(codes, json_text(code));
        last = code == NULL ? last : code;
    }
    return codes;
}

static json_t *text_or_null(const char *text)
{
    return text == NULL ? json_null() : json_text(text);
}

static json_t *alarm_json(const struct alarms *a, enum alarm alarm, const struct look *r)
{
    char now[WHEN_TEXT + 1];
    when_format(now, clock_wall());
    json_t *v = json_made(json_pack(
        "{s:s,s:s,s:s,s:o,s:s,s:o,s:o,s:o,s:s}", "type", "alarm", "alarm", kinds[alarm].name,
        "verdict", kinds[alarm].verdict, "codes", codes_of(r->findings), "detail",
        kinds[alarm].words[language_get()], "had", stand_json(&r->had), "shown",
        stand_json(&r->shown), "evidence", text_or_null(r->evidence), "at", now));
    if (alarm == ALARM_OVER)
        json_put(v, "of", json_text(kinds[a->standing].name));
    return v;
}

/* Those of a round that were not told with it. */
static void tell_findings(const struct alarms *a, const struct look *r)
{
    size_t i;
    json_t *v;
    json_array_foreach (r->findings, i, v)
        telling_give(a->telling, json_incref(v), round_gravity(v));
}

/* Whether it stands already; of what is proven to be wrong, for the same reasons. */
static bool stands(const struct alarms *a, enum alarm alarm, const struct look *r)
{
    bool by_key = alarm == ALARM_CONVICTED || alarm == ALARM_WRONG;
    return a->standing == alarm && (!by_key || strcmp(a->key, r->key) == 0);
}

/* Whoever answers may make something else be wrong each time: disks are not filled by that. */
static bool too_many(struct alarms *a)
{
    if (a->raised == ALARMS_MAX)
        say(TR("%d alarms were raised: no further one is, until this is started again",
               "hubo %d alarmas: no se da ninguna más hasta que se inicie de nuevo"),
            ALARMS_MAX);
    a->raised += a->raised <= ALARMS_MAX;
    return a->raised > ALARMS_MAX;
}

static void raise_alarm(struct alarms *a, enum alarm alarm, const struct look *r)
{
    if (stands(a, alarm, r) || too_many(a))
        return;
    say("%s", kinds[alarm].words[language_get()]);
    tell_findings(a, r);
    telling_give(a->telling, alarm_json(a, alarm, r), kinds[alarm].severity);
    if (telling_keep(a->telling) != 0)
        return; /* which was said; raised again by the next round */
    a->standing = alarm;
    snprintf(a->key, sizeof a->key, "%s", r->key);
}

/* ---- what came of a round -------------------------------------------------------------------- */

/* On standard error, each time that something else is wrong. */
static void say_trouble(struct alarms *a, const struct look *r)
{
    size_t i;
    json_t *v;
    char key[sizeof a->said];
    snprintf(key, sizeof key, "%d %.120s", (int)r->end, r->key);
    if (strcmp(a->said, key) == 0)
        return;
    snprintf(a->said, sizeof a->said, "%s", key);
    json_array_foreach (r->findings, i, v)
        say("%s [%s] %s", json_string_value(json_object_get(v, "verdict")),
            json_string_value(json_object_get(v, "code")),
            json_string_value(json_object_get(v, "detail")));
}

static void take_trouble(struct alarms *a, const struct look *r)
{
    say_trouble(a, r);
    if (clock_steady() - a->good >= a->silent_ms)
        raise_alarm(a, ALARM_SILENT, r);
}

/* Both checkpoints, side by side: signed by the log, the larger one before the smaller was shown.
 * That convicts nobody who has not seen the order, but it is all that there is. */
static void keep_seen(const struct alarms *a, struct look *r)
{
    struct buf text = { 0 }, name = { 0 };
    struct hash sum;
    char hex[17];
    json_line(&text, r->seen);
    hash_bytes(&sum, kept_span(&text));
    hex_format(hex, sum.b, 8);
    buf_addf(&name, "%s.rollback-%s", a->state, hex);
    const char *path = kept_text(&name);
    if (lost_any())
        say("%s", errno_words(ENOMEM));
    else if (file_create(path, buf_span(&text), 0644) != 0 && errno != EEXIST)
        say(TR("%s could not be written: %s", "no se pudo escribir %s: %s"), path,
            errno_words(errno));
    else
        r->evidence = kept(strdup(path));
    buf_free(&text);
    buf_free(&name);
}

static enum outcome take_shorter(struct alarms *a, struct look *r, bool *convicted)
{
    say_trouble(a, r);
    if (++a->shorter < ROUNDS_SHORTER)
        return OUTCOME_UNDECIDED;
    if (a->standing != ALARM_ROLLBACK)
        keep_seen(a, r);
    raise_alarm(a, ALARM_ROLLBACK, r);
    *convicted = true;
    return OUTCOME_BAD;
}

static enum outcome take_good(struct alarms *a, const struct look *r)
{
    a->good = clock_steady();
    a->said[0] = 0;
    /* What is proven stays so. */
    if (a->standing != ALARM_OVER && a->standing != ALARM_CONVICTED)
        raise_alarm(a, ALARM_OVER, r);
    return OUTCOME_PROVEN;
}

enum outcome alarms_take(struct alarms *a, struct look *r, bool *convicted)
{
    if (r->end != ROUND_SHORTER)
        a->shorter = 0;
    switch (r->end) {
    case ROUND_SAME:
    case ROUND_MOVED:
        return take_good(a, r);
    case ROUND_HELD:
        raise_alarm(a, ALARM_OUTBOX_FULL, r);
        return OUTCOME_UNDECIDED;
    case ROUND_SHORTER:
        return take_shorter(a, r, convicted);
    case ROUND_BAD:
        say_trouble(a, r);
        raise_alarm(a, ALARM_WRONG, r);
        return OUTCOME_BAD;
    case ROUND_CONVICTED:
        say_trouble(a, r);
        raise_alarm(a, ALARM_CONVICTED, r);
        *convicted = true;
        return OUTCOME_BAD;
    case ROUND_STOPPED:
        return OUTCOME_PROVEN;
    case ROUND_UNDECIDED:
    case ROUND_UNTOLD:
    case ROUND_USAGE:
        break;
    }
    take_trouble(a, r);
    return OUTCOME_UNDECIDED;
}
