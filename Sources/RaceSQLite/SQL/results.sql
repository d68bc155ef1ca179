-- Results: one row for each trial and rung, written once.

-- name: result
SELECT * FROM igla_race_results
WHERE race_id = :race_id AND trial = :trial AND rung = :rung;

-- name: results
SELECT * FROM igla_race_results WHERE race_id = :race_id AND trial = :trial ORDER BY rung;

-- name: insert_result
INSERT INTO igla_race_results (
  race_id, trial, rung, step, bpb, diverged, decision, rank, reported, worker, token,
  binary_hash, kernel_variant, mixed, time
) VALUES (
  :race_id, :trial, :rung, :step, :bpb, :diverged, :decision, :rank, :reported, :worker, :token,
  :binary_hash, :kernel_variant, :mixed, :time
);

-- name: count_result
INSERT INTO igla_race_rungs (race_id, rung, reported) VALUES (:race_id, :rung, 1)
ON CONFLICT (race_id, rung) DO UPDATE SET reported = reported + 1;

-- name: reported
SELECT reported FROM igla_race_rungs WHERE race_id = :race_id AND rung = :rung;

-- name: count_better
SELECT COUNT(*) FROM igla_race_results
WHERE race_id = :race_id AND rung = :rung AND diverged = 0 AND (bpb, trial) < (:bpb, :trial);

-- name: count_before_diverged
SELECT COUNT(*) FROM igla_race_results
WHERE race_id = :race_id AND rung = :rung AND (diverged = 0 OR trial < :trial);
