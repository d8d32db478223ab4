//! OpenAPI documents: imported, called and followed.

mod features;
mod generate;
mod limits;
mod mock;
mod real;
mod references;
mod sync;
