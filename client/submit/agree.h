/* A question before something is signed that cannot be taken back. */
#ifndef CLIENT_SUBMIT_AGREE_H
#define CLIENT_SUBMIT_AGREE_H

enum agreement {
    AGREEMENT_YES,
    AGREEMENT_NO,
    AGREEMENT_NOBODY, /* there is no terminal, so nobody was asked */
};

/* Asks on the terminal; what begins with y or s is a yes. Standard input may be something else,
 * such as the records: then the process's own terminal is asked, if its errors go to one. */
enum agreement agree_ask(const char *question);

#endif
