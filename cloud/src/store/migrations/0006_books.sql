-- A Pix that no charge of ours explains. The store is whose books it stands in, for ever.
CREATE TABLE stray (
    e2eid TEXT PRIMARY KEY,
    store_id TEXT NOT NULL REFERENCES store (id),
    txid TEXT,
    amount_centavos BIGINT NOT NULL CHECK (amount_centavos > 0),
    settled_ms BIGINT NOT NULL,
    seen_ms BIGINT NOT NULL,
    state TEXT NOT NULL,
    -- Why it waits, or waited, for a person.
    reason TEXT,
    ended_ms BIGINT
);
CREATE INDEX stray_held ON stray (settled_ms) WHERE state = 'held';
CREATE INDEX stray_settled ON stray (settled_ms);

-- An order to give it back. Its id, without hyphens, is the devolução's id at the bank.
CREATE TABLE stray_refund (
    id TEXT PRIMARY KEY,
    e2eid TEXT NOT NULL REFERENCES stray (e2eid),
    amount_centavos BIGINT NOT NULL CHECK (amount_centavos > 0),
    order_no BIGINT NOT NULL,
    state TEXT NOT NULL,
    due_since_ms BIGINT NOT NULL,
    ordered_ms BIGINT NOT NULL,
    settled_ms BIGINT,
    return_id TEXT,
    refusal TEXT
);
CREATE UNIQUE INDEX stray_refund_alive ON stray_refund (e2eid) WHERE state <> 'refused';
CREATE INDEX stray_refund_settled ON stray_refund (settled_ms) WHERE settled_ms IS NOT NULL;

-- What the bank gave back of it under an id that is not ours.
CREATE TABLE stray_return (
    e2eid TEXT NOT NULL REFERENCES stray (e2eid),
    id TEXT NOT NULL,
    amount_centavos BIGINT NOT NULL,
    settled_ms BIGINT NOT NULL,
    PRIMARY KEY (e2eid, id)
);
CREATE INDEX stray_return_settled ON stray_return (settled_ms);

INSERT INTO ledger_account (id, store_id, kind) SELECT 'stray:' || id, id, 'stray' FROM store;

-- A day is read by when its money settled.
CREATE INDEX payment_settled ON payment (settled_ms);

-- A day's statement. It is never changed: a correction is the next version.
CREATE TABLE statement (
    day TEXT NOT NULL,
    version BIGINT NOT NULL,
    made_ms BIGINT NOT NULL,
    ledger_received BIGINT NOT NULL,
    ledger_returned BIGINT NOT NULL,
    bank_received BIGINT NOT NULL,
    bank_returned BIGINT NOT NULL,
    start_bank BIGINT NOT NULL,
    start_held BIGINT NOT NULL,
    start_owed BIGINT NOT NULL,
    start_stray BIGINT NOT NULL,
    end_bank BIGINT NOT NULL,
    end_held BIGINT NOT NULL,
    end_owed BIGINT NOT NULL,
    end_stray BIGINT NOT NULL,
    differences BIGINT NOT NULL,
    PRIMARY KEY (day, version)
);

-- The bank's list as it was read: each Pix of the day, and each devolução of the day of any Pix.
CREATE TABLE statement_line (
    day TEXT NOT NULL,
    version BIGINT NOT NULL,
    line_no BIGINT NOT NULL,
    e2eid TEXT NOT NULL,
    -- Absent for the Pix itself.
    refund_id TEXT,
    amount_centavos BIGINT NOT NULL,
    settled_ms BIGINT,
    status TEXT NOT NULL,
    PRIMARY KEY (day, version, line_no),
    FOREIGN KEY (day, version) REFERENCES statement (day, version)
);

CREATE TABLE statement_difference (
    day TEXT NOT NULL,
    version BIGINT NOT NULL,
    line_no BIGINT NOT NULL,
    kind TEXT NOT NULL,
    e2eid TEXT,
    refund_id TEXT,
    ledger_centavos BIGINT NOT NULL,
    bank_centavos BIGINT NOT NULL,
    PRIMARY KEY (day, version, line_no),
    FOREIGN KEY (day, version) REFERENCES statement (day, version)
);
