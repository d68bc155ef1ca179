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

-- name: put_lessons
INSERT INTO igla_race_experience (
  race_id, parameter, pattern, lesson_type, lesson, confidence, seen, diverged, cut, failed,
  bottom_half, last_trial
)
SELECT :race_id, l.* FROM unnest(
  :parameters::text[], :patterns::text[], :lesson_types::text[], :lessons::text[],
  :confidences::double precision[], :seens::bigint[], :diverged::bigint[], :cut::bigint[],
  :failed::bigint[], :bottom_halves::bigint[], :last_trials::bigint[]) l
ON CONFLICT (race_id, parameter, pattern) DO UPDATE SET
  lesson_type = excluded.lesson_type, lesson = excluded.lesson,
  confidence = excluded.confidence, seen = excluded.seen, diverged = excluded.diverged,
  cut = excluded.cut, failed = excluded.failed, bottom_half = excluded.bottom_half,
  last_trial = excluded.last_trial;

-- name: find_lessons
SELECT COALESCE(json_agg(json_build_array(
  e.parameter, e.pattern, e.seen, e.diverged, e.cut, e.failed, e.bottom_half, e.last_trial)), '[]')
  AS lessons
FROM unnest(:parameters::text[], :patterns::text[]) AS wanted(parameter, pattern)
JOIN igla_race_experience e
  ON e.race_id = igla_race() AND e.parameter = wanted.parameter AND e.pattern = wanted.pattern;

-- name: lessons
-- In one row: every claim reads them.
SELECT COALESCE(json_agg(json_build_array(
  parameter, pattern, seen, diverged, cut, failed, bottom_half, last_trial)), '[]') AS lessons
FROM igla_race_experience WHERE race_id = igla_race();

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
