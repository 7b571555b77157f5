#include "client/findings/answer_about.h"

#include <inttypes.h>
#include <stdio.h>

static const struct enrolment *signer_of_row(const struct audit *a, const struct row *row)
{
    const struct registry *registry = judge_registry(a->r->judge);
    return row == NULL || row->signer == NO_SIGNER || row->signer >= registry_count(registry)
               ? NULL
               : registry_get(registry, row->signer);
}

struct answer_about answer_about(const struct audit *a, const struct rule_answer *x)
{
    const struct row *row = casebook_row(&a->cb, x->entry);
    const struct enrolment *signer = signer_of_row(a, row);
    const struct request *r =
        casebook_request(&a->cb, x->request != NO_ENTRY ? x->request : x->entry);
    struct answer_about about = { .accepted = row == NULL ? NO_TIME : row->accepted,
                                  .kind = row == NULL ? KIND_NONE : (enum kind)row->kind,
                                  .authority = "",
                                  .holder = "" };
    bool holder = signer != NULL && signer->role == ROLE_HOLDER;
    if (r != NULL) {
        about.authority = casebook_text(&a->cb, r->authority);
        about.holder = casebook_text(&a->cb, r->holder);
    } else if (signer != NULL) {
        *(holder ? &about.holder : &about.authority) = signer->authority;
    }
    return about;
}

void answer_link(char out[static 64], uint64_t entry)
{
    snprintf(out, 64, "bitacora show %" PRIu64, entry);
}
