-- When a part in doubt was first looked for and not found, and whether it went back to the queue for that.
ALTER TABLE outbox ADD COLUMN missed_at INTEGER;
ALTER TABLE outbox ADD COLUMN resent INTEGER NOT NULL DEFAULT 0;
