//! Seals and opens secrets (AEAD) under a list of keys, the first of which seals.

/// Seals and opens secrets (AEAD) under a list of keys, the first of which seals.
#[derive(Debug)]
pub struct Vault;
