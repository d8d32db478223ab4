//! The whole of Puente with the test source behind an open virtual server: what the official conformance suite, which
//! knows no tokens, runs against. Settings come from the environment, as for `puente serve`.

use std::sync::Arc;

use async_trait::async_trait;
use puente_app::{Builder, serve};
use puente_config::{Config, Overrides};
use puente_domain::catalog::{Origin, SourceKind};
use puente_gateway::{Actor, catalog::ApplyOptions};
use puente_sources::{Connector, Definition, Finding, Source, SourceError};
use puente_test_support::source::TestSource;

/// The suite asks for the tools by their own names.
const CATALOG: &str = "
sources:
  - {name: test, type: mcp}
servers:
  - {name: default, include: ['*'], prefix: false, open: true}
";

/// Connects a [`TestSource`], as if it were an upstream server.
struct TestConnector;

#[async_trait]
impl Connector for TestConnector {
    fn kind(&self) -> SourceKind {
        SourceKind::Mcp
    }

    fn check(&self, _definition: &Definition) -> Vec<Finding> {
        Vec::new()
    }

    async fn verify(&self, _definition: &Definition) -> Vec<Finding> {
        Vec::new()
    }

    fn connect(&self, _definition: Definition) -> Result<Arc<dyn Source>, SourceError> {
        Ok(Arc::new(TestSource::default()))
    }

    async fn draft(&self, _definition: &Definition) -> Result<String, SourceError> {
        Err(SourceError::failed("the test source has no schema"))
    }

    fn secret_settings(&self) -> &'static [&'static str] {
        &[]
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let config = Config::load(&Overrides::new(), &|name| std::env::var(name).ok(), None)?;
    let app = Builder::new(config).connector(Arc::new(TestConnector)).open().await?;
    let options = ApplyOptions { dry_run: false, prune: true, origin: Origin::Operator };
    app.gateway.apply(&Actor::operator(), CATALOG, options).await?;
    serve(app, |_| ()).await
}
