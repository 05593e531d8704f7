-- How many persons the list of the erased, a file outside the database, named when it was last written. A
-- list that names fewer, or is not there, is not that list.
CREATE TABLE erasure_list (
    id BIGINT PRIMARY KEY,
    listed BIGINT NOT NULL
);

-- What stands in a stray refund's way, as a code: it waits for money in one line with the refunds.
ALTER TABLE stray_refund ADD COLUMN reason TEXT;
CREATE INDEX stray_refund_short ON stray_refund (due_since_ms)
    WHERE state = 'requested' AND reason = 'no_balance';
CREATE INDEX stray_refund_open ON stray_refund (due_since_ms)
    WHERE state IN ('requested', 'processing');

-- Of a Pix one order is under way at a time. One that the bank settled at less than was ordered is done,
-- and the rest is another.
DROP INDEX refund_alive;
CREATE UNIQUE INDEX refund_alive ON refund (e2eid) WHERE state IN ('requested', 'processing', 'owed');
DROP INDEX stray_refund_alive;
CREATE UNIQUE INDEX stray_refund_alive ON stray_refund (e2eid)
    WHERE state IN ('requested', 'processing', 'owed');
