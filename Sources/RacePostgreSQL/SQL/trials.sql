-- Trials and their results.

-- name: look
SELECT
  f.tag, f.level, f.number, (f.entry).trial, (f.entry).configuration, (f.entry).fingerprint,
  (f.entry).seed, (f.entry).origin, (f.entry).first_rung, (f.entry).created, (f.entry).status,
  (f.entry).rung, (f.entry).bpb, (f.entry).diverged, (f.entry).target_rung,
  (f.entry).lease_owner, (f.entry).lease_token, (f.entry).lease_expiry,
  (f.entry).checkpoint_step, (f.entry).checkpoint_path, (f.entry).checkpoint_sha256,
  (f.entry).steps_charged, (f.entry).measured_steps, (f.entry).measured_microseconds,
  (f.entry).processor_microseconds, (f.entry).failures, (f.entry).losses,
  (f.entry).event_count, (f.entry).reason, (f.entry).kernel_variant, (f.entry).mixed,
  (f.entry).verdict, (f.entry).updated, (f.entry).plan_cell, (f.entry).plan_stage,
  (f.entry).plan_steps
FROM igla_look(:rung, :score, :trial, :named, :claims) f;

-- name: lock_trial
SELECT FROM igla_race_trials WHERE race_id = igla_race() AND trial = :trial FOR NO KEY UPDATE;

-- name: expect_new
SELECT igla_expect_new(:fingerprint);

-- name: trial
SELECT * FROM igla_race_trials WHERE race_id = igla_race() AND trial = :trial;

-- name: insert_trial
INSERT INTO igla_race_trials (
  race_id, trial, machine_id, worker_id, agent_id, branch, configuration, fingerprint, seed,
  origin, first_rung, created, status, rung, bpb, diverged, target_rung, lease_owner, lease_token,
  lease_expiry, checkpoint_step, checkpoint_path, checkpoint_sha256, steps_charged,
  measured_steps, measured_microseconds, processor_microseconds, failures, losses, event_count,
  reason, kernel_variant, mixed, verdict, updated, plan_cell, plan_stage, plan_steps
) VALUES (
  :race_id, :trial, :machine_id, :worker_id, :agent_id, :branch, :configuration, :fingerprint,
  :seed, :origin, :first_rung, :created, :status, :rung, :bpb, :diverged, :target_rung,
  :lease_owner, :lease_token, :lease_expiry, :checkpoint_step, :checkpoint_path,
  :checkpoint_sha256, :steps_charged, :measured_steps, :measured_microseconds,
  :processor_microseconds, :failures, :losses, :event_count, :reason, :kernel_variant, :mixed,
  :verdict, :updated, :plan_cell, :plan_stage, :plan_steps
);

-- name: update_trial
UPDATE igla_race_trials SET
  machine_id = COALESCE(:machine_id, machine_id), worker_id = COALESCE(:worker_id, worker_id),
  agent_id = COALESCE(:agent_id, agent_id), branch = COALESCE(:branch, branch),
  status = :status, rung = :rung, bpb = :bpb, diverged = :diverged, target_rung = :target_rung,
  lease_owner = :lease_owner, lease_token = :lease_token, lease_expiry = :lease_expiry,
  checkpoint_step = :checkpoint_step, checkpoint_path = :checkpoint_path,
  checkpoint_sha256 = :checkpoint_sha256, steps_charged = :steps_charged,
  measured_steps = :measured_steps, measured_microseconds = :measured_microseconds,
  processor_microseconds = :processor_microseconds, failures = :failures, losses = :losses,
  event_count = :event_count, reason = :reason, kernel_variant = :kernel_variant,
  mixed = :mixed, verdict = :verdict, updated = :updated
WHERE race_id = :race_id AND trial = :trial;

-- name: has_fingerprint
SELECT EXISTS (
  SELECT 1 FROM igla_race_trials WHERE race_id = igla_race() AND fingerprint = :fingerprint)
  AS found;

-- name: leased
SELECT * FROM igla_race_trials
WHERE race_id = igla_race() AND status = 'running'
  AND (:owner::text IS NULL OR lease_owner = :owner)
ORDER BY trial;

-- name: ranked
SELECT * FROM igla_race_trials
WHERE race_id = igla_race() AND rung IS NOT NULL AND origin <> 'reproduction'
ORDER BY diverged, rung DESC, bpb, trial LIMIT :limit OFFSET :offset;

-- name: evidence
(SELECT 'best' AS tag, r.trial, t.configuration, r.rung, r.bpb
FROM igla_race_results r JOIN igla_race_trials t ON t.race_id = r.race_id AND t.trial = r.trial
WHERE r.race_id = igla_race() AND r.rung = :rung AND r.bpb IS NOT NULL
  AND t.origin <> 'reproduction'
ORDER BY r.score, r.trial LIMIT :limit)
UNION ALL
(SELECT 'best', trial, configuration, rung, bpb FROM igla_race_trials
WHERE :rung::integer IS NULL AND race_id = igla_race() AND rung IS NOT NULL
  AND origin <> 'reproduction' AND NOT diverged
ORDER BY rung DESC, bpb, trial LIMIT :limit)
UNION ALL
(SELECT 'seen', t.trial, t.configuration, t.rung, t.bpb
FROM unnest(:lowers::bigint[], :uppers::bigint[]) AS range(lower, upper)
JOIN igla_race_trials t
  ON t.race_id = igla_race() AND t.trial BETWEEN range.lower AND range.upper
ORDER BY t.trial);

-- name: trials
SELECT * FROM igla_race_trials WHERE race_id = igla_race()
ORDER BY trial LIMIT :limit OFFSET :offset;

-- name: status_counts
SELECT status, count(*) AS number FROM igla_race_trials
WHERE race_id = igla_race() GROUP BY status;

-- name: result
SELECT * FROM igla_race_results WHERE race_id = igla_race() AND trial = :trial AND rung = :rung;

-- name: results
SELECT * FROM igla_race_results WHERE race_id = igla_race() AND trial = :trial ORDER BY rung;

-- name: insert_result
INSERT INTO igla_race_results (
  race_id, trial, rung, step, bpb, diverged, decision, rank, reported, worker, token,
  binary_hash, kernel_variant, mixed, time
) VALUES (
  :race_id, :trial, :rung, :step, :bpb, :diverged, :decision, :rank, :reported, :worker, :token,
  :binary_hash, :kernel_variant, :mixed, :time
);

-- name: rank
SELECT igla_rank(igla_race(), :rung, :score, :trial) AS number;
