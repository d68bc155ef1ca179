-- What begins and ends an operation, and the race's own rows. The functions are in migration_0001.sql.

-- name: limits
SELECT
  set_config('statement_timeout', :statement_milliseconds, true),
  set_config('idle_in_transaction_session_timeout', :idle_milliseconds, true),
  -- The lock is free once the commit is in the log; the answer waits until it is on the disk, see keep.
  set_config('synchronous_commit', 'off', true),
  -- Nothing is planned for particular values: every lookup has its index.
  set_config('plan_cache_mode', 'force_generic_plan', true),
  -- A client whose machine is gone without a word is noticed within half a minute.
  set_config('tcp_keepalives_idle', '10', true),
  set_config('tcp_keepalives_interval', '5', true),
  set_config('tcp_keepalives_count', '3', true);

-- name: keep
SELECT pg_logical_emit_message(true, 'igla', '');

-- name: enter
SELECT r.*, igla_now() AS now FROM igla_enter(:name, :now, :locks) r;

-- name: settings
SELECT
  s.version, s.created, s.decisions,
  CASE WHEN s.race_id = :known_race AND s.version = :known_version THEN NULL ELSE s.settings END
    AS settings
FROM igla_race_settings s WHERE s.race_id = igla_race();

-- name: last_session
SELECT * FROM igla_race_sessions WHERE race_id = igla_race() ORDER BY session DESC LIMIT 1;

-- name: lock_creation
SELECT pg_advisory_xact_lock(1229409345, 1);

-- name: active_race
SELECT
  COALESCE(max(race_id), 0) AS race_id,
  (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS now
FROM igla_race_settings;

-- name: insert_settings
INSERT INTO igla_race_settings (race_id, name, version, settings, created, decisions)
VALUES (:race_id, :name, 1, :settings, :created, '[]');

-- name: insert_race
INSERT INTO igla_race_races (
  race_id, settings_version, state, trial_count, proposal_count, trials_started, steps_used,
  steps_reserved, last_token, measured_steps, measured_microseconds, evaluations,
  evaluation_microseconds, closed_microseconds, session_count, race_event_count, event_count,
  event_hash, ledger_count, ledger_hash, candidate_count, winner, exhausted
) VALUES (
  :race_id, 1, :state, :trial_count, :proposal_count, :trials_started, :steps_used,
  :steps_reserved, :last_token, :measured_steps, :measured_microseconds, :evaluations,
  :evaluation_microseconds, :closed_microseconds, :session_count, :race_event_count, :event_count,
  :event_hash, :ledger_count, :ledger_hash, :candidate_count, :winner, :exhausted
);

-- name: update_race
UPDATE igla_race_races SET
  state = :state, trial_count = :trial_count, proposal_count = :proposal_count,
  trials_started = :trials_started, steps_used = :steps_used, steps_reserved = :steps_reserved,
  last_token = :last_token, measured_steps = :measured_steps,
  measured_microseconds = :measured_microseconds, evaluations = :evaluations,
  evaluation_microseconds = :evaluation_microseconds, closed_microseconds = :closed_microseconds,
  session_count = :session_count, race_event_count = :race_event_count,
  event_count = :event_count, event_hash = :event_hash, ledger_count = :ledger_count,
  ledger_hash = :ledger_hash, candidate_count = :candidate_count, winner = :winner,
  exhausted = :exhausted
WHERE race_id = :race_id;

-- name: update_settings
UPDATE igla_race_settings SET
  settings = :settings, decisions = :decisions, version = version + 1
WHERE race_id = :race_id;

-- name: event_hash
SELECT hash FROM igla_race_events WHERE race_id = :race_id AND ordinal = :ordinal;

-- name: ledger_hash
SELECT hash FROM igla_race_ledger WHERE race_id = :race_id AND ordinal = :ordinal;

-- name: server_process
SELECT pg_backend_pid() AS process;
