/* How a casebook takes in the kinds of entries: between casebook.c and casebook_*.c only. Each of
 * these returns without an error; what there was no room for is recorded as lost, and
 * casebook_take() asks for it once. */
#ifndef CLIENT_AUDIT_CASEBOOK_INTAKE_H
#define CLIENT_AUDIT_CASEBOOK_INTAKE_H

#include "client/audit/casebook.h"

/* The word of a member that holds a code. */
word casebook_code(struct casebook *cb, const struct event *event, enum vocabulary v,
                   const char *member);

/* Keeps a member that is an array of codes as a list: its first word and how many. */
void casebook_take_list(struct casebook *cb, const struct event *event, enum vocabulary v,
                        const char *member, uint32_t *list, uint32_t *n);

/* What is known of the event's signer. */
const struct signer_facts *casebook_signer(const struct casebook *cb, const struct event *event);

/* Keeps that this request or warrant names a blob. */
void casebook_name_blob(struct casebook *cb, const struct sealed *s, bool by_warrant,
                        uint32_t number);

/* The context of a visit of sealed members: the request or warrant gets that number; n counts. */
struct sealed_intake {
    struct casebook *cb;
    const struct event *event;
    uint32_t number, n;
};

/* Take in a warrant, or a request, and return its number. */
uint32_t casebook_take_warrant(struct casebook *cb, const struct event *event);
uint32_t casebook_take_request(struct casebook *cb, const struct event *event);

/* Change what is known of a warrant, or of requests. */
void casebook_take_extension(struct casebook *cb, const struct event *event);
void casebook_take_transfer(struct casebook *cb, const struct event *event);
void casebook_take_about_request(struct casebook *cb, const struct event *event);

/* Looks up the warrant that a request's `warrant` member names among those so far, by ref, court
 * and entry, as far as they are given. Sets *number if it is RESOLVED. */
enum resolved casebook_resolve(const struct casebook *cb, const struct value *named,
                               uint32_t *number);

/* Makes the first warrant of each reference one that casebook_lookalike() finds. */
void casebook_take_looks(struct casebook *cb, uint32_t number);

#endif
