//! source-sql
