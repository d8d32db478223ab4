-- The durable queue, and the answers that a task waits for.

CREATE TABLE jobs (
    id uuid NOT NULL PRIMARY KEY,
    kind text COLLATE "C" NOT NULL,
    payload text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL,
    priority bigint NOT NULL,
    unique_key text COLLATE "C",
    attempts bigint NOT NULL,
    max_attempts bigint NOT NULL,
    run_at timestamptz NOT NULL,
    holder text COLLATE "C",
    lease_until timestamptz,
    cancel_requested boolean NOT NULL DEFAULT false,
    error text COLLATE "C",
    created_at timestamptz NOT NULL,
    started_at timestamptz,
    finished_at timestamptz
);
CREATE UNIQUE INDEX jobs_unique_key ON jobs (unique_key) WHERE state IN ('queued', 'running');
CREATE INDEX jobs_waiting ON jobs (priority DESC, run_at, id) WHERE state = 'queued';
CREATE INDEX jobs_running ON jobs (holder, lease_until) WHERE state = 'running';
CREATE INDEX jobs_state ON jobs (state, id);
CREATE INDEX jobs_finished ON jobs (finished_at) WHERE finished_at IS NOT NULL;

CREATE TABLE job_schedules (
    name text COLLATE "C" NOT NULL PRIMARY KEY,
    cron text COLLATE "C" NOT NULL,
    next_at timestamptz NOT NULL
);

ALTER TABLE tasks ADD COLUMN answers text COLLATE "C";
