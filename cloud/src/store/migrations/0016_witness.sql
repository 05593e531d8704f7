-- What a campaign's list of entries was bound to before its draw. One a campaign, and never another.
CREATE TABLE commitment (
    campaign_id TEXT PRIMARY KEY REFERENCES campaign (id),
    rules_hash BYTEA NOT NULL,
    n BIGINT NOT NULL CHECK (n > 0),
    root BYTEA NOT NULL,
    committed_ms BIGINT NOT NULL,
    signature BYTEA NOT NULL
);
CREATE INDEX commitment_committed ON commitment (committed_ms);

-- A gateway's own signature that it has seen a commitment. It may be one that these books, set back, do
-- not hold, so it refers to no row of theirs.
CREATE TABLE witness (
    campaign_id TEXT NOT NULL,
    gateway_id TEXT NOT NULL REFERENCES gateway (id),
    rules_hash BYTEA NOT NULL,
    n BIGINT NOT NULL,
    root BYTEA NOT NULL,
    seen_ms BIGINT NOT NULL,
    -- What the gateway's clock was worth.
    clock TEXT NOT NULL,
    -- The gateway's.
    signature BYTEA NOT NULL,
    -- The event that says so.
    seq BIGINT NOT NULL,
    received_ms BIGINT NOT NULL,
    PRIMARY KEY (campaign_id, gateway_id)
);
