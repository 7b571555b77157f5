-- What guards the bank's tables: row-level security whose scope is what the gate said of a ticket,
-- and nothing else. The service sets it for one transaction:
--
--     bitacora.categories   what Bitacora-Categories says: codes, with commas between them
--     bitacora.type         of the person in Bitacora-Subject: curp, rfc, account, …
--     bitacora.value        his identifier, as the gate normalised it: curp and rfc in upper case,
--                           an account as digits
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
grant usage on schema bitacora to consulta;

-- A table of one category: its rows of one person. An identifier that many share names nobody: SAT
-- gives two RFCs to all who have none.
alter table account enable row level security;
create policy gate on account for select to consulta
    using (bitacora.gives('bank') and (bitacora.is('curp', curp) or bitacora.is('account', clabe)
        or (bitacora.is('rfc', rfc) and rfc not in ('XAXX010101000', 'XEXX010101000'))));

-- A table that knows the person by way of another: the policy of that one holds in here, too.
alter table movement enable row level security;
create policy gate on movement for select to consulta
    using (bitacora.gives('bank') and clabe in (select clabe from account));

alter table tax_statement enable row level security;
create policy gate on tax_statement for select to consulta
    using (bitacora.gives('fiscal') and bitacora.is('curp', curp));

grant select on account, movement, tax_statement to consulta;

commit;
