-- A version of a store that says "as the chain", from its moment on. Its numbers are the chain's of then,
-- for the history; they decide nothing.
ALTER TABLE policy ADD COLUMN follows_chain BIGINT NOT NULL DEFAULT 0;
