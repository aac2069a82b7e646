-- A merchant's sessions are listed and ended together; those that are over are found by when they began.
CREATE INDEX sessions_by_merchant ON sessions (merchant, begun_at);
CREATE INDEX sessions_by_begin ON sessions (begun_at);
