-- Whether a secret serves what the operator applies: then no source that an editor wrote gets it.
ALTER TABLE secrets ADD COLUMN by_operator boolean NOT NULL DEFAULT true;
