//! Whom TLS connections trust: Mozilla's list, and what this machine trusts besides (`SSL_CERT_FILE`).

use std::sync::{Arc, OnceLock};

use rustls::{ClientConfig, RootCertStore, crypto::ring};

/// One configuration for all: reading the machine's certificates takes a while.
pub(super) fn config() -> ClientConfig {
    static CONFIG: OnceLock<ClientConfig> = OnceLock::new();
    CONFIG.get_or_init(make).clone()
}

fn make() -> ClientConfig {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let native = rustls_native_certs::load_native_certs();
    for error in &native.errors {
        tracing::debug!(%error, "certificates of this machine cannot be read");
    }
    roots.add_parsable_certificates(native.certs);
    ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider knows the usual versions of TLS")
        .with_root_certificates(roots)
        .with_no_client_auth()
}
