-- Whether a secret serves what the operator applies: then no source that an editor wrote gets it.
ALTER TABLE secrets ADD COLUMN by_operator INTEGER NOT NULL DEFAULT 1 CHECK (by_operator IN (0, 1));
