-- Where a cart was seen: the tag of an event, and the moment before which it cannot have happened, by
-- the cloud's own clock. Absent where nothing is known of it.
ALTER TABLE gateway_event ADD COLUMN tag TEXT;
ALTER TABLE gateway_event ADD COLUMN not_before_ms BIGINT;
CREATE INDEX gateway_event_tag ON gateway_event (tag, gateway_id, seq) WHERE tag IS NOT NULL;
CREATE INDEX gateway_event_seen ON gateway_event (tag, not_before_ms) WHERE not_before_ms IS NOT NULL;

-- Returns that wait: each word about their cart may prove them.
CREATE INDEX rental_held ON rental (tag) WHERE review IS NOT NULL;
