#include "client/remote/trust_options.h"

#include "proto/base/base64.h"
#include "proto/base/scan.h"

/* The value of an option that takes a number; -1 where the option is absent. */
static int number(int64_t *out, const char *text)
{
    uint64_t v;
    *out = -1;
    if (text == NULL)
        return 0;
    if (decimal_parse(&v, span_str(text)) != 0)
        return -1;
    *out = (int64_t)v;
    return 0;
}

enum outcome trust_options_read(struct trust_options *out, const struct args *a)
{
    *out = (struct trust_options){ .policy = a->policy,
                                   .url = a->log,
                                   .evidence = a->evidence,
                                   .tls = {
                                       .cacert = a->cacert, .cert = a->cert, .key = a->cert_key } };
    out->has_pin = a->genesis != NULL;
    if (out->has_pin && base64_decode_exact(out->pin.b, HASH_BYTES, span_str(a->genesis)) != 0)
        return say_usage(TR("--genesis takes the base64 leaf hash of entry 0",
                            "--genesis toma el hash de hoja del asiento 0, en base64"));
    if (number(&out->max_age, a->max_age) != 0)
        return say_usage("--max-age SECONDS");
    if (number(&out->tolerate, a->tolerate) != 0)
        return say_usage("--tolerate F");
    return OUTCOME_PROVEN;
}

enum outcome trust_open_args(struct trust *out, const struct args *a, bool one_log)
{
    struct trust_options options;
    enum outcome outcome = trust_options_read(&options, a);
    return outcome == OUTCOME_PROVEN ? trust_open(out, &options, one_log) : outcome;
}

enum outcome trust_open_to_read(struct trust *out, const struct args *a, bool one_log)
{
    struct trust_options options;
    enum outcome outcome = trust_options_read(&options, a);
    options.key = (struct keyfile){ a->key, a->passphrase_file };
    return outcome == OUTCOME_PROVEN ? trust_open(out, &options, one_log) : outcome;
}
