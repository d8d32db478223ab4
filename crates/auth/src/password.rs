//! Hashes and checks passwords (argon2id), bounded in concurrency.

/// Hashes and checks passwords (argon2id), bounded in concurrency.
#[derive(Debug)]
pub struct Passwords;
