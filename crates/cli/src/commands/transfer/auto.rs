//! `puente transfer --schema auto`: any SQLite file as a schema of PostgreSQL.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use puente_config::{Config, Database, Overrides};
use puente_domain::{Name, catalog::Origin};
use puente_gateway::{Actor, catalog::ApplyOptions};
use puente_transfer::{AutoOptions, AutoReport, OnUnfit};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use url::Url;

use crate::{
    exit::{Misconfigured, Refused},
    global::Global,
    moving::show,
    output,
};

/// How the target's schema comes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaMode {
    /// From the file: any SQLite database
    Auto,
}

#[derive(Args, Debug)]
pub(crate) struct Auto {
    /// `auto`: take over any SQLite file, with a schema made from it, instead of Puente's own data
    #[arg(long, value_name = "MODE", requires = "into_schema")]
    pub(crate) schema: Option<SchemaMode>,
    /// The schema to make
    #[arg(long, value_name = "NAME", requires = "schema")]
    into_schema: Option<String>,
    /// What becomes of text that PostgreSQL cannot hold (NUL, invalid UTF-8): escape, bytea or skip
    #[arg(long, value_name = "HOW", requires = "schema", value_parser = str::parse::<OnUnfit>)]
    unfit: Option<OnUnfit>,
    /// Make it a source of this name afterwards
    #[arg(long, value_name = "SOURCE", requires = "schema")]
    register: Option<Name>,
}

impl Auto {
    pub(crate) async fn run(
        self,
        global: &Global,
        (from, to): (Option<String>, Option<String>),
        (dry_run, as_json): (bool, bool),
    ) -> anyhow::Result<()> {
        let config = global.settings(Overrides::new())?;
        let url = target(to, &config)?;
        let schema = self.into_schema.context("--into-schema is missing")?;
        let options =
            AutoOptions { file: file(from)?, to: url.clone(), schema: schema.clone(), unfit: self.unfit, dry_run };
        let report = {
            // Registering opens the data, and its log with it.
            let _log = if self.register.is_none() { Some(global.start_log(&config)?) } else { None };
            let made = show::while_working(|progress| async move { puente_transfer::auto(&options, &progress).await });
            made.await?
        };
        if let Some(name) = self.register.filter(|_| !dry_run) {
            register(global, &name, &url, &schema).await?;
        }
        if as_json {
            return output::json(&report);
        }
        tell(&report, dry_run);
        Ok(())
    }
}

fn file(from: Option<String>) -> anyhow::Result<PathBuf> {
    let from = from.context("say which file: --from FILE")?;
    Ok(from.strip_prefix("sqlite:").map_or(from.as_str(), |path| path.strip_prefix("//").unwrap_or(path)).into())
}

fn target(to: Option<String>, config: &Config) -> anyhow::Result<SecretString> {
    let database = match to {
        Some(url) => url.parse::<Database>().map_err(|expected| Misconfigured(format!("--to is not {expected}")))?,
        None => config.database.database.clone(),
    };
    match database {
        Database::Postgres { url } => Ok(url),
        Database::Sqlite { .. } => bail!("--schema auto goes to PostgreSQL: --to postgresql://USER:PASSWORD@HOST/NAME"),
    }
}

fn tell(report: &AutoReport, dry_run: bool) {
    let row = |table: &puente_transfer::AutoTable| {
        [
            table.name.clone(),
            table.rows.to_string(),
            table.changed.to_string(),
            table.skipped.to_string(),
            table.columns.join(", "),
        ]
    };
    output::table(["TABLE", "ROWS", "CHANGED", "SKIPPED", "COLUMNS"], report.tables.iter().map(row));
    report.notes.iter().for_each(output::warning);
    let rows: u64 = report.tables.iter().map(|table| table.rows - table.skipped).sum();
    let what = format!("{rows} rows in {} tables of schema {}", report.tables.len(), report.schema);
    if dry_run {
        output::done("Looked", format_args!("at {what}; nothing was changed"));
    } else {
        output::done("Made", what);
    }
}

/// The schema as a source, whose address is a secret.
async fn register(global: &Global, name: &Name, url: &SecretString, schema: &str) -> anyhow::Result<()> {
    let mut url = Url::parse(url.expose_secret()).map_err(|_| Refused("the address cannot be read".to_owned()))?;
    url.query_pairs_mut().append_pair("options[search_path]", schema);
    let secret = format!("{name}_url");
    let source = json!({"name": name, "type": "sql", "url": format!("${{secret:{secret}}}")});
    let catalog = json!({"sources": [source]}).to_string();
    let (app, _log) = global.open().await?;
    let done = async {
        app.gateway.set_secret(&Actor::operator(), &secret, &SecretString::from(url.to_string())).await?;
        let options = ApplyOptions { dry_run: false, prune: false, origin: Origin::Operator };
        app.gateway.apply(&Actor::operator(), &catalog, options).await
    };
    let done = done.await;
    app.close().await;
    done.with_context(|| format!("the schema is there, but source {name} was not registered"))?;
    output::done("Registered", format_args!("source {name}; draft its tools with `puente source draft {name}`"));
    output::hint(format_args!("its address is the secret {secret}: let the draft say `url: ${{secret:{secret}}}`"));
    output::hint("its login may do what the transfer's may; give it one that only reads, with `puente secret set`");
    Ok(())
}
