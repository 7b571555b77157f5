#include "client/submit/agree.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* NULL: there is nobody to ask. */
static FILE *open_terminal(void)
{
    if (isatty(STDIN_FILENO))
        return fdopen(dup(STDIN_FILENO), "r");
    return isatty(STDERR_FILENO) ? fopen("/dev/tty", "r") : NULL;
}

enum agreement agree_ask(const char *question)
{
    char answer[16];
    FILE *terminal = open_terminal();
    if (terminal == NULL)
        return AGREEMENT_NOBODY;
    fputs(question, stderr);
    bool yes = fgets(answer, sizeof answer, terminal) != NULL && answer[0] != 0 &&
               strchr("yYsS", answer[0]) != NULL;
    fclose(terminal);
    return yes ? AGREEMENT_YES : AGREEMENT_NO;
}
