-- A prize voucher that a gateway may redeem while the cloud is not there. Each is lent once in its
-- life, and stays: the cloud redeems none whose row is not 'back'.
CREATE TABLE voucher_loan (
    campaign_id TEXT NOT NULL,
    prize_rank BIGINT NOT NULL,
    rental_id TEXT NOT NULL,
    gateway_id TEXT NOT NULL REFERENCES gateway (id),
    -- As the gateway's lists and events name it.
    voucher_key TEXT NOT NULL,
    -- lent, recalled, doubtful, back
    state TEXT NOT NULL,
    -- The first list that does not name it; 0 while it was not recalled.
    without BIGINT NOT NULL DEFAULT 0,
    lent_ms BIGINT NOT NULL,
    changed_ms BIGINT NOT NULL,
    PRIMARY KEY (campaign_id, prize_rank, rental_id),
    FOREIGN KEY (campaign_id, prize_rank, rental_id)
        REFERENCES prize_voucher (campaign_id, prize_rank, rental_id)
);
CREATE UNIQUE INDEX voucher_loan_key ON voucher_loan (gateway_id, voucher_key);
-- Asked at every sync.
CREATE INDEX voucher_loan_recalled ON voucher_loan (gateway_id) WHERE state = 'recalled';
CREATE INDEX voucher_loan_lent ON voucher_loan (gateway_id) WHERE state = 'lent';
CREATE INDEX prize_voucher_unused ON prize_voucher (lapses_ms)
    WHERE redeemed_ms IS NULL AND void_ms IS NULL;

-- Changes of one dock's list alone: what is lent to its gateway.
ALTER TABLE dock ADD COLUMN list_changes BIGINT NOT NULL DEFAULT 0;
-- Whether its gateway redeems what its list lends it.
ALTER TABLE gateway ADD COLUMN redeems BIGINT NOT NULL DEFAULT 0;
-- When it was last lent vouchers.
ALTER TABLE gateway ADD COLUMN lent_ms BIGINT;
