//! Secrets of sources: sealed at rest, and never returned.

mod list;
mod remove;
mod rotate;
mod set;

pub use list::SecretInfo;
pub use rotate::Rotation;

/// What a secret of this name is sealed with, so that no sealed value can take another's place.
pub(crate) fn context(name: &str) -> String {
    format!("secret:{name}")
}
