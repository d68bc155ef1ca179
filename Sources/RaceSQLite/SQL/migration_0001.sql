-- Tables of the race, version 1. Migrations are only ever added: never edit one that is released.
-- Times are microseconds since 1970. Scores are validation bits per byte; NULL means diverged.

CREATE TABLE igla_race_races (
  race_id INTEGER PRIMARY KEY,
  settings TEXT NOT NULL,
  state TEXT NOT NULL,
  created INTEGER NOT NULL,
  trial_count INTEGER NOT NULL,
  proposal_count INTEGER NOT NULL,
  trials_started INTEGER NOT NULL,
  steps_used INTEGER NOT NULL,
  steps_reserved INTEGER NOT NULL,
  last_token INTEGER NOT NULL,
  measured_steps INTEGER NOT NULL,
  measured_microseconds INTEGER NOT NULL,
  evaluations INTEGER NOT NULL,
  evaluation_microseconds INTEGER NOT NULL,
  closed_microseconds INTEGER NOT NULL,
  session_count INTEGER NOT NULL,
  race_event_count INTEGER NOT NULL,
  event_count INTEGER NOT NULL,
  event_hash TEXT NOT NULL,
  ledger_count INTEGER NOT NULL,
  ledger_hash TEXT NOT NULL,
  candidate_count INTEGER NOT NULL,
  winner INTEGER,
  exhausted INTEGER NOT NULL,
  CONSTRAINT race_state_is_known CHECK (state IN ('active', 'stopped', 'won')),
  CONSTRAINT won_race_has_winner CHECK (state <> 'won' OR winner IS NOT NULL),
  CONSTRAINT steps_are_not_negative CHECK (steps_used >= 0 AND steps_reserved >= 0)
) STRICT;

CREATE TABLE igla_race_trials (
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
  PRIMARY KEY (race_id, trial),
  CONSTRAINT status_is_known CHECK (status IN (
    'pending', 'running', 'suspended', 'paused', 'completed', 'stopped', 'failed', 'winner')),
  CONSTRAINT origin_is_known CHECK (origin IN ('sampled', 'starting_point', 'enqueued')),
  CONSTRAINT verdict_is_known CHECK (verdict IN ('unknown', 'good', 'bad')),
  CONSTRAINT seed_is_for_selection CHECK (seed >= 1000),
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

CREATE TABLE igla_race_rungs (
  race_id INTEGER NOT NULL REFERENCES igla_race_races,
  rung INTEGER NOT NULL,
  reported INTEGER NOT NULL,
  PRIMARY KEY (race_id, rung)
) STRICT, WITHOUT ROWID;

CREATE TABLE igla_race_results (
  race_id INTEGER NOT NULL REFERENCES igla_race_races,
  trial INTEGER NOT NULL,
  rung INTEGER NOT NULL,
  step INTEGER NOT NULL,
  bpb REAL,
  diverged INTEGER NOT NULL,
  decision TEXT NOT NULL,
  rank INTEGER NOT NULL,
  reported INTEGER NOT NULL,
  worker TEXT NOT NULL,
  token INTEGER NOT NULL,
  binary_hash TEXT NOT NULL,
  kernel_variant TEXT NOT NULL,
  mixed INTEGER NOT NULL,
  time INTEGER NOT NULL,
  PRIMARY KEY (race_id, trial, rung),
  CONSTRAINT decision_is_known CHECK (
    decision IN ('pause', 'complete', 'stop_diverged', 'stop_cut')),
  CONSTRAINT diverged_has_no_score CHECK ((diverged = 1) = (bpb IS NULL)),
  CONSTRAINT rank_is_possible CHECK (rank BETWEEN 1 AND reported)
) STRICT, WITHOUT ROWID;

CREATE INDEX igla_race_results_ranks ON igla_race_results (race_id, rung, diverged, bpb, trial);

CREATE TABLE igla_race_events (
  race_id INTEGER NOT NULL REFERENCES igla_race_races,
  ordinal INTEGER NOT NULL,
  trial INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  kind TEXT NOT NULL,
  detail TEXT NOT NULL,
  time INTEGER NOT NULL,
  previous TEXT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (race_id, ordinal),
  CONSTRAINT one_event_a_sequence UNIQUE (race_id, trial, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE igla_race_ledger (
  race_id INTEGER NOT NULL REFERENCES igla_race_races,
  ordinal INTEGER NOT NULL,
  kind TEXT NOT NULL,
  detail TEXT NOT NULL,
  time INTEGER NOT NULL,
  previous TEXT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (race_id, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE igla_race_checkpoints (
  race_id INTEGER NOT NULL REFERENCES igla_race_races,
  trial INTEGER NOT NULL,
  step INTEGER NOT NULL,
  path TEXT NOT NULL,
  sha256 TEXT,
  PRIMARY KEY (race_id, trial, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE igla_race_samples (
  race_id INTEGER NOT NULL REFERENCES igla_race_races,
  trial INTEGER NOT NULL,
  step INTEGER NOT NULL,
  bpb REAL,
  PRIMARY KEY (race_id, trial, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE igla_race_workers (
  race_id INTEGER NOT NULL REFERENCES igla_race_races,
  worker TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  branch TEXT NOT NULL,
  machine TEXT NOT NULL,
  process INTEGER NOT NULL,
  binary_hash TEXT NOT NULL,
  kernel_variant TEXT NOT NULL,
  started INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  PRIMARY KEY (race_id, worker)
) STRICT, WITHOUT ROWID;

CREATE TABLE igla_race_sessions (
  race_id INTEGER NOT NULL REFERENCES igla_race_races,
  session INTEGER NOT NULL,
  started INTEGER NOT NULL,
  last_tick INTEGER NOT NULL,
  active_microseconds INTEGER NOT NULL,
  closed INTEGER NOT NULL,
  PRIMARY KEY (race_id, session)
) STRICT, WITHOUT ROWID;

CREATE TABLE igla_race_experience (
  race_id INTEGER NOT NULL REFERENCES igla_race_races,
  parameter TEXT NOT NULL,
  pattern TEXT NOT NULL,
  seen INTEGER NOT NULL,
  diverged INTEGER NOT NULL,
  cut INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  bottom_half INTEGER NOT NULL,
  last_trial INTEGER,
  PRIMARY KEY (race_id, parameter, pattern),
  CONSTRAINT evidence_adds_up CHECK (diverged + cut + failed + bottom_half <= seen)
) STRICT, WITHOUT ROWID;

CREATE TABLE igla_race_verifications (
  race_id INTEGER NOT NULL REFERENCES igla_race_races,
  candidate INTEGER NOT NULL,
  trial INTEGER NOT NULL,
  configuration TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  steps INTEGER NOT NULL,
  seeds TEXT NOT NULL,
  started INTEGER NOT NULL,
  verdict TEXT,
  PRIMARY KEY (race_id, candidate),
  CONSTRAINT one_candidate_a_configuration UNIQUE (race_id, fingerprint, steps)
) STRICT, WITHOUT ROWID;

CREATE TABLE igla_race_scores (
  race_id INTEGER NOT NULL REFERENCES igla_race_races,
  candidate INTEGER NOT NULL,
  seed INTEGER NOT NULL,
  test_bpb REAL,
  checkpoint TEXT,
  PRIMARY KEY (race_id, candidate, seed),
  CONSTRAINT seed_is_reserved CHECK (seed < 1000),
  CONSTRAINT score_has_checkpoint CHECK ((test_bpb IS NULL) = (checkpoint IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TRIGGER igla_race_results_stay BEFORE UPDATE ON igla_race_results
BEGIN SELECT RAISE(ABORT, 'igla: results are written once'); END;
CREATE TRIGGER igla_race_results_last BEFORE DELETE ON igla_race_results
BEGIN SELECT RAISE(ABORT, 'igla: results are not deleted'); END;
CREATE TRIGGER igla_race_events_stay BEFORE UPDATE ON igla_race_events
BEGIN SELECT RAISE(ABORT, 'igla: events are written once'); END;
CREATE TRIGGER igla_race_events_last BEFORE DELETE ON igla_race_events
BEGIN SELECT RAISE(ABORT, 'igla: events are not deleted'); END;
CREATE TRIGGER igla_race_ledger_stay BEFORE UPDATE ON igla_race_ledger
BEGIN SELECT RAISE(ABORT, 'igla: the ledger is written once'); END;
CREATE TRIGGER igla_race_ledger_last BEFORE DELETE ON igla_race_ledger
BEGIN SELECT RAISE(ABORT, 'igla: the ledger is not deleted'); END;

CREATE VIEW igla_leaderboard AS
SELECT
  race_id,
  row_number() OVER (
    PARTITION BY race_id ORDER BY diverged, rung DESC, bpb, trial) AS place,
  trial, status, rung, bpb AS validation_bpb, seed, mixed, fingerprint, configuration,
  checkpoint_path AS checkpoint
FROM igla_race_trials
WHERE rung IS NOT NULL;
