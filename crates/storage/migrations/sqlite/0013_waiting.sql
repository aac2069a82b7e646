-- What waits in a conversation is linked from its row, the newest first: the index had a page written for each message.

ALTER TABLE conversations ADD COLUMN newest_waiting INTEGER;

-- The event of the same conversation that waited when this one came.
ALTER TABLE inbox ADD COLUMN older INTEGER;

UPDATE inbox SET older = (
    SELECT max(o.event) FROM inbox o
    WHERE o.merchant = inbox.merchant AND o.conversation = inbox.conversation AND o.state <> 'done'
    AND o.state = 'waiting' AND o.event < inbox.event
) WHERE state <> 'done' AND state = 'waiting';

UPDATE conversations SET newest_waiting = (
    SELECT max(o.event) FROM inbox o
    WHERE o.merchant = conversations.merchant AND o.conversation = conversations.conversation AND o.state <> 'done'
    AND o.state = 'waiting'
) WHERE (merchant, conversation) IN (SELECT merchant, conversation FROM inbox WHERE state <> 'done' AND state = 'waiting');

DROP INDEX inbox_open;

-- An older program would link nothing, and what it took in would wait for ever.
UPDATE meta SET value = 13 WHERE name = 'oldest_program';
