-- The life of a campaign. A month for which nobody has planned anything has no state.
ALTER TABLE campaign ADD COLUMN mode TEXT;
ALTER TABLE campaign ADD COLUMN stage TEXT;
-- What was decided so far, as the core writes it.
ALTER TABLE campaign ADD COLUMN state TEXT;
-- The rules as they were published: canonical text, never changed.
ALTER TABLE campaign ADD COLUMN rules TEXT;
ALTER TABLE campaign ADD COLUMN published_ms BIGINT;
-- The last moment at which a return may become known; where none is planned, the end itself.
ALTER TABLE campaign ADD COLUMN t_close_ms BIGINT;
ALTER TABLE campaign ADD COLUMN frozen_ms BIGINT;
-- Grows with every step, so that what was made of it is known to be stale.
ALTER TABLE campaign ADD COLUMN revision BIGINT NOT NULL DEFAULT 0;

-- By the cloud's clock the return did not happen before this.
ALTER TABLE entry ADD COLUMN after_ms BIGINT;
-- The campaign for which it was too late, or could not be decided in time.
ALTER TABLE entry ADD COLUMN moved_from TEXT;
-- Why it does not stand in the frozen list.
ALTER TABLE entry ADD COLUMN outside TEXT;
CREATE INDEX entry_campaign ON entry (campaign_id);

-- What makes persons' pseudonyms in one campaign. Without it they lead to nobody.
CREATE TABLE campaign_key (
    campaign_id TEXT PRIMARY KEY REFERENCES campaign (id),
    seal BIGINT NOT NULL,
    sealed BYTEA NOT NULL
);

CREATE TABLE campaign_approval (
    campaign_id TEXT NOT NULL REFERENCES campaign (id),
    staff_id TEXT NOT NULL REFERENCES staff (id),
    -- Of the list that was shown.
    root BYTEA NOT NULL,
    approved_ms BIGINT NOT NULL,
    PRIMARY KEY (campaign_id, staff_id)
);

-- What was read of an extraction, by whom, for which record.
CREATE TABLE campaign_reading (
    campaign_id TEXT NOT NULL REFERENCES campaign (id),
    sequence BIGINT NOT NULL,
    -- A member of the staff, or `fetch`.
    reader TEXT NOT NULL,
    name TEXT NOT NULL,
    -- The record that it would take the place of; 0 for none.
    replaces BIGINT NOT NULL,
    reading TEXT NOT NULL,
    reason TEXT NOT NULL,
    -- What the reader kept, of which the record holds the hash.
    evidence TEXT NOT NULL,
    read_ms BIGINT NOT NULL,
    PRIMARY KEY (campaign_id, sequence, reader, name)
);

-- The list as it was frozen, in leaf order.
CREATE TABLE frozen_entry (
    campaign_id TEXT NOT NULL REFERENCES campaign (id),
    leaf BYTEA NOT NULL,
    pid BYTEA NOT NULL,
    ev BYTEA NOT NULL,
    rental_id TEXT NOT NULL UNIQUE REFERENCES rental (id),
    -- After the shuffle.
    position BIGINT,
    PRIMARY KEY (campaign_id, leaf)
);
CREATE INDEX frozen_entry_position ON frozen_entry (campaign_id, position)
    WHERE position IS NOT NULL;

-- What a winner gets, or everybody of a certain prize. The code is only known as a hash, and not
-- before it was named.
CREATE TABLE prize_voucher (
    campaign_id TEXT NOT NULL REFERENCES campaign (id),
    -- From 1; 0 of a certain prize.
    prize_rank BIGINT NOT NULL,
    rental_id TEXT NOT NULL REFERENCES rental (id),
    person_id TEXT REFERENCES person (id),
    code_hash BYTEA,
    amount_centavos BIGINT NOT NULL CHECK (amount_centavos > 0),
    made_ms BIGINT NOT NULL,
    -- From this moment on it is worth nothing.
    lapses_ms BIGINT NOT NULL,
    redeemed_ms BIGINT,
    redeemed_by TEXT REFERENCES staff (id),
    void_ms BIGINT,
    PRIMARY KEY (campaign_id, prize_rank, rental_id)
);
CREATE UNIQUE INDEX prize_voucher_code ON prize_voucher (code_hash) WHERE code_hash IS NOT NULL;
CREATE INDEX prize_voucher_unnamed ON prize_voucher (made_ms) WHERE code_hash IS NULL;
CREATE INDEX prize_voucher_person ON prize_voucher (campaign_id, person_id);
CREATE INDEX prize_voucher_rental ON prize_voucher (rental_id);

-- Where a campaign's papers are kept.
CREATE TABLE campaign_paper (
    campaign_id TEXT NOT NULL REFERENCES campaign (id),
    kind TEXT NOT NULL,
    -- Of a delivery; else 0.
    prize_rank BIGINT NOT NULL,
    document TEXT NOT NULL,
    noted_ms BIGINT NOT NULL,
    PRIMARY KEY (campaign_id, kind, prize_rank)
);
