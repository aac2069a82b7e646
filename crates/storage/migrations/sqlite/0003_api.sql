-- What the API needs: tokens of the operator, and ways to what waits for a person. A token belongs to the operator, not to a
-- merchant; of its value only the hash is kept.

CREATE TABLE api_tokens (
    token      BLOB PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE,
    scopes     TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    ends_at    INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX undone_events ON inbox (merchant, event) WHERE state = 'dead';
CREATE INDEX undone_jobs ON jobs (merchant, job) WHERE state = 'given_up';

-- What came with a quarantined body and is needed to read it again, as the client of its source wrote it.
ALTER TABLE quarantine ADD COLUMN head TEXT;
