//! `resources/read` and who may subscribe.

use puente_mcp::{McpError, Outcome, ReadResource, RequestContext};
use puente_sources::Read;
use rmcp::model::ReadResourceResult;
use tokio::time::Instant;

use crate::{
    Caller, Gateway,
    catalog::{pattern, snapshot::ResourceItem},
    failure::Failure,
    oversized::RESULTS,
    reply,
    view::{View, apps},
};

/// How long a client may keep a resource of the catalog, in milliseconds.
const STATIC_TTL_MS: u64 = 60_000;

impl View {
    /// Where the resource of this URI comes from: listed, or by the first template that it matches.
    pub(crate) fn resource(&self, uri: &str) -> Option<&ResourceItem> {
        let by_template = || self.templates.iter().find(|listed| fits(&listed.key, uri)).map(|listed| &listed.item);
        self.resources.get(uri).or_else(by_template)
    }
}

/// Whether a URI may come from a template (RFC 6570); the source decides in the end.
fn fits(template: &str, uri: &str) -> bool {
    let mut pattern = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((literal, expression)) = rest.split_once('{') {
        pattern.push_str(literal);
        pattern.push('*');
        rest = expression.split_once('}').map_or("", |(_, rest)| rest);
    }
    pattern.push_str(rest);
    pattern::matches(&pattern, uri)
}

impl Gateway {
    /// Answers `resources/read`; with how long a modern client may keep it, in milliseconds.
    pub(crate) async fn read_resource(
        &self,
        cx: &RequestContext<Caller>,
        read: ReadResource<'_>,
    ) -> Result<Outcome<(ReadResourceResult, u64)>, McpError> {
        let caller = &cx.caller;
        let scope = self
            .scope(&caller.actor, "resources/read", read.uri, Some(&caller.server))
            .map_err(|unwritable| Failure::from(unwritable).into_protocol())?;
        let result = self.run_read(cx, read).await;
        reply::other(scope, result).await
    }

    async fn run_read(
        &self,
        cx: &RequestContext<Caller>,
        read: ReadResource<'_>,
    ) -> Result<Outcome<(ReadResourceResult, u64)>, Failure> {
        let actor = &cx.caller.actor;
        let _running = self.limits.admit(&self.who(actor)).await?;
        let view = self.view(&cx.caller, cx.client.era)?;
        if read.uri.starts_with(RESULTS) {
            let result = self.read_result(actor.principal.subject, read.uri).await?;
            return Ok(Outcome::Complete((result, STATIC_TTL_MS)));
        }
        let unknown = || Failure::Unknown(McpError::UnknownResource(read.uri.to_owned()));
        match view.resource(read.uri).ok_or_else(unknown)? {
            ResourceItem::Static(resource) => Ok(Outcome::Complete((resource.read(), STATIC_TTL_MS))),
            ResourceItem::Offered(connection) => {
                let request = Read {
                    uri: &apps::source_uri(&connection.name, read.uri, view.prefix),
                    inputs: &read.inputs,
                    principal: &actor.principal,
                    client: &cx.client,
                    cancel: &cx.cancel,
                    deadline: Instant::now() + self.settings.call_timeout,
                };
                let outcome = connection.through(self.in_time(connection.source.read(request))).await;
                let outcome = outcome.map_err(|error| Failure::of_source(&error, read.uri))?;
                Ok(outcome.map(|mut result| {
                    if view.prefix {
                        apps::rewrite_read(&connection.name, &mut result);
                    }
                    (result, 0)
                }))
            }
        }
    }

    /// Whether the caller may hear of changes of this resource; then its source hears of them, too.
    pub(crate) async fn subscribe(&self, cx: &RequestContext<Caller>, uri: &str) -> Result<(), Failure> {
        let view = self.view(&cx.caller, cx.client.era)?;
        match view.resource(uri) {
            Some(ResourceItem::Offered(connection)) => {
                let _counted = connection.calls.token();
                connection.source.watch(&apps::source_uri(&connection.name, uri, view.prefix)).await;
                Ok(())
            }
            Some(ResourceItem::Static(_)) => Ok(()),
            None => Err(Failure::Unknown(McpError::UnknownResource(uri.to_owned()))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_lead_to_their_source() {
        assert!(fits("test://template/{id}/data", "test://template/42/data"));
        assert!(fits("file:///{+path}", "file:///a/b"));
        assert!(fits("db://{table}{?limit}", "db://users"));
        assert!(!fits("test://template/{id}/data", "test://template/42/other"));
    }
}
