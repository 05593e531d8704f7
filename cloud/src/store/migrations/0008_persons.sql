-- A person's own key, sealed under the cloud's secret number `seal`, which is in the key file. Without
-- this row no copy of what is known of the person can be read again.
CREATE TABLE person_key (
    person_id TEXT PRIMARY KEY REFERENCES person (id),
    seal BIGINT NOT NULL,
    sealed BYTEA NOT NULL
);
CREATE INDEX person_key_seal ON person_key (seal);

-- What is known of a person, each datum sealed under the person's key and bound to its place.
CREATE TABLE person_field (
    person_id TEXT NOT NULL REFERENCES person (id),
    field TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (person_id, field)
);

-- Finds a person by a keyed hash of the CPF.
CREATE TABLE person_index (
    cpf_index BYTEA PRIMARY KEY,
    person_id TEXT NOT NULL UNIQUE REFERENCES person (id)
);

-- `cpf_index` and `cpf_sealed` of `person` are of versions before these tables. The program moves what
-- they hold, then leaves the row's own id and nothing in them.
ALTER TABLE person ADD COLUMN erased_ms BIGINT;

CREATE INDEX rental_person ON rental (person_id) WHERE person_id IS NOT NULL;
CREATE INDEX member_card_person ON member_card (person_id) WHERE person_id IS NOT NULL;
