-- The language model: what it cost whom on which day, and how each merchant wishes it to speak.

-- A row per shopper and day, and one with an empty shopper for the merchant as a whole. Rows of past days go with the
-- next booking.
CREATE TABLE model_spending (
    merchant BLOB NOT NULL,
    -- Days since 1970-01-01, UTC.
    day      INTEGER NOT NULL,
    shopper  BLOB NOT NULL,
    tokens   INTEGER NOT NULL,
    -- Millionths of whatever the endpoint is paid in.
    micros   INTEGER NOT NULL,
    PRIMARY KEY (merchant, day, shopper)
) STRICT, WITHOUT ROWID;

CREATE TABLE model_wishes (
    merchant   BLOB PRIMARY KEY,
    wishes     TEXT NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
