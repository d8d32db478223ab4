//! Who may stand between Puente and its clients, which browsers may call it, and where sources may connect to.

use std::net::IpAddr;

use url::{Host, Url};

use crate::{cidr::Cidr, parse, reader::Reader, setting::Setting};

const TRUSTED_PROXIES: Setting =
    Setting::new("TRUSTED_PROXIES", "", "Addresses or networks whose X-Forwarded-For is believed: `10.0.0.0/8, ::1`");
const ALLOWED_HOSTS: Setting =
    Setting::new("ALLOWED_HOSTS", "", "Host names that requests may use, besides PUBLIC_URL, HOST and loopback");
const CORS_ORIGINS: Setting =
    Setting::new("CORS_ORIGINS", "", "Web origins whose pages may call Puente: `https://app.example.com`");
const EGRESS_ALLOW: Setting =
    Setting::new("EGRESS_ALLOW", "", "IP addresses that sources may reach although the egress guard refuses them");
const PUENTE_ENV_ALLOW: Setting = Setting::new(
    "PUENTE_ENV_ALLOW",
    "SOURCE_*",
    "Environment variables that a catalog file may name; `*` at the end only",
);

pub(crate) const SETTINGS: &[Setting] = &[TRUSTED_PROXIES, ALLOWED_HOSTS, CORS_ORIGINS, EGRESS_ALLOW, PUENTE_ENV_ALLOW];

/// What may reach Puente, and what it may reach.
#[derive(Clone, Debug)]
pub struct Network {
    /// `TRUSTED_PROXIES`.
    pub trusted_proxies: Vec<Cidr>,
    /// `ALLOWED_HOSTS`, in lower case, without ports.
    pub allowed_hosts: Vec<String>,
    /// `CORS_ORIGINS`, as a browser writes them: `https://app.example.com`.
    pub cors_origins: Vec<String>,
    /// `EGRESS_ALLOW`.
    pub egress_allow: Vec<IpAddr>,
    /// `PUENTE_ENV_ALLOW`: names, or beginnings with `*` at their end.
    pub env_allow: Vec<String>,
}

impl Network {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            trusted_proxies: reader.value(&TRUSTED_PROXIES, |text| parse::list(text, str::parse)),
            allowed_hosts: reader.value(&ALLOWED_HOSTS, |text| parse::list(text, host_name)),
            cors_origins: reader.value(&CORS_ORIGINS, |text| parse::list(text, origin)),
            egress_allow: reader.value(&EGRESS_ALLOW, |text| parse::list(text, address)),
            env_allow: reader.value(&PUENTE_ENV_ALLOW, |text| parse::list(text, variable_pattern)),
        }
    }
}

fn host_name(text: &str) -> Result<String, String> {
    let host = Host::parse(text).map_err(|_| "a list of host names without ports, like puente.example.com")?;
    Ok(host.to_string())
}

fn origin(text: &str) -> Result<String, String> {
    let bare = |url: &Url| matches!(url.scheme(), "http" | "https") && url.path() == "/" && url.query().is_none();
    let url =
        Url::parse(text).ok().filter(bare).ok_or("a list of origins like https://app.example.com, without a path")?;
    Ok(url.origin().ascii_serialization())
}

fn address(text: &str) -> Result<IpAddr, String> {
    text.parse().map_err(|_| "a list of IP addresses".to_owned())
}

fn variable_pattern(text: &str) -> Result<String, String> {
    let name = text.strip_suffix('*').unwrap_or(text);
    let legal = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if legal && !name.is_empty() {
        return Ok(text.to_owned());
    }
    Err("a list of variables like SOURCE_ERP_URL or SOURCE_*; `*` alone would let a catalog read Puente's own secrets"
        .to_owned())
}
