//! Black-box tests: one module a concern, all in one binary, so that it is linked once.
#![expect(clippy::unwrap_used, reason = "a test fails that way")]

mod backends;
mod backup;
mod bad_days;
mod clients;
mod conformance;
mod connect;
mod crash;
mod disconnects;
mod discovery;
mod doctor;
mod documents;
mod doors;
mod first_run;
mod http_source;
mod jobs;
mod metrics;
mod replicas;
mod rotation;
mod sign_in;
mod stdio;
mod traces;
mod trail;
mod transfer;
mod traps;
mod upstream;
