#include "client/notify/contact.h"

#include <inttypes.h>

#include "client/show/terms.h"
#include "proto/base/scan.h"
#include "proto/sys/files.h"

#define FILE_MOST 8192
#define TO_FILL_IN "________________________________________"

static const struct {
    const char *key;
    const char *label[2];
} lines[CONTACT_LINES] = {
    [CONTACT_OFFICE] = { "office", { "Office", "Oficina" } },
    [CONTACT_ADDRESS] = { "address", { "Address", "Domicilio" } },
    [CONTACT_TELEPHONE] = { "telephone", { "Telephone", "Teléfono" } },
    [CONTACT_EMAIL] = { "email", { "E-mail", "Correo electrónico" } },
    [CONTACT_WEB] = { "web", { "Web page", "Página de internet" } },
    [CONTACT_HOURS] = { "hours", { "Opening hours", "Horario de atención" } },
};

static const char *known_keys(void)
{
    return "office, address, telephone, email, web, hours";
}

static struct span trim(struct span s)
{
    while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t'))
        s = span_of(s.p + 1, s.n - 1);
    while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t' || s.p[s.n - 1] == '\r'))
        s.n--;
    return s;
}

static bool wrong(const char *path, uint64_t n, const char *why)
{
    say(TR("%s, line %" PRIu64 ": %s", "%s, línea %" PRIu64 ": %s"), path, n, why);
    return false;
}

/* The same, and which keys there are behind it. */
static bool say_keys(const char *path, uint64_t n, const char *why)
{
    say(TR("%s, line %" PRIu64 ": %s %s", "%s, línea %" PRIu64 ": %s %s"), path, n, why,
        known_keys());
    return false;
}

static bool take_line(struct contact *out, struct span line, const char *path, uint64_t n)
{
    const uint8_t *colon = memchr(line.p, ':', line.n);
    if (colon == NULL)
        return say_keys(
            path, n,
            TR("a line is KEY: TEXT, and KEY one of", "una línea es CLAVE: TEXTO, y CLAVE una de"));
    struct span key = span_of(line.p, (size_t)(colon - line.p));
    struct span text = trim(span_of(colon + 1, line.n - key.n - 1));
    size_t i = 0;
    while (i < CONTACT_LINES && !span_is(key, lines[i].key))
        i++;
    if (i == CONTACT_LINES)
        return say_keys(path, n, TR("the key is none of", "la clave no es ninguna de"));
    if (out->line[i][0] != 0)
        return wrong(path, n, TR("the key stands there twice", "la clave está dos veces"));
    if (text.n == 0 || text.n > CONTACT_LINE_MAX || !text_is_plain(text))
        return wrong(path, n,
                     TR("the text has 1 to 300 bytes of UTF-8 and no control characters",
                        "el texto tiene de 1 a 300 bytes de UTF-8 y ningún carácter de control"));
    memcpy(out->line[i], text.p, text.n);
    return true;
}

static bool take_contact(struct contact *out, struct span file, const char *path)
{
    for (uint64_t n = 1; file.n > 0; n++) {
        const uint8_t *end = memchr(file.p, '\n', file.n);
        size_t length = end == NULL ? file.n : (size_t)(end - file.p);
        struct span line = trim(span_of(file.p, length));
        if (line.n > 0 && line.p[0] != '#' && !take_line(out, line, path, n))
            return false;
        length += end != NULL;
        file = span_of(file.p + length, file.n - length);
    }
    if (out->line[CONTACT_ADDRESS][0] != 0 && out->line[CONTACT_TELEPHONE][0] != 0)
        return true;
    say(TR("%s: it needs a line `address: …` and a line `telephone: …`",
           "%s: hacen falta una línea `address: …` y una línea `telephone: …`"),
        path);
    return false;
}

enum outcome contact_read(struct contact *out, const char *path)
{
    struct buf text = { 0 };
    *out = (struct contact){ 0 };
    enum file read = file_read(&text, path, FILE_MOST);
    if (read != FILE_OK)
        say(TR("%s could not be read: %s", "no se pudo leer %s: %s"), path, file_cause(read));
    struct span s = buf_span(&text);
    if (span_starts(s, "\xEF\xBB\xBF")) /* an editor put it there */
        s = span_of(s.p + 3, s.n - 3);
    bool good = read == FILE_OK && take_contact(out, s, path);
    buf_free(&text);
    return good ? OUTCOME_PROVEN : OUTCOME_USAGE;
}

void contact_terms(struct sheet *s, const struct contact *c)
{
    for (size_t i = 0; i < CONTACT_LINES; i++) {
        bool needed = i == CONTACT_ADDRESS || i == CONTACT_TELEPHONE;
        if (c != NULL && c->line[i][0] != 0)
            term(s, lines[i].label[language_get()], c->line[i]);
        else if (c == NULL && needed)
            term(s, lines[i].label[language_get()], TO_FILL_IN);
    }
}
