-- Ids are BLOBs of 16 bytes (UUIDv7, so that byte order is order of creation), times are microseconds since
-- 1970-01-01T00:00:00Z, booleans are 0 and 1, JSON is text as it was written. `search` is text folded by Puente.

CREATE TABLE users (
    id BLOB NOT NULL PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    role TEXT NOT NULL,
    password_hash TEXT,
    disabled_at INTEGER,
    failed_logins INTEGER NOT NULL,
    locked_until INTEGER,
    search TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE refresh_tokens (
    hash BLOB NOT NULL PRIMARY KEY,
    family BLOB NOT NULL,
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    expires_at INTEGER NOT NULL,
    used_at INTEGER,
    revoked_at INTEGER,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX refresh_tokens_family ON refresh_tokens (family);
CREATE INDEX refresh_tokens_user ON refresh_tokens (user_id);
CREATE INDEX refresh_tokens_expiry ON refresh_tokens (expires_at);

CREATE TABLE api_keys (
    id BLOB NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    owner BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    prefix TEXT NOT NULL,
    hash BLOB NOT NULL UNIQUE,
    scopes TEXT NOT NULL,
    expires_at INTEGER,
    disabled_at INTEGER,
    last_used_at INTEGER,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX api_keys_owner ON api_keys (owner, name);

CREATE TABLE teams (
    id BLOB NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- `subject` is `user:ID` or `key:ID`; the two references end the membership with its member.
CREATE TABLE team_members (
    team_id BLOB NOT NULL REFERENCES teams (id) ON DELETE CASCADE,
    subject TEXT NOT NULL,
    user_id BLOB REFERENCES users (id) ON DELETE CASCADE,
    key_id BLOB REFERENCES api_keys (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (team_id, subject),
    CHECK ((user_id IS NULL) <> (key_id IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX team_members_subject ON team_members (subject, team_id);
CREATE INDEX team_members_user ON team_members (user_id);
CREATE INDEX team_members_key ON team_members (key_id);

CREATE TABLE servers (
    id BLOB NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL,
    include TEXT NOT NULL,
    exclude TEXT NOT NULL,
    prefix INTEGER NOT NULL CHECK (prefix IN (0, 1)),
    open INTEGER NOT NULL CHECK (open IN (0, 1)),
    enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- `grantee` is `user:ID`, `key:ID`, `team:ID`, `role:NAME` or `anonymous`; the references end the grant with it.
CREATE TABLE grants (
    id BLOB NOT NULL PRIMARY KEY,
    server_id BLOB NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
    grantee TEXT NOT NULL,
    user_id BLOB REFERENCES users (id) ON DELETE CASCADE,
    key_id BLOB REFERENCES api_keys (id) ON DELETE CASCADE,
    team_id BLOB REFERENCES teams (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    UNIQUE (server_id, grantee)
) STRICT, WITHOUT ROWID;
CREATE INDEX grants_grantee ON grants (grantee);
CREATE INDEX grants_user ON grants (user_id);
CREATE INDEX grants_key ON grants (key_id);
CREATE INDEX grants_team ON grants (team_id);

CREATE TABLE sources (
    id BLOB NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    description TEXT NOT NULL,
    settings TEXT NOT NULL,
    origin TEXT NOT NULL,
    enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    search TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tools (
    id BLOB NOT NULL PRIMARY KEY,
    source_id BLOB NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    settings TEXT NOT NULL,
    enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    search TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    UNIQUE (source_id, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX tools_source ON tools (source_id, id);

CREATE TABLE prompts (
    id BLOB NOT NULL PRIMARY KEY,
    source_id BLOB NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    settings TEXT NOT NULL,
    UNIQUE (source_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE resources (
    id BLOB NOT NULL PRIMARY KEY,
    source_id BLOB NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    uri TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL,
    settings TEXT NOT NULL,
    UNIQUE (source_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE secrets (
    name TEXT NOT NULL PRIMARY KEY,
    key_id TEXT NOT NULL,
    sealed BLOB NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- `subject` is `user:ID`, `key:ID`, `anonymous`, or a pseudonym's; rows outlive users, so there are no references.
CREATE TABLE audit_events (
    id BLOB NOT NULL UNIQUE,
    at INTEGER NOT NULL,
    subject TEXT NOT NULL,
    principal TEXT NOT NULL,
    principal_search TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    server TEXT,
    arguments_hash TEXT,
    arguments TEXT,
    outcome TEXT NOT NULL,
    detail TEXT,
    duration_us INTEGER NOT NULL,
    source_us INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    cached INTEGER NOT NULL CHECK (cached IN (0, 1)),
    request_id TEXT,
    address TEXT,
    -- The last column: sqlx counts columns wrongly behind a generated one.
    target_start TEXT NOT NULL GENERATED ALWAYS AS (substr(target, 1, 200)) STORED
) STRICT;
CREATE INDEX audit_events_at ON audit_events (at, id);
CREATE INDEX audit_events_subject ON audit_events (subject, at, id);
-- Targets may be long; an index entry of PostgreSQL holds 2,704 bytes.
CREATE INDEX audit_events_target ON audit_events (target_start, at, id);
CREATE INDEX audit_events_not_ok ON audit_events (outcome, at, id) WHERE outcome <> 'ok';

CREATE TABLE mcp_sessions (
    id BLOB NOT NULL PRIMARY KEY,
    subject TEXT NOT NULL,
    server TEXT NOT NULL,
    protocol_version TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX mcp_sessions_subject ON mcp_sessions (subject);
CREATE INDEX mcp_sessions_last_seen ON mcp_sessions (last_seen_at);

CREATE TABLE results (
    id BLOB NOT NULL UNIQUE,
    subject TEXT NOT NULL,
    mime_type TEXT NOT NULL,
    body BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX results_subject ON results (subject);
CREATE INDEX results_expiry ON results (expires_at);

CREATE TABLE tasks (
    id BLOB NOT NULL UNIQUE,
    subject TEXT NOT NULL,
    server TEXT NOT NULL,
    tool TEXT NOT NULL,
    status TEXT NOT NULL,
    status_message TEXT,
    payload TEXT,
    expires_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX tasks_subject ON tasks (subject, id);
CREATE INDEX tasks_expiry ON tasks (expires_at);
CREATE INDEX tasks_unfinished ON tasks (id) WHERE status IN ('working', 'input_required');

CREATE TABLE versions (
    name TEXT NOT NULL PRIMARY KEY,
    version INTEGER NOT NULL
) STRICT;

CREATE TABLE settings (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE leases (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
