/* Numbers for the operator, all of them here, exposed by /metrics. Any thread. */
#ifndef DAEMON_HOST_METRICS_H
#define DAEMON_HOST_METRICS_H

#include "proto/base/buf.h"
#include "proto/base/reason.h"

/* X(NAME, "name", "type", "help"). Those whose NAME ends in _US hold microseconds, and are exposed in
 * seconds. */
#define METRICS(X)                                                                                 \
    X(APPENDED, "bitacora_records_appended_total", "counter", "records appended")                  \
    X(SEEN, "bitacora_records_seen_total", "counter", "records sent again and answered again")     \
    X(SIGNATURES, "bitacora_signatures_verified_total", "counter", "record signatures found good") \
    X(RECEIPTS, "bitacora_receipts_total", "counter", "receipts built")                            \
    X(COMMITS, "bitacora_commits_total", "counter", "batches committed to disk")                   \
    X(COMMIT_FAILURES, "bitacora_commit_failures_total", "counter", "batches that failed")         \
    X(COMMIT_US, "bitacora_commit_seconds_total", "counter", "time spent committing")              \
    X(MARK_US, "bitacora_mark_seconds_total", "counter",                                           \
      "time spent writing the mark, once after each commit")                                       \
    X(BATCH_LONGEST_US, "bitacora_batch_longest_seconds", "gauge",                                 \
      "the longest time that a batch took, from its first note to the end of its commit")          \
    X(SEQUENCE_US, "bitacora_sequence_seconds_total", "counter",                                   \
      "time spent judging and writing batches")                                                    \
    X(RELOADS, "bitacora_reloads_total", "counter",                                                \
      "times the log's end was read again from disk")                                              \
    X(DEADLINES, "bitacora_deadlines_total", "counter", "answers given up")                        \
    X(ACCEPT_PAUSES, "bitacora_accept_pauses_total", "counter",                                    \
      "times no connection could be accepted")                                                     \
    X(TREE_SIZE, "bitacora_tree_size", "gauge", "entries in the newest signed checkpoint")         \
    X(LAST_COMMIT, "bitacora_last_commit_timestamp_seconds", "gauge",                              \
      "when the last batch was committed")                                                         \
    X(SIGNER_REACHED, "bitacora_signer_reached", "gauge",                                          \
      "1 while the daemon is connected to a signer's process")                                     \
    X(APPENDING, "bitacora_appending", "gauge", "1 while there is room to append, else 0")         \
    X(STORE_FULL, "bitacora_store_full", "gauge",                                                  \
      "1 from a batch that found no room in the store until one that did")                         \
    X(QUEUE_NOTES, "bitacora_queue_notes", "gauge", "notes that await their answer")               \
    X(QUEUE_BYTES, "bitacora_queue_bytes", "gauge", "bytes of those")                              \
    X(READS, "bitacora_reads", "gauge", "reads of the store that await their answer")              \
    X(ANSWERS, "bitacora_answers", "gauge", "parts of answers that are being made or await that")  \
    X(REPLY_BYTES, "bitacora_reply_bytes", "gauge", "bytes of answers not yet taken by clients")   \
    X(READ_BYTES, "bitacora_read_bytes", "gauge",                                                  \
      "bytes of answers built but not yet sent, and of blobs not yet put")                         \
    X(WITNESSED_SIZE, "bitacora_witnessed_size", "gauge",                                          \
      "entries in the newest checkpoint that has its quorum of witnesses")                         \
    X(WITNESS_FAILURES, "bitacora_witness_requests_failed_total", "counter",                       \
      "times that a witness did not cosign")                                                       \
    X(WAITS, "bitacora_waits", "gauge", "requests that wait for witnesses")                        \
    X(ROLLED_BACK, "bitacora_rolled_back", "gauge",                                                \
      "1 while nothing is signed, as the log was rolled back or too many witnesses say so")        \
    X(SET_ASIDE, "bitacora_witnesses_set_aside", "gauge",                                          \
      "witnesses that say without proof that they have seen another history")                      \
    X(BLOBS_PUT, "bitacora_blobs_put_total", "counter", "blobs put that were not there before")    \
    X(BLOBS_PENDING, "bitacora_blobs_pending", "gauge", "blobs that no entry names yet")           \
    X(BLOBS_PENDING_BYTES, "bitacora_blobs_pending_bytes", "gauge",                                \
      "bytes on the disk of blobs that no entry names yet")                                        \
    X(BLOBS_EXPIRED, "bitacora_blobs_expired_total", "counter",                                    \
      "blobs that no entry named in time")                                                         \
    X(BLOBS_ERASED, "bitacora_blobs_erased_total", "counter", "blobs deleted by order of a judge") \
    X(ERASURES_PENDING, "bitacora_erasures_pending", "gauge",                                      \
      "blobs ordered deleted that could not be: tried again")                                      \
    X(INDEXING, "bitacora_indexing", "gauge",                                                      \
      "1 while the index is written, 0 while that waits or is given up")                           \
    X(INDEX_STOPPED, "bitacora_index_stopped", "gauge",                                            \
      "1 once writing the index was given up, as entries or tables are not what was signed")       \
    X(INDEX_ENTRIES, "bitacora_index_entries_total", "counter", "index entries appended")          \
    X(INDEX_COVERED, "bitacora_index_covered", "gauge",                                            \
      "entries that the newest index entry covers")                                                \
    X(INDEX_TABLES, "bitacora_index_tables", "gauge", "tables that it names")                      \
    X(INDEX_MERGES, "bitacora_index_merges_total", "counter", "merges of tables")                  \
    X(INDEX_MERGE_US, "bitacora_index_merge_seconds_total", "counter",                             \
      "time that merges took, others that went first included")                                    \
    X(INDEX_FAILURES, "bitacora_index_failures_total", "counter",                                  \
      "times that a table or an index entry could not be written")                                 \
    X(STARTING, "bitacora_starting", "gauge",                                                      \
      "1 until the witnesses were asked for the first time: nothing is appended before")           \
    X(RELOAD_SUCCESSFUL, "bitacora_config_last_reload_successful", "gauge",                        \
      "0 if the last SIGHUP left settings or policy as they were, as they could not be taken")     \
    X(RELOAD_SUCCESS, "bitacora_config_last_reload_success_timestamp_seconds", "gauge",            \
      "when settings and policy were read last, at the start or by SIGHUP")                        \
    X(ACCESS_ROWS, "bitacora_access_rows_total", "counter", "reads that were written down")        \
    X(ACCESS_ENTRIES, "bitacora_access_entries_total", "counter", "access entries appended")       \
    X(ACCESS_FAILURES, "bitacora_access_failures_total", "counter",                                \
      "times that reads could not be written down, or an access entry not appended")               \
    X(ACCESS_WRITING, "bitacora_access_writing", "gauge",                                          \
      "1 while reads can be written down, 0 while that fails, or everybody may read")              \
    X(TOKENS_REFUSED, "bitacora_tokens_refused_total", "counter",                                  \
      "reads that were refused for want of a good token, or of its role")                          \
    X(LIMIT_ADDRESS, "bitacora_limited_requests_total", "counter",                                 \
      "requests that were refused as their address sent more than limit_address")                  \
    X(LIMIT_SIGNER, "bitacora_limited_submissions_total", "counter",                               \
      "submissions that were refused as a signer sent more than limit_signer")                     \
    X(TLS_FAILURES, "bitacora_tls_handshake_failures_total", "counter",                            \
      "TLS handshakes that failed")                                                                \
    X(TLS_EXPIRES, "bitacora_tls_certificate_expiry_timestamp_seconds", "gauge",                   \
      "when the server's certificate expires; 0 without TLS")                                      \
    X(SANDBOX_CALLS, "bitacora_sandbox_seccomp", "gauge",                                          \
      "1 while the kernel refuses system calls that the daemon does not need")                     \
    X(SANDBOX_FILES, "bitacora_sandbox_landlock", "gauge",                                         \
      "1 while the kernel refuses files that the daemon does not need")                            \
    X(EXCHANGES, "bitacora_exchanges", "gauge", "requests under way in the daemon")

enum metric {
#define X(name, text, type, help) METRIC_##name,
    METRICS(X)
#undef X
        METRIC_COUNT
};

/* Adds n, which may be negative; sets; reads. None of them waits for another thread. */
void metric_add(enum metric m, int64_t n);
void metric_set(enum metric m, int64_t v);
int64_t metric_get(enum metric m);

/* Counts a record that was refused for r. */
void metric_refused(enum reason r);
/* Counts an HTTP answer by its status. */
void metric_answered(int status);

/* Appends all of the above in Prometheus' text format. */
void metrics_format(struct buf *out);

/* Appends what stands above the lines of one metric in that format; type is "gauge" or "counter". Its
 * lines follow, all of them. */
void metrics_head(struct buf *out, const char *name, const char *type, const char *help);

/* Appends one number that is kept elsewhere, in that format. */
void metrics_gauge(struct buf *out, const char *name, const char *help, uint64_t v);

#endif
