//! Into a file that is there already: everything else in it stays as it is.

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

use serde::Serialize;
use serde_json::{Map, Value, ser::PrettyFormatter};
use tempfile::NamedTempFile;

use super::{Client, Transport, jsonc};

/// A file that is not touched, because something in it would be lost.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MergeError {
    /// Comments cannot be kept.
    #[error("`{}` has comments, which would be lost; add the entry by hand", .0.display())]
    Comments(PathBuf),
    /// It cannot be read as JSON.
    #[error("`{}` is not JSON: {cause}; repair it first", path.display())]
    NotJson {
        /// The file.
        path: PathBuf,
        /// With line and column.
        cause: serde_json::Error,
    },
    /// It is JSON, but of another shape.
    #[error("`{}`: {member} is not {expected}; repair it first", path.display())]
    Shape {
        /// The file.
        path: PathBuf,
        /// `mcpServers`, or `the file`.
        member: &'static str,
        /// `an object`, …
        expected: &'static str,
    },
    /// The file system refuses.
    #[error("cannot write `{}`: {cause}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
}

/// A configuration file that was read, and that can be written: only then is a key worth making.
pub(crate) struct Draft {
    path: PathBuf,
    before: Option<String>,
    document: Map<String, Value>,
    file: NamedTempFile,
}

impl Draft {
    /// Reads the file, if there is one, and makes sure that its folder can be written.
    pub(crate) fn open(client: Client, path: &Path) -> Result<Self, MergeError> {
        let failed = |cause| MergeError::Io { path: path.to_owned(), cause };
        // A link stays a link: the file that it leads to is replaced.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let before = match fs::read_to_string(&path) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(failed(error)),
        };
        let document = parse(client, &path, before.as_deref().unwrap_or_default())?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(failed)?;
        let file = NamedTempFile::new_in(folder).map_err(failed)?;
        Ok(Self { path, before, document, file })
    }

    /// Puts the entry in, keeps the old file as `FILE.bak`, and writes the new one in one step.
    pub(crate) fn write(mut self, client: Client, name: &str, transport: &Transport) -> Result<PathBuf, MergeError> {
        merge(client, &mut self.document, client.document(name, transport));
        let text = render(&self.document, self.before.as_deref());
        let path = self.path.clone();
        self.store(&text).map_err(|cause| MergeError::Io { path: path.clone(), cause })?;
        Ok(path)
    }

    fn store(mut self, text: &str) -> io::Result<()> {
        if self.before.is_some() {
            let mut backup = self.path.clone().into_os_string();
            backup.push(".bak");
            fs::copy(&self.path, backup)?;
        }
        self.file.write_all(text.as_bytes())?;
        self.file.as_file().sync_all()?;
        self.file.persist(&self.path)?;
        Ok(())
    }
}

fn parse(client: Client, path: &Path, text: &str) -> Result<Map<String, Value>, MergeError> {
    let bare = text.trim_start_matches('\u{feff}');
    if bare.trim().is_empty() {
        return Ok(Map::new());
    }
    let shape = |member, expected| MergeError::Shape { path: path.to_owned(), member, expected };
    let document = match serde_json::from_str(bare) {
        Ok(Value::Object(document)) => document,
        Ok(_) => return Err(shape("the file", "an object")),
        Err(_) if serde_json::from_str::<Value>(&jsonc::strip(bare)).is_ok() => {
            return Err(MergeError::Comments(path.to_owned()));
        }
        Err(cause) => return Err(MergeError::NotJson { path: path.to_owned(), cause }),
    };
    if document.get(client.servers()).is_some_and(|servers| !servers.is_object()) {
        return Err(shape(client.servers(), "an object"));
    }
    if client.asks_for_key() && document.get("inputs").is_some_and(|inputs| !inputs.is_array()) {
        return Err(shape("inputs", "a list"));
    }
    Ok(document)
}

/// Members that say how a server is reached: they go when it is reached otherwise.
const TRANSPORT: [&str; 6] = ["type", "url", "headers", "command", "args", "env"];

/// Objects are merged by name, inputs by id; what Puente does not know stays.
fn merge(client: Client, document: &mut Map<String, Value>, ours: Map<String, Value>) {
    for (member, value) in ours {
        match (document.get_mut(&member), value) {
            (Some(Value::Array(inputs)), Value::Array(ours)) => merge_inputs(inputs, ours),
            (Some(Value::Object(servers)), Value::Object(ours)) if member == client.servers() => {
                for (name, entry) in ours {
                    let entry = updated(servers.get(&name), entry);
                    servers.insert(name, entry);
                }
            }
            (_, value) => {
                document.insert(member, value);
            }
        }
    }
}

fn merge_inputs(inputs: &mut Vec<Value>, ours: Vec<Value>) {
    for input in ours {
        match inputs.iter_mut().find(|other| other["id"] == input["id"]) {
            Some(place) => *place = input,
            None => inputs.push(input),
        }
    }
}

fn updated(before: Option<&Value>, entry: Value) -> Value {
    let (Some(Value::Object(before)), Value::Object(entry)) = (before, &entry) else { return entry };
    let kept = before.iter().filter(|(member, _)| !TRANSPORT.contains(&member.as_str()));
    let all = entry.iter().chain(kept).map(|(member, value)| (member.clone(), value.clone()));
    Value::Object(all.collect())
}

/// Indented as the file was, and with its last line's end.
fn render(document: &Map<String, Value>, before: Option<&str>) -> String {
    let before = before.filter(|text| !text.trim().is_empty());
    let indent = before.and_then(indentation).unwrap_or("  ");
    let mut bytes = Vec::new();
    let mut serializer =
        serde_json::Serializer::with_formatter(&mut bytes, PrettyFormatter::with_indent(indent.as_bytes()));
    document.serialize(&mut serializer).expect("JSON can be written into memory");
    let text = String::from_utf8(bytes).expect("JSON is UTF-8");
    if before.is_none_or(|text| text.ends_with('\n')) { text + "\n" } else { text }
}

fn indentation(text: &str) -> Option<&str> {
    let line = text.lines().find(|line| line.trim_start().starts_with('"') && line.starts_with([' ', '\t']))?;
    Some(&line[..line.len() - line.trim_start().len()])
}
