#include "client/gate/gate_lag.h"

#include <jansson.h>

#define ANSWER_MAX 16384 /* bytes */
#define ANSWER_S 5
#define LONG_MS 10000

bool gate_lag_open(struct gate_lag *lag, const struct trust *trust)
{
    *lag = (struct gate_lag){ .log = fetcher_new(trust->url) };
    if (lag->log == NULL)
        return false;
    fetch_as(lag->log, &trust->reader);
    fetch_limit(lag->log, ANSWER_S);
    return true;
}

void gate_lag_close(struct gate_lag *lag)
{
    fetcher_free(lag->log);
    lag->log = NULL;
}

static bool read_size(uint64_t *size, struct span answer)
{
    json_t *state = json_loadb((const char *)answer.p, answer.n, JSON_REJECT_DUPLICATES, NULL);
    const json_t *member = json_object_get(state, "size");
    bool is_size = json_is_integer(member) && json_integer_value(member) >= 0;
    if (is_size)
        *size = (uint64_t)json_integer_value(member);
    json_decref(state);
    return is_size;
}

/* With 503 it says as much (docs/INTERFACES.md, 13). */
void gate_lag_ask(struct gate_lag *lag, int64_t now)
{
    struct buf body = { 0 };
    struct answer answer;
    fetch_get(lag->log, "healthz", ANSWER_MAX, &body, &answer);
    lag->asked = now;
    lag->has_said = answer.acceptable && (answer.status == 200 || answer.status == 503) &&
                    !body.failed && body.n <= ANSWER_MAX && read_size(&lag->said, buf_span(&body));
    buf_free(&body);
}

int64_t gate_lag_take(struct gate_lag *lag, uint64_t proven)
{
    if (!lag->has_said || lag->said <= proven) {
        lag->size = 0;
        return lag->known = lag->asked;
    }
    if (lag->size != 0 && lag->size <= proven) {
        lag->known = lag->at;
        lag->size = 0;
    }
    if (lag->size == 0) {
        lag->at = lag->asked;
        lag->size = lag->said;
    }
    return lag->known;
}

bool gate_lag_is_long(const struct gate_lag *lag)
{
    return lag->size != 0 && lag->asked - lag->at > LONG_MS;
}
