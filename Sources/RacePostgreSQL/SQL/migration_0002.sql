-- What an operation looks up comes from one function, and ranks from smaller leaves: a rank reads at most
-- 64 results instead of 256. Leaves that are larger are cut as they are next counted into.

DROP FUNCTION igla_find_trials(bigint[], boolean);

DROP FUNCTION igla_find_numbers(bigint, double precision, bigint, bigint[], boolean);

CREATE OR REPLACE FUNCTION igla_count_result() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  -- Results of a leaf, and leaves of a group.
  capacity CONSTANT bigint := 64;
  half CONSTANT bigint := 32;
  group_capacity CONSTANT bigint := 256;
  group_half CONSTANT bigint := 128;
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
    IF children > group_capacity THEN
      SELECT n.score, n.trial INTO STRICT middle FROM igla_race_ranks n
      WHERE n.race_id = new.race_id AND n.rung = new.rung AND n.level = 0
        AND (n.score, n.trial) >= (top.score, top.trial)
      ORDER BY n.score, n.trial OFFSET group_half LIMIT 1;
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

-- Number of results of a rung before a place: the groups before its group, the leaves of that before its
-- leaf, and the results of that before it. At most 320 entries of indexes, and one more for each 4,096
-- results or more.
CREATE OR REPLACE FUNCTION igla_rank(
  p_race bigint, p_rung bigint, p_score double precision, p_trial bigint
) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN COALESCE((
    SELECT
      (SELECT COALESCE(sum(n.results), 0) FROM igla_race_ranks n
        WHERE n.race_id = p_race AND n.rung = p_rung AND n.level = 1
          AND (n.score, n.trial) < (top.score, top.trial))
      + (SELECT COALESCE(sum(n.results), 0) FROM igla_race_ranks n
        WHERE n.race_id = p_race AND n.rung = p_rung AND n.level = 0
          AND (n.score, n.trial) >= (top.score, top.trial)
          AND (n.score, n.trial) < (leaf.score, leaf.trial))
      + (SELECT count(*) FROM igla_race_results x
        WHERE x.race_id = p_race AND x.rung = p_rung
          AND (x.score, x.trial) >= (leaf.score, leaf.trial)
          AND (x.score, x.trial) < (p_score, p_trial))
    FROM (
      SELECT n.score, n.trial FROM igla_race_ranks n
      WHERE n.race_id = p_race AND n.rung = p_rung AND n.level = 1
        AND (n.score, n.trial) <= (p_score, p_trial)
      ORDER BY n.score DESC, n.trial DESC LIMIT 1) top,
    (
      SELECT n.score, n.trial FROM igla_race_ranks n
      WHERE n.race_id = p_race AND n.rung = p_rung AND n.level = 0
        AND (n.score, n.trial) <= (p_score, p_trial)
      ORDER BY n.score DESC, n.trial DESC LIMIT 1) leaf), 0)::bigint;
END $$;

-- What an operation may ask for: the trials that it names, results of each rung, and the rank of a new
-- score; and for a claim, all but those named, the best paused trial of each rung with its rank,
-- interrupted ones, the first pending one, the leader, and the live leases by the rung they are for.
CREATE FUNCTION igla_look(
  p_rung bigint, p_score double precision, p_trial bigint, p_named bigint[], p_claims boolean
) RETURNS TABLE (tag text, level bigint, number bigint, entry igla_race_trials)
LANGUAGE plpgsql STABLE AS $$
DECLARE
  race CONSTANT bigint := igla_race();
  now CONSTANT bigint := igla_now();
  rung record;
BEGIN
  IF p_named <> '{}' THEN
    RETURN QUERY SELECT 'named', NULL::bigint, NULL::bigint, t FROM igla_race_trials t
      WHERE t.race_id = race AND t.trial = ANY (p_named);
  END IF;
  IF p_rung IS NOT NULL THEN
    tag := 'rank';
    level := p_rung;
    number := igla_rank(race, p_rung, p_score, p_trial);
    RETURN NEXT;
  END IF;
  FOR rung IN SELECT r.rung, r.reported FROM igla_race_rungs r WHERE r.race_id = race LOOP
    tag := 'reported';
    level := rung.rung;
    number := rung.reported;
    entry := NULL;
    RETURN NEXT;
    IF p_claims THEN
      SELECT t.* INTO entry FROM igla_race_trials t
      WHERE t.race_id = race AND t.status = 'paused' AND t.rung = rung.rung
        AND t.trial <> ALL (p_named)
      ORDER BY t.bpb, t.trial LIMIT 1;
      IF FOUND THEN
        tag := 'paused';
        number := igla_rank(race, rung.rung, entry.bpb, entry.trial);
        RETURN NEXT;
      END IF;
    END IF;
  END LOOP;
  IF NOT p_claims THEN RETURN; END IF;
  RETURN QUERY SELECT 'resumable', NULL::bigint, NULL::bigint, t FROM igla_race_trials t
    WHERE t.race_id = race AND t.status = 'suspended' AND t.trial <> ALL (p_named)
    ORDER BY t.target_rung DESC, t.trial LIMIT 64;
  RETURN QUERY SELECT 'resumable', NULL::bigint, NULL::bigint, t FROM igla_race_trials t
    WHERE t.race_id = race AND t.status = 'running' AND t.lease_expiry <= now
      AND t.trial <> ALL (p_named)
    ORDER BY t.target_rung DESC, t.trial LIMIT 64;
  RETURN QUERY SELECT 'pending', NULL::bigint, NULL::bigint, t FROM igla_race_trials t
    WHERE t.race_id = race AND t.status = 'pending' AND t.trial <> ALL (p_named)
    ORDER BY t.trial LIMIT 1;
  RETURN QUERY SELECT 'leader', NULL::bigint, NULL::bigint, t FROM igla_race_trials t
    WHERE t.race_id = race AND t.rung IS NOT NULL AND t.origin <> 'reproduction'
      AND t.trial <> ALL (p_named)
    ORDER BY t.diverged, t.rung DESC, t.bpb, t.trial LIMIT 1;
  RETURN QUERY SELECT 'running', t.target_rung, count(*), NULL::igla_race_trials
    FROM igla_race_trials t
    WHERE t.race_id = race AND t.status = 'running' AND t.lease_expiry > now
      AND t.trial <> ALL (p_named)
    GROUP BY t.target_rung;
END $$;
