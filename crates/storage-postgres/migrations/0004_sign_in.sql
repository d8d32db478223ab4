CREATE TABLE oauth_clients (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    kind text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    redirect_uris text COLLATE "C" NOT NULL,
    uri text COLLATE "C",
    disabled_at timestamptz,
    expires_at timestamptz NOT NULL,
    last_used_at timestamptz,
    created_at timestamptz NOT NULL
);
CREATE INDEX oauth_clients_expiry ON oauth_clients (expires_at);

CREATE TABLE oauth_codes (
    hash bytea NOT NULL PRIMARY KEY,
    client_id text COLLATE "C" NOT NULL REFERENCES oauth_clients (id) ON DELETE CASCADE,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    server text COLLATE "C" NOT NULL,
    scopes text COLLATE "C" NOT NULL,
    redirect_uri text COLLATE "C" NOT NULL,
    challenge text COLLATE "C" NOT NULL,
    family uuid NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX oauth_codes_client ON oauth_codes (client_id);
CREATE INDEX oauth_codes_user ON oauth_codes (user_id);
CREATE INDEX oauth_codes_expiry ON oauth_codes (expires_at);

-- A client that a user has connected to a virtual server; its tokens are the family in refresh_tokens.
CREATE TABLE oauth_connections (
    family uuid NOT NULL PRIMARY KEY,
    client_id text COLLATE "C" NOT NULL REFERENCES oauth_clients (id) ON DELETE CASCADE,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    server text COLLATE "C" NOT NULL,
    scopes text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL
);
CREATE INDEX oauth_connections_client ON oauth_connections (client_id);
CREATE INDEX oauth_connections_user ON oauth_connections (user_id, family);

CREATE TABLE web_sessions (
    hash bytea NOT NULL PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX web_sessions_user ON web_sessions (user_id);
CREATE INDEX web_sessions_expiry ON web_sessions (expires_at);
