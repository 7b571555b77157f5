/* Messages of TS 103 120, read: which objects they create, and who sent them. */
#include <stdlib.h>

#include "client/base/lost.h"
#include "client/import/message.h"
#include "client/import/values.h"

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

static bool is_mapped(const char *type)
{
    static const char *const types[] = { "AuthorisationObject", "DocumentObject", "LITaskObject",
                                         "LDTaskObject", "LPTaskObject" };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(type, types[i]) == 0)
            return true;
    return false;
}

static void free_object(struct object *o)
{
    free(o->type);
    free(o->id);
    free(o->sender);
    free(o->ref);
    json_decref(o->value);
}

/* Takes the reference to value. */
static void add_object(struct ts103120 *t, const char *sender, json_t *value)
{
    struct object o = { .type = kept(strdup(type_of(value))),
                        .id = kept(strdup(id_of(value, ""))),
                        .sender = sender == NULL ? NULL : kept(strdup(sender)),
                        .message = t->messages_n - 1,
                        .value = value };
    o.at = (struct import_place){ t->messages[o.message].file, o.type, o.id };
    if (o.type == NULL || o.id == NULL || !room_for_one(&t->list, t->n, &t->cap, sizeof o)) {
        free_object(&o);
        return;
    }
    t->list[t->n++] = o;
}

static void read_action(struct ts103120 *t, const char *file, const char *sender, json_t *action)
{
    const char *verb;
    json_t *v, *created = peek(action, "CREATE");
    if (!json_is_object(action)) {
        name_unmapped(&(struct import_place){ file, "ActionRequest", "-" }, "ActionRequest");
        return;
    }
    json_decref(take(action, "ActionIdentifier"));
    if (json_is_object(peek(created, "HI1Object")) &&
        is_mapped(type_of(peek(created, "HI1Object")))) {
        add_object(t, sender, take(created, "HI1Object"));
        name_rest(&(struct import_place){ file, "ActionRequest", "-" }, "CREATE",
                  take(action, "CREATE"));
    }
    json_object_foreach (action, verb, v) {
        const json_t *object = peek(v, "HI1Object");
        name_unmapped(&(struct import_place){ file, local_name(verb), id_of(object, "-") },
                      object == NULL ? local_name(verb) : type_of(object));
    }
}

static char *read_sender(const char *file, json_t *header)
{
    struct import_place at = { file, "Header", "-" };
    json_t *identifier = take_object(header, "SenderIdentifier");
    char *sender = take_authority(identifier);
    name_rest(&at, "SenderIdentifier", identifier);
    name_rest(&at, "", json_incref(header));
    return sender;
}

/* Returns false, recorded as lost, if there is no memory. */
static bool add_message(struct ts103120 *t, const char *file)
{
    char *copy = kept(strdup(file));
    if (copy == NULL ||
        !room_for_one(&t->messages, t->messages_n, &t->messages_cap, sizeof *t->messages)) {
        free(copy);
        return false;
    }
    t->messages[t->messages_n++] = (struct message){ .file = copy };
    return true;
}

static void read_request(struct ts103120 *t, const char *name, json_t *message, json_t *header,
                         json_t *actions)
{
    struct import_place at = { name, "HI1Message", "-" };
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
}

int ts103120_read(struct ts103120 *t, const char *name, json_t *message)
{
    json_t *requests = peek(peek(peek(message, "Payload"), "RequestPayload"), "ActionRequests");
    json_t *actions = take(requests, "ActionRequest");
    json_t *header = take_object(message, "Header");
    int result = -1;
    if (header == NULL || items(actions) == 0) {
        say(TR("%s is not a TS 103 120 request (Header, Payload.RequestPayload.ActionRequests)",
               "%s no es una petición TS 103 120 (Header, Payload.RequestPayload.ActionRequests)"),
            name);
    } else if (add_message(t, name)) {
        read_request(t, name, message, header, actions);
        result = 0;
    }
    json_decref(actions);
    json_decref(header);
    return result;
}

struct ts103120 *ts103120_new(void)
{
    return kept(calloc(1, sizeof(struct ts103120)));
}

void ts103120_free(struct ts103120 *t)
{
    if (t == NULL)
        return;
    for (size_t i = 0; i < t->n; i++)
        free_object(&t->list[i]);
    for (size_t i = 0; i < t->messages_n; i++)
        free(t->messages[i].file);
    free(t->list);
    free(t->messages);
    free(t);
}
