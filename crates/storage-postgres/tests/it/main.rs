//! What PostgreSQL does as every storage must, and what it does in its own way.

#![expect(clippy::unwrap_used, reason = "a test that fails panics")]

mod conformance;
mod connecting;
mod plans;
mod side_by_side;
mod upgrades;
