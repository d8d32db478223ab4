//! What the black-box tests share. They know Puente only from outside: its binary, its doors, its files.
//!
//! A test makes a [`Site`] (a data folder of its own), starts a [`Server`] on it, and talks to it over raw requests
//! ([`Api`], [`Mcp`]) or lets an [official client](official) do it. Everything ends with the test, also when it fails.
#![expect(clippy::missing_panics_doc, reason = "a test that cannot go on panics")]

mod api;
mod backends;
mod balancer;
mod browser;
mod cluster;
pub mod collector;
mod cut;
pub mod erp;
mod legacy;
mod load;
mod mcp;
pub mod official;
mod postgres;
mod rows;
mod s3;
mod server;
mod site;
mod small;
mod stdio;
pub mod tools;

pub use api::{Answer, Api};
pub use backends::Backends;
pub use balancer::{Balancer, REPLICA};
pub use browser::Browser;
pub use cluster::Cluster;
pub use cut::Cable;
pub use legacy::Legacy;
pub use load::{Load, Tally};
pub use mcp::Mcp;
pub use postgres::PgDatabase;
pub use s3::{BUCKET, S3};
pub use server::{Server, Starting};
pub use site::{ADMIN_EMAIL, ADMIN_PASSWORD, CONFIGURATION, FAILED, REFUSED, Run, Site};
pub use small::{SmallPostgres, fill, on_small_disk, seen_by};
pub use stdio::Stdio;
