-- When a cart that stays out counted as abandoned.
ALTER TABLE rental ADD COLUMN abandoned_ms BIGINT;

-- When a gateway had not told everything it knew, for longer than a dock is taken to be heard.
CREATE TABLE gateway_silence (
    gateway_id TEXT NOT NULL REFERENCES gateway (id),
    from_ms BIGINT NOT NULL,
    until_ms BIGINT NOT NULL,
    PRIMARY KEY (gateway_id, from_ms)
);
CREATE INDEX gateway_silence_until ON gateway_silence (until_ms);

-- Those who work here: they are no finders. Nobody can be read from an index.
CREATE TABLE worker (
    cpf_index BYTEA PRIMARY KEY,
    noted_ms BIGINT NOT NULL
);

-- An abandoned cart that somebody put into a bay, and what was decided about its deposit.
CREATE TABLE rescue (
    rental_id TEXT PRIMARY KEY REFERENCES rental (id),
    -- The dock's word of it.
    gateway_id TEXT NOT NULL REFERENCES gateway (id),
    seq BIGINT NOT NULL,
    docked_ms BIGINT NOT NULL,
    claim_until_ms BIGINT NOT NULL,
    -- 1: staff put it in, in the dock's service mode.
    service BIGINT NOT NULL,
    -- Why nobody but a person can say that it is the cart.
    doubt TEXT,
    state TEXT NOT NULL,
    -- The first reason against a finder, as a code.
    refusal TEXT,
    finder_id TEXT REFERENCES person (id),
    -- The finder's Pix key as a blind index; absent for a voucher.
    key_index BYTEA,
    claimed_ms BIGINT,
    decided_ms BIGINT,
    -- What was known and what follows from it, as JSON: a decision can be made again.
    inputs TEXT,
    outcome TEXT,
    finder_centavos BIGINT NOT NULL,
    prize_centavos BIGINT NOT NULL,
    pay_from_ms BIGINT,
    -- When the finder's voucher was redeemed. A payout knows itself what became of it.
    released_ms BIGINT,
    -- What the payer says against it.
    objection TEXT NOT NULL,
    objected_ms BIGINT,
    judged_ms BIGINT,
    judged_by TEXT REFERENCES staff (id)
);
CREATE UNIQUE INDEX rescue_place ON rescue (gateway_id, seq);
CREATE INDEX rescue_open ON rescue (claim_until_ms) WHERE state = 'open';
CREATE INDEX rescue_finder ON rescue (finder_id) WHERE finder_id IS NOT NULL;
CREATE INDEX rescue_key ON rescue (key_index) WHERE key_index IS NOT NULL;

-- A finder's part in goods. The code itself was shown once.
CREATE TABLE voucher (
    code_hash BYTEA PRIMARY KEY,
    rental_id TEXT NOT NULL UNIQUE REFERENCES rescue (rental_id),
    amount_centavos BIGINT NOT NULL CHECK (amount_centavos > 0),
    made_ms BIGINT NOT NULL,
    redeemed_ms BIGINT,
    redeemed_by TEXT REFERENCES staff (id)
);
