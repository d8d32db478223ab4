//! Where a source may connect: the URL of a database, and what its author may reach.

use std::{net::IpAddr, sync::Arc};

use puente_domain::catalog::Origin;
use puente_sources::Egress;
use url::Url;

use crate::engine::{Dialect, EngineError};

const UNRESOLVED: &str = "the database's host name cannot be resolved";
const REFUSED: &str = "sources may not connect to the database's address (an operator can allow it with EGRESS_ALLOW)";

/// Parameters of a URL that reach no file and no other host.
const HARMLESS_PARAMETERS: &[&str] = &["sslmode", "ssl-mode", "application_name", "charset", "collation"];

/// A database's URL with the rights of its author. Holds credentials: no `Debug`.
#[derive(Clone)]
pub(crate) struct Reach {
    url: Arc<str>,
    dialect: Dialect,
    origin: Origin,
    egress: Arc<Egress>,
}

impl Reach {
    /// Checks what can be checked without the network.
    ///
    /// # Errors
    /// For the administrator, without the URL's credentials.
    pub(crate) fn new(url: &str, origin: Origin, egress: Arc<Egress>) -> Result<Self, String> {
        let dialect = Dialect::of_url(url)
            .ok_or("a database's URL starts with sqlite:, postgresql://, mysql:// or mariadb://")?;
        let reach = Self { url: url.into(), dialect, origin, egress };
        match dialect {
            Dialect::Sqlite if origin == Origin::Editor => {
                Err("sqlite: reads a file of this machine, which only an operator's catalog may do".to_owned())
            }
            Dialect::Sqlite => reach.file().map(|_| ()),
            _ => reach.check_server(),
        }?;
        Ok(reach)
    }

    /// Which database.
    pub(crate) const fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Whether an editor wrote it.
    pub(crate) const fn is_editors(&self) -> bool {
        matches!(self.origin, Origin::Editor)
    }

    /// The URL in the form that drivers read.
    pub(crate) fn url(&self) -> String {
        self.url.strip_prefix("mariadb:").map_or_else(|| self.url.to_string(), |rest| format!("mysql:{rest}"))
    }

    /// The file of a `sqlite:` URL.
    ///
    /// # Errors
    /// It names none, or asks for more than a file.
    pub(crate) fn file(&self) -> Result<&str, String> {
        let rest = self.url.strip_prefix("sqlite:").unwrap_or(&self.url);
        let file = rest.strip_prefix("//").unwrap_or(rest);
        if file.is_empty() || file.starts_with(':') || file.contains('?') {
            return Err("a sqlite: URL names a file and nothing else: sqlite:./erp.db".to_owned());
        }
        Ok(file)
    }

    fn check_server(&self) -> Result<(), String> {
        let url = Url::parse(&self.url).map_err(|_| "the database's URL cannot be read".to_owned())?;
        if !self.is_editors() {
            return Ok(());
        }
        let host = url.host_str().unwrap_or_default();
        if host.is_empty() || host.contains('%') || host.starts_with('/') {
            return Err("the URL must name a host; sockets are for an operator's catalog".to_owned());
        }
        if let Some((name, _)) = url.query_pairs().find(|(name, _)| !HARMLESS_PARAMETERS.contains(&name.as_ref())) {
            return Err(format!("the URL's parameter '{name}' is for an operator's catalog"));
        }
        if self.egress.is_own(host, self.port(&url)) {
            return Err("this is Puente's own database".to_owned());
        }
        Ok(())
    }

    fn port(&self, url: &Url) -> u16 {
        url.port().unwrap_or(if self.dialect == Dialect::MySql { 3306 } else { 5432 })
    }

    /// Resolves the host and returns an address that may be connected to; `None` for a socket.
    ///
    /// # Errors
    /// The name does not resolve, or no address of it is allowed.
    pub(crate) async fn address(&self) -> Result<Option<IpAddr>, EngineError> {
        let url = Url::parse(&self.url).map_err(|error| EngineError::unreachable(UNRESOLVED, error))?;
        let Some(host) = url.host_str().filter(|host| !host.is_empty() && !host.contains('%')) else {
            return Ok(None);
        };
        let port = self.port(&url);
        let name = host.trim_matches(['[', ']']);
        let addresses =
            tokio::net::lookup_host((name, port)).await.map_err(|error| EngineError::unreachable(UNRESOLVED, error))?;
        let mut allowed = None;
        for address in addresses.map(|address| address.ip()) {
            self.egress.check(address, self.origin).map_err(|refused| EngineError::unreachable(REFUSED, refused))?;
            if self.is_editors() && self.egress.is_own_address(address, port).await {
                return Err(EngineError::refused("this is Puente's own database"));
            }
            allowed = allowed.or(Some(address));
        }
        Ok(allowed)
    }
}
