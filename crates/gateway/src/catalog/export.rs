//! From rows to a catalog file.

use std::collections::BTreeSet;

use puente_domain::{
    SourceId,
    server::{Discovery, VirtualServer},
};
use serde_json::{Map, Value, json};

use super::{Rows, reference};
use crate::{Action, Actor, Error, Gateway, Result, admin::refer, policy::decide};

impl Gateway {
    /// The environment variables that the catalog names, for a process that is to serve it elsewhere.
    pub async fn variables(&self, actor: &Actor) -> Result<BTreeSet<String>> {
        decide(&actor.principal, Action::ReadCatalog)?;
        let catalog = self.storage.read().await?.catalog().load().await?;
        Ok(reference::variables(&catalog.sources))
    }

    /// The catalog as a file that [`Gateway::apply`] takes. Secrets are references in it, never values. Grants are part
    /// of it if the actor may see them.
    pub async fn export(&self, actor: &Actor) -> Result<String> {
        decide(&actor.principal, Action::ReadCatalog)?;
        let with_grants = decide(&actor.principal, Action::ReadAccess).is_ok();
        let mut transaction = self.storage.read().await?;
        let rows = Rows::load(&mut *transaction).await?;
        let mut servers = Vec::with_capacity(rows.servers.len());
        for (record, granted) in &rows.servers {
            let mut grants = Vec::with_capacity(granted.len());
            for grantee in granted.iter().filter(|_| with_grants) {
                grants.push(refer::name_grantee(&mut *transaction, *grantee).await?);
            }
            grants.sort();
            servers.push(server(record, with_grants.then_some(grants)));
        }
        let sources: Vec<Value> = rows.catalog.sources.iter().map(|source| self::source(&rows, source)).collect();
        let options = serde_saphyr::ser_options! { prefer_block_scalars: true, folded_wrap_chars: 100_000 };
        serde_saphyr::to_string_with_options(&json!({"sources": sources, "servers": servers}), options).map_err(
            |error| {
                tracing::error!(%error, "the catalog could not be written as YAML");
                Error::invalid("", "the catalog could not be written as YAML; details are in the log")
            },
        )
    }
}

fn source(rows: &Rows, source: &puente_domain::catalog::SourceRecord) -> Value {
    let mut map = Map::new();
    map.insert("name".to_owned(), json!(source.name));
    map.insert("type".to_owned(), json!(source.kind));
    describe(&mut map, &source.description, source.enabled);
    map.extend(source.settings.clone());
    let id = source.id;
    insert_list(&mut map, "tools", tools(rows, id));
    insert_list(&mut map, "prompts", prompts(rows, id));
    insert_list(&mut map, "resources", resources(rows, id));
    Value::Object(map)
}

fn tools(rows: &Rows, source: SourceId) -> Vec<Value> {
    let tools = rows.catalog.tools.iter().filter(|tool| tool.source == source);
    let entry = |tool: &puente_domain::catalog::ToolRecord| {
        let mut map = Map::new();
        map.insert("name".to_owned(), json!(tool.name));
        describe(&mut map, &tool.description, tool.enabled);
        map.extend(tool.settings.clone());
        Value::Object(map)
    };
    tools.map(entry).collect()
}

fn prompts(rows: &Rows, source: SourceId) -> Vec<Value> {
    let prompts = rows.catalog.prompts.iter().filter(|prompt| prompt.source == source);
    let entry = |prompt: &puente_domain::catalog::PromptRecord| {
        let mut map = Map::new();
        map.insert("name".to_owned(), json!(prompt.name));
        describe(&mut map, &prompt.description, true);
        map.extend(prompt.settings.clone());
        Value::Object(map)
    };
    prompts.map(entry).collect()
}

fn resources(rows: &Rows, source: SourceId) -> Vec<Value> {
    let resources = rows.catalog.resources.iter().filter(|resource| resource.source == source);
    let entry = |resource: &puente_domain::catalog::ResourceRecord| {
        let mut map = Map::new();
        map.insert("name".to_owned(), json!(resource.name));
        map.insert("uri".to_owned(), json!(resource.uri));
        describe(&mut map, &resource.description, true);
        map.extend(resource.settings.clone());
        Value::Object(map)
    };
    resources.map(entry).collect()
}

fn server(server: &VirtualServer, grants: Option<Vec<String>>) -> Value {
    let mut map = Map::new();
    map.insert("name".to_owned(), json!(server.name));
    describe(&mut map, &server.description, server.enabled);
    map.insert("include".to_owned(), json!(server.include));
    insert_list(&mut map, "exclude", server.exclude.iter().map(|pattern| json!(pattern)).collect());
    if !server.prefix {
        map.insert("prefix".to_owned(), json!(false));
    }
    if server.discovery != Discovery::Off {
        map.insert("discovery".to_owned(), json!(server.discovery));
    }
    if server.open {
        map.insert("open".to_owned(), json!(true));
    }
    if let Some(grants) = grants {
        map.insert("grants".to_owned(), json!(grants));
    }
    Value::Object(map)
}

fn describe(map: &mut Map<String, Value>, description: &str, enabled: bool) {
    if !description.is_empty() {
        map.insert("description".to_owned(), json!(description));
    }
    if !enabled {
        map.insert("enabled".to_owned(), json!(false));
    }
}

fn insert_list(map: &mut Map<String, Value>, key: &str, items: Vec<Value>) {
    if !items.is_empty() {
        map.insert(key.to_owned(), Value::Array(items));
    }
}
