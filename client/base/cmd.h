/* The subcommands, one file each, each returning an exit code. */
#ifndef CLIENT_BASE_CMD_H
#define CLIENT_BASE_CMD_H

#include "client/base/args.h"

enum outcome cmd_keygen(const struct args *a);
enum outcome cmd_enroll(const struct args *a);
enum outcome cmd_revoke(const struct args *a);
enum outcome cmd_submit(const struct args *a);
enum outcome cmd_import(const struct args *a);
enum outcome cmd_verify(const struct args *a);
enum outcome cmd_receipt(const struct args *a);
enum outcome cmd_verify_evidence(const struct args *a);
enum outcome cmd_replay(const struct args *a);
enum outcome cmd_audit(const struct args *a);
enum outcome cmd_report(const struct args *a);
extern const struct option_help report_options[];
enum outcome cmd_warrant(const struct args *a);
enum outcome cmd_notify(const struct args *a);
enum outcome cmd_signers(const struct args *a);
enum outcome cmd_mirror(const struct args *a);
enum outcome cmd_witness(const struct args *a);
enum outcome cmd_new(const struct args *a);
enum outcome cmd_open(const struct args *a);
enum outcome cmd_disclose(const struct args *a);
enum outcome cmd_pin(const struct args *a);
enum outcome cmd_schema(const struct args *a);
enum outcome cmd_ruleset(const struct args *a);

#endif
