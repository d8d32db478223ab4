//! What a setting is, apart from its value.

/// One setting: the same name everywhere.
///
/// `PORT` is the environment variable `PORT`, the key `port` in `puente.toml`, and, where the command line offers it,
/// the flag `--port`. `PORT_FILE` (or `port_file`) names a file that holds the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Upper case, as in the environment.
    pub name: &'static str,
    /// What holds when nobody says anything.
    pub default: Fallback,
    /// For people: what it does, in one sentence.
    pub meaning: &'static str,
    /// Whether the value must never be shown.
    pub secret: bool,
}

/// What holds when a setting is not given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fallback {
    /// This text, as if it had been given.
    Text(&'static str),
    /// Something that depends on the machine or on other settings, in words.
    Described(&'static str),
}

impl Setting {
    pub(crate) const fn new(name: &'static str, default: &'static str, meaning: &'static str) -> Self {
        Self { name, default: Fallback::Text(default), meaning, secret: false }
    }

    pub(crate) const fn optional(name: &'static str, otherwise: &'static str, meaning: &'static str) -> Self {
        Self { name, default: Fallback::Described(otherwise), meaning, secret: false }
    }

    pub(crate) const fn secret(name: &'static str, otherwise: &'static str, meaning: &'static str) -> Self {
        Self { name, default: Fallback::Described(otherwise), meaning, secret: true }
    }

    /// The key in `puente.toml`.
    #[must_use]
    pub fn key(&self) -> String {
        self.name.to_ascii_lowercase()
    }
}

/// Every setting, section by section, in the order of the documentation.
pub fn all() -> impl Iterator<Item = &'static Setting> {
    [
        crate::server::SETTINGS,
        crate::database::SETTINGS,
        crate::redis::SETTINGS,
        crate::security::SETTINGS,
        crate::tokens::SETTINGS,
        crate::network::SETTINGS,
        crate::limits::SETTINGS,
        crate::audit::SETTINGS,
        crate::backup::SETTINGS,
        crate::logging::SETTINGS,
    ]
    .into_iter()
    .flatten()
}
