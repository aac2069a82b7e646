-- How many replies a shopper had within an hour that began then: two machines that answer each other are to end it.
ALTER TABLE conversations ADD COLUMN hour_began INTEGER;
ALTER TABLE conversations ADD COLUMN hour_replies INTEGER NOT NULL DEFAULT 0;
