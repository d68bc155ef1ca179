-- Tables of the race, version 1. Migrations are only ever added: never edit one that is released.
-- Statements are separated by an empty line. Times are microseconds since 1970, unless the name of
-- the column ends in _at. Scores are validation bits per byte; NULL means diverged.

CREATE TABLE igla_race_settings (
  race_id bigint PRIMARY KEY,
  name text NOT NULL,
  version bigint NOT NULL,
  settings text NOT NULL,
  created bigint NOT NULL,
  decisions text NOT NULL
);

CREATE INDEX igla_race_settings_name ON igla_race_settings (name, race_id);

-- The counters that almost every operation changes; the row's lock orders the operations of a race.
CREATE TABLE igla_race_races (
  race_id bigint PRIMARY KEY REFERENCES igla_race_settings,
  settings_version bigint NOT NULL,
  state text NOT NULL,
  trial_count bigint NOT NULL,
  proposal_count bigint NOT NULL,
  trials_started bigint NOT NULL,
  steps_used bigint NOT NULL,
  steps_reserved bigint NOT NULL,
  last_token bigint NOT NULL,
  measured_steps bigint NOT NULL,
  measured_microseconds bigint NOT NULL,
  evaluations bigint NOT NULL,
  evaluation_microseconds bigint NOT NULL,
  closed_microseconds bigint NOT NULL,
  session_count bigint NOT NULL,
  race_event_count bigint NOT NULL,
  event_count bigint NOT NULL,
  event_hash text NOT NULL,
  ledger_count bigint NOT NULL,
  ledger_hash text NOT NULL,
  candidate_count bigint NOT NULL,
  winner bigint,
  exhausted boolean NOT NULL,
  CONSTRAINT race_state_is_known CHECK (state IN ('active', 'stopped', 'won')),
  CONSTRAINT won_race_has_winner CHECK (state <> 'won' OR winner IS NOT NULL),
  CONSTRAINT steps_are_not_negative CHECK (steps_used >= 0 AND steps_reserved >= 0)
) WITH (fillfactor = 20);

CREATE TABLE igla_race_trials (
  race_id bigint NOT NULL REFERENCES igla_race_settings,
  trial bigint NOT NULL,
  trial_id text NOT NULL GENERATED ALWAYS AS (race_id::text || '-' || trial::text) STORED,
  machine_id text,
  worker_id text,
  agent_id text,
  branch text,
  configuration text NOT NULL,
  config jsonb NOT NULL GENERATED ALWAYS AS (configuration::jsonb) STORED,
  fingerprint text NOT NULL,
  seed bigint NOT NULL,
  origin text NOT NULL,
  first_rung bigint NOT NULL,
  created bigint NOT NULL,
  created_at timestamptz NOT NULL GENERATED ALWAYS AS (to_timestamp(created / 1e6)) STORED,
  status text NOT NULL,
  rung bigint,
  bpb double precision,
  diverged boolean NOT NULL,
  target_rung bigint,
  lease_owner text,
  lease_token bigint,
  lease_expiry bigint,
  checkpoint_step bigint,
  checkpoint_path text,
  checkpoint_sha256 text,
  steps_charged bigint NOT NULL,
  measured_steps bigint NOT NULL,
  measured_microseconds bigint NOT NULL,
  processor_microseconds bigint NOT NULL,
  failures bigint NOT NULL,
  losses bigint NOT NULL,
  event_count bigint NOT NULL,
  reason text,
  kernel_variant text,
  mixed boolean NOT NULL,
  verdict text NOT NULL,
  updated bigint NOT NULL,
  updated_at timestamptz NOT NULL GENERATED ALWAYS AS (to_timestamp(updated / 1e6)) STORED,
  plan_cell bigint,
  plan_stage text,
  plan_steps bigint,
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
  CONSTRAINT diverged_is_stopped CHECK (NOT diverged OR (bpb IS NULL AND status = 'stopped')),
  CONSTRAINT pending_has_not_begun CHECK (
    status <> 'pending' OR (rung IS NULL AND checkpoint_step IS NULL AND steps_charged = 0)),
  CONSTRAINT checkpoint_is_whole CHECK ((checkpoint_step IS NULL) = (checkpoint_path IS NULL)),
  CONSTRAINT score_is_a_number CHECK (bpb >= 0 AND bpb < 'Infinity')
) WITH (fillfactor = 70);

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
  ON igla_race_trials (race_id, diverged, rung DESC, bpb, trial)
  WHERE rung IS NOT NULL AND origin <> 'reproduction';

-- A trial has one place in a plan, whoever asks for it.
CREATE UNIQUE INDEX igla_race_trials_plan ON igla_race_trials (race_id, plan_cell, plan_stage, seed)
  WHERE plan_cell IS NOT NULL;

CREATE TABLE igla_race_rungs (
  race_id bigint NOT NULL REFERENCES igla_race_settings,
  rung bigint NOT NULL,
  reported bigint NOT NULL,
  PRIMARY KEY (race_id, rung)
) WITH (fillfactor = 50);

CREATE TABLE igla_race_results (
  race_id bigint NOT NULL,
  trial bigint NOT NULL,
  rung bigint NOT NULL,
  step bigint NOT NULL,
  bpb double precision,
  -- The place of the result: what diverged comes last.
  score double precision NOT NULL GENERATED ALWAYS AS (COALESCE(bpb, 'Infinity')) STORED,
  diverged boolean NOT NULL,
  decision text NOT NULL,
  rank bigint NOT NULL,
  reported bigint NOT NULL,
  worker text NOT NULL,
  token bigint NOT NULL,
  binary_hash text NOT NULL,
  kernel_variant text NOT NULL,
  mixed boolean NOT NULL,
  time bigint NOT NULL,
  PRIMARY KEY (race_id, trial, rung),
  FOREIGN KEY (race_id, trial) REFERENCES igla_race_trials,
  CONSTRAINT decision_is_known CHECK (
    decision IN ('pause', 'complete', 'stop_diverged', 'stop_cut')),
  CONSTRAINT diverged_has_no_score CHECK (diverged = (bpb IS NULL)),
  CONSTRAINT score_is_a_number CHECK (bpb >= 0 AND bpb < 'Infinity'),
  CONSTRAINT rank_is_possible CHECK (rank BETWEEN 1 AND reported)
);

CREATE INDEX igla_race_results_ranks ON igla_race_results (race_id, rung, score, trial);

-- Counts of results by place: a rung's results in their order are cut into leaves of at most 256
-- (level 0), and the leaves into groups of at most 256 (level 1). A node begins at (score, trial) and
-- ends where the next one of its level begins.
CREATE TABLE igla_race_ranks (
  race_id bigint NOT NULL REFERENCES igla_race_settings,
  rung bigint NOT NULL,
  level smallint NOT NULL,
  score double precision NOT NULL,
  trial bigint NOT NULL,
  results bigint NOT NULL,
  PRIMARY KEY (race_id, rung, level, score, trial)
) WITH (fillfactor = 70);

CREATE TABLE igla_race_events (
  race_id bigint NOT NULL,
  ordinal bigint NOT NULL,
  trial bigint NOT NULL,
  sequence bigint NOT NULL,
  kind text NOT NULL,
  detail text NOT NULL,
  time bigint NOT NULL,
  previous text NOT NULL,
  hash text NOT NULL,
  PRIMARY KEY (race_id, ordinal),
  CONSTRAINT one_event_a_sequence UNIQUE (race_id, trial, sequence)
);

CREATE TABLE igla_race_ledger (
  race_id bigint NOT NULL REFERENCES igla_race_settings,
  ordinal bigint NOT NULL,
  kind text NOT NULL,
  detail text NOT NULL,
  time bigint NOT NULL,
  previous text NOT NULL,
  hash text NOT NULL,
  PRIMARY KEY (race_id, ordinal)
);

CREATE TABLE igla_race_checkpoints (
  race_id bigint NOT NULL,
  trial bigint NOT NULL,
  step bigint NOT NULL,
  path text NOT NULL,
  sha256 text,
  PRIMARY KEY (race_id, trial, step)
);

CREATE TABLE igla_race_samples (
  race_id bigint NOT NULL,
  trial bigint NOT NULL,
  step bigint NOT NULL,
  bpb double precision,
  PRIMARY KEY (race_id, trial, step)
);

CREATE TABLE igla_race_workers (
  race_id bigint NOT NULL REFERENCES igla_race_settings,
  worker text NOT NULL,
  agent_id text NOT NULL,
  branch text NOT NULL,
  machine text NOT NULL,
  process bigint NOT NULL,
  binary_hash text NOT NULL,
  kernel_variant text NOT NULL,
  started bigint NOT NULL,
  last_seen bigint NOT NULL,
  PRIMARY KEY (race_id, worker)
) WITH (fillfactor = 50);

CREATE TABLE igla_race_sessions (
  race_id bigint NOT NULL REFERENCES igla_race_settings,
  session bigint NOT NULL,
  started bigint NOT NULL,
  last_tick bigint NOT NULL,
  active_microseconds bigint NOT NULL,
  closed boolean NOT NULL,
  PRIMARY KEY (race_id, session)
) WITH (fillfactor = 50);

CREATE TABLE igla_race_experience (
  race_id bigint NOT NULL REFERENCES igla_race_settings,
  parameter text NOT NULL,
  pattern text NOT NULL,
  pattern_key text NOT NULL GENERATED ALWAYS AS (parameter || '=' || pattern) STORED,
  lesson_type text NOT NULL,
  lesson text NOT NULL,
  confidence double precision NOT NULL,
  pattern_count bigint NOT NULL
    GENERATED ALWAYS AS (diverged + cut + failed + bottom_half) STORED,
  seen bigint NOT NULL,
  diverged bigint NOT NULL,
  cut bigint NOT NULL,
  failed bigint NOT NULL,
  bottom_half bigint NOT NULL,
  last_trial bigint,
  PRIMARY KEY (race_id, parameter, pattern),
  CONSTRAINT evidence_adds_up CHECK (diverged + cut + failed + bottom_half <= seen),
  CONSTRAINT confidence_is_a_share CHECK (confidence BETWEEN 0 AND 1)
) WITH (fillfactor = 70);

CREATE TABLE igla_race_verifications (
  race_id bigint NOT NULL REFERENCES igla_race_settings,
  candidate bigint NOT NULL,
  trial bigint NOT NULL,
  configuration text NOT NULL,
  fingerprint text NOT NULL,
  steps bigint NOT NULL,
  seeds text NOT NULL,
  started bigint NOT NULL,
  verdict text,
  PRIMARY KEY (race_id, candidate),
  CONSTRAINT one_candidate_a_configuration UNIQUE (race_id, fingerprint, steps)
);

CREATE TABLE igla_race_scores (
  race_id bigint NOT NULL REFERENCES igla_race_settings,
  candidate bigint NOT NULL,
  seed bigint NOT NULL,
  test_bpb double precision,
  checkpoint text,
  PRIMARY KEY (race_id, candidate, seed),
  CONSTRAINT seed_is_reserved CHECK (seed < 1000),
  CONSTRAINT score_has_checkpoint CHECK ((test_bpb IS NULL) = (checkpoint IS NULL))
);

CREATE FUNCTION igla_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'igla: %', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER igla_race_trials_end BEFORE UPDATE OF status ON igla_race_trials
FOR EACH ROW WHEN (
  old.status IN ('completed', 'stopped', 'failed', 'winner')
  AND new.status NOT IN (old.status, 'winner'))
EXECUTE FUNCTION igla_refuse('a trial that ended does not run again');

CREATE TRIGGER igla_race_trials_stay BEFORE DELETE OR TRUNCATE ON igla_race_trials
EXECUTE FUNCTION igla_refuse('trials are not deleted');

CREATE TRIGGER igla_race_results_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON igla_race_results
EXECUTE FUNCTION igla_refuse('results are written once, and not deleted');

CREATE TRIGGER igla_race_events_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON igla_race_events
EXECUTE FUNCTION igla_refuse('events are written once, and not deleted');

CREATE TRIGGER igla_race_ledger_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON igla_race_ledger
EXECUTE FUNCTION igla_refuse('the ledger is written once, and not deleted');

-- Counts a new result, in its rung and in the nodes that it is going to lie in. A leaf that is full is
-- split before, at its middle; then its group, if that has too many leaves.
CREATE FUNCTION igla_count_result() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  capacity CONSTANT bigint := 256;
  half CONSTANT bigint := 128;
  place CONSTANT double precision := COALESCE(new.bpb, 'Infinity');
  leaf igla_race_ranks;
  top igla_race_ranks;
  after_top igla_race_ranks;
  middle record;
  children bigint;
  lower bigint;
BEGIN
  INSERT INTO igla_race_rungs AS r (race_id, rung, reported) VALUES (new.race_id, new.rung, 1)
  ON CONFLICT (race_id, rung) DO UPDATE SET reported = r.reported + 1;
  SELECT * INTO leaf FROM igla_race_ranks n
  WHERE n.race_id = new.race_id AND n.rung = new.rung AND n.level = 0
    AND (n.score, n.trial) <= (place, new.trial)
  ORDER BY n.score DESC, n.trial DESC LIMIT 1;
  IF NOT FOUND THEN
    INSERT INTO igla_race_ranks VALUES
      (new.race_id, new.rung, 0, '-Infinity', 0, 1), (new.race_id, new.rung, 1, '-Infinity', 0, 1);
    RETURN new;
  END IF;
  SELECT * INTO top FROM igla_race_ranks n
  WHERE n.race_id = new.race_id AND n.rung = new.rung AND n.level = 1
    AND (n.score, n.trial) <= (place, new.trial)
  ORDER BY n.score DESC, n.trial DESC LIMIT 1;
  IF leaf.results >= capacity THEN
    SELECT x.score, x.trial INTO STRICT middle FROM igla_race_results x
    WHERE x.race_id = new.race_id AND x.rung = new.rung
      AND (x.score, x.trial) >= (leaf.score, leaf.trial)
    ORDER BY x.score, x.trial OFFSET half LIMIT 1;
    UPDATE igla_race_ranks r SET results = half
    WHERE r.race_id = new.race_id AND r.rung = new.rung AND r.level = 0
      AND r.score = leaf.score AND r.trial = leaf.trial;
    INSERT INTO igla_race_ranks VALUES
      (new.race_id, new.rung, 0, middle.score, middle.trial, leaf.results - half);
    IF (middle.score, middle.trial) <= (place, new.trial) THEN
      leaf.score := middle.score;
      leaf.trial := middle.trial;
    END IF;
    SELECT * INTO after_top FROM igla_race_ranks n
    WHERE n.race_id = new.race_id AND n.rung = new.rung AND n.level = 1
      AND (n.score, n.trial) > (top.score, top.trial)
    ORDER BY n.score, n.trial LIMIT 1;
    SELECT count(*) INTO children FROM igla_race_ranks n
    WHERE n.race_id = new.race_id AND n.rung = new.rung AND n.level = 0
      AND (n.score, n.trial) >= (top.score, top.trial)
      AND (after_top.score IS NULL OR (n.score, n.trial) < (after_top.score, after_top.trial));
    IF children > capacity THEN
      SELECT n.score, n.trial INTO STRICT middle FROM igla_race_ranks n
      WHERE n.race_id = new.race_id AND n.rung = new.rung AND n.level = 0
        AND (n.score, n.trial) >= (top.score, top.trial)
      ORDER BY n.score, n.trial OFFSET half LIMIT 1;
      SELECT sum(n.results) INTO lower FROM igla_race_ranks n
      WHERE n.race_id = new.race_id AND n.rung = new.rung AND n.level = 0
        AND (n.score, n.trial) >= (top.score, top.trial)
        AND (n.score, n.trial) < (middle.score, middle.trial);
      UPDATE igla_race_ranks r SET results = lower
      WHERE r.race_id = new.race_id AND r.rung = new.rung AND r.level = 1
        AND r.score = top.score AND r.trial = top.trial;
      INSERT INTO igla_race_ranks VALUES
        (new.race_id, new.rung, 1, middle.score, middle.trial, top.results - lower);
      IF (middle.score, middle.trial) <= (place, new.trial) THEN
        top.score := middle.score;
        top.trial := middle.trial;
      END IF;
    END IF;
  END IF;
  UPDATE igla_race_ranks r SET results = r.results + 1
  WHERE r.race_id = new.race_id AND r.rung = new.rung AND r.level = 0
    AND r.score = leaf.score AND r.trial = leaf.trial;
  UPDATE igla_race_ranks r SET results = r.results + 1
  WHERE r.race_id = new.race_id AND r.rung = new.rung AND r.level = 1
    AND r.score = top.score AND r.trial = top.trial;
  RETURN new;
END $$;

CREATE TRIGGER igla_race_results_count BEFORE INSERT ON igla_race_results
FOR EACH ROW EXECUTE FUNCTION igla_count_result();

-- Number of results of a rung before a place. Reads one group's leaves, one leaf's results, and the
-- groups: at most 512 entries of indexes, and one more for each 16,384 results or more.
CREATE FUNCTION igla_rank(
  p_race bigint, p_rung bigint, p_score double precision, p_trial bigint
) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
  leaf igla_race_ranks;
  top igla_race_ranks;
  before bigint := 0;
  part bigint;
BEGIN
  SELECT * INTO top FROM igla_race_ranks n
  WHERE n.race_id = p_race AND n.rung = p_rung AND n.level = 1
    AND (n.score, n.trial) <= (p_score, p_trial)
  ORDER BY n.score DESC, n.trial DESC LIMIT 1;
  IF NOT FOUND THEN RETURN 0; END IF;
  SELECT * INTO leaf FROM igla_race_ranks n
  WHERE n.race_id = p_race AND n.rung = p_rung AND n.level = 0
    AND (n.score, n.trial) <= (p_score, p_trial)
  ORDER BY n.score DESC, n.trial DESC LIMIT 1;
  SELECT COALESCE(sum(n.results), 0) INTO before FROM igla_race_ranks n
  WHERE n.race_id = p_race AND n.rung = p_rung AND n.level = 1
    AND (n.score, n.trial) < (top.score, top.trial);
  SELECT COALESCE(sum(n.results), 0) INTO part FROM igla_race_ranks n
  WHERE n.race_id = p_race AND n.rung = p_rung AND n.level = 0
    AND (n.score, n.trial) >= (top.score, top.trial)
    AND (n.score, n.trial) < (leaf.score, leaf.trial);
  before := before + part;
  SELECT count(*) INTO part FROM igla_race_results x
  WHERE x.race_id = p_race AND x.rung = p_rung
    AND (x.score, x.trial) >= (leaf.score, leaf.trial)
    AND (x.score, x.trial) < (p_score, p_trial);
  RETURN before + part;
END $$;

-- The race that this transaction is about, and its time; see igla_enter.
CREATE FUNCTION igla_race() RETURNS bigint LANGUAGE sql STABLE
RETURN NULLIF(current_setting('igla.race', true), '')::bigint;

CREATE FUNCTION igla_now() RETURNS bigint LANGUAGE sql STABLE
RETURN NULLIF(current_setting('igla.now', true), '')::bigint;

-- Begins an operation on the last race (of a name, if there is one): takes the race's lock, and then
-- the time. Time and race hold for this transaction alone, so that any pooler may be between.
CREATE FUNCTION igla_enter(p_name text, p_now bigint, p_locks boolean)
RETURNS SETOF igla_race_races LANGUAGE plpgsql AS $$
DECLARE
  last bigint;
  entered igla_race_races;
BEGIN
  IF p_name IS NULL THEN
    SELECT max(s.race_id) INTO last FROM igla_race_settings s;
  ELSE
    SELECT max(s.race_id) INTO last FROM igla_race_settings s WHERE s.name = p_name;
  END IF;
  PERFORM set_config('igla.race', COALESCE(last::text, ''), true);
  -- A plan that was made while a table was small must not scan it when it is large.
  PERFORM set_config('enable_seqscan', 'off', true);
  IF p_locks THEN
    SELECT * INTO entered FROM igla_race_races r WHERE r.race_id = last FOR NO KEY UPDATE;
  ELSE
    SELECT * INTO entered FROM igla_race_races r WHERE r.race_id = last;
  END IF;
  PERFORM set_config(
    'igla.now',
    COALESCE(p_now, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint)::text, true);
  IF entered.race_id IS NOT NULL THEN RETURN NEXT entered; END IF;
END $$;

-- Trials that an operation may ask for: those that it names, and for a claim the best paused one of
-- each rung, interrupted ones, the first pending one and the leader, all but those named.
CREATE FUNCTION igla_find_trials(p_named bigint[], p_claims boolean)
RETURNS TABLE (tag text, entry igla_race_trials) LANGUAGE plpgsql STABLE AS $$
DECLARE
  race CONSTANT bigint := igla_race();
  now CONSTANT bigint := igla_now();
  level record;
BEGIN
  RETURN QUERY SELECT 'named', t FROM igla_race_trials t
    WHERE t.race_id = race AND t.trial = ANY (p_named);
  IF NOT p_claims THEN RETURN; END IF;
  FOR level IN SELECT r.rung FROM igla_race_rungs r WHERE r.race_id = race LOOP
    RETURN QUERY SELECT 'paused', t FROM igla_race_trials t
      WHERE t.race_id = race AND t.status = 'paused' AND t.rung = level.rung
        AND t.trial <> ALL (p_named)
      ORDER BY t.bpb, t.trial LIMIT 1;
  END LOOP;
  RETURN QUERY SELECT 'resumable', t FROM igla_race_trials t
    WHERE t.race_id = race AND t.status = 'suspended' AND t.trial <> ALL (p_named)
    ORDER BY t.target_rung DESC, t.trial LIMIT 64;
  RETURN QUERY SELECT 'resumable', t FROM igla_race_trials t
    WHERE t.race_id = race AND t.status = 'running' AND t.lease_expiry <= now
      AND t.trial <> ALL (p_named)
    ORDER BY t.target_rung DESC, t.trial LIMIT 64;
  RETURN QUERY SELECT 'pending', t FROM igla_race_trials t
    WHERE t.race_id = race AND t.status = 'pending' AND t.trial <> ALL (p_named)
    ORDER BY t.trial LIMIT 1;
  RETURN QUERY SELECT 'leader', t FROM igla_race_trials t
    WHERE t.race_id = race AND t.rung IS NOT NULL AND t.origin <> 'reproduction'
      AND t.trial <> ALL (p_named)
    ORDER BY t.diverged, t.rung DESC, t.bpb, t.trial LIMIT 1;
END $$;

-- Numbers that an operation may ask for: results of each rung, the rank of a new score, and for a
-- claim the rank of the best paused trial of each rung, and the live leases of all but those named, by
-- the rung they are for.
CREATE FUNCTION igla_find_numbers(
  p_rung bigint, p_score double precision, p_trial bigint, p_named bigint[], p_claims boolean
) RETURNS TABLE (
  tag text, rung bigint, score double precision, trial bigint, number bigint
) LANGUAGE plpgsql STABLE AS $$
DECLARE
  race CONSTANT bigint := igla_race();
  now CONSTANT bigint := igla_now();
  level record;
BEGIN
  IF p_rung IS NOT NULL THEN
    RETURN QUERY SELECT 'rank', p_rung, p_score, p_trial, igla_rank(race, p_rung, p_score, p_trial);
  END IF;
  FOR level IN SELECT r.rung, r.reported FROM igla_race_rungs r WHERE r.race_id = race LOOP
    RETURN QUERY SELECT
      'reported', level.rung, NULL::double precision, NULL::bigint, level.reported;
    IF p_claims THEN
      RETURN QUERY SELECT 'rank', level.rung, t.bpb, t.trial, igla_rank(race, level.rung, t.bpb, t.trial)
        FROM igla_race_trials t
        WHERE t.race_id = race AND t.status = 'paused' AND t.rung = level.rung
          AND t.trial <> ALL (p_named)
        ORDER BY t.bpb, t.trial LIMIT 1;
    END IF;
  END LOOP;
  IF p_claims THEN
    RETURN QUERY SELECT
        'running', t.target_rung, NULL::double precision, NULL::bigint, count(*)
      FROM igla_race_trials t
      WHERE t.race_id = race AND t.status = 'running' AND t.lease_expiry > now
        AND t.trial <> ALL (p_named)
      GROUP BY t.target_rung;
  END IF;
END $$;

-- Fails with the code IG001 where a trial has the fingerprint.
CREATE FUNCTION igla_expect_new(p_fingerprint text) RETURNS void LANGUAGE plpgsql STABLE AS $$
BEGIN
  PERFORM FROM igla_race_trials t
    WHERE t.race_id = igla_race() AND t.fingerprint = p_fingerprint LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'igla: there is a trial %', p_fingerprint USING ERRCODE = 'IG001';
  END IF;
END $$;

CREATE VIEW igla_leaderboard AS
SELECT
  t.race_id,
  row_number() OVER (
    PARTITION BY t.race_id ORDER BY t.diverged, t.rung DESC, t.bpb, t.trial) AS place,
  t.trial, t.trial_id, t.status, t.rung, t.bpb AS validation_bpb, t.bpb AS best_bpb,
  last.step AS best_step, t.seed, t.mixed, t.fingerprint, t.config,
  t.machine_id, t.worker_id, t.agent_id, t.branch,
  to_timestamp(w.last_seen / 1e6) AS heartbeat_at,
  to_timestamp(t.lease_expiry / 1e6) AS lease_expires_at, t.lease_token AS fencing_token,
  r1.bpb AS rung_1_bpb, to_timestamp(r1.time / 1e6) AS rung_1_at, r1.step AS rung_1_steps,
  r2.bpb AS rung_2_bpb, to_timestamp(r2.time / 1e6) AS rung_2_at, r2.step AS rung_2_steps,
  r3.bpb AS rung_3_bpb, to_timestamp(r3.time / 1e6) AS rung_3_at, r3.step AS rung_3_steps,
  r4.bpb AS rung_4_bpb, to_timestamp(r4.time / 1e6) AS rung_4_at, r4.step AS rung_4_steps,
  t.reason AS lesson, t.checkpoint_path AS checkpoint, t.created_at, t.updated_at
FROM igla_race_trials t
LEFT JOIN igla_race_workers w ON w.race_id = t.race_id AND w.worker = t.worker_id
LEFT JOIN igla_race_results last
  ON last.race_id = t.race_id AND last.trial = t.trial AND last.rung = t.rung
LEFT JOIN igla_race_results r1
  ON r1.race_id = t.race_id AND r1.trial = t.trial AND r1.rung = 0
LEFT JOIN igla_race_results r2
  ON r2.race_id = t.race_id AND r2.trial = t.trial AND r2.rung = 1
LEFT JOIN igla_race_results r3
  ON r3.race_id = t.race_id AND r3.trial = t.trial AND r3.rung = 2
LEFT JOIN igla_race_results r4
  ON r4.race_id = t.race_id AND r4.trial = t.trial AND r4.rung = 3
WHERE t.rung IS NOT NULL AND t.origin <> 'reproduction';

CREATE VIEW igla_agents_heartbeat AS
SELECT DISTINCT ON (w.race_id, w.agent_id)
  w.race_id, w.agent_id, w.machine AS machine_id, w.branch, w.worker AS worker_id,
  to_timestamp(w.last_seen / 1e6) AS last_heartbeat
FROM igla_race_workers w
ORDER BY w.race_id, w.agent_id, w.last_seen DESC;
