#include "client/base/trouble.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/base/buf.h"

#define SAID_MAX 8192 /* bytes of what was said that are kept */

static struct {
    bool kept, shown, bad, of_log;
    char code[32];
    struct buf said;
    const char *found; /* code of the first undecided finding that no object tells yet */
    struct buf sentence;
} trouble;

void trouble_keep(void)
{
    trouble.kept = true;
}

bool trouble_kept(void)
{
    return trouble.kept;
}

void trouble_said(const char *line)
{
    if (!trouble.kept || trouble.said.n + strlen(line) > SAID_MAX)
        return;
    if (trouble.said.n > 0)
        buf_adds(&trouble.said, "\n");
    buf_adds(&trouble.said, line);
}

void trouble_is(const char *code)
{
    if (trouble.code[0] == 0)
        snprintf(trouble.code, sizeof trouble.code, "%s", code);
}

void trouble_found(bool bad, const char *code, const char *sentence)
{
    trouble.bad = trouble.bad || bad;
    if (!trouble.kept || bad || trouble.found != NULL)
        return;
    trouble.found = code;
    buf_clear(&trouble.sentence);
    buf_adds(&trouble.sentence, sentence);
}

static json_t *error_json(const char *code, struct buf *message)
{
    return json_pack("{s:s,s:s}", "code", code, "message", message->n == 0 ? "" : buf_str(message));
}

/* Whether an object says that nothing was decided. A finding on a line of its own does not count. */
static bool is_undecided(const json_t *object)
{
    const char *verdict = json_string_value(json_object_get(object, "verdict"));
    const char *type = json_string_value(json_object_get(object, "type"));
    const json_t *ok = json_object_get(object, "ok");
    ok = ok != NULL ? ok : json_object_get(object, "proves");
    if (type != NULL && strcmp(type, "integrity") == 0)
        return false;
    if (verdict != NULL)
        return strcmp(verdict, "undecided") == 0;
    return ok != NULL && !json_is_true(ok) && !trouble.bad;
}

void trouble_add(json_t *object)
{
    trouble_shown();
    if (trouble.found == NULL || !is_undecided(object) || json_object_get(object, "error") != NULL)
        return;
    json_object_set_new(object, "error", error_json(trouble.found, &trouble.sentence));
    trouble.found = NULL;
}

void trouble_shown(void)
{
    trouble.shown = true;
}

void trouble_of_log(const char *code)
{
    trouble.of_log = true;
    trouble_is(code);
}

void trouble_print(bool bad, const char *code)
{
    if (!trouble.kept || (trouble.shown && !trouble.of_log))
        return;
    code = trouble.code[0] != 0 ? trouble.code : trouble.found != NULL ? trouble.found : code;
    json_t *o = json_pack("{s:o,s:o}", "ok", bad ? json_false() : json_null(), "error",
                          error_json(code, trouble.said.n > 0 ? &trouble.said : &trouble.sentence));
    char *text = o == NULL ? NULL : json_dumps(o, JSON_COMPACT);
    if (text != NULL)
        puts(text);
    free(text);
    json_decref(o);
}
