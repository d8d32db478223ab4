//! Static resources of the catalog: a text under a URI.

use puente_domain::catalog::ResourceRecord;
use rmcp::model::{ReadResourceResult, Resource, ResourceContents};
use serde::Deserialize;
use serde_json::Value;

/// A resource of the catalog, ready to be read.
#[derive(Debug)]
pub(crate) struct StaticResource {
    /// As it is listed.
    pub(crate) listed: Resource,
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    title: Option<String>,
    #[serde(default = "plain")]
    mime_type: String,
    text: String,
}

fn plain() -> String {
    "text/plain".to_owned()
}

impl StaticResource {
    /// Reads a resource of the catalog, or says what is wrong with it.
    pub(crate) fn parse(record: &ResourceRecord) -> Result<Self, String> {
        if !record.uri.contains(':') {
            return Err(format!("'{}' is no URI: it has no scheme", record.uri));
        }
        if record.uri.starts_with("puente:") {
            return Err("URIs that start with puente: are Puente's own".to_owned());
        }
        let settings: Settings =
            serde_json::from_value(Value::Object(record.settings.clone())).map_err(|error| error.to_string())?;
        let mut listed = Resource::new(record.uri.clone(), record.name.to_string());
        listed.title = settings.title;
        listed.description = (!record.description.is_empty()).then(|| record.description.clone());
        listed.mime_type = Some(settings.mime_type);
        listed.size = Some(settings.text.len() as u64);
        Ok(Self { listed, text: settings.text })
    }

    /// Its content.
    pub(crate) fn read(&self) -> ReadResourceResult {
        ReadResourceResult::new(vec![ResourceContents::TextResourceContents {
            uri: self.listed.uri.clone(),
            mime_type: self.listed.mime_type.clone(),
            text: self.text.clone(),
            meta: None,
        }])
    }
}
