-- What an administrator accepted of an upstream's tools: their definitions as JSON with sorted members.
CREATE TABLE tool_pins (
    source_id uuid NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
    tool text COLLATE "C" NOT NULL,
    definition text COLLATE "C" NOT NULL,
    accepted_by text COLLATE "C" NOT NULL,
    accepted_at timestamptz NOT NULL,
    PRIMARY KEY (source_id, tool)
);
