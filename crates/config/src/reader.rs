//! From the layers (flags, environment, `puente.toml`, defaults) to values, noting everything that is wrong.

use std::{collections::BTreeMap, fs, path::PathBuf};

use crate::{
    error::Problem,
    setting::{Fallback, Setting},
};

/// Settings given as flags, by their names in upper case.
pub type Overrides = BTreeMap<&'static str, String>;

/// Where a value comes from; an earlier layer wins over a later one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// A flag of the command.
    Flag,
    /// An environment variable.
    Environment,
    /// `puente.toml`.
    ConfigFile,
    /// Nobody gave it.
    Default,
}

impl Layer {
    /// For people: `environment`, `puente.toml`, …
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Flag => "flag",
            Self::Environment => "environment",
            Self::ConfigFile => "puente.toml",
            Self::Default => "default",
        }
    }
}

/// Where a setting was given, and what it says unless it is a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// Where.
    pub layer: Layer,
    /// The file that holds the value, for `NAME_FILE`.
    pub file: Option<PathBuf>,
    /// The value; `None` for secrets.
    pub text: Option<String>,
}

pub(crate) struct Reader<'a> {
    overrides: &'a Overrides,
    env: &'a dyn Fn(&str) -> Option<String>,
    file: BTreeMap<String, String>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) given: BTreeMap<&'static str, Given>,
}

/// The largest file that `NAME_FILE` may name: it holds one value.
const MAX_FILE: u64 = 64 * 1024;

impl<'a> Reader<'a> {
    pub(crate) fn new(
        overrides: &'a Overrides,
        env: &'a dyn Fn(&str) -> Option<String>,
        file: BTreeMap<String, String>,
        problems: Vec<Problem>,
    ) -> Self {
        Self { overrides, env, file, problems, given: BTreeMap::new() }
    }

    /// The value, or its default if it is not given or wrong (which is noted).
    pub(crate) fn value<T>(&mut self, setting: &Setting, parse: fn(&str) -> Result<T, String>) -> T {
        let Fallback::Text(default) = setting.default else {
            unreachable!("{} has no textual default: it is read as optional", setting.name)
        };
        self.optional(setting, parse).unwrap_or_else(|| parse(default).expect("defaults are valid"))
    }

    /// The value, if it is given and right. `parse` says what it expected: `a number from 0 to 65535`.
    pub(crate) fn optional<T>(&mut self, setting: &Setting, parse: fn(&str) -> Result<T, String>) -> Option<T> {
        let (text, layer) = self.find(setting)?;
        match parse(&text) {
            Ok(value) => Some(value),
            Err(expected) if setting.secret => self.note(setting, layer, &format!("the value is not {expected}")),
            Err(expected) => self.note(setting, layer, &format!("'{}' is not {expected}", text.escape_debug())),
        }
    }

    /// Notes a problem that concerns more than one setting.
    pub(crate) fn problem(&mut self, setting: &Setting, message: impl Into<String>) {
        self.problems.push(Problem { setting: setting.name.to_owned(), message: message.into() });
    }

    fn find(&mut self, setting: &Setting) -> Option<(String, Layer)> {
        for layer in [Layer::Flag, Layer::Environment, Layer::ConfigFile] {
            let direct = self.look_up(layer, setting.name);
            let file = self.look_up(layer, &format!("{}_FILE", setting.name));
            let (text, file) = match (direct, file) {
                (None, None) => continue,
                (Some(_), Some(_)) => {
                    let both = format!("both it and {}_FILE are given; remove one of them", setting.name);
                    return self.note(setting, layer, &both);
                }
                (Some(text), None) => (text, None),
                (None, Some(path)) => (self.read(setting, layer, &path)?, Some(PathBuf::from(path))),
            };
            let shown = (!setting.secret).then(|| text.clone());
            self.given.insert(setting.name, Given { layer, file, text: shown });
            return Some((text, layer));
        }
        None
    }

    /// Empty means not given: `NAME=` is how Compose files leave a variable out.
    fn look_up(&self, layer: Layer, name: &str) -> Option<String> {
        let found = match layer {
            Layer::Flag => self.overrides.get(name).cloned(),
            Layer::Environment => (self.env)(name),
            Layer::ConfigFile => self.file.get(&name.to_ascii_lowercase()).cloned(),
            Layer::Default => None,
        };
        found.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    fn read(&mut self, setting: &Setting, layer: Layer, path: &str) -> Option<String> {
        let message = match fs::metadata(path) {
            Ok(meta) if meta.len() > MAX_FILE => {
                format!("{path} is larger than {MAX_FILE} bytes; it must hold one value")
            }
            _ => match fs::read_to_string(path) {
                Ok(text) if text.trim().is_empty() => format!("{path} is empty"),
                Ok(text) => return Some(text.trim().to_owned()),
                Err(error) => format!("cannot read {path}: {error}"),
            },
        };
        self.problems.push(Problem { setting: format!("{}_FILE ({})", setting.name, layer.as_str()), message });
        None
    }

    fn note<T>(&mut self, setting: &Setting, layer: Layer, message: &str) -> Option<T> {
        let setting = format!("{} ({})", setting.name, layer.as_str());
        self.problems.push(Problem { setting, message: message.to_owned() });
        None
    }
}
