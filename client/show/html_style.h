/* The style sheets of pages, without what differs from page to page. */
#ifndef CLIENT_SHOW_HTML_STYLE_H
#define CLIENT_SHOW_HTML_STYLE_H

#include "proto/base/buf.h"

enum html_style {
    HTML_STYLE_NOW,
    HTML_STYLE_2026_11, /* of reports of formats 2 and 3, which are still made byte by byte */
};

/* Appends the rules for the screen and for paper. */
void html_style_add(struct buf *out, enum html_style style);

#endif
