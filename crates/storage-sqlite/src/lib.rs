//! storage-sqlite
