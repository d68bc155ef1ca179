-- Ranks by counting: SQLite has no order statistics. The results of a rung, in their order, are cut into
-- leaves of at most 256; a rank is a sum over the leaves before, and a count within one. A score of
-- infinity stands for a trial that diverged.

CREATE TABLE igla_race_places (
  race_id INTEGER NOT NULL REFERENCES igla_race_races,
  rung INTEGER NOT NULL,
  score REAL NOT NULL,
  trial INTEGER NOT NULL,
  PRIMARY KEY (race_id, rung, score, trial)
) STRICT, WITHOUT ROWID;

-- A leaf begins at its place and ends where the next one begins.
CREATE TABLE igla_race_leaves (
  race_id INTEGER NOT NULL REFERENCES igla_race_races,
  rung INTEGER NOT NULL,
  score REAL NOT NULL,
  trial INTEGER NOT NULL,
  results INTEGER NOT NULL,
  PRIMARY KEY (race_id, rung, score, trial)
) STRICT, WITHOUT ROWID;

INSERT INTO igla_race_places
SELECT race_id, rung, COALESCE(bpb, 9e999), trial FROM igla_race_results;

INSERT INTO igla_race_leaves
SELECT
  race_id, rung, CASE WHEN place = 0 THEN -9e999 ELSE score END,
  CASE WHEN place = 0 THEN 0 ELSE trial END, MIN(128, total - place)
FROM (
  SELECT
    race_id, rung, score, trial,
    row_number() OVER (PARTITION BY race_id, rung ORDER BY score, trial) - 1 AS place,
    count(*) OVER (PARTITION BY race_id, rung) AS total
  FROM igla_race_places)
WHERE place % 128 = 0;
