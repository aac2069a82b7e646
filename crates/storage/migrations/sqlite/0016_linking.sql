-- What arrived is linked to its conversation by whoever next looks at what waits: up to this event that was done.
INSERT INTO meta (name, value) VALUES ('linked_up_to', (SELECT ifnull(max(event), 0) FROM inbox));

-- An older program would never link what a newer one took in.
UPDATE meta SET value = 16 WHERE name = 'oldest_program';

-- Whose conversation a message is for: all that its receipt asks, so that it need not look at the rows themselves.
CREATE UNIQUE INDEX accounts_served ON accounts (channel, native_id, state);
CREATE INDEX conversations_addressed ON conversations (merchant, account, alias, conversation, takes_back);
