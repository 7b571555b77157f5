#include "client/monitor/monitor_options.h"

#include "client/replay/replay_options.h"
#include "proto/base/scan.h"

#define EVERY 60
#define EVERY_MAX 86400
#define SILENT_LOOKS 10
#define SILENT_LEAST 600
#define SILENT_MAX 604800
#define OUTBOX_KIB (256 * 1024)
#define OUTBOX_KIB_MAX (1024 * 1024 * 1024)

/* A number that an option takes, from 1 on; *out stays where there is none. */
static bool take_number(uint64_t *out, const char *name, const char *text, uint64_t most)
{
    uint64_t n;
    if (text == NULL)
        return true;
    if (decimal_parse(&n, span_str(text)) == 0 && n >= 1 && n <= most) {
        *out = n;
        return true;
    }
    say(TR("--%s %s: it takes a whole number from 1 to %llu",
           "--%s %s: lleva un número entero de 1 a %llu"),
        name, text, (unsigned long long)most);
    return false;
}

static enum outcome check_together(const struct args *a)
{
    if (a->state == NULL)
        return say_usage(TR("audit --follow needs --state FILE: what was told is remembered there",
                            "audit --follow necesita --state ARCHIVO: ahí se recuerda lo dicho"));
    if (a->sarif || a->all || a->fail_on != NULL)
        return say_usage(TR("audit --follow takes no --sarif, --all or --fail-on",
                            "audit --follow no lleva --sarif, --all ni --fail-on"));
    if (a->post == NULL && (a->post_token != NULL || a->post_cacert != NULL))
        return say_usage(TR("--post-token and --post-cacert need --post URL",
                            "--post-token y --post-cacert necesitan --post URL"));
    return OUTCOME_PROVEN;
}

enum outcome monitor_options_read(struct monitor_options *out, const struct args *a)
{
    uint64_t every = EVERY, silent, kib = OUTBOX_KIB;
    enum outcome outcome = check_together(a);
    if (outcome != OUTCOME_PROVEN)
        return outcome;
    if (!take_number(&every, "every", a->every, EVERY_MAX))
        return OUTCOME_USAGE;
    silent = every * SILENT_LOOKS < SILENT_LEAST ? SILENT_LEAST : every * SILENT_LOOKS;
    if (!take_number(&silent, "silent-after", a->silent_after, SILENT_MAX) ||
        !take_number(&kib, "outbox-max", a->outbox_max, OUTBOX_KIB_MAX))
        return OUTCOME_USAGE;
    *out = (struct monitor_options){
        .round = { .ruleset = a->ruleset, .entries = a->entries },
        .every = (unsigned)every,
        .silent_after = (unsigned)silent,
        .keep_going = a->keep_going,
        .syslog = a->syslog,
        .post = { .url = a->post,
                  .token_file = a->post_token,
                  .tls = { .cacert = a->post_cacert != NULL ? a->post_cacert : a->cacert } },
        .outbox_max = kib << 10,
    };
    return replay_options_read(&out->round.replay, a);
}
