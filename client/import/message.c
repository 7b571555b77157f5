#include "client/import/message.h"

#include <stdlib.h>

#include "client/import/values.h"

/* ---- members ------------------------------------------------------------------------------- */

/* The name behind a namespace prefix: "auth:AuthorisationReference", "{uri}LITaskObject". */
static const char *local_name(const char *name)
{
    const char *brace = strrchr(name, '}'), *colon = strrchr(name, ':');
    const char *cut = brace > colon ? brace : colon;
    return cut == NULL ? name : cut + 1;
}

/* Namespaces and types: they say nothing by themselves. */
static bool is_notation(const char *name)
{
    return strncmp(name, "@xmlns", 6) == 0 || strncmp(name, "@xsi:", 5) == 0;
}

static const char *find(const json_t *object, const char *name, json_t **value)
{
    const char *key;
    json_object_foreach ((json_t *)(uintptr_t)object, key, *value) {
        if (key[0] != '@' && strcmp(local_name(key), name) == 0)
            return key;
    }
    *value = NULL;
    return NULL;
}

json_t *peek(const json_t *object, const char *name)
{
    json_t *v;
    find(object, name, &v);
    return v;
}

const char *peek_text(const json_t *object, const char *name)
{
    return json_string_value(peek(object, name));
}

json_t *take(json_t *object, const char *name)
{
    json_t *v;
    const char *key = find(object, name, &v);
    if (key == NULL)
        return NULL;
    json_incref(v);
    json_object_del(object, key);
    return v;
}

json_t *take_object(json_t *object, const char *name)
{
    return json_is_object(peek(object, name)) ? take(object, name) : NULL;
}

size_t items(const json_t *v)
{
    return json_is_array(v) ? json_array_size(v) : v == NULL ? 0 : 1;
}

json_t *item(json_t *v, size_t i)
{
    return json_is_array(v) ? json_array_get(v, i) : v;
}

void name_unmapped(const struct place *at, const char *what)
{
    say(TR("%s: %s %s: not mapped: %s", "%s: %s %s: sin correspondencia: %s"), at->file, at->type,
        at->id, what);
}

void name_rest(const struct place *at, const char *path, json_t *rest)
{
    const char *name;
    json_t *v;
    struct buf b = { 0 };
    json_object_foreach (rest, name, v) {
        if (is_notation(name))
            continue;
        buf_clear(&b);
        buf_addf(&b, "%s%s%s", path, *path == 0 ? "" : ".", local_name(name));
        name_unmapped(at, buf_str(&b));
    }
    if (rest != NULL && !json_is_object(rest))
        name_unmapped(at, path);
    buf_free(&b);
    json_decref(rest);
}

/* ---- messages ------------------------------------------------------------------------------ */

static const char *type_of(const json_t *object)
{
    const char *type = json_string_value(json_object_get(object, "@xsi:type"));
    return type == NULL ? "HI1Object" : local_name(type);
}

static const char *id_of(const json_t *object, const char *otherwise)
{
    const char *id = peek_text(object, "ObjectIdentifier");
    return id == NULL ? otherwise : id;
}

static bool maps(const char *type)
{
    static const char *const types[] = { "AuthorisationObject", "DocumentObject", "LITaskObject",
                                         "LDTaskObject", "LPTaskObject" };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(type, types[i]) == 0)
            return true;
    return false;
}

/* Takes the reference to value. */
static void add_object(struct ts103120 *t, const char *sender, json_t *value)
{
    if (t->n == t->cap) {
        t->cap = t->cap == 0 ? 16 : t->cap * 2;
        t->list = must(reallocarray(t->list, t->cap, sizeof *t->list));
    }
    t->list[t->n++] = (struct object){
        .at = { .file = t->messages[t->messages_n - 1].file,
                .type = must(strdup(type_of(value))),
                .id = must(strdup(id_of(value, ""))) },
        .message = t->messages_n - 1,
        .sender = sender == NULL ? NULL : must(strdup(sender)),
        .value = value,
    };
}

static void read_action(struct ts103120 *t, const char *file, const char *sender, json_t *action)
{
    const char *verb;
    json_t *v, *created = peek(action, "CREATE");
    if (!json_is_object(action)) {
        name_unmapped(&(struct place){ file, "ActionRequest", "-" }, "ActionRequest");
        return;
    }
    json_decref(take(action, "ActionIdentifier"));
    if (json_is_object(peek(created, "HI1Object")) && maps(type_of(peek(created, "HI1Object")))) {
        add_object(t, sender, take(created, "HI1Object"));
        name_rest(&(struct place){ file, "ActionRequest", "-" }, "CREATE", take(action, "CREATE"));
    }
    json_object_foreach (action, verb, v) {
        const json_t *object = peek(v, "HI1Object");
        name_unmapped(&(struct place){ file, local_name(verb), id_of(object, "-") },
                      object == NULL ? local_name(verb) : type_of(object));
    }
}

static char *read_sender(const char *file, json_t *header)
{
    struct place at = { file, "Header", "-" };
    json_t *identifier = take_object(header, "SenderIdentifier");
    char *sender = take_authority(identifier);
    name_rest(&at, "SenderIdentifier", identifier);
    name_rest(&at, "", json_incref(header));
    return sender;
}

static void add_message(struct ts103120 *t, const char *file)
{
    if (t->messages_n == t->messages_cap) {
        t->messages_cap = t->messages_cap == 0 ? 16 : t->messages_cap * 2;
        t->messages = must(reallocarray(t->messages, t->messages_cap, sizeof *t->messages));
    }
    t->messages[t->messages_n++] = (struct message){ .file = must(strdup(file)) };
}

int ts103120_read(struct ts103120 *t, const char *name, json_t *message)
{
    struct place at = { name, "HI1Message", "-" };
    json_t *requests = peek(peek(peek(message, "Payload"), "RequestPayload"), "ActionRequests");
    json_t *actions = take(requests, "ActionRequest");
    json_t *header = take_object(message, "Header");
    int result = -1;
    if (header != NULL && items(actions) > 0) {
        add_message(t, name);
        char *sender = read_sender(name, header);
        for (size_t i = 0; i < items(actions); i++)
            read_action(t, name, sender, item(actions, i));
        free(sender);
        json_t *payload = take_object(message, "Payload");
        json_t *request = take_object(payload, "RequestPayload");
        name_rest(&at, "ActionRequests", take_object(request, "ActionRequests"));
        name_rest(&at, "RequestPayload", request);
        name_rest(&at, "Payload", payload);
        name_rest(&at, "", json_incref(message));
        result = 0;
    } else {
        say(TR("%s is not a TS 103 120 request (Header, Payload.RequestPayload.ActionRequests)",
               "%s no es una petición TS 103 120 (Header, Payload.RequestPayload.ActionRequests)"),
            name);
    }
    json_decref(actions);
    json_decref(header);
    return result;
}

struct ts103120 *ts103120_new(void)
{
    return must(calloc(1, sizeof(struct ts103120)));
}

void ts103120_free(struct ts103120 *t)
{
    for (size_t i = 0; i < t->n; i++) {
        free((char *)(uintptr_t)t->list[i].at.type);
        free((char *)(uintptr_t)t->list[i].at.id);
        free(t->list[i].sender);
        free(t->list[i].ref);
        json_decref(t->list[i].value);
    }
    for (size_t i = 0; i < t->messages_n; i++)
        free(t->messages[i].file);
    free(t->list);
    free(t->messages);
    free(t);
}
