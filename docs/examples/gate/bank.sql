-- A bank as it is before the gate: two tables of people's data, to try docs/GATE.md with.
create table account (
    clabe text primary key,
    curp text not null,
    rfc text,
    name text not null
);
create table movement (
    id bigint primary key generated always as identity,
    clabe text not null references account,
    at timestamptz not null,
    cents bigint not null,
    concept text not null
);
create table tax_statement (
    curp text not null,
    year int not null,
    cents bigint not null,
    primary key (curp, year)
);
insert into account values
    ('002010077777777771', 'GOMC850315HDFRRR07', 'GOMC850315AB1', 'Carlos Gómez Martínez'),
    ('002010077777777784', 'GOMC850315HDFRRR07', 'GOMC850315AB1', 'Carlos Gómez Martínez'),
    ('002010077777777797', 'MARP800101MDFRTR03', 'XAXX010101000', 'Patricia Martínez Rojo');
insert into movement (clabe, at, cents, concept)
    select clabe, timestamptz '2026-02-01' + n * interval '1 day', n * 100, 'SPEI ' || n
    from account, generate_series(1, 60) n;
insert into tax_statement
    select distinct curp, 2025, 1000000 from account;
