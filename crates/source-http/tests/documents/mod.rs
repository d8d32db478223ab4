//! OpenAPI documents: imported, called and followed.

mod features;
mod generate;
mod mock;
mod real;
mod references;
mod sync;
