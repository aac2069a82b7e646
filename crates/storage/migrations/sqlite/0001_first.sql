-- The first schema. Rules that hold for every table:
-- * the merchant leads every key, so that a store that shards can split by merchant; the few indexes that cross
--   merchants serve the functions of installation.rs;
-- * our ids are 16 bytes, instants UTC milliseconds, words those of the domain;
-- * rows written in hot units carry no foreign keys: their unit has just read what they point to;
-- * whoever removes old rows of inbox, outbox, messages or turns leaves the newest one, so that row numbers only grow.

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value ANY NOT NULL
) STRICT, WITHOUT ROWID;

-- Migrations only add, so an older program may run on a newer schema until one says otherwise here.
INSERT INTO meta (name, value) VALUES ('oldest_program', 1);

CREATE TABLE counters (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Who is connected ----------------------------------------------------------------------------------------------

CREATE TABLE merchants (
    merchant     BLOB PRIMARY KEY,
    created_at   INTEGER NOT NULL,
    -- The last number given to a change of the merchant's catalogue; row versions come from it and are never reused.
    last_version INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE shops (
    merchant     BLOB NOT NULL REFERENCES merchants (merchant),
    shop         TEXT NOT NULL UNIQUE,
    state        TEXT NOT NULL,
    scopes       TEXT NOT NULL,
    facts        TEXT,
    connected_at INTEGER NOT NULL,
    PRIMARY KEY (merchant, shop)
) STRICT, WITHOUT ROWID;

-- One row per pair: the newest, and the one before it until the next renewal.
CREATE TABLE shop_tokens (
    merchant     BLOB NOT NULL,
    shop         TEXT NOT NULL,
    generation   INTEGER NOT NULL,
    newest       INTEGER NOT NULL,
    access       BLOB NOT NULL,
    access_ends  INTEGER,
    refresh      BLOB,
    refresh_ends INTEGER,
    PRIMARY KEY (merchant, shop, generation),
    FOREIGN KEY (merchant, shop) REFERENCES shops (merchant, shop)
) STRICT, WITHOUT ROWID;
CREATE INDEX shop_tokens_ending ON shop_tokens (access_ends) WHERE newest = 1;

CREATE TABLE accounts (
    merchant     BLOB NOT NULL REFERENCES merchants (merchant),
    account      BLOB NOT NULL,
    channel      TEXT NOT NULL,
    native_id    TEXT NOT NULL,
    name         TEXT NOT NULL,
    state        TEXT NOT NULL,
    data         TEXT NOT NULL,
    fields       TEXT NOT NULL,
    connected_at INTEGER NOT NULL,
    PRIMARY KEY (merchant, account),
    UNIQUE (channel, native_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE account_tokens (
    merchant BLOB NOT NULL,
    account  BLOB NOT NULL,
    token    BLOB NOT NULL,
    PRIMARY KEY (merchant, account),
    FOREIGN KEY (merchant, account) REFERENCES accounts (merchant, account)
) STRICT, WITHOUT ROWID;

CREATE TABLE user_tokens (
    merchant BLOB PRIMARY KEY REFERENCES merchants (merchant),
    token    BLOB NOT NULL,
    ends     INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    session  BLOB PRIMARY KEY,
    merchant BLOB NOT NULL REFERENCES merchants (merchant),
    begun_at INTEGER NOT NULL,
    used_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE states (
    row      INTEGER PRIMARY KEY AUTOINCREMENT,
    state    BLOB NOT NULL UNIQUE,
    purpose  TEXT NOT NULL,
    shop     TEXT,
    merchant BLOB,
    session  BLOB,
    cookie   BLOB NOT NULL,
    browser  BLOB NOT NULL,
    begun_at INTEGER NOT NULL,
    ends_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX states_by_browser ON states (browser, row);
CREATE INDEX states_by_end ON states (ends_at);

-- Who writes, and what waits ---------------------------------------------------------------------------------------

CREATE TABLE shoppers (
    merchant   BLOB NOT NULL,
    shopper    BLOB NOT NULL,
    first_name TEXT,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (merchant, shopper)
) STRICT, WITHOUT ROWID;

CREATE TABLE shopper_aliases (
    merchant BLOB NOT NULL,
    channel  TEXT NOT NULL,
    account  BLOB NOT NULL,
    value    TEXT NOT NULL,
    shopper  BLOB NOT NULL,
    PRIMARY KEY (merchant, channel, account, value)
) STRICT, WITHOUT ROWID;

CREATE TABLE conversations (
    row             INTEGER PRIMARY KEY,
    merchant        BLOB NOT NULL,
    conversation    BLOB NOT NULL UNIQUE,
    account         BLOB NOT NULL,
    shopper         BLOB NOT NULL,
    alias           TEXT NOT NULL,
    created_at      INTEGER NOT NULL,
    last_shopper_at INTEGER,
    paused_until    INTEGER,
    -- The turn that asked for the pause: its own parts are still sent. NULL when a person's message did.
    pause_turn      BLOB,
    -- Whether a person spoke since the lease began.
    person_spoke    INTEGER NOT NULL DEFAULT 0,
    disclosed_at    INTEGER,
    -- The turn whose reply says that it is automatic: said once a part of it was sent.
    disclosing      BLOB,
    memory          TEXT,
    last_turn       BLOB,
    -- Whether any message of it was ever taken back; only then is taken_back looked into.
    takes_back      INTEGER NOT NULL DEFAULT 0,
    -- When the first event arrived that asks for the next turn, for the rule that bounds the wait.
    waiting_since   INTEGER,
    -- The three things that make it due: events have settled, a failed turn is tried again, a part may be sent.
    turn_at         INTEGER,
    retry_at        INTEGER,
    send_at         INTEGER,
    fence           INTEGER NOT NULL DEFAULT 0,
    lease_until     INTEGER NOT NULL DEFAULT 0,
    -- The earliest moment a worker may take it; NULL = nothing waits. What an earlier turn said leaves first: while a
    -- part is unfinished, it alone decides.
    due_at          INTEGER GENERATED ALWAYS AS (
        max(
            coalesce(send_at, min(ifnull(turn_at, retry_at), ifnull(retry_at, turn_at))),
            lease_until
        )
    ) VIRTUAL,
    UNIQUE (merchant, conversation),
    UNIQUE (merchant, account, alias)
) STRICT;
CREATE INDEX conversations_due ON conversations (due_at) WHERE due_at IS NOT NULL;
-- For the start: the leases of a process that is gone.
CREATE INDEX conversations_leased ON conversations (lease_until) WHERE lease_until > 0;

CREATE TABLE inbox (
    event        INTEGER PRIMARY KEY,
    merchant     BLOB NOT NULL,
    conversation BLOB NOT NULL,
    kind         TEXT NOT NULL,
    native_id    TEXT,
    at           INTEGER NOT NULL,
    received_at  INTEGER NOT NULL,
    -- waiting, done, dead
    state        TEXT NOT NULL,
    asks         INTEGER NOT NULL,
    attempt      INTEGER NOT NULL DEFAULT 0,
    retry_at     INTEGER,
    why          TEXT,
    done_at      INTEGER,
    body         BLOB NOT NULL
) STRICT;
CREATE INDEX inbox_open ON inbox (merchant, conversation, at) WHERE state <> 'done';

CREATE TABLE dedup (
    key        BLOB PRIMARY KEY,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE taken_back (
    merchant     BLOB NOT NULL,
    conversation BLOB NOT NULL,
    native_id    TEXT NOT NULL,
    at           INTEGER NOT NULL,
    PRIMARY KEY (merchant, conversation, native_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE quarantine (
    row         INTEGER PRIMARY KEY,
    source      TEXT NOT NULL,
    why         TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    body        BLOB NOT NULL
) STRICT;

CREATE TABLE messages (
    row          INTEGER PRIMARY KEY,
    merchant     BLOB NOT NULL,
    conversation BLOB NOT NULL,
    author       TEXT NOT NULL,
    native_id    TEXT,
    text         TEXT,
    at           INTEGER NOT NULL,
    -- The inbox row it was heard in and the turn that heard it: for erasing and for taking a turn back.
    event        INTEGER,
    turn         BLOB
) STRICT;
CREATE INDEX messages_by_time ON messages (merchant, conversation, at);
CREATE INDEX messages_by_native_id ON messages (merchant, conversation, native_id) WHERE native_id IS NOT NULL;

CREATE TABLE turns (
    row          INTEGER PRIMARY KEY,
    merchant     BLOB NOT NULL,
    turn         BLOB NOT NULL,
    conversation BLOB NOT NULL,
    at           INTEGER NOT NULL,
    events       TEXT NOT NULL,
    -- What the conversation remembered before it, should the turn be withdrawn.
    former       TEXT NOT NULL,
    provenance   TEXT NOT NULL,
    withdrawn_at INTEGER,
    UNIQUE (merchant, turn)
) STRICT;

CREATE TABLE outbox (
    row          INTEGER PRIMARY KEY,
    merchant     BLOB NOT NULL,
    part         BLOB NOT NULL,
    conversation BLOB NOT NULL,
    turn         BLOB NOT NULL,
    content      TEXT NOT NULL,
    claims       TEXT NOT NULL,
    gist         TEXT NOT NULL,
    state        TEXT NOT NULL,
    attempt      INTEGER NOT NULL DEFAULT 0,
    run_at       INTEGER NOT NULL,
    sending_at   INTEGER,
    -- Whether it ever was unknown: it may have been seen, so its turn can no longer be taken back.
    doubted      INTEGER NOT NULL DEFAULT 0,
    settled_at   INTEGER,
    native_id    TEXT,
    code         TEXT,
    UNIQUE (merchant, part)
) STRICT;
CREATE INDEX outbox_open ON outbox (merchant, conversation, row) WHERE state IN ('queued', 'sending', 'unknown');
CREATE INDEX outbox_by_turn ON outbox (merchant, turn);
CREATE INDEX outbox_parked ON outbox (merchant, row) WHERE state = 'parked';
CREATE INDEX outbox_sending ON outbox (row) WHERE state = 'sending';

-- What is sold -----------------------------------------------------------------------------------------------------

CREATE TABLE catalogues (
    merchant      BLOB NOT NULL,
    shop          TEXT NOT NULL,
    pass          INTEGER,
    cursor        TEXT,
    read          INTEGER NOT NULL DEFAULT 0,
    last_complete INTEGER,
    -- Kept up to date with every row, because they are asked for with every search.
    products      INTEGER NOT NULL DEFAULT 0,
    offered       INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (merchant, shop),
    FOREIGN KEY (merchant, shop) REFERENCES shops (merchant, shop)
) STRICT, WITHOUT ROWID;

-- Narrow, because a pass touches every row; one that is gone stays as a mark, so that its version is never used again.
CREATE TABLE products (
    merchant   BLOB NOT NULL,
    product    INTEGER NOT NULL,
    shop       TEXT NOT NULL,
    version    INTEGER NOT NULL,
    hash       BLOB NOT NULL,
    status     TEXT NOT NULL,
    offered    INTEGER NOT NULL,
    gone       INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    read_at    INTEGER NOT NULL,
    pass       INTEGER,
    -- When the shop said that it changed, until it was read since: its figures are not to be said before that.
    hinted_at  INTEGER,
    PRIMARY KEY (merchant, product)
) STRICT, WITHOUT ROWID;
-- The change sequence: the version is the number of the product's last change.
CREATE UNIQUE INDEX products_by_version ON products (merchant, version);

CREATE TABLE product_contents (
    row      INTEGER PRIMARY KEY,
    merchant BLOB NOT NULL,
    product  INTEGER NOT NULL,
    content  TEXT NOT NULL,
    UNIQUE (merchant, product)
) STRICT;

CREATE TABLE stock_items (
    merchant BLOB NOT NULL,
    item     INTEGER NOT NULL,
    product  INTEGER NOT NULL,
    PRIMARY KEY (merchant, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX stock_items_by_product ON stock_items (merchant, product);

-- What is to be done, and what was written ---------------------------------------------------------------------------

CREATE TABLE jobs (
    -- Never reused: a worker that wakes late must not find another job under the number it holds.
    job         INTEGER PRIMARY KEY AUTOINCREMENT,
    merchant    BLOB NOT NULL,
    kind        TEXT NOT NULL,
    key         TEXT NOT NULL,
    -- waiting, leased, again (leased, and asked for once more meanwhile), given_up
    state       TEXT NOT NULL,
    run_at      INTEGER NOT NULL,
    attempt     INTEGER NOT NULL DEFAULT 0,
    fence       INTEGER NOT NULL DEFAULT 0,
    lease_until INTEGER NOT NULL DEFAULT 0,
    why         TEXT,
    ended_at    INTEGER,
    due_at      INTEGER GENERATED ALWAYS AS (
        CASE state WHEN 'waiting' THEN run_at WHEN 'given_up' THEN NULL ELSE lease_until END
    ) VIRTUAL,
    UNIQUE (merchant, kind, key)
) STRICT;
CREATE INDEX jobs_due ON jobs (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE mirrored (
    merchant   BLOB NOT NULL,
    key        TEXT NOT NULL,
    hash       BLOB NOT NULL,
    written_at INTEGER NOT NULL,
    PRIMARY KEY (merchant, key)
) STRICT, WITHOUT ROWID;
