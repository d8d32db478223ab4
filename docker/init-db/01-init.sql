-- Run once, when the volume is empty: extensions that Puente's search and indexes use. Its tables are its own business.
CREATE EXTENSION IF NOT EXISTS "uuid-ossp";
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;
