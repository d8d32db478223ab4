//! Signs and verifies access tokens (JWT, RFC 7519).

/// Signs and verifies access tokens (JWT, RFC 7519).
#[derive(Debug)]
pub struct Tokens;
