-- What the schema is, before anything is known of it.

-- name: schema_relations
SELECT c.relname AS name FROM pg_class c
WHERE c.relnamespace = (SELECT n.oid FROM pg_namespace n WHERE n.nspname = current_schema())
  AND c.relname LIKE 'igla\_%' AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
ORDER BY c.relname COLLATE "C";

-- name: schema_place
SELECT current_schema() AS schema, current_database() AS database,
  COALESCE(obj_description(to_regclass(quote_ident(current_schema()) || '.igla_migrations')), '')
    AS mark;

-- name: schema_migrations
SELECT name FROM igla_migrations ORDER BY number;

-- name: lock_schema
SELECT pg_advisory_xact_lock(1229409345, 0);

-- name: create_migrations
CREATE TABLE igla_migrations (
  number bigint PRIMARY KEY,
  name text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now()
);

-- name: mark_migrations
COMMENT ON TABLE igla_migrations IS 'igla race store';

-- name: insert_migration
INSERT INTO igla_migrations (number, name) VALUES (:number, :name);
