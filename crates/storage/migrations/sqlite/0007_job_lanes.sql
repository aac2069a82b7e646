-- Jobs that write objects wait for a place that may be slow or away: they have a lane and workers of their own. The lane
-- follows from the kind's name, so that whoever puts a job up need not know it.
ALTER TABLE jobs ADD COLUMN lane INTEGER NOT NULL GENERATED ALWAYS AS (
    CASE WHEN substr(kind, 1, 7) = 'mirror_' OR kind = 'keep_tokens' THEN 1 ELSE 0 END
) VIRTUAL;
CREATE INDEX jobs_due_by_lane ON jobs (lane, due_at) WHERE due_at IS NOT NULL;
