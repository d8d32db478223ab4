//! A bucket of S3, or of a server that speaks its protocol (Garage, Ceph): objects are written in parts, read,
//! listed and deleted.
//!
//! `rusty-s3` signs requests and reads answers; they travel by the one way out for HTTP. An object that is written in parts
//! is nowhere to be seen until the last one is there, so whatever stops in between leaves nothing that looks whole.

mod bucket;
mod error;
mod request;
mod upload;

pub use bucket::{Address, Bucket, Credentials};
pub use error::S3Error;
pub use upload::Upload;
