//! What the HTTP side wants to know of the settings.

use std::time::Duration;

use puente_config::{Cidr, Config};
use puente_mcp::http::origin::AllowedHosts;
use url::Url;

/// How requests are taken in.
#[derive(Clone, Debug)]
pub struct Options {
    /// What `Host` may say, and which pages may send requests.
    pub allowed_hosts: AllowedHosts,
    /// Web origins of other hosts whose pages may send requests, as a browser writes them; none: CORS is closed.
    pub cors_origins: Vec<String>,
    /// Whose `X-Forwarded-For` and `Forwarded` are believed.
    pub trusted_proxies: Vec<Cidr>,
    /// `PUBLIC_URL`; without it, clients are told the name that they used.
    pub public_url: Option<Url>,
    /// Whether clients come over HTTPS, through a proxy.
    pub https: bool,
    /// The largest body of a REST request, in bytes.
    pub max_body: usize,
    /// How long a client may pause within a body.
    pub body_timeout: Duration,
    /// How many requests may wait for the head of their answer at once.
    pub max_in_flight: usize,
}

impl Options {
    /// From the settings; `port` is the one that the listener got.
    #[must_use]
    pub fn new(config: &Config, port: u16) -> Self {
        let public = Url::parse(&config.server.public_url(port)).ok();
        let public_host = public.as_ref().and_then(|url| url.host_str().map(bare));
        let own = [bare(&config.server.host.to_string()), "localhost".into(), "127.0.0.1".into(), "::1".into()];
        let hosts = config.network.allowed_hosts.iter().map(|host| bare(host)).chain(own).chain(public_host);
        Self {
            allowed_hosts: AllowedHosts::new(hosts),
            cors_origins: config.network.cors_origins.clone(),
            trusted_proxies: config.network.trusted_proxies.clone(),
            public_url: public.clone().filter(|_| config.server.has_public_url()),
            https: public.is_some_and(|url| url.scheme() == "https"),
            max_body: config.limits.max_body_bytes,
            body_timeout: config.limits.body_timeout,
            // A call that waits for its turn holds a request, too.
            max_in_flight: config.limits.max_calls.get().saturating_mul(2),
        }
    }
}

/// An IPv6 address without its brackets.
fn bare(host: &str) -> String {
    host.trim_start_matches('[').trim_end_matches(']').to_owned()
}
