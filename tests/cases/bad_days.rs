//! Bad input and bad days: each gets a clear error that says what is wrong and where, and nothing is lost.

mod catalog;
mod disk;
mod requests;
mod sources;
mod starting;
