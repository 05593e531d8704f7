-- A finder's voucher is good until a moment; those given before have half a year from then, as new ones.
ALTER TABLE voucher ADD COLUMN until_ms BIGINT NOT NULL DEFAULT 0;
UPDATE voucher SET until_ms = made_ms + 15552000000;
-- When its amount went to the prize fund.
ALTER TABLE voucher ADD COLUMN expired_ms BIGINT;
CREATE INDEX voucher_open ON voucher (until_ms) WHERE redeemed_ms IS NULL AND expired_ms IS NULL;
