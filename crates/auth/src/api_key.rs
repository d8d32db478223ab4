//! A fresh API key: shown once.

/// A fresh API key: shown once.
#[derive(Debug)]
pub struct NewApiKey;
