-- Planned races. SQLite cannot change a constraint, so the table of trials is made anew: a trial may
-- have a place in a plan with steps of its own, its processor time is measured, and one that repeats
-- a published run may have any seed and is never ranked.

DROP VIEW igla_leaderboard;

CREATE TABLE igla_race_trials_2 (
  race_id INTEGER NOT NULL REFERENCES igla_race_races,
  trial INTEGER NOT NULL,
  configuration TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  seed INTEGER NOT NULL,
  origin TEXT NOT NULL,
  first_rung INTEGER NOT NULL,
  created INTEGER NOT NULL,
  status TEXT NOT NULL,
  rung INTEGER,
  bpb REAL,
  diverged INTEGER NOT NULL,
  target_rung INTEGER,
  lease_owner TEXT,
  lease_token INTEGER,
  lease_expiry INTEGER,
  checkpoint_step INTEGER,
  checkpoint_path TEXT,
  checkpoint_sha256 TEXT,
  steps_charged INTEGER NOT NULL,
  measured_steps INTEGER NOT NULL,
  measured_microseconds INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  losses INTEGER NOT NULL,
  event_count INTEGER NOT NULL,
  reason TEXT,
  kernel_variant TEXT,
  mixed INTEGER NOT NULL,
  verdict TEXT NOT NULL,
  updated INTEGER NOT NULL,
  plan_cell INTEGER,
  plan_stage TEXT,
  plan_steps INTEGER,
  processor_microseconds INTEGER NOT NULL,
  PRIMARY KEY (race_id, trial),
  CONSTRAINT status_is_known CHECK (status IN (
    'pending', 'running', 'suspended', 'paused', 'completed', 'stopped', 'failed', 'winner')),
  CONSTRAINT origin_is_known CHECK (origin IN (
    'sampled', 'starting_point', 'enqueued', 'planned', 'reproduction')),
  CONSTRAINT verdict_is_known CHECK (verdict IN ('unknown', 'good', 'bad')),
  CONSTRAINT seed_is_for_selection CHECK (
    seed >= 1000 OR (origin = 'reproduction' AND seed >= 0)),
  CONSTRAINT reproduction_wins_nothing CHECK (origin <> 'reproduction' OR status <> 'winner'),
  CONSTRAINT planned_has_its_place CHECK (
    (origin IN ('planned', 'reproduction')) = (plan_cell IS NOT NULL)
    AND (plan_cell IS NULL) = (plan_stage IS NULL)
    AND (plan_cell IS NULL) = (plan_steps IS NULL)),
  CONSTRAINT stage_is_known CHECK (plan_stage IN ('planned', 'equal_time')),
  CONSTRAINT only_running_has_lease CHECK (
    (status = 'running') = (lease_owner IS NOT NULL)
    AND (lease_owner IS NULL) = (lease_token IS NULL)
    AND (lease_owner IS NULL) = (lease_expiry IS NULL)),
  CONSTRAINT only_open_work_has_target CHECK (
    (status IN ('pending', 'running', 'suspended')) = (target_rung IS NOT NULL)),
  CONSTRAINT target_is_above_rung CHECK (
    rung IS NULL OR target_rung IS NULL OR target_rung > rung),
  CONSTRAINT paused_has_score CHECK (
    status NOT IN ('paused', 'completed', 'winner') OR (rung IS NOT NULL AND bpb IS NOT NULL)),
  CONSTRAINT diverged_is_stopped CHECK (diverged = 0 OR (bpb IS NULL AND status = 'stopped')),
  CONSTRAINT pending_has_not_begun CHECK (
    status <> 'pending' OR (rung IS NULL AND checkpoint_step IS NULL AND steps_charged = 0)),
  CONSTRAINT checkpoint_is_whole CHECK ((checkpoint_step IS NULL) = (checkpoint_path IS NULL))
) STRICT, WITHOUT ROWID;

INSERT INTO igla_race_trials_2
SELECT
  race_id, trial, configuration, fingerprint, seed, origin, first_rung, created, status, rung,
  bpb, diverged, target_rung, lease_owner, lease_token, lease_expiry, checkpoint_step,
  checkpoint_path, checkpoint_sha256, steps_charged, measured_steps, measured_microseconds,
  failures, losses, event_count, reason, kernel_variant, mixed, verdict, updated,
  NULL, NULL, NULL, 0
FROM igla_race_trials;

DROP TABLE igla_race_trials;
ALTER TABLE igla_race_trials_2 RENAME TO igla_race_trials;

CREATE INDEX igla_race_trials_fingerprint ON igla_race_trials (race_id, fingerprint);
CREATE INDEX igla_race_trials_paused ON igla_race_trials (race_id, rung, bpb, trial)
  WHERE status = 'paused';
CREATE INDEX igla_race_trials_suspended ON igla_race_trials (race_id, target_rung DESC, trial)
  WHERE status = 'suspended';
CREATE INDEX igla_race_trials_running ON igla_race_trials (race_id, lease_expiry)
  WHERE status = 'running';
CREATE INDEX igla_race_trials_pending ON igla_race_trials (race_id, trial)
  WHERE status = 'pending';
CREATE INDEX igla_race_trials_ranked
  ON igla_race_trials (race_id, diverged, rung DESC, bpb, trial) WHERE rung IS NOT NULL;

CREATE TRIGGER igla_race_trials_end BEFORE UPDATE OF status ON igla_race_trials
WHEN old.status IN ('completed', 'stopped', 'failed', 'winner')
  AND new.status NOT IN (old.status, 'winner')
BEGIN
  SELECT RAISE(ABORT, 'igla: a trial that ended does not run again');
END;

CREATE TRIGGER igla_race_trials_stay BEFORE DELETE ON igla_race_trials
BEGIN
  SELECT RAISE(ABORT, 'igla: trials are not deleted');
END;

-- A trial has one place in a plan, whoever asks for it.
CREATE UNIQUE INDEX igla_race_trials_plan ON igla_race_trials (race_id, plan_cell, plan_stage, seed)
  WHERE plan_cell IS NOT NULL;

CREATE VIEW igla_leaderboard AS
SELECT
  race_id,
  row_number() OVER (
    PARTITION BY race_id ORDER BY diverged, rung DESC, bpb, trial) AS place,
  trial, status, rung, bpb AS validation_bpb, seed, mixed, fingerprint, configuration,
  checkpoint_path AS checkpoint
FROM igla_race_trials
WHERE rung IS NOT NULL AND origin <> 'reproduction';

ALTER TABLE igla_race_races ADD COLUMN decisions TEXT NOT NULL DEFAULT '[]';
