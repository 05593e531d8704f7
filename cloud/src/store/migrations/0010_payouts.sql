-- An order to send a Pix to a person's key. Its id, without hyphens, is the payout's id at the bank. The
-- key itself is in person_field, sealed under the person's own key.
CREATE TABLE payout (
    id TEXT PRIMARY KEY,
    -- Of what kind the debt is ('finder', 'owed'), and which: a rental, or the Pix that is owed.
    purpose TEXT NOT NULL,
    reference TEXT NOT NULL,
    order_no BIGINT NOT NULL,
    rental_id TEXT NOT NULL REFERENCES rental (id),
    store_id TEXT NOT NULL REFERENCES store (id),
    person_id TEXT NOT NULL REFERENCES person (id),
    amount_centavos BIGINT NOT NULL CHECK (amount_centavos > 0),
    state TEXT NOT NULL,
    -- What holds it, or why it was refused, as a code.
    reason TEXT,
    pay_from_ms BIGINT NOT NULL,
    ordered_ms BIGINT NOT NULL,
    -- When it was first given to the bank, or may have been.
    sent_ms BIGINT,
    settled_ms BIGINT,
    e2eid TEXT,
    -- The bank's words, without personal data.
    refusal TEXT,
    -- When a person let it pass the limits.
    released_ms BIGINT
);
CREATE UNIQUE INDEX payout_order ON payout (purpose, reference, order_no);
CREATE UNIQUE INDEX payout_alive ON payout (purpose, reference)
    WHERE state IN ('waiting', 'held', 'requested', 'processing');
CREATE INDEX payout_rental ON payout (rental_id);
CREATE INDEX payout_person ON payout (person_id);
CREATE INDEX payout_ordered ON payout (ordered_ms);
CREATE INDEX payout_sent ON payout (sent_ms) WHERE sent_ms IS NOT NULL;
CREATE INDEX payout_settled ON payout (settled_ms) WHERE settled_ms IS NOT NULL;

-- What of a payout the receiving bank sent back.
CREATE TABLE payout_return (
    payout_id TEXT NOT NULL REFERENCES payout (id),
    id TEXT NOT NULL,
    amount_centavos BIGINT NOT NULL CHECK (amount_centavos > 0),
    settled_ms BIGINT NOT NULL,
    PRIMARY KEY (payout_id, id)
);
CREATE INDEX payout_return_settled ON payout_return (settled_ms);
