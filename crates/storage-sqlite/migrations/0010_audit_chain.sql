-- What proves the audit trail. Events that are written together are a batch, which lists them by id and keyed hash; seals
-- put the batches of all replicas into one chain; the head says where that ends. `batch` is the batch that lists an event as it
-- is now, and NULL for events of earlier releases. `salt` hides the caller in the hash, and is deleted with the account.
ALTER TABLE audit_events ADD COLUMN batch BLOB;
ALTER TABLE audit_events ADD COLUMN salt BLOB;
CREATE INDEX audit_events_batch ON audit_events (batch);

-- Keys of the hashes, sealed with the ENCRYPTION_KEY.
CREATE TABLE audit_keys (
    id BLOB NOT NULL PRIMARY KEY,
    sealed BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- `entries` has 56 bytes for each event; `newest` is the newest time of an event; `seal` is NULL until a seal lists the batch.
CREATE TABLE audit_batches (
    id BLOB NOT NULL PRIMARY KEY,
    key_id BLOB NOT NULL REFERENCES audit_keys (id),
    entries BLOB NOT NULL,
    newest INTEGER NOT NULL,
    mac BLOB NOT NULL,
    seal INTEGER
) STRICT;
CREATE INDEX audit_batches_seal ON audit_batches (seal, id);

-- `batches` has 52 bytes for each batch; `previous` is the hash of the seal before.
CREATE TABLE audit_seals (
    number INTEGER NOT NULL PRIMARY KEY,
    key_id BLOB NOT NULL,
    at INTEGER NOT NULL,
    newest INTEGER NOT NULL,
    batches BLOB NOT NULL,
    previous BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT;

-- One row, `trail`: where the chain begins (what was before is pruned) and where it ends.
CREATE TABLE audit_head (
    name TEXT NOT NULL PRIMARY KEY,
    key_id BLOB NOT NULL,
    began_at INTEGER,
    pruned_before INTEGER,
    pruned_number INTEGER NOT NULL,
    pruned_hash BLOB NOT NULL,
    number INTEGER NOT NULL,
    hash BLOB NOT NULL,
    mac BLOB NOT NULL
) STRICT;
