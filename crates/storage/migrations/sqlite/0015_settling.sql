-- When what waits has settled: a message in a burst moves this alone, and whoever leases the conversation sees to its due moment.
ALTER TABLE conversations ADD COLUMN settles_at INTEGER;

-- Keys lead with a time: the old ones are found without an index that every message would write. An older program sweeps them slower.
DROP INDEX dedup_by_age;
