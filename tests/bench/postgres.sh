#!/bin/sh
# What people use today: a PostgreSQL table whose trigger chains rows by their hashes, durable, no signature
# checked. Prints "CLIENTS ROWS_PER_SECOND" lines; without PostgreSQL one line on standard error, and ends with 3.
# usage: tests/bench/postgres.sh SECONDS CLIENTS...
set -eu
seconds=$1
shift

for bin in /usr/lib/postgresql/*/bin "$(dirname "$(command -v initdb 2>/dev/null || echo /nowhere/x)")"; do
    [ -x "$bin/initdb" ] && [ -x "$bin/pgbench" ] && [ -x "$bin/pg_ctl" ] && break
done
[ -x "$bin/initdb" ] || { echo 'PostgreSQL is not installed' >&2; exit 3; }

work=$(mktemp -d "${TMPDIR:-/tmp}/bitacora-postgres.XXXXXX")
as=""
if [ "$(id -u)" = 0 ]; then # PostgreSQL does not run as root
    id postgres >/dev/null 2>&1 || { echo 'there is no user postgres to run PostgreSQL as' >&2; rm -rf "$work"; exit 3; }
    chown postgres "$work"
    as="runuser -u postgres --"
fi
cleanup() {
    $as "$bin/pg_ctl" -D "$work/data" -m immediate -w stop >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' HUP INT TERM

cat >"$work/schema.sql" <<'SQL'
create table head (one boolean primary key default true check (one), hash bytea not null);
insert into head values (true, sha256(''));
create table log (entry bigserial primary key, accepted timestamptz not null default clock_timestamp(),
    signer text not null, record text not null, previous bytea not null, hash bytea not null);
create index on log (signer);
create function chain() returns trigger language plpgsql as $$
begin
    select hash into new.previous from head for update;
    new.hash := sha256(new.previous || convert_to(new.record, 'UTF8'));
    update head set hash = new.hash;
    return new;
end $$;
create trigger chain before insert on log for each row execute function chain();
SQL
cat >"$work/insert.sql" <<'SQL'
\set signer random(1, 300)
insert into log (signer, record) values ('fgr.example.mx/agente' || :signer, repeat(md5(random()::text), 19));
SQL
chmod -R go+rX "$work"

cd "$work"
$as "$bin/initdb" -D "$work/data" -A trust -E UTF8 --locale=C >"$work/initdb.out" 2>&1 || { cat "$work/initdb.out" >&2; exit 1; }
# Only a socket of its own; durable as it comes (fsync and synchronous_commit are on).
$as "$bin/pg_ctl" -D "$work/data" -w -l "$work/data/log" \
    -o "-c listen_addresses='' -c unix_socket_directories='$work' -c max_connections=200" start >/dev/null
$as "$bin/psql" -h "$work" -d postgres -q -v ON_ERROR_STOP=1 -f "$work/schema.sql"
# measure CLIENTS SECONDS: prints CLIENTS and appends per second; fails if no append ended in that time.
measure() {
    $as "$bin/pgbench" -h "$work" -n -c "$1" -j 2 -T "$2" -f "$work/insert.sql" postgres >"$work/pgbench.out" 2>"$work/pgbench.err" ||
        { cat "$work/pgbench.err" >&2; exit 1; }
    sed -n "s/^tps = \([0-9.]*\) .*/$1 \1/p" "$work/pgbench.out" | grep .
}
for clients in "$@"; do # a busy machine may take longer than a second to connect 64 clients
    measure "$clients" "$seconds" || measure "$clients" $((seconds * 5)) || measure "$clients" $((seconds * 30))
done
# The chain that was measured is one.
[ "$($as "$bin/psql" -h "$work" -d postgres -Atc \
    "select count(*) from log a join log b on b.previous = a.hash where b.hash <> sha256(b.previous || convert_to(b.record, 'UTF8'))")" = 0 ]
