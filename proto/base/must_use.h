/* One attribute for every result that must not be ignored. */
#ifndef PROTO_BASE_MUST_USE_H
#define PROTO_BASE_MUST_USE_H

#define MUST_USE __attribute__((warn_unused_result))

#endif
