//! Draft.
use crate::engine::{Dialect, Engine, EngineError};
pub(crate) async fn draft(_n: &puente_domain::Name, _d: Dialect, _e: &dyn Engine) -> Result<String, EngineError> {
    Err(EngineError::refused("draft: not yet"))
}
