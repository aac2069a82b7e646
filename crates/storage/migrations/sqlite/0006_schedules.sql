-- Work that recurs, and what the last look at each connection came to.

-- Serves all merchants: when each kind of recurring work runs next, and who runs it now.
CREATE TABLE schedules (
    name         TEXT PRIMARY KEY,
    -- The rule its times follow, in words: when it changes, the next time is planned anew.
    rule         TEXT NOT NULL,
    run_at       INTEGER NOT NULL,
    lease_until  INTEGER NOT NULL DEFAULT 0,
    fence        INTEGER NOT NULL DEFAULT 0,
    last_started INTEGER,
    last_done    INTEGER,
    why          TEXT
) STRICT, WITHOUT ROWID;

-- A pass reads all products, or only those changed since an instant; one of a shop's is under way at a time.
ALTER TABLE catalogues ADD COLUMN since INTEGER;
-- When the last complete pass over the changes began.
ALTER TABLE catalogues ADD COLUMN last_changes INTEGER;
-- The shop said that rows may have changed without naming them; until a whole pass has read them.
ALTER TABLE catalogues ADD COLUMN told_at INTEGER;
-- The drift: what passes found although nobody had told us, since the last whole one.
ALTER TABLE catalogues ADD COLUMN drift_added INTEGER NOT NULL DEFAULT 0;
ALTER TABLE catalogues ADD COLUMN drift_changed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE catalogues ADD COLUMN drift_gone INTEGER NOT NULL DEFAULT 0;

-- What the last whole look at a connection came to. kind: shop, account; key: its address or id.
CREATE TABLE polls (
    merchant  BLOB NOT NULL,
    kind      TEXT NOT NULL,
    key       TEXT NOT NULL,
    done_at   INTEGER,
    read      INTEGER NOT NULL DEFAULT 0,
    added     INTEGER NOT NULL DEFAULT 0,
    changed   INTEGER NOT NULL DEFAULT 0,
    gone      INTEGER NOT NULL DEFAULT 0,
    -- The last failure, until a look succeeds.
    failed_at INTEGER,
    why       TEXT,
    PRIMARY KEY (merchant, kind, key)
) STRICT, WITHOUT ROWID;

-- Whether a connection works both ways. NULL = not known yet; success, or a stable code.
CREATE TABLE checks (
    merchant  BLOB NOT NULL,
    kind      TEXT NOT NULL,
    key       TEXT NOT NULL,
    asked_at  INTEGER NOT NULL,
    -- Hash of the nonce that the self-test delivers, good until it was ticked or has ended.
    nonce     BLOB UNIQUE,
    ends_at   INTEGER,
    ticked_at INTEGER,
    webhook   TEXT,
    polling   TEXT,
    PRIMARY KEY (merchant, kind, key)
) STRICT, WITHOUT ROWID;
