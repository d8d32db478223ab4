-- Ids are UUIDv7, so that their order is the order of creation. Text is ordered by bytes (`COLLATE "C"`).
-- JSON is text as it was written, not jsonb, which refuses \u0000 and reorders keys. `search` is folded by Puente.

CREATE TABLE users (
    id uuid NOT NULL PRIMARY KEY,
    email text COLLATE "C" NOT NULL UNIQUE,
    display_name text COLLATE "C" NOT NULL,
    role text COLLATE "C" NOT NULL,
    password_hash text COLLATE "C",
    disabled_at timestamptz,
    failed_logins bigint NOT NULL,
    locked_until timestamptz,
    search text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL
);

CREATE TABLE refresh_tokens (
    hash bytea NOT NULL PRIMARY KEY,
    family uuid NOT NULL,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    revoked_at timestamptz,
    created_at timestamptz NOT NULL
);
CREATE INDEX refresh_tokens_family ON refresh_tokens (family);
CREATE INDEX refresh_tokens_user ON refresh_tokens (user_id);
CREATE INDEX refresh_tokens_expiry ON refresh_tokens (expires_at);

CREATE TABLE api_keys (
    id uuid NOT NULL PRIMARY KEY,
    name text COLLATE "C" NOT NULL UNIQUE,
    owner uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role text COLLATE "C" NOT NULL,
    prefix text COLLATE "C" NOT NULL,
    hash bytea NOT NULL UNIQUE,
    scopes text COLLATE "C" NOT NULL,
    expires_at timestamptz,
    disabled_at timestamptz,
    last_used_at timestamptz,
    created_at timestamptz NOT NULL
);
CREATE INDEX api_keys_owner ON api_keys (owner, name);

CREATE TABLE teams (
    id uuid NOT NULL PRIMARY KEY,
    name text COLLATE "C" NOT NULL UNIQUE,
    description text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL
);

-- `subject` is `user:ID` or `key:ID`; the two references end the membership with its member.
CREATE TABLE team_members (
    team_id uuid NOT NULL REFERENCES teams (id) ON DELETE CASCADE,
    subject text COLLATE "C" NOT NULL,
    user_id uuid REFERENCES users (id) ON DELETE CASCADE,
    key_id uuid REFERENCES api_keys (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (team_id, subject),
    CHECK ((user_id IS NULL) <> (key_id IS NULL))
);
CREATE INDEX team_members_subject ON team_members (subject, team_id);
CREATE INDEX team_members_user ON team_members (user_id);
CREATE INDEX team_members_key ON team_members (key_id);

CREATE TABLE servers (
    id uuid NOT NULL PRIMARY KEY,
    name text COLLATE "C" NOT NULL UNIQUE,
    description text COLLATE "C" NOT NULL,
    include text COLLATE "C" NOT NULL,
    exclude text COLLATE "C" NOT NULL,
    prefix boolean NOT NULL,
    open boolean NOT NULL,
    enabled boolean NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL
);

-- `grantee` is `user:ID`, `key:ID`, `team:ID`, `role:NAME` or `anonymous`; the references end the grant with it.
CREATE TABLE grants (
    id uuid NOT NULL PRIMARY KEY,
    server_id uuid NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
    grantee text COLLATE "C" NOT NULL,
    user_id uuid REFERENCES users (id) ON DELETE CASCADE,
    key_id uuid REFERENCES api_keys (id) ON DELETE CASCADE,
    team_id uuid REFERENCES teams (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    UNIQUE (server_id, grantee)
);
CREATE INDEX grants_grantee ON grants (grantee);
CREATE INDEX grants_user ON grants (user_id);
CREATE INDEX grants_key ON grants (key_id);
CREATE INDEX grants_team ON grants (team_id);

CREATE TABLE sources (
    id uuid NOT NULL PRIMARY KEY,
    name text COLLATE "C" NOT NULL UNIQUE,
    kind text COLLATE "C" NOT NULL,
    description text COLLATE "C" NOT NULL,
    settings text COLLATE "C" NOT NULL,
    origin text COLLATE "C" NOT NULL,
    enabled boolean NOT NULL,
    search text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL
);

CREATE TABLE tools (
    id uuid NOT NULL PRIMARY KEY,
    source_id uuid NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
    name text COLLATE "C" NOT NULL,
    description text COLLATE "C" NOT NULL,
    settings text COLLATE "C" NOT NULL,
    enabled boolean NOT NULL,
    search text COLLATE "C" NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL,
    UNIQUE (source_id, name)
);
CREATE INDEX tools_source ON tools (source_id, id);

CREATE TABLE prompts (
    id uuid NOT NULL PRIMARY KEY,
    source_id uuid NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
    name text COLLATE "C" NOT NULL,
    description text COLLATE "C" NOT NULL,
    settings text COLLATE "C" NOT NULL,
    UNIQUE (source_id, name)
);

CREATE TABLE resources (
    id uuid NOT NULL PRIMARY KEY,
    source_id uuid NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
    name text COLLATE "C" NOT NULL,
    uri text COLLATE "C" NOT NULL UNIQUE,
    description text COLLATE "C" NOT NULL,
    settings text COLLATE "C" NOT NULL,
    UNIQUE (source_id, name)
);

CREATE TABLE secrets (
    name text COLLATE "C" NOT NULL PRIMARY KEY,
    key_id text COLLATE "C" NOT NULL,
    sealed bytea NOT NULL,
    updated_at timestamptz NOT NULL
);

-- `subject` is `user:ID`, `key:ID`, `anonymous`, or a pseudonym's; rows outlive users, so there are no references.
CREATE TABLE audit_events (
    id uuid NOT NULL PRIMARY KEY,
    at timestamptz NOT NULL,
    subject text COLLATE "C" NOT NULL,
    principal text COLLATE "C" NOT NULL,
    principal_search text COLLATE "C" NOT NULL,
    action text COLLATE "C" NOT NULL,
    target text COLLATE "C" NOT NULL,
    server text COLLATE "C",
    arguments_hash text COLLATE "C",
    arguments text COLLATE "C",
    outcome text COLLATE "C" NOT NULL,
    detail text COLLATE "C",
    duration_us bigint NOT NULL,
    source_us bigint NOT NULL,
    bytes bigint NOT NULL,
    cached boolean NOT NULL,
    request_id text COLLATE "C",
    address text COLLATE "C",
    -- The last column: sqlx counts columns wrongly behind a generated one.
    target_start text COLLATE "C" NOT NULL GENERATED ALWAYS AS (substr(target, 1, 200)) STORED
);
CREATE INDEX audit_events_at ON audit_events (at, id);
CREATE INDEX audit_events_subject ON audit_events (subject, at, id);
-- Targets may be long; an index entry of PostgreSQL holds 2,704 bytes.
CREATE INDEX audit_events_target ON audit_events (target_start, at, id);
CREATE INDEX audit_events_not_ok ON audit_events (outcome, at, id) WHERE outcome <> 'ok';

CREATE TABLE mcp_sessions (
    id uuid NOT NULL PRIMARY KEY,
    subject text COLLATE "C" NOT NULL,
    server text COLLATE "C" NOT NULL,
    protocol_version text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL
);
CREATE INDEX mcp_sessions_subject ON mcp_sessions (subject);
CREATE INDEX mcp_sessions_last_seen ON mcp_sessions (last_seen_at);

CREATE TABLE results (
    id uuid NOT NULL PRIMARY KEY,
    subject text COLLATE "C" NOT NULL,
    mime_type text COLLATE "C" NOT NULL,
    body bytea NOT NULL,
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX results_subject ON results (subject);
CREATE INDEX results_expiry ON results (expires_at);

CREATE TABLE tasks (
    id uuid NOT NULL PRIMARY KEY,
    subject text COLLATE "C" NOT NULL,
    server text COLLATE "C" NOT NULL,
    tool text COLLATE "C" NOT NULL,
    status text COLLATE "C" NOT NULL,
    status_message text COLLATE "C",
    payload text COLLATE "C",
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX tasks_subject ON tasks (subject, id);
CREATE INDEX tasks_expiry ON tasks (expires_at);
CREATE INDEX tasks_unfinished ON tasks (id) WHERE status IN ('working', 'input_required');

CREATE TABLE versions (
    name text COLLATE "C" NOT NULL PRIMARY KEY,
    version bigint NOT NULL
);

CREATE TABLE settings (
    name text COLLATE "C" NOT NULL PRIMARY KEY,
    value text COLLATE "C" NOT NULL
);

CREATE TABLE leases (
    name text COLLATE "C" NOT NULL PRIMARY KEY,
    holder text COLLATE "C" NOT NULL,
    expires_at timestamptz NOT NULL
);
