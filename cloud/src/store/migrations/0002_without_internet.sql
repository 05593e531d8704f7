-- Grows with every change of cards and technicians; with the version of a store's policy it makes the
-- version of the lists that its gateways are given.
ALTER TABLE chain ADD COLUMN allowance_version BIGINT NOT NULL DEFAULT 0;

ALTER TABLE policy ADD COLUMN card_releases_per_day BIGINT NOT NULL DEFAULT 4;
ALTER TABLE policy ADD COLUMN gateway_centavos_per_day BIGINT NOT NULL DEFAULT 20000;

-- The number of the last grant.
ALTER TABLE gateway ADD COLUMN grant_serial BIGINT NOT NULL DEFAULT 0;
-- The list that it says it goes by.
ALTER TABLE gateway ADD COLUMN allowance_version BIGINT NOT NULL DEFAULT 0;
-- Where its own page answers on the dock's network.
ALTER TABLE gateway ADD COLUMN local_url TEXT;

-- 0 for a grant that was born at its gateway, from a member card.
ALTER TABLE bay_grant ADD COLUMN serial BIGINT NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX bay_grant_serial ON bay_grant (gateway_id, serial) WHERE serial > 0;
CREATE INDEX bay_grant_card ON bay_grant (gateway_id, issued_ms) WHERE serial = 0;

ALTER TABLE rental ADD COLUMN backing TEXT NOT NULL DEFAULT 'deposit';
ALTER TABLE rental ADD COLUMN card_key TEXT;
CREATE INDEX rental_card_open ON rental (dock_id) WHERE backing = 'card' AND ended_ms IS NULL;

-- A member card. Its number is not stored: a salted hash finds it, its end shows which it is.
CREATE TABLE member_card (
    chain_id TEXT NOT NULL REFERENCES chain (id),
    card_key TEXT NOT NULL,
    ending TEXT NOT NULL,
    holder TEXT NOT NULL,
    person_id TEXT REFERENCES person (id),
    state TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    changed_ms BIGINT NOT NULL,
    PRIMARY KEY (chain_id, card_key)
);
CREATE INDEX member_card_changed ON member_card (chain_id, changed_ms);

CREATE TABLE technician_key (
    chain_id TEXT NOT NULL REFERENCES chain (id),
    public_key TEXT NOT NULL,
    name TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    revoked_ms BIGINT,
    PRIMARY KEY (chain_id, public_key)
);
CREATE UNIQUE INDEX technician_named ON technician_key (chain_id, name) WHERE revoked_ms IS NULL;

-- What a customer brought of a dock's word, before or after the dock told it. One an event.
CREATE TABLE receipt (
    gateway_id TEXT NOT NULL REFERENCES gateway (id),
    seq BIGINT NOT NULL,
    -- Absent where only a code was typed.
    hash BYTEA,
    tag TEXT NOT NULL,
    bay_no BIGINT,
    wall_ms BIGINT,
    rental_id TEXT REFERENCES rental (id),
    outcome TEXT NOT NULL,
    brought_ms BIGINT NOT NULL,
    -- When the gateway's journal said the same.
    told_ms BIGINT,
    PRIMARY KEY (gateway_id, seq)
);
