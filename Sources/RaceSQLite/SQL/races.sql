-- Races: settings and counters.

-- name: active_race
SELECT MAX(race_id) FROM igla_race_races;

-- name: race
SELECT * FROM igla_race_races WHERE race_id = :race_id;

-- name: insert_race
INSERT INTO igla_race_races (
  race_id, settings, state, created, trial_count, proposal_count, trials_started, steps_used,
  steps_reserved, last_token, measured_steps, measured_microseconds, evaluations,
  evaluation_microseconds, closed_microseconds, session_count, race_event_count, event_count, event_hash, ledger_count, ledger_hash,
  candidate_count, winner, exhausted, decisions
) VALUES (
  :race_id, :settings, :state, :created, :trial_count, :proposal_count, :trials_started,
  :steps_used, :steps_reserved, :last_token, :measured_steps, :measured_microseconds,
  :evaluations, :evaluation_microseconds, :closed_microseconds, :session_count, :race_event_count, :event_count, :event_hash,
  :ledger_count, :ledger_hash, :candidate_count, :winner, :exhausted,
  :decisions
);

-- name: update_race
UPDATE igla_race_races SET
  settings = :settings, state = :state, trial_count = :trial_count, proposal_count =
  :proposal_count, trials_started = :trials_started, steps_used = :steps_used, steps_reserved =
  :steps_reserved, last_token = :last_token, measured_steps = :measured_steps,
  measured_microseconds = :measured_microseconds, evaluations = :evaluations,
  evaluation_microseconds = :evaluation_microseconds, closed_microseconds = :closed_microseconds,
  session_count = :session_count, race_event_count = :race_event_count, event_count =
  :event_count, event_hash = :event_hash, ledger_count = :ledger_count, ledger_hash =
  :ledger_hash, candidate_count = :candidate_count, winner = :winner, exhausted = :exhausted,
  decisions = :decisions
WHERE race_id = :race_id;
