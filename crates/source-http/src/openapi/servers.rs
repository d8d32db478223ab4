//! Where operations are: the source's `base_url` or the document's server, and other places that operations name.

use std::collections::BTreeMap;

use serde_json::Value;
use url::Url;

use super::{
    documents::{Documents, Node},
    names::legal,
};
use crate::{plan::Base, settings::ImportSettings};

/// The places of one document.
pub(super) struct Servers<'a> {
    documents: &'a Documents,
    settings: &'a ImportSettings,
    /// What the document says of all its operations.
    usual: Option<String>,
    base: Option<String>,
    named: BTreeMap<String, String>,
}

impl<'a> Servers<'a> {
    pub(super) fn new(documents: &'a Documents, settings: &'a ImportSettings, base_url: Option<&str>) -> Self {
        let mut servers = Self { documents, settings, usual: None, base: None, named: BTreeMap::new() };
        servers.usual = servers.of(documents.top());
        servers.base = base_url.map(str::to_owned).or_else(|| servers.usual.clone());
        servers
    }

    /// The source's `base_url`.
    pub(super) fn base(&self) -> Option<String> {
        self.base.clone()
    }

    /// The name of the place of an operation, if it is another than that of the document.
    pub(super) fn name(&mut self, path: Node<'_>, operation: Node<'_>) -> Option<String> {
        let own = self.of(operation).or_else(|| self.of(path))?;
        if Some(&own) == self.usual.as_ref() || Some(&own) == self.base.as_ref() {
            return None;
        }
        if let Some((name, _)) = self.named.iter().find(|(_, url)| **url == own) {
            return Some(name.clone());
        }
        let url = Url::parse(&own).ok()?;
        let name = legal(&format!("{}{}", url.host_str()?, url.path().trim_end_matches('/')));
        let mut candidates =
            (1..=self.named.len() + 1).map(|n| if n == 1 { name.clone() } else { format!("{name}_{n}") });
        let name = candidates.find(|name| !self.named.contains_key(name))?;
        self.named.insert(name.clone(), own);
        Some(name)
    }

    /// Places by name.
    pub(super) fn named(self) -> BTreeMap<String, String> {
        self.named
    }

    /// The URL of the server of a document, path or operation: the one that is asked for, or the first.
    fn of(&self, node: Node<'_>) -> Option<String> {
        let servers = node.value.get("servers")?.as_array()?;
        let text =
            |server: &'_ Value, key: &str| server.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let wanted = self.settings.server.as_ref().and_then(|wanted| {
            servers
                .iter()
                .find(|server| text(server, "url").contains(wanted) || text(server, "description").contains(wanted))
        });
        self.expand(wanted.or_else(|| servers.first())?)
    }

    /// Puts variables in; a relative URL starts at the document's.
    fn expand(&self, server: &Value) -> Option<String> {
        let mut url = server.get("url")?.as_str()?.to_owned();
        for (name, variable) in server.get("variables").and_then(Value::as_object).into_iter().flatten() {
            let given = self.settings.variables.get(name).cloned();
            let usual =
                variable.get("default").map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
            url = url.replace(&format!("{{{name}}}"), &given.or(usual)?);
        }
        let absolute =
            if url.contains("://") { url } else { Url::parse(self.documents.location()).ok()?.join(&url).ok()?.into() };
        let absolute = absolute.trim_end_matches('/').to_owned();
        Base::parse(&absolute).is_ok().then_some(absolute)
    }
}
