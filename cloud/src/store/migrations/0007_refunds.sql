-- What stands in an order's way, as a code. Absent while nothing is known to.
ALTER TABLE refund ADD COLUMN reason TEXT;

-- A devolução that the bank or its app made of a Pix by itself, under an id that is not ours.
CREATE TABLE bank_return (
    e2eid TEXT NOT NULL REFERENCES payment (e2eid),
    id TEXT NOT NULL,
    rental_id TEXT NOT NULL REFERENCES rental (id),
    amount_centavos BIGINT NOT NULL CHECK (amount_centavos > 0),
    nature TEXT NOT NULL,
    state TEXT NOT NULL,
    return_id TEXT,
    heard_ms BIGINT NOT NULL,
    settled_ms BIGINT,
    PRIMARY KEY (e2eid, id)
);
CREATE INDEX bank_return_rental ON bank_return (rental_id);

-- What is owed and needs a payout is open too.
DROP INDEX refund_open;
CREATE INDEX refund_open ON refund (rental_id) WHERE state IN ('requested', 'processing', 'owed');
-- Debts that wait for money in the account, the oldest first.
CREATE INDEX refund_short ON refund (due_since_ms)
    WHERE state = 'requested' AND reason = 'no_balance';
