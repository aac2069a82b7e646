-- The life of data: what is to be forgotten, who asked for it, and what came in without a conversation.

-- The erasure ledger. It outlives what it names, so that a store put back from a backup forgets again. Nothing in it tells
-- who a person is, but `about`, and that only until it is done.
CREATE TABLE erasures (
    row      INTEGER PRIMARY KEY AUTOINCREMENT,
    erasure  BLOB NOT NULL UNIQUE,
    merchant BLOB NOT NULL,
    what     TEXT NOT NULL,
    key      TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    done_at  INTEGER,
    -- gone, superseded
    outcome  TEXT,
    -- What a customer is recognised by, as JSON.
    about    TEXT,
    -- The platform's request it belongs to, whose progress people may see.
    request  BLOB
) STRICT;
CREATE UNIQUE INDEX erasures_open ON erasures (merchant, what, key) WHERE done_at IS NULL;
CREATE INDEX erasures_by_request ON erasures (request) WHERE request IS NOT NULL;
CREATE INDEX erasures_by_age ON erasures (asked_at);

-- Requests of a channel's platform that somebody be forgotten; the code shows their progress without telling whose they are.
CREATE TABLE deletions (
    request  BLOB PRIMARY KEY,
    code     TEXT NOT NULL UNIQUE,
    asked_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX deletions_by_age ON deletions (asked_at);

-- A shop's question what we know of a customer, and per shopper what that is.
CREATE TABLE data_requests (
    merchant BLOB NOT NULL,
    request  TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    done_at  INTEGER,
    about    TEXT,
    PRIMARY KEY (merchant, request)
) STRICT, WITHOUT ROWID;
CREATE INDEX data_requests_by_age ON data_requests (asked_at);

CREATE TABLE data_answers (
    merchant BLOB NOT NULL,
    request  TEXT NOT NULL,
    shopper  BLOB NOT NULL,
    answer   TEXT NOT NULL,
    PRIMARY KEY (merchant, request, shopper)
) STRICT, WITHOUT ROWID;
CREATE INDEX data_answers_by_shopper ON data_answers (merchant, shopper);

-- Through whom an account was granted to us, by the id the app knows that person by.
CREATE TABLE grants (
    merchant   BLOB NOT NULL,
    account    BLOB NOT NULL,
    channel    TEXT NOT NULL,
    person     TEXT NOT NULL,
    granted_at INTEGER NOT NULL,
    PRIMARY KEY (merchant, account)
) STRICT, WITHOUT ROWID;
CREATE INDEX grants_by_person ON grants (channel, person);

-- What a channel said of an account itself, kind by kind, and what that did.
CREATE TABLE account_events (
    merchant BLOB NOT NULL,
    account  BLOB NOT NULL,
    kind     TEXT NOT NULL,
    effect   TEXT NOT NULL,
    count    INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    last_at  INTEGER NOT NULL,
    PRIMARY KEY (merchant, account, kind, effect)
) STRICT, WITHOUT ROWID;

-- How far messages were delivered and read: only the farthest counts.
CREATE TABLE watermarks (
    merchant     BLOB NOT NULL,
    conversation BLOB NOT NULL,
    kind         TEXT NOT NULL,
    until        INTEGER NOT NULL,
    PRIMARY KEY (merchant, conversation, kind)
) STRICT, WITHOUT ROWID;

-- By which that is found which is to go.
CREATE INDEX conversations_by_shopper ON conversations (merchant, shopper);
CREATE INDEX shopper_aliases_by_shopper ON shopper_aliases (merchant, shopper);
CREATE INDEX turns_by_conversation ON turns (merchant, conversation);
CREATE INDEX dedup_by_age ON dedup (created_at);
CREATE INDEX taken_back_by_age ON taken_back (at);
CREATE INDEX sessions_by_age ON sessions (begun_at);
CREATE INDEX jobs_given_up ON jobs (ended_at) WHERE state = 'given_up';
