#include "client/remote/escape.h"

#include <curl/curl.h>

void query_escape(struct buf *out, const char *text)
{
    char *escaped = curl_easy_escape(NULL, text, 0);
    if (escaped == NULL)
        out->failed = true;
    buf_adds(out, escaped == NULL ? "" : escaped);
    curl_free(escaped);
}
