//! What the commands that move data share: which installations they mean, and how progress is shown.

mod ends;
pub(crate) mod show;

pub(crate) use ends::{Ends, Role, passphrase, read_keys};
