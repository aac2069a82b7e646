-- What waits for a person in one conversation: a message that comes again is looked for there. Written only when one is put aside.
CREATE INDEX dead_events ON inbox (merchant, conversation, native_id) WHERE state = 'dead';
