-- When a part in doubt was first looked for and not found, and whether it went back to the queue for that.
ALTER TABLE outbox ADD COLUMN missed_at INTEGER;
ALTER TABLE outbox ADD COLUMN resent INTEGER NOT NULL DEFAULT 0;
-- Whether a part that was refused waits for a person all the same.
ALTER TABLE outbox ADD COLUMN listed INTEGER NOT NULL DEFAULT 0;
CREATE INDEX outbox_waiting ON outbox (merchant, row) WHERE state = 'parked' OR listed = 1;

-- Whether the shopper said stop and has not come back; the turn that was told so may still confirm it.
ALTER TABLE conversations ADD COLUMN opted_out INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN opt_out_turn BLOB;
-- Since when the shopper waits for a person who was asked for.
ALTER TABLE conversations ADD COLUMN person_wanted_at INTEGER;
CREATE INDEX conversations_wanting ON conversations (merchant, row) WHERE person_wanted_at IS NOT NULL;

-- When a person said that a message which was left to them is to be answered after all.
ALTER TABLE inbox ADD COLUMN again_at INTEGER;
