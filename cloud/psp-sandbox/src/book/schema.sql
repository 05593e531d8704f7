CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT;

CREATE TABLE cob (
    loc_id INTEGER PRIMARY KEY AUTOINCREMENT,
    txid TEXT NOT NULL UNIQUE,
    token TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL CHECK (status IN
        ('ATIVA', 'CONCLUIDA', 'REMOVIDA_PELO_USUARIO_RECEBEDOR', 'REMOVIDA_PELO_PSP')),
    revisao INTEGER NOT NULL CHECK (revisao >= 0),
    criacao_ms INTEGER NOT NULL,
    document TEXT
) STRICT;
CREATE INDEX cob_by_creation ON cob (criacao_ms);

CREATE TABLE cob_revision (
    txid TEXT NOT NULL REFERENCES cob (txid),
    revisao INTEGER NOT NULL,
    terms TEXT NOT NULL,
    PRIMARY KEY (txid, revisao)
) STRICT;

CREATE TABLE pix (
    e2eid TEXT PRIMARY KEY CHECK (length(e2eid) = 32),
    txid TEXT,
    chave TEXT NOT NULL,
    valor_centavos INTEGER NOT NULL CHECK (valor_centavos > 0),
    horario_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX pix_by_txid ON pix (txid);
CREATE INDEX pix_by_time ON pix (horario_ms);

CREATE TABLE devolucao (
    e2eid TEXT NOT NULL REFERENCES pix (e2eid),
    id TEXT NOT NULL,
    rtr_id TEXT NOT NULL UNIQUE CHECK (length(rtr_id) = 32),
    valor_centavos INTEGER NOT NULL CHECK (valor_centavos > 0),
    natureza TEXT NOT NULL,
    descricao TEXT,
    status TEXT NOT NULL CHECK (status IN ('EM_PROCESSAMENTO', 'DEVOLVIDO', 'NAO_REALIZADO')),
    motivo TEXT,
    solicitacao_ms INTEGER NOT NULL,
    liquidacao_ms INTEGER,
    -- NULL while EM_PROCESSAMENTO: stuck until /control/devolucoes settles it
    settle_at_ms INTEGER,
    -- the refusal it was given when it was accepted; NULL: it will be paid if the balance allows
    refusal TEXT,
    PRIMARY KEY (e2eid, id)
) STRICT;
CREATE INDEX devolucao_due ON devolucao (settle_at_ms) WHERE status = 'EM_PROCESSAMENTO';

-- Double entry: one row moves one amount from one account to another.
CREATE TABLE transfer (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('pix', 'devolucao')),
    e2eid TEXT NOT NULL REFERENCES pix (e2eid),
    devolucao_id TEXT NOT NULL DEFAULT '',
    debit TEXT NOT NULL,
    credit TEXT NOT NULL CHECK (credit <> debit),
    amount_centavos INTEGER NOT NULL CHECK (amount_centavos > 0),
    UNIQUE (kind, e2eid, devolucao_id)
) STRICT;

CREATE VIEW statement_line AS
    SELECT id, at_ms, kind, e2eid, devolucao_id, debit AS account, -amount_centavos AS amount_centavos
        FROM transfer
    UNION ALL
    SELECT id, at_ms, kind, e2eid, devolucao_id, credit, amount_centavos FROM transfer;

CREATE TABLE webhook (
    chave TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    criacao_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE callback (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    url TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('PENDING', 'HELD', 'DELIVERED', 'GIVEN_UP')),
    attempts INTEGER NOT NULL DEFAULT 0,
    due_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX callback_due ON callback (due_ms) WHERE state IN ('PENDING', 'HELD');
