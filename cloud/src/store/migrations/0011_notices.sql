-- The key of what one rental's payer gave to be told by, sealed under the cloud's secret number `seal`,
-- which is in the key file. Without this row no copy of the contacts can be read again.
CREATE TABLE contact_key (
    rental_id TEXT PRIMARY KEY REFERENCES rental (id),
    seal BIGINT NOT NULL,
    sealed BYTEA NOT NULL
);
CREATE INDEX contact_key_seal ON contact_key (seal);

-- An address of one channel, sealed under the rental's contact key and bound to its place.
CREATE TABLE contact (
    rental_id TEXT NOT NULL REFERENCES contact_key (rental_id),
    channel TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    given_ms BIGINT NOT NULL,
    PRIMARY KEY (rental_id, channel)
);

CREATE TABLE notification (
    id TEXT PRIMARY KEY,
    rental_id TEXT NOT NULL REFERENCES rental (id),
    kind TEXT NOT NULL,
    channel TEXT NOT NULL,
    -- The moment it speaks of, where it speaks of one.
    about_ms BIGINT,
    state TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    due_ms BIGINT NOT NULL,
    -- When it was first handed to its channel.
    tried_ms BIGINT,
    attempts BIGINT NOT NULL,
    -- When the channel accepted it.
    told_ms BIGINT,
    -- Why it waits, or why it ended untold.
    reason TEXT,
    UNIQUE (rental_id, kind, channel)
);
CREATE INDEX notification_tried ON notification (channel, tried_ms)
    WHERE state = 'waiting' AND tried_ms IS NOT NULL;
