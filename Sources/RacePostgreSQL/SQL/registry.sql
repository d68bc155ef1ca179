-- Workers, sessions, experience and verifications.

-- name: put_worker
INSERT INTO igla_race_workers (
  race_id, worker, agent_id, branch, machine, process, binary_hash, kernel_variant, started,
  last_seen
) VALUES (
  :race_id, :worker, :agent_id, :branch, :machine, :process, :binary_hash, :kernel_variant,
  :started, :last_seen
)
ON CONFLICT (race_id, worker) DO UPDATE SET
  agent_id = excluded.agent_id, branch = excluded.branch, machine = excluded.machine,
  process = excluded.process, binary_hash = excluded.binary_hash,
  kernel_variant = excluded.kernel_variant, started = excluded.started,
  last_seen = excluded.last_seen;

-- name: find_workers
SELECT * FROM igla_race_workers
WHERE race_id = igla_race() AND worker IN (
  :worker, (
    SELECT t.lease_owner FROM igla_race_trials t
    WHERE t.race_id = igla_race() AND t.trial = :trial));

-- name: worker
SELECT * FROM igla_race_workers WHERE race_id = igla_race() AND worker = :worker;

-- name: workers
SELECT * FROM igla_race_workers WHERE race_id = igla_race() ORDER BY worker COLLATE "C";

-- name: put_session
INSERT INTO igla_race_sessions (
  race_id, session, started, last_tick, active_microseconds, closed
) VALUES (:race_id, :session, :started, :last_tick, :active_microseconds, :closed)
ON CONFLICT (race_id, session) DO UPDATE SET
  last_tick = excluded.last_tick, active_microseconds = excluded.active_microseconds,
  closed = excluded.closed;

-- name: sessions
SELECT * FROM igla_race_sessions WHERE race_id = igla_race() ORDER BY session;

-- name: put_lesson
INSERT INTO igla_race_experience (
  race_id, parameter, pattern, lesson_type, lesson, confidence, seen, diverged, cut, failed,
  bottom_half, last_trial
) VALUES (
  :race_id, :parameter, :pattern, :lesson_type, :lesson, :confidence, :seen, :diverged, :cut,
  :failed, :bottom_half, :last_trial
)
ON CONFLICT (race_id, parameter, pattern) DO UPDATE SET
  lesson_type = excluded.lesson_type, lesson = excluded.lesson,
  confidence = excluded.confidence, seen = excluded.seen, diverged = excluded.diverged,
  cut = excluded.cut, failed = excluded.failed, bottom_half = excluded.bottom_half,
  last_trial = excluded.last_trial;

-- name: find_lessons
SELECT e.* FROM unnest(:parameters::text[], :patterns::text[]) AS wanted(parameter, pattern)
JOIN igla_race_experience e
  ON e.race_id = igla_race() AND e.parameter = wanted.parameter AND e.pattern = wanted.pattern;

-- name: lessons
SELECT * FROM igla_race_experience WHERE race_id = igla_race();

-- name: put_verification
INSERT INTO igla_race_verifications (
  race_id, candidate, trial, configuration, fingerprint, steps, seeds, started, verdict
) VALUES (
  :race_id, :candidate, :trial, :configuration, :fingerprint, :steps, :seeds, :started, :verdict
)
ON CONFLICT (race_id, candidate) DO UPDATE SET verdict = excluded.verdict;

-- name: verification
SELECT * FROM igla_race_verifications WHERE race_id = igla_race() AND candidate = :candidate;

-- name: verification_of
SELECT * FROM igla_race_verifications
WHERE race_id = igla_race() AND fingerprint = :fingerprint AND steps = :steps;

-- name: verifications
SELECT * FROM igla_race_verifications WHERE race_id = igla_race() ORDER BY candidate;

-- name: put_score
INSERT INTO igla_race_scores (race_id, candidate, seed, test_bpb, checkpoint)
VALUES (:race_id, :candidate, :seed, :test_bpb, :checkpoint)
ON CONFLICT (race_id, candidate, seed) DO UPDATE SET
  test_bpb = excluded.test_bpb, checkpoint = excluded.checkpoint;

-- name: scores
SELECT * FROM igla_race_scores WHERE race_id = igla_race() AND candidate = :candidate;
