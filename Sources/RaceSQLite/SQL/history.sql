-- Events, the ledger and the learning curves.

-- name: insert_event
INSERT INTO igla_race_events (
  race_id, ordinal, trial, sequence, kind, detail, time, previous, hash
) VALUES (
  :race_id, :ordinal, :trial, :sequence, :kind, :detail, :time, :previous, :hash
);

-- name: events_of_trial
SELECT * FROM igla_race_events WHERE race_id = :race_id AND trial = :trial ORDER BY sequence;

-- name: events_after
SELECT * FROM igla_race_events WHERE race_id = :race_id AND ordinal > :ordinal
ORDER BY ordinal LIMIT :limit;

-- name: insert_entry
INSERT INTO igla_race_ledger (
  race_id, ordinal, kind, detail, time, previous, hash
) VALUES (
  :race_id, :ordinal, :kind, :detail, :time, :previous, :hash
);

-- name: ledger
SELECT * FROM igla_race_ledger WHERE race_id = :race_id ORDER BY ordinal;

-- name: put_checkpoint
INSERT OR REPLACE INTO igla_race_checkpoints (
  race_id, trial, step, path, sha256
) VALUES (
  :race_id, :trial, :step, :path, :sha256
);

-- name: checkpoints
SELECT * FROM igla_race_checkpoints
WHERE race_id = :race_id AND trial = :trial ORDER BY step DESC;

-- name: put_sample
INSERT OR REPLACE INTO igla_race_samples (
  race_id, trial, step, bpb
) VALUES (
  :race_id, :trial, :step, :bpb
);

-- name: samples
SELECT * FROM igla_race_samples
WHERE race_id = :race_id AND trial = :trial ORDER BY step;
