//! `openapi:`: a document that operations are taken from.

use std::collections::BTreeMap;

use puente_domain::catalog::Origin;
use serde::Deserialize;

/// Where the document is, and which of its operations become tools.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ImportSettings {
    /// A URL, or a file (in an operator's catalog only).
    pub(crate) document: String,
    /// Which of its servers `base_url` is taken from, if the source names none: part of its URL or its description.
    pub(crate) server: Option<String>,
    /// Values for the variables in the server's URL.
    #[serde(default)]
    pub(crate) variables: BTreeMap<String, String>,
    /// All operations if absent.
    #[serde(default)]
    pub(crate) include: Vec<Selection>,
    /// Not these.
    #[serde(default)]
    pub(crate) exclude: Vec<Selection>,
    /// Whether results are announced with the document's schemas. Documents that are not exact make good answers fail.
    #[serde(default)]
    pub(crate) output: bool,
}

impl ImportSettings {
    /// Whether the document is fetched over HTTP; whatever else it is, it is a file of this machine.
    pub(crate) fn is_url(&self) -> bool {
        let scheme = self.document.split_once("://").map(|(scheme, _)| scheme);
        scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https"))
    }

    /// Refuses files of this machine to what an editor wrote.
    ///
    /// # Errors
    /// For the author of the catalog.
    pub(crate) fn check_reach(&self, origin: Origin) -> Result<(), &'static str> {
        if origin == Origin::Operator || self.is_url() {
            return Ok(());
        }
        Err("reads a file of this machine, which only an operator's catalog may do; name an http:// or https:// URL")
    }
}

/// Operations that are all of this; what is absent is not asked for. `*` stands for any text.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Selection {
    /// A tag.
    pub(crate) tag: Option<String>,
    /// A method.
    pub(crate) method: Option<String>,
    /// A path.
    pub(crate) path: Option<String>,
    /// An `operationId`.
    pub(crate) id: Option<String>,
    /// Whether the document calls it deprecated.
    pub(crate) deprecated: Option<bool>,
}
