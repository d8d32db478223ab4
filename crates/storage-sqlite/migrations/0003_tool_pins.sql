-- What an administrator accepted of an upstream's tools: their definitions as JSON with sorted members.
CREATE TABLE tool_pins (
    source_id BLOB NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
    tool TEXT NOT NULL,
    definition TEXT NOT NULL,
    accepted_by TEXT NOT NULL,
    accepted_at INTEGER NOT NULL,
    PRIMARY KEY (source_id, tool)
) STRICT, WITHOUT ROWID;
