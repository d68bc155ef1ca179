-- Trials: one row each, found by number, by state or by place.

-- name: trial
SELECT * FROM igla_race_trials WHERE race_id = :race_id AND trial = :trial;

-- name: insert_trial
INSERT INTO igla_race_trials (
  race_id, trial, configuration, fingerprint, seed, origin, first_rung, created, status, rung,
  bpb, diverged, target_rung, lease_owner, lease_token, lease_expiry, checkpoint_step,
  checkpoint_path, checkpoint_sha256, steps_charged, measured_steps, measured_microseconds,
  failures, losses, event_count, reason, kernel_variant, mixed, verdict, updated, plan_cell,
  plan_stage, plan_steps, processor_microseconds
) VALUES (
  :race_id, :trial, :configuration, :fingerprint, :seed, :origin, :first_rung, :created,
  :status, :rung, :bpb, :diverged, :target_rung, :lease_owner, :lease_token, :lease_expiry,
  :checkpoint_step, :checkpoint_path, :checkpoint_sha256, :steps_charged, :measured_steps,
  :measured_microseconds, :failures, :losses, :event_count, :reason, :kernel_variant, :mixed,
  :verdict, :updated, :plan_cell, :plan_stage, :plan_steps, :processor_microseconds
);

-- name: update_trial
UPDATE igla_race_trials SET
  status = :status, rung = :rung, bpb = :bpb, diverged = :diverged, target_rung = :target_rung,
  lease_owner = :lease_owner, lease_token = :lease_token, lease_expiry = :lease_expiry,
  checkpoint_step = :checkpoint_step, checkpoint_path = :checkpoint_path, checkpoint_sha256 =
  :checkpoint_sha256, steps_charged = :steps_charged, measured_steps = :measured_steps,
  measured_microseconds = :measured_microseconds, failures = :failures, losses = :losses,
  event_count = :event_count, reason = :reason, kernel_variant = :kernel_variant, mixed =
  :mixed, verdict = :verdict, updated = :updated, processor_microseconds =
  :processor_microseconds
WHERE race_id = :race_id AND trial = :trial;

-- name: has_fingerprint
SELECT EXISTS (
  SELECT 1 FROM igla_race_trials WHERE race_id = :race_id AND fingerprint = :fingerprint);

-- name: best_paused
SELECT * FROM igla_race_trials
WHERE race_id = :race_id AND status = 'paused' AND rung = :rung
ORDER BY bpb, trial LIMIT 1;

-- name: resumable
SELECT * FROM (
  SELECT * FROM (
    SELECT * FROM igla_race_trials
    WHERE race_id = :race_id AND status = 'suspended'
    ORDER BY target_rung DESC, trial LIMIT :limit)
  UNION ALL
  SELECT * FROM igla_race_trials
  WHERE race_id = :race_id AND status = 'running' AND lease_expiry <= :now)
ORDER BY target_rung DESC, trial LIMIT :limit;

-- name: first_pending
SELECT * FROM igla_race_trials
WHERE race_id = :race_id AND status = 'pending' ORDER BY trial LIMIT 1;

-- name: running
SELECT target_rung, COUNT(*) AS count FROM igla_race_trials
WHERE race_id = :race_id AND status = 'running' AND lease_expiry > :now GROUP BY target_rung;

-- name: leased
SELECT * FROM igla_race_trials
WHERE race_id = :race_id AND status = 'running' AND (:owner IS NULL OR lease_owner = :owner)
ORDER BY trial;

-- name: ranked
SELECT * FROM igla_race_trials
WHERE race_id = :race_id AND rung IS NOT NULL AND origin <> 'reproduction'
ORDER BY diverged, rung DESC, bpb, trial LIMIT :limit OFFSET :offset;

-- name: best_results
SELECT r.trial, t.configuration, r.rung, r.bpb
FROM igla_race_results r JOIN igla_race_trials t ON t.race_id = r.race_id AND t.trial = r.trial
WHERE r.race_id = :race_id AND r.rung = :rung AND r.diverged = 0 AND t.origin <> 'reproduction'
ORDER BY r.bpb, r.trial LIMIT :limit;

-- name: best_trials
SELECT trial, configuration, rung, bpb FROM igla_race_trials
WHERE race_id = :race_id AND rung IS NOT NULL AND origin <> 'reproduction' AND diverged = 0
ORDER BY rung DESC, bpb, trial LIMIT :limit;

-- name: trials_between
SELECT trial, configuration, rung, bpb FROM igla_race_trials
WHERE race_id = :race_id AND trial BETWEEN :lower AND :upper ORDER BY trial;

-- name: trials
SELECT * FROM igla_race_trials WHERE race_id = :race_id
ORDER BY trial LIMIT :limit OFFSET :offset;

-- name: status_counts
SELECT status, COUNT(*) AS count FROM igla_race_trials WHERE race_id = :race_id GROUP BY status;
