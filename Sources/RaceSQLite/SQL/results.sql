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

-- name: insert_place
INSERT INTO igla_race_places (race_id, rung, score, trial)
VALUES (:race_id, :rung, :score, :trial);

-- name: leaf
SELECT score, trial, results FROM igla_race_leaves
WHERE race_id = :race_id AND rung = :rung AND (score, trial) <= (:score, :trial)
ORDER BY score DESC, trial DESC LIMIT 1;

-- name: insert_leaf
INSERT INTO igla_race_leaves (race_id, rung, score, trial, results)
VALUES (:race_id, :rung, :score, :trial, :results);

-- name: count_leaf
UPDATE igla_race_leaves SET results = :results
WHERE race_id = :race_id AND rung = :rung AND score = :score AND trial = :trial;

-- name: place_within
SELECT score, trial FROM igla_race_places
WHERE race_id = :race_id AND rung = :rung AND (score, trial) >= (:score, :trial)
ORDER BY score, trial LIMIT 1 OFFSET :offset;

-- name: count_better
SELECT
  (SELECT COALESCE(SUM(results), 0) FROM igla_race_leaves
    WHERE race_id = :race_id AND rung = :rung AND (score, trial) < (:leaf_score, :leaf_trial))
  + (SELECT COUNT(*) FROM igla_race_places
    WHERE race_id = :race_id AND rung = :rung AND (score, trial) >= (:leaf_score, :leaf_trial)
      AND (score, trial) < (:score, :trial));
