-- What people do in SQLite files, without checking references.
PRAGMA foreign_keys = OFF;
CREATE TABLE "Weird Name" (
    "key col" TEXT NOT NULL, -- a comment, with a comma
    [b] INTEGER NOT NULL DEFAULT 7,
    `c` BLOB DEFAULT x'00ff',
    "quote""d" TEXT DEFAULT 'it''s',
    PRIMARY KEY ("key col", b)
) WITHOUT ROWID;
INSERT INTO "Weird Name" VALUES ('a', 1, x'00', 'x'), ('ä🌉', -9223372036854775808, NULL, NULL);

CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT COLLATE NOCASE UNIQUE);
INSERT INTO counted (name) VALUES ('one'), ('two'), ('three');
DELETE FROM counted WHERE name = 'three';

CREATE TABLE strictly (a INT NOT NULL, b REAL, c TEXT, d BLOB, e ANY) STRICT;
INSERT INTO strictly VALUES (1, 1e308, 'x', x'', 5), (2, -5e-324, '', NULL, 'text'), (3, 9e999, NULL, NULL, NULL);

CREATE TABLE mixed (
    id INTEGER PRIMARY KEY, n INTEGER, big NUMBER, money DECIMAL(10, 2), precise NUMERIC, flag BOOLEAN, odd BOOLEAN,
    day DATE, at DATETIME, some DATETIME, doc JSON, bad JSON, short VARCHAR(5), long VARCHAR(2), bytes BLOB, anything
);
INSERT INTO mixed VALUES
    (1, 5, 1, 12.5, 0.1, 1, 0, '2024-02-29', '2024-02-29 12:34:56.789', '2024-01-01', '{"a":[1,2,null]}', '{', 'short', 'long', x'01', 1),
    (2, 'five', 9007199254740993, -7, 123456789012345678, 0, 2, NULL, '1999-12-31T23:59:59', 'soon', '"\ud83c\udf09"', '[]', '', '', 'text', 'x'),
    (3, NULL, 0.5, NULL, 1e-7, NULL, NULL, '9999-12-31', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);

CREATE TABLE shape (
    w REAL NOT NULL CHECK (w > 0), h REAL NOT NULL,
    area REAL GENERATED ALWAYS AS (w * h) STORED,
    label TEXT AS (printf('%s x %s', w, h)) VIRTUAL,
    created TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CHECK (typeof(h) = 'real')
);
INSERT INTO shape (w, h, created) VALUES (1.5, 2, '2024-01-01 00:00:00'), (0.1, 0.2, '2024-01-02 00:00:00');

CREATE TABLE parent (id INTEGER PRIMARY KEY, code TEXT UNIQUE);
CREATE TABLE child (
    id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES Parent ON DELETE CASCADE,
    code TEXT REFERENCES parent (code) ON UPDATE SET NULL, self INTEGER REFERENCES child (id)
);
CREATE TABLE orphan (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES parent (id));
INSERT INTO parent VALUES (1, 'a'), (2, NULL);
INSERT INTO child VALUES (1, 1, 'a', 2), (2, 2, NULL, 1), (3, NULL, NULL, NULL);
INSERT INTO orphan VALUES (1, 99);

CREATE INDEX child_by_code ON child (code DESC, id);
CREATE UNIQUE INDEX child_some ON child (parent_id) WHERE code IS NOT NULL;
CREATE INDEX child_lower ON child (lower(code));
CREATE TABLE empty_one (a, b TEXT, c JSON, d DATE, e BOOLEAN, f DECIMAL(5, 1));
CREATE VIEW names AS SELECT name FROM counted;
CREATE TRIGGER watch AFTER INSERT ON parent BEGIN SELECT 1; END;
CREATE VIRTUAL TABLE search USING fts5(body);
INSERT INTO search VALUES ('words to find');
