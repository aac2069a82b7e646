-- What was taken over from the Python version. A row stays when what it names is gone: a second import brings nothing back.
CREATE TABLE imported (
    merchant    BLOB NOT NULL,
    -- shop, page, session
    kind        TEXT NOT NULL,
    -- The shop's address, Facebook's id of the Page, the hash of the session's id.
    name        BLOB NOT NULL,
    imported_at INTEGER NOT NULL,
    PRIMARY KEY (merchant, kind, name)
) STRICT, WITHOUT ROWID;
