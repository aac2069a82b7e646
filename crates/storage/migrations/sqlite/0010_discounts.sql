-- Discounts as claims need them. One that is gone stays as a mark, so that its version is never used again.
CREATE TABLE discounts (
    merchant   BLOB NOT NULL,
    discount   INTEGER NOT NULL,
    shop       TEXT NOT NULL,
    version    INTEGER NOT NULL,
    content    TEXT NOT NULL,
    gone       INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    read_at    INTEGER NOT NULL,
    -- The pass that saw it last.
    pass       INTEGER NOT NULL,
    PRIMARY KEY (merchant, discount)
) STRICT, WITHOUT ROWID;
CREATE INDEX discounts_of_shop ON discounts (merchant, shop) WHERE gone = 0;

-- The reading of a shop's discounts: the pass under way, the last complete one, and when the shop last said that one of them
-- changed. None is told that was read before that.
CREATE TABLE discount_lists (
    merchant      BLOB NOT NULL,
    shop          TEXT NOT NULL,
    pass          INTEGER,
    last_complete INTEGER,
    told_at       INTEGER,
    PRIMARY KEY (merchant, shop),
    FOREIGN KEY (merchant, shop) REFERENCES shops (merchant, shop)
) STRICT, WITHOUT ROWID;
