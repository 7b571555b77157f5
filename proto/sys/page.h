/* The page: one HTML file that verifies what it is shown, in a browser. The build makes it of the
 * sources in client/page. Any thread. */
#ifndef PROTO_SYS_PAGE_H
#define PROTO_SYS_PAGE_H

#include "proto/base/span.h"

/* The file's bytes; none where the programs were built without npm, which the page is made with. */
struct span page_file(void);

#endif
