CREATE TABLE chain (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL
);

CREATE TABLE store (
    id TEXT PRIMARY KEY,
    chain_id TEXT NOT NULL REFERENCES chain (id),
    name TEXT NOT NULL,
    city TEXT NOT NULL
);

CREATE TABLE policy (
    id TEXT PRIMARY KEY,
    store_id TEXT NOT NULL REFERENCES store (id),
    version BIGINT NOT NULL,
    valid_from_ms BIGINT NOT NULL,
    deposit_centavos BIGINT NOT NULL CHECK (deposit_centavos > 0),
    payment_window_seconds BIGINT NOT NULL,
    grant_valid_seconds BIGINT NOT NULL,
    dark_grant_wait_seconds BIGINT NOT NULL,
    UNIQUE (store_id, version)
);

CREATE TABLE dock (
    id TEXT PRIMARY KEY,
    store_id TEXT NOT NULL REFERENCES store (id),
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL
);

CREATE TABLE gateway (
    id TEXT PRIMARY KEY,
    dock_id TEXT NOT NULL REFERENCES dock (id),
    public_key TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    software TEXT NOT NULL,
    downlink_password_hash BYTEA NOT NULL,
    head_seq BIGINT NOT NULL,
    head_hash BYTEA NOT NULL,
    enrolled_ms BIGINT NOT NULL,
    seen_ms BIGINT NOT NULL,
    -- The last time it had nothing more to tell.
    drained_ms BIGINT NOT NULL,
    -- Events it said it still has to send.
    backlog BIGINT NOT NULL
);
CREATE UNIQUE INDEX gateway_serving ON gateway (dock_id) WHERE state <> 'retired';

CREATE TABLE enrolment_code (
    code_hash BYTEA PRIMARY KEY,
    dock_id TEXT NOT NULL REFERENCES dock (id),
    expires_ms BIGINT NOT NULL,
    used_ms BIGINT,
    gateway_id TEXT REFERENCES gateway (id)
);

CREATE TABLE bay (
    dock_id TEXT NOT NULL REFERENCES dock (id),
    bay_no BIGINT NOT NULL,
    kind TEXT NOT NULL,
    capacity BIGINT NOT NULL,
    state TEXT NOT NULL,
    carts BIGINT NOT NULL,
    tag TEXT,
    fault TEXT,
    contradiction TEXT,
    changed_ms BIGINT NOT NULL,
    PRIMARY KEY (dock_id, bay_no)
);

CREATE INDEX bay_tag ON bay (tag) WHERE tag IS NOT NULL;

CREATE TABLE person (
    id TEXT PRIMARY KEY,
    cpf_index BYTEA NOT NULL UNIQUE,
    cpf_sealed BYTEA NOT NULL,
    created_ms BIGINT NOT NULL
);

CREATE TABLE rental (
    id TEXT PRIMARY KEY,
    token_hash BYTEA NOT NULL UNIQUE,
    store_id TEXT NOT NULL REFERENCES store (id),
    dock_id TEXT NOT NULL REFERENCES dock (id),
    bay_no BIGINT NOT NULL,
    policy_id TEXT NOT NULL REFERENCES policy (id),
    person_id TEXT REFERENCES person (id),
    deposit_centavos BIGINT NOT NULL,
    state TEXT NOT NULL,
    -- The Pix that paid the deposit.
    e2eid TEXT,
    review TEXT,
    cancel_reason TEXT,
    -- The tag of the cart while it is out, or back under review.
    out_tag TEXT,
    tag TEXT,
    created_ms BIGINT NOT NULL,
    paid_ms BIGINT,
    out_ms BIGINT,
    out_gateway TEXT,
    out_seq BIGINT,
    returned_ms BIGINT,
    returned_gateway TEXT,
    returned_seq BIGINT,
    returned_bay BIGINT,
    ended_ms BIGINT
);
CREATE UNIQUE INDEX rental_out_tag ON rental (out_tag) WHERE out_tag IS NOT NULL;
CREATE INDEX rental_created ON rental (created_ms);
-- A return changes neither: lists of managers cost the return path nothing.
CREATE INDEX rental_open ON rental (created_ms) WHERE ended_ms IS NULL;
CREATE INDEX rental_failed ON rental (created_ms) WHERE state IN ('expired', 'cancelled');
CREATE INDEX rental_tag ON rental (tag) WHERE tag IS NOT NULL;
CREATE INDEX rental_promised ON rental (dock_id, bay_no) WHERE state IN ('awaiting_payment', 'paid');

CREATE TABLE charge (
    txid TEXT PRIMARY KEY,
    rental_id TEXT NOT NULL UNIQUE REFERENCES rental (id),
    amount_centavos BIGINT NOT NULL,
    state TEXT NOT NULL,
    requested_ms BIGINT NOT NULL,
    -- When it runs out: by the bank's clock once the bank has made it, by ours until then.
    expires_ms BIGINT NOT NULL,
    copy_paste TEXT
);
CREATE INDEX charge_open ON charge (requested_ms) WHERE state IN ('requested', 'active');

CREATE TABLE payment (
    e2eid TEXT PRIMARY KEY,
    txid TEXT NOT NULL,
    rental_id TEXT NOT NULL REFERENCES rental (id),
    amount_centavos BIGINT NOT NULL,
    verdict TEXT NOT NULL,
    settled_ms BIGINT NOT NULL,
    seen_ms BIGINT NOT NULL
);
CREATE INDEX payment_rental ON payment (rental_id);

CREATE TABLE bay_grant (
    id TEXT PRIMARY KEY,
    rental_id TEXT NOT NULL UNIQUE REFERENCES rental (id),
    gateway_id TEXT NOT NULL REFERENCES gateway (id),
    bay_no BIGINT NOT NULL,
    token TEXT NOT NULL,
    state TEXT NOT NULL,
    issued_ms BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL,
    lapse_ms BIGINT NOT NULL
);
CREATE INDEX bay_grant_open ON bay_grant (gateway_id) WHERE state = 'open';

CREATE TABLE gateway_event (
    gateway_id TEXT NOT NULL REFERENCES gateway (id),
    seq BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    line TEXT NOT NULL,
    kind TEXT NOT NULL,
    outcome TEXT NOT NULL,
    -- The rental a release event speaks of; a return is found from its rental.
    rental_id TEXT,
    received_ms BIGINT NOT NULL,
    PRIMARY KEY (gateway_id, seq)
);
CREATE INDEX gateway_event_rental ON gateway_event (rental_id) WHERE rental_id IS NOT NULL;

CREATE TABLE quarantined_event (
    gateway_id TEXT NOT NULL REFERENCES gateway (id),
    seq BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    line TEXT NOT NULL,
    reason TEXT NOT NULL,
    received_ms BIGINT NOT NULL,
    PRIMARY KEY (gateway_id, seq, hash)
);

CREATE TABLE refund (
    id TEXT PRIMARY KEY,
    e2eid TEXT NOT NULL,
    rental_id TEXT NOT NULL REFERENCES rental (id),
    amount_centavos BIGINT NOT NULL CHECK (amount_centavos > 0),
    order_no BIGINT NOT NULL,
    state TEXT NOT NULL,
    due_since_ms BIGINT NOT NULL,
    ordered_ms BIGINT NOT NULL,
    settled_ms BIGINT,
    return_id TEXT,
    refusal TEXT
);
CREATE UNIQUE INDEX refund_alive ON refund (e2eid) WHERE state <> 'refused';
CREATE INDEX refund_rental ON refund (rental_id);
CREATE INDEX refund_open ON refund (rental_id) WHERE state IN ('requested', 'processing');
CREATE INDEX refund_settled ON refund (settled_ms) WHERE settled_ms IS NOT NULL;
CREATE INDEX refund_return ON refund (return_id) WHERE return_id IS NOT NULL;

CREATE TABLE ledger_account (
    id TEXT PRIMARY KEY,
    store_id TEXT NOT NULL REFERENCES store (id),
    kind TEXT NOT NULL
);

CREATE TABLE ledger_transfer (
    kind TEXT NOT NULL,
    reference TEXT NOT NULL,
    debit_account TEXT NOT NULL REFERENCES ledger_account (id),
    credit_account TEXT NOT NULL REFERENCES ledger_account (id),
    amount_centavos BIGINT NOT NULL CHECK (amount_centavos > 0),
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (kind, reference)
);

CREATE TABLE outbox (
    kind TEXT NOT NULL,
    -- The id the effect carries for ever, so that a repetition is known as one.
    subject TEXT NOT NULL,
    due_ms BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    last_error TEXT,
    created_ms BIGINT NOT NULL,
    done_ms BIGINT,
    PRIMARY KEY (kind, subject)
);
CREATE INDEX outbox_due ON outbox (due_ms) WHERE done_ms IS NULL;

CREATE TABLE campaign (
    id TEXT PRIMARY KEY,
    chain_id TEXT NOT NULL REFERENCES chain (id),
    name TEXT NOT NULL,
    opens_ms BIGINT NOT NULL,
    closes_ms BIGINT NOT NULL
);

CREATE TABLE entry (
    rental_id TEXT PRIMARY KEY REFERENCES rental (id),
    id TEXT NOT NULL,
    campaign_id TEXT NOT NULL REFERENCES campaign (id),
    person_id TEXT REFERENCES person (id),
    salt BYTEA NOT NULL,
    created_ms BIGINT NOT NULL
);

CREATE TABLE alarm (
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    raised_ms BIGINT NOT NULL,
    cleared_ms BIGINT,
    PRIMARY KEY (kind, subject)
);

CREATE TABLE staff (
    id TEXT PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    must_change BIGINT NOT NULL,
    created_ms BIGINT NOT NULL
);

CREATE TABLE session (
    id_hash BYTEA PRIMARY KEY,
    staff_id TEXT REFERENCES staff (id),
    data TEXT NOT NULL,
    expires_ms BIGINT NOT NULL
);
CREATE INDEX session_staff ON session (staff_id);

CREATE TABLE audit (
    id TEXT PRIMARY KEY,
    at_ms BIGINT NOT NULL,
    staff_id TEXT REFERENCES staff (id),
    action TEXT NOT NULL,
    subject TEXT NOT NULL
);
CREATE INDEX audit_subject ON audit (subject);

CREATE TABLE bank_cursor (
    name TEXT PRIMARY KEY,
    at_ms BIGINT NOT NULL
);
