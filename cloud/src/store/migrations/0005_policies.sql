-- A policy belongs to a store or to a whole chain. Rentals name it, so it is replaced under its name;
-- whether they still find theirs is checked when this commits.
PRAGMA defer_foreign_keys = ON;
CREATE TABLE policy_before AS SELECT * FROM policy;
DROP TABLE policy;
CREATE TABLE policy (
    id TEXT PRIMARY KEY,
    chain_id TEXT REFERENCES chain (id),
    store_id TEXT REFERENCES store (id),
    version BIGINT NOT NULL,
    valid_from_ms BIGINT NOT NULL,
    deposit_centavos BIGINT NOT NULL CHECK (deposit_centavos > 0),
    payment_window_seconds BIGINT NOT NULL,
    grant_valid_seconds BIGINT NOT NULL,
    dark_grant_wait_seconds BIGINT NOT NULL,
    card_releases_per_day BIGINT NOT NULL,
    gateway_centavos_per_day BIGINT NOT NULL,
    abandon_after_minutes BIGINT NOT NULL,
    -- Absent for a store that does not close.
    closes_at_minute BIGINT,
    closing_grace_minutes BIGINT NOT NULL,
    notice_lead_minutes BIGINT NOT NULL,
    finder_share_basis_points BIGINT NOT NULL
        CHECK (finder_share_basis_points >= 0 AND finder_share_basis_points < 10000),
    claim_valid_minutes BIGINT NOT NULL,
    claims_per_cpf_per_day BIGINT NOT NULL,
    claims_per_key_per_day BIGINT NOT NULL,
    payout_delay_hours BIGINT NOT NULL,
    pair_returns_max BIGINT NOT NULL,
    pair_window_days BIGINT NOT NULL,
    CHECK ((chain_id IS NULL) <> (store_id IS NULL))
);
INSERT INTO policy (id, chain_id, store_id, version, valid_from_ms, deposit_centavos,
    payment_window_seconds, grant_valid_seconds, dark_grant_wait_seconds, card_releases_per_day,
    gateway_centavos_per_day, abandon_after_minutes, closes_at_minute, closing_grace_minutes,
    notice_lead_minutes, finder_share_basis_points, claim_valid_minutes, claims_per_cpf_per_day,
    claims_per_key_per_day, payout_delay_hours, pair_returns_max, pair_window_days)
SELECT id, NULL, store_id, version, valid_from_ms, deposit_centavos,
    payment_window_seconds, grant_valid_seconds, dark_grant_wait_seconds, card_releases_per_day,
    gateway_centavos_per_day, 240, NULL, 60, 30, 5000, 15, 3, 3, 24, 2, 30
FROM policy_before;
DROP TABLE policy_before;
CREATE UNIQUE INDEX policy_of_chain ON policy (chain_id, version) WHERE chain_id IS NOT NULL;
CREATE UNIQUE INDEX policy_of_store ON policy (store_id, version) WHERE store_id IS NOT NULL;
