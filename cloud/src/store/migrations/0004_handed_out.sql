-- When a grant first left this system, to its gateway or to a customer's phone. From then on only its
-- gateway can say that it was not used. Of grants made before this was noted, nobody knows.
ALTER TABLE bay_grant ADD COLUMN handed_ms BIGINT;
UPDATE bay_grant SET handed_ms = issued_ms;

-- The newest list it was answered, that list's limit a day (0 where it lets no card in), and the
-- highest limit that it may go by since it last had nothing more to tell.
ALTER TABLE gateway ADD COLUMN list_version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE gateway ADD COLUMN list_centavos BIGINT NOT NULL DEFAULT 0;
ALTER TABLE gateway ADD COLUMN list_centavos_max BIGINT NOT NULL DEFAULT 0;
UPDATE gateway SET list_version = allowance_version, list_centavos = coalesce(
    (SELECT max(p.gateway_centavos_per_day) FROM policy p JOIN dock d ON d.store_id = p.store_id
     WHERE d.id = gateway.dock_id), 0) WHERE allowance_version > 0;
UPDATE gateway SET list_centavos_max = list_centavos;

-- What waits for its cart's pull to be told.
CREATE INDEX receipt_waiting ON receipt (tag) WHERE outcome = 'waiting' AND told_ms IS NULL;
