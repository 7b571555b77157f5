-- What guards the bank's tables: row-level security whose scope is what the gate said of a ticket,
-- and nothing else. The service sets it for one transaction:
--
--     bitacora.categories   what Bitacora-Categories says: codes, with commas between them
--     bitacora.type         of the person in Bitacora-Subject: curp, rfc, account, …
--     bitacora.value        his identifier, as the gate normalised it: curp and rfc in upper case,
--                           an account as digits
--     bitacora.from         Bitacora-From and Bitacora-Until, RFC 3339; `until` is not included. The
--     bitacora.until        service sets -infinity and infinity where the gate sent none
--
-- Where nothing was set, nothing is true, and no row comes out.
begin;

create role consulta login; -- the service's role. It owns nothing and bypasses nothing.

create schema bitacora;
create function bitacora.gives(category text) returns boolean stable language sql
    return coalesce(category = any (
        string_to_array(current_setting('bitacora.categories', true), ',')), false);
create function bitacora.is(type text, value text) returns boolean stable language sql
    return coalesce(type = nullif(current_setting('bitacora.type', true), '')
        and value = nullif(current_setting('bitacora.value', true), ''), false);
create function bitacora.during(begins timestamptz, ends timestamptz) returns boolean
    stable language sql
    return coalesce(begins >= nullif(current_setting('bitacora.from', true), '')::timestamptz
        and ends <= nullif(current_setting('bitacora.until', true), '')::timestamptz, false);
create function bitacora.during(at timestamptz) returns boolean stable language sql
    return bitacora.during(at, at)
        and at < nullif(current_setting('bitacora.until', true), '')::timestamptz;
grant usage on schema bitacora to consulta;

-- A table of one category: its rows of one person. An identifier that many share names nobody: SAT
-- gives two RFCs to all who have none.
alter table account enable row level security;
create policy gate on account for select to consulta
    using (bitacora.gives('bank') and (bitacora.is('curp', curp) or bitacora.is('account', clabe)
        or (bitacora.is('rfc', rfc) and rfc not in ('XAXX010101000', 'XEXX010101000'))));

-- A table that knows the person by way of another: the policy of that one holds in here, too. What
-- is of a time is bounded by the request's period.
alter table movement enable row level security;
create policy gate on movement for select to consulta
    using (bitacora.gives('bank') and bitacora.during(at)
        and clabe in (select clabe from account));

-- A row about a span of time goes out where all of it lies in the period.
alter table tax_statement enable row level security;
create policy gate on tax_statement for select to consulta
    using (bitacora.gives('fiscal') and bitacora.is('curp', curp) and bitacora.during(
        make_timestamptz(year, 1, 1, 0, 0, 0, 'America/Mexico_City'),
        make_timestamptz(year + 1, 1, 1, 0, 0, 0, 'America/Mexico_City')));

grant select on account, movement, tax_statement to consulta;

commit;
