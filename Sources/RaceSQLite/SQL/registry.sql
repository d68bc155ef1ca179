-- Workers, sessions, experience and verifications.

-- name: put_worker
INSERT OR REPLACE INTO igla_race_workers (
  race_id, worker, agent_id, branch, machine, process, binary_hash, kernel_variant, started,
  last_seen
) VALUES (
  :race_id, :worker, :agent_id, :branch, :machine, :process, :binary_hash, :kernel_variant,
  :started, :last_seen
);

-- name: worker
SELECT * FROM igla_race_workers WHERE race_id = :race_id AND worker = :worker;

-- name: workers
SELECT * FROM igla_race_workers WHERE race_id = :race_id ORDER BY worker;

-- name: put_session
INSERT OR REPLACE INTO igla_race_sessions (
  race_id, session, started, last_tick, active_microseconds, closed
) VALUES (
  :race_id, :session, :started, :last_tick, :active_microseconds, :closed
);

-- name: session
SELECT * FROM igla_race_sessions WHERE race_id = :race_id AND session = :session;

-- name: sessions
SELECT * FROM igla_race_sessions WHERE race_id = :race_id ORDER BY session;

-- name: put_lesson
INSERT OR REPLACE INTO igla_race_experience (
  race_id, parameter, pattern, seen, diverged, cut, failed, bottom_half, last_trial
) VALUES (
  :race_id, :parameter, :pattern, :seen, :diverged, :cut, :failed, :bottom_half, :last_trial
);

-- name: lesson
SELECT * FROM igla_race_experience
WHERE race_id = :race_id AND parameter = :parameter AND pattern = :pattern;

-- name: lessons
SELECT * FROM igla_race_experience WHERE race_id = :race_id;

-- name: put_verification
INSERT OR REPLACE INTO igla_race_verifications (
  race_id, candidate, trial, configuration, fingerprint, steps, seeds, started, verdict
) VALUES (
  :race_id, :candidate, :trial, :configuration, :fingerprint, :steps, :seeds, :started, :verdict
);

-- name: verification
SELECT * FROM igla_race_verifications WHERE race_id = :race_id AND candidate = :candidate;

-- name: verification_of
SELECT * FROM igla_race_verifications
WHERE race_id = :race_id AND fingerprint = :fingerprint AND steps = :steps;

-- name: verifications
SELECT * FROM igla_race_verifications WHERE race_id = :race_id ORDER BY candidate;

-- name: put_score
INSERT OR REPLACE INTO igla_race_scores (
  race_id, candidate, seed, test_bpb, checkpoint
) VALUES (
  :race_id, :candidate, :seed, :test_bpb, :checkpoint
);

-- name: scores
SELECT * FROM igla_race_scores WHERE race_id = :race_id AND candidate = :candidate;
