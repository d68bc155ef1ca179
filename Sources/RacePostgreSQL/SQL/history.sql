-- Events, the ledger, checkpoints and learning curves. Several rows to a statement.

-- name: insert_events
INSERT INTO igla_race_events (
  race_id, ordinal, trial, sequence, kind, detail, time, previous, hash
)
SELECT :race_id, e.* FROM unnest(
  :ordinals::bigint[], :trials::bigint[], :sequences::bigint[], :kinds::text[], :details::text[],
  :times::bigint[], :previous::text[], :hashes::text[]) e;

-- name: events_of_trial
SELECT * FROM igla_race_events WHERE race_id = igla_race() AND trial = :trial ORDER BY sequence;

-- name: events_after
SELECT * FROM igla_race_events WHERE race_id = igla_race() AND ordinal > :ordinal
ORDER BY ordinal LIMIT :limit;

-- name: insert_entry
INSERT INTO igla_race_ledger (race_id, ordinal, kind, detail, time, previous, hash)
VALUES (:race_id, :ordinal, :kind, :detail, :time, :previous, :hash);

-- name: ledger
SELECT * FROM igla_race_ledger WHERE race_id = igla_race() ORDER BY ordinal;

-- name: put_checkpoint
INSERT INTO igla_race_checkpoints (race_id, trial, step, path, sha256)
VALUES (:race_id, :trial, :step, :path, :sha256)
ON CONFLICT (race_id, trial, step) DO UPDATE SET path = excluded.path, sha256 = excluded.sha256;

-- name: checkpoints
SELECT * FROM igla_race_checkpoints
WHERE race_id = igla_race() AND trial = :trial ORDER BY step DESC;

-- name: put_samples
INSERT INTO igla_race_samples (race_id, trial, step, bpb)
SELECT :race_id, s.* FROM unnest(
  :trials::bigint[], :steps::bigint[], :scores::double precision[]) s
ON CONFLICT (race_id, trial, step) DO UPDATE SET bpb = excluded.bpb;

-- name: samples
SELECT * FROM igla_race_samples WHERE race_id = igla_race() AND trial = :trial ORDER BY step;
