//! Makes a view from the catalog.

use std::sync::Arc;

use bytes::Bytes;
use puente_domain::{
    Name,
    server::{Discovery, VirtualServer},
};
use puente_mcp::Era;
use serde::Serialize;

use super::{Listed, Rights, Shelf, View, apps::client_uri, client_name};
use crate::{
    catalog::{
        CatalogTool,
        offered::Offered,
        pattern::includes,
        snapshot::{PromptItem, ResourceItem, Snapshot},
    },
    discovery::{Guide, Guides},
};

impl View {
    /// What is seen of `server` with these rights.
    pub(crate) fn new(snapshot: &Snapshot, server: &VirtualServer, rights: Rights, era: Era) -> Self {
        let offers: Vec<Arc<Offered>> = snapshot.sources.iter().filter_map(|source| source.offered()).collect();
        let builder = Builder { snapshot, server, rights, era, offers: &offers };
        let tools = Shelf::new(builder.tools(), |listed| clash(server, "tool", &listed.key));
        let changes_nothing = tools.iter().all(|listed| listed.item.effect.is_read_only());
        Self {
            prefix: server.prefix,
            tools,
            guides: Guides::new(server.discovery, changes_nothing),
            prompts: Shelf::new(builder.prompts(), |listed| clash(server, "prompt", &listed.key)),
            resources: Shelf::new(builder.resources(), |listed| clash(server, "resource", &listed.key)),
            templates: Shelf::new(builder.templates(), |listed| clash(server, "resource template", &listed.key)),
        }
    }
}

/// `apply` refuses clashes that it can see; what sources offer by themselves may clash later.
fn clash(server: &VirtualServer, what: &str, name: &str) {
    tracing::warn!(server = %server.name, what, name, "two sources offer the same name; the second one is left out");
}

/// A tool that is called like a guide cannot be reached.
fn is_free(server: &VirtualServer, name: &str) -> bool {
    let free = server.discovery == Discovery::Off || !Guide::ALL.iter().any(|guide| guide.name() == name);
    if !free {
        tracing::warn!(server = %server.name, name, "a source offers a tool that is called like one of the server's own");
    }
    free
}

struct Builder<'a> {
    snapshot: &'a Snapshot,
    server: &'a VirtualServer,
    rights: Rights,
    era: Era,
    offers: &'a [Arc<Offered>],
}

impl Builder<'_> {
    fn includes(&self, source: &Name, name: &str) -> bool {
        includes(&self.server.include, &self.server.exclude, &format!("{source}.{name}"))
    }

    fn tools(&self) -> Vec<Listed<Arc<CatalogTool>>> {
        let tools = self.offers.iter().flat_map(|offered| &offered.tools);
        let callable = |tool: &&Arc<CatalogTool>| self.rights == Rights::Full || tool.effect.is_read_only();
        tools
            .filter(|tool| self.includes(&tool.connection.name, &tool.name))
            .filter(callable)
            .map(|tool| Listed {
                key: tool.client_name(self.server.prefix),
                json: tool.json(self.era, self.server.prefix),
                item: tool.clone(),
            })
            .filter(|listed| is_free(self.server, &listed.key))
            .collect()
    }

    fn prompts(&self) -> Vec<Listed<PromptItem>> {
        let mut listed = Vec::new();
        for (source, prompt) in &self.snapshot.prompts {
            if self.includes(source, &prompt.listed.name) {
                let item = PromptItem::Static(prompt.clone());
                listed.push(self.prompt(source, prompt.listed.clone(), item));
            }
        }
        for offered in self.offers {
            let source = &offered.connection.name;
            for prompt in offered.offer.prompts.iter().filter(|prompt| self.includes(source, &prompt.name)) {
                let item = PromptItem::Offered { connection: offered.connection.clone(), name: prompt.name.clone() };
                listed.push(self.prompt(source, prompt.clone(), item));
            }
        }
        listed
    }

    fn prompt(&self, source: &Name, mut prompt: rmcp::model::Prompt, item: PromptItem) -> Listed<PromptItem> {
        prompt.name = client_name(source, &prompt.name, self.server.prefix);
        Listed { json: json(&prompt), key: prompt.name, item }
    }

    fn resources(&self) -> Vec<Listed<ResourceItem>> {
        let mut listed = Vec::new();
        for (source, resource) in &self.snapshot.resources {
            if self.includes(source, &resource.listed.name) {
                let item = ResourceItem::Static(resource.clone());
                listed.push(Listed { key: resource.listed.uri.clone(), json: json(&resource.listed), item });
            }
        }
        for offered in self.offers {
            let source = &offered.connection.name;
            for resource in offered.offer.resources.iter().filter(|resource| self.includes(source, &resource.name)) {
                let item = ResourceItem::Offered(offered.connection.clone());
                let mut resource = resource.clone();
                resource.uri = client_uri(source, &resource.uri, self.server.prefix).into_owned();
                listed.push(Listed { json: json(&resource), key: resource.uri, item });
            }
        }
        listed
    }

    fn templates(&self) -> Vec<Listed<ResourceItem>> {
        let mut listed = Vec::new();
        for offered in self.offers {
            let source = &offered.connection.name;
            for template in offered.offer.templates.iter().filter(|template| self.includes(source, &template.name)) {
                let item = ResourceItem::Offered(offered.connection.clone());
                let mut template = template.clone();
                template.uri_template = client_uri(source, &template.uri_template, self.server.prefix).into_owned();
                listed.push(Listed { json: json(&template), key: template.uri_template, item });
            }
        }
        listed
    }
}

fn json(value: &impl Serialize) -> Bytes {
    serde_json::to_vec(value).unwrap_or_default().into()
}
