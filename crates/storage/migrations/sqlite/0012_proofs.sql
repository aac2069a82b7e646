-- What replies rest on, linked record to record, so that a change and a gap both show.

-- One chain per merchant: its key, sealed, and where it ends.
CREATE TABLE proof_chains (
    merchant BLOB PRIMARY KEY,
    key      BLOB NOT NULL,
    newest   INTEGER NOT NULL,
    link     BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- A link per turn. It outlives the turn's record: where that is erased, its salt goes, and the link still holds.
CREATE TABLE proof_links (
    merchant BLOB NOT NULL,
    number   INTEGER NOT NULL,
    turn     BLOB NOT NULL,
    at       INTEGER NOT NULL,
    salt     BLOB,
    digest   BLOB NOT NULL,
    link     BLOB NOT NULL,
    PRIMARY KEY (merchant, number)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX proof_links_by_turn ON proof_links (merchant, turn);

-- Products as turns saw them, each content once, by its hash: records name them, so that a turn can be judged again
-- without the catalogue.
CREATE TABLE proof_rows (
    merchant BLOB NOT NULL,
    name     BLOB NOT NULL,
    body     TEXT NOT NULL,
    -- When a turn last used it, to a day.
    used_at  INTEGER NOT NULL,
    PRIMARY KEY (merchant, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX proof_rows_by_use ON proof_rows (used_at);
