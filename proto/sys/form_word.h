/* The words of a form (form.h), taken apart: for form.c and form_json.c. */
#ifndef PROTO_SYS_FORM_WORD_H
#define PROTO_SYS_FORM_WORD_H

#include "proto/base/span.h"
#include "proto/sys/form.h"

struct form_word {
    struct span name;
    char mark; /* '!', '=', '-', '\'' (as it stands), 0 (an option), or the word itself: "()[]|," */
    bool capital; /* an operand */
    bool several;
};

/* Takes the next word off *text. Returns whether there was one. */
bool form_next_word(struct form_word *w, const char **text);

bool form_word_is_option(const struct form_word *w);

/* What an operand is called in a language: the operand itself where nothing else is known. */
struct span form_operand(struct span name, enum language language);

/* The option as the command has it: its own meaning before the program's. NULL if it has it not. */
const struct form_option *form_option_of(const struct form_program *p, const struct form *f,
                                         struct span name);

#endif
