-- What proves the audit trail. Events that are written together are a batch, which lists them by id and keyed hash; seals
-- put the batches of all replicas into one chain; the head says where that ends. `batch` is the batch that lists an event as it
-- is now, and NULL for events of earlier releases. `salt` hides the caller in the hash, and is deleted with the account.
ALTER TABLE audit_events ADD COLUMN batch uuid;
ALTER TABLE audit_events ADD COLUMN salt bytea;
CREATE INDEX audit_events_batch ON audit_events (batch);

-- Keys of the hashes, sealed with the ENCRYPTION_KEY.
CREATE TABLE audit_keys (
    id uuid NOT NULL PRIMARY KEY,
    sealed bytea NOT NULL,
    created_at timestamptz NOT NULL
);

-- `entries` has 56 bytes for each event; `newest` is the newest time of an event; `seal` is NULL until a seal lists the batch.
CREATE TABLE audit_batches (
    id uuid NOT NULL PRIMARY KEY,
    key_id uuid NOT NULL REFERENCES audit_keys (id),
    entries bytea NOT NULL,
    newest timestamptz NOT NULL,
    mac bytea NOT NULL,
    seal bigint
);
CREATE INDEX audit_batches_seal ON audit_batches (seal, id);

-- `batches` has 52 bytes for each batch; `previous` is the hash of the seal before.
CREATE TABLE audit_seals (
    number bigint NOT NULL PRIMARY KEY,
    key_id uuid NOT NULL,
    at timestamptz NOT NULL,
    newest timestamptz NOT NULL,
    batches bytea NOT NULL,
    previous bytea NOT NULL,
    hash bytea NOT NULL
);

-- One row, `trail`: where the chain begins (what was before is pruned) and where it ends.
CREATE TABLE audit_head (
    name text COLLATE "C" NOT NULL PRIMARY KEY,
    key_id uuid NOT NULL,
    began_at timestamptz,
    pruned_before timestamptz,
    pruned_number bigint NOT NULL,
    pruned_hash bytea NOT NULL,
    number bigint NOT NULL,
    hash bytea NOT NULL,
    mac bytea NOT NULL
);
