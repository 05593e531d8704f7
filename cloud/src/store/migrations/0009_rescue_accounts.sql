-- What finders will be paid, the fund of the raffle's prizes, and what became the shop's own.
INSERT INTO ledger_account (id, store_id, kind) SELECT 'payable:' || id, id, 'payable' FROM store;
INSERT INTO ledger_account (id, store_id, kind) SELECT 'prize:' || id, id, 'prize' FROM store;
INSERT INTO ledger_account (id, store_id, kind) SELECT 'shop:' || id, id, 'shop' FROM store;

ALTER TABLE statement ADD COLUMN start_payable BIGINT NOT NULL DEFAULT 0;
ALTER TABLE statement ADD COLUMN start_prize BIGINT NOT NULL DEFAULT 0;
ALTER TABLE statement ADD COLUMN start_shop BIGINT NOT NULL DEFAULT 0;
ALTER TABLE statement ADD COLUMN end_payable BIGINT NOT NULL DEFAULT 0;
ALTER TABLE statement ADD COLUMN end_prize BIGINT NOT NULL DEFAULT 0;
ALTER TABLE statement ADD COLUMN end_shop BIGINT NOT NULL DEFAULT 0;
