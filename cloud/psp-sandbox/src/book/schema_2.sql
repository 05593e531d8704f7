-- What the merchant sends to other people's keys.
CREATE TABLE envio (
    id_envio TEXT PRIMARY KEY,
    e2eid TEXT NOT NULL UNIQUE CHECK (length(e2eid) = 32),
    pagador TEXT NOT NULL,
    favorecido TEXT NOT NULL,
    valor_centavos INTEGER NOT NULL CHECK (valor_centavos > 0),
    info TEXT,
    status TEXT NOT NULL CHECK (status IN ('EM_PROCESSAMENTO', 'REALIZADO', 'NAO_REALIZADO')),
    motivo TEXT,
    solicitacao_ms INTEGER NOT NULL,
    liquidacao_ms INTEGER,
    -- NULL while EM_PROCESSAMENTO: stuck until /control/envios settles it
    settle_at_ms INTEGER,
    refusal TEXT
) STRICT;
CREATE INDEX envio_due ON envio (settle_at_ms) WHERE status = 'EM_PROCESSAMENTO';
CREATE INDEX envio_by_time ON envio (solicitacao_ms);

-- What of it the receiving bank sent back.
CREATE TABLE envio_devolucao (
    rtr_id TEXT PRIMARY KEY CHECK (length(rtr_id) = 32),
    id_envio TEXT NOT NULL REFERENCES envio (id_envio),
    valor_centavos INTEGER NOT NULL CHECK (valor_centavos > 0),
    horario_ms INTEGER NOT NULL
) STRICT;

-- Whose key it is by the control API's word; NULL: the directory has no such key.
CREATE TABLE owner (
    chave TEXT PRIMARY KEY,
    document TEXT
) STRICT;

-- The same book, for four kinds of movement instead of two.
DROP VIEW statement_line;
ALTER TABLE transfer RENAME TO transfer_1;
CREATE TABLE transfer (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('pix', 'devolucao', 'envio', 'envio_devolucao')),
    -- Of the Pix that was received, or sent.
    e2eid TEXT NOT NULL,
    devolucao_id TEXT NOT NULL DEFAULT '',
    debit TEXT NOT NULL,
    credit TEXT NOT NULL CHECK (credit <> debit),
    amount_centavos INTEGER NOT NULL CHECK (amount_centavos > 0),
    UNIQUE (kind, e2eid, devolucao_id)
) STRICT;
INSERT INTO transfer (id, at_ms, kind, e2eid, devolucao_id, debit, credit, amount_centavos)
    SELECT id, at_ms, kind, e2eid, devolucao_id, debit, credit, amount_centavos FROM transfer_1;
DROP TABLE transfer_1;

CREATE VIEW statement_line AS
    SELECT id, at_ms, kind, e2eid, devolucao_id, debit AS account, -amount_centavos AS amount_centavos
        FROM transfer
    UNION ALL
    SELECT id, at_ms, kind, e2eid, devolucao_id, credit, amount_centavos FROM transfer;
