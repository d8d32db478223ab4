//! Reads a body up to a limit.

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};

/// A body that was not read to its end.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is longer than allowed; the connection is closed.
    #[error("the answer is larger than {limit_bytes} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit_bytes: usize,
    },
    /// The connection ended in the middle.
    #[error("the connection broke in the middle of the answer")]
    Broken(#[source] hyper::Error),
}

/// Reads all of a body, if that is at most `limit` bytes. Holds no more than that.
///
/// # Errors
/// [`ReadError`].
pub async fn read_body(mut body: Incoming, limit: usize) -> Result<Bytes, ReadError> {
    let too_large = || ReadError::TooLarge { limit_bytes: limit };
    if usize::try_from(body.size_hint().lower()).is_ok_and(|size| size > limit) {
        return Err(too_large());
    }
    let mut read = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(ReadError::Broken)?.into_data() else { continue };
        if read.len() + data.len() > limit {
            return Err(too_large());
        }
        read.extend_from_slice(&data);
    }
    Ok(read.freeze())
}
