/* Links within a page: from each place that names an entry, or a rule, to where it is told. Works on
 * finished HTML, so that whoever writes sentences need not know of links. */
#ifndef CLIENT_SHOW_HTML_LINKS_H
#define CLIENT_SHOW_HTML_LINKS_H

#include "proto/base/buf.h"

struct html_links {
    const void *ctx;
    /* Whether the page tells of this entry, in an element with the id "eN". */
    bool (*entry)(const void *ctx, uint64_t entry);
    /* Whether it explains this rule ("R08"), in an item that begins with its name and ": ". Such an
     * item gets the rule's name as its id. */
    bool (*rule)(const void *ctx, const char *name);
};

/* Appends HTML that html.h made, of whole elements, with links: of the numbers behind "entry",
 * "entries", "asiento", "asientos", and of the names of rules. Not in tags, code and headings. */
void html_link(struct buf *out, struct span html, const struct html_links *links);

#endif
