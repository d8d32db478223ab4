//! Fetches a document and all that it refers to: files below its folder, URLs below its own. Everything is bounded.

use std::{collections::HashMap, path::Path, sync::Arc, time::Duration};

use http::{HeaderMap, HeaderValue, Method, header::ACCEPT};
use puente_domain::catalog::Origin;
use puente_sources::{Definition, Egress, Outbound, SourceError};
use serde_json::Value;
use tokio::{
    io::AsyncReadExt,
    time::{Instant, timeout_at},
};
use url::Url;

use super::{
    documents::{Documents, join},
    parse::parse,
};
use crate::{
    auth::Auth,
    plan::Base,
    request::Prepared,
    settings::{ImportSettings, SourceSettings},
    wire::{Limits, Wire},
};

/// The largest document.
const MAX_BYTES: usize = 32 * 1024 * 1024;
/// All of them together.
const MAX_TOTAL_BYTES: usize = 64 * 1024 * 1024;
/// Documents that one may refer to.
const MAX_DOCUMENTS: usize = 200;
/// For all of them.
const PATIENCE: Duration = Duration::from_mins(1);

/// Loads the document of a source.
///
/// # Errors
/// It cannot be had, is no JSON or YAML, or refers to what it may not.
pub(super) async fn load(
    definition: &Definition,
    settings: &SourceSettings,
    import: &ImportSettings,
) -> Result<Documents, SourceError> {
    let root = location(import, definition.origin)?;
    let loader = Loader::new(definition, settings, &root)?;
    let deadline = Instant::now() + PATIENCE;
    let all = timeout_at(deadline, loader.all(deadline)).await;
    let all = all.map_err(|_| SourceError::failed("the document was not read in time"))??;
    Ok(Documents::new(root.into(), all))
}

/// A URL, or that of a file.
fn location(import: &ImportSettings, origin: Origin) -> Result<Url, SourceError> {
    let wrong = |message: &str| SourceError::Definition(format!("openapi.document: {message}"));
    import.check_reach(origin).map_err(wrong)?;
    let document = import.document.as_str();
    if import.is_url() {
        return Url::parse(document).map_err(|_| wrong("is no URL"));
    }
    let path = std::path::absolute(document.strip_prefix("file://").unwrap_or(document));
    let path = path.map_err(|_| wrong("is no path of a file"))?;
    let url = Url::from_file_path(path).map_err(|()| wrong("is no path of a file"))?;
    // Parsed once more, `..` is gone.
    Url::parse(url.as_str()).map_err(|_| wrong("is no path of a file"))
}

struct Loader {
    root: Url,
    wire: Wire,
    guard: Arc<Egress>,
}

impl Loader {
    fn new(definition: &Definition, settings: &SourceSettings, root: &Url) -> Result<Self, SourceError> {
        let mut egress = Egress::clone(&definition.egress);
        egress.allow.extend(&settings.allow_addresses);
        let outbound = Outbound::new(Arc::new(egress), definition.origin, settings.connect_timeout);
        // Credentials of the API are for the API's own host.
        let base = settings.base_url.as_deref().and_then(|url| Url::parse(url).ok());
        let own = base.is_some_and(|base| base.origin() == root.origin());
        let auth = Auth::new(settings.auth.as_ref().filter(|_| own), &outbound).map_err(SourceError::Definition)?;
        let none = std::collections::BTreeMap::new();
        let headers = if own { &settings.headers } else { &none };
        let wire = Wire::new(definition.name.as_str(), outbound, auth, headers, settings.retries);
        let wire = wire.map_err(SourceError::Definition)?;
        Ok(Self { root: root.clone(), wire, guard: definition.egress.clone() })
    }

    async fn all(&self, deadline: Instant) -> Result<HashMap<String, Value>, SourceError> {
        let mut all = HashMap::new();
        let mut left = MAX_TOTAL_BYTES;
        let mut waiting = vec![String::from(self.root.clone())];
        while let Some(place) = waiting.pop() {
            if all.contains_key(&place) {
                continue;
            }
            if all.len() == MAX_DOCUMENTS {
                let message = format!("the document refers to more than {MAX_DOCUMENTS} others");
                return Err(SourceError::failed(message));
            }
            let value = self.one(&place, &mut left, deadline).await?;
            let mut references = Vec::new();
            collect(&value, &mut references);
            waiting.extend(references.iter().filter_map(|file| join(&place, file)));
            all.insert(place, value);
        }
        Ok(all)
    }

    async fn one(&self, place: &str, left: &mut usize, deadline: Instant) -> Result<Value, SourceError> {
        let url = Url::parse(place).map_err(|_| SourceError::failed(format!("`{place}` is no address")))?;
        if !is_below(&self.root, &url) {
            let message =
                format!("the document refers to {}, which is not below the document's own folder", told(&url));
            return Err(SourceError::failed(message));
        }
        let text = if url.scheme() == "file" { self.file(&url).await? } else { self.fetch(&url, deadline).await? };
        *left = left.checked_sub(text.len()).ok_or(SourceError::TooLarge { limit_bytes: MAX_TOTAL_BYTES })?;
        parse(text).await.map_err(|problem| SourceError::failed(format!("{} cannot be read: {problem}", told(&url))))
    }

    /// Links do not lead out of the folder either.
    async fn file(&self, url: &Url) -> Result<String, SourceError> {
        let missing = |error: std::io::Error| SourceError::failed(format!("{} cannot be read: {error}", url.path()));
        let path = |url: &Url| url.to_file_path().map_err(|()| SourceError::failed(format!("{url} is no file")));
        let root = tokio::fs::canonicalize(path(&self.root)?).await.map_err(missing)?;
        let real = tokio::fs::canonicalize(path(url)?).await.map_err(missing)?;
        if !real.starts_with(root.parent().unwrap_or(Path::new("/"))) {
            return Err(SourceError::failed(format!("{} leads out of the document's folder", url.path())));
        }
        // To close a file of SQLite's would end the locks that this process has on it.
        if self.guard.is_own_file(&real) {
            return Err(SourceError::failed(format!(
                "{} lies in DATA_DIR, which holds only Puente's own files",
                url.path()
            )));
        }
        // Opening a pipe waits for its writer, and a device has no end.
        if !tokio::fs::metadata(&real).await.map_err(missing)?.is_file() {
            return Err(SourceError::failed(format!("{} is no regular file", url.path())));
        }
        let file = tokio::fs::File::open(&real).await.map_err(missing)?;
        let mut bytes = Vec::new();
        file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes).await.map_err(missing)?;
        if bytes.len() > MAX_BYTES {
            return Err(SourceError::TooLarge { limit_bytes: MAX_BYTES });
        }
        String::from_utf8(bytes).map_err(|_| SourceError::failed(format!("{} is no text", url.path())))
    }

    async fn fetch(&self, url: &Url, deadline: Instant) -> Result<String, SourceError> {
        let base = Base::parse(&url.origin().ascii_serialization()).map_err(SourceError::failed)?;
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json, application/yaml, */*;q=0.5"));
        let target = url[url::Position::BeforePath..url::Position::AfterQuery].to_owned();
        let request = Prepared { method: Method::GET, origin: base.origin, target, headers, body: bytes::Bytes::new() };
        let limits = Limits { repeatable: true, deadline, max_bytes: MAX_BYTES };
        let answer = self.wire.exchange(&request, limits).await?;
        if !answer.status.is_success() {
            return Err(SourceError::failed(format!("{}: {}", told(url), crate::answer::describe(&answer))));
        }
        String::from_utf8(answer.body.to_vec()).map_err(|_| SourceError::failed(format!("{} is no text", told(url))))
    }
}

/// A place without the parts that may hold a credential.
fn told(url: &Url) -> String {
    let mut url = url.clone();
    // Files have neither name nor password, and say so.
    let _ = (url.set_username(""), url.set_password(None));
    url.set_query(None);
    url.into()
}

/// Whether `url` is in the folder of `root` or below.
fn is_below(root: &Url, url: &Url) -> bool {
    let folder = root.path().rfind('/').map_or("/", |end| &root.path()[..=end]);
    let inside = url.scheme() == root.scheme() && url.host_str() == root.host_str() && url.port() == root.port();
    inside && url.path().starts_with(folder)
}

/// References to other documents, without their fragments.
fn collect(value: &Value, references: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            if let Some(Value::String(reference)) = map.get("$ref") {
                let file = reference.split('#').next().unwrap_or_default();
                if !file.is_empty() {
                    references.push(file.to_owned());
                }
            }
            // What is only shown refers to nothing.
            let real = map.iter().filter(|(key, _)| *key != "example" && *key != "examples" && !key.starts_with("x-"));
            real.for_each(|(_, below)| collect(below, references));
        }
        Value::Array(items) => items.iter().for_each(|below| collect(below, references)),
        _ => {}
    }
}
