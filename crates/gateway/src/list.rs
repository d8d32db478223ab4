//! The four lists, page by page.

use puente_mcp::{ListPage, ListRequest, McpError, RequestContext, handler::Sealer};

use crate::{
    Caller, Gateway,
    failure::Failure,
    sealer::VaultSealer,
    view::{Shelf, View},
};

/// How many items a page holds.
const PAGE: usize = 250;
/// How long a modern client may keep a page, in milliseconds: rights act at once on calls, and soon on lists.
const TTL_MS: u64 = 5_000;

impl Gateway {
    /// A page of a list.
    pub(crate) async fn list(
        &self,
        cx: &RequestContext<Caller>,
        what: ListRequest,
        cursor: Option<&str>,
    ) -> Result<ListPage, Failure> {
        let _running = self.limits.admit(&self.who(&cx.caller.actor)).await?;
        let view = self.view(&cx.caller, cx.client.era)?;
        let cursors = Cursors { sealer: VaultSealer(self.vault.clone()), context: context(&cx.caller, what) };
        let after = cursor.map(|cursor| cursors.open(cursor)).transpose()?;
        let after = after.as_deref();
        Ok(match what {
            ListRequest::Tools => tools(&view, after, &cursors),
            ListRequest::Resources => page(&view.resources, after, &cursors),
            ListRequest::ResourceTemplates => page(&view.templates, after, &cursors),
            ListRequest::Prompts => page(&view.prompts, after, &cursors),
        })
    }
}

/// Guides come first, so that an agent that reads no further knows the way.
fn tools(view: &View, after: Option<&str>, cursors: &Cursors) -> ListPage {
    match &view.guides {
        Some(guides) if guides.instead => page(&guides.listed, after, cursors),
        Some(guides) if after.is_none() => {
            let mut first = page(&view.tools, None, cursors);
            first.items.splice(0..0, guides.listed.iter().map(|listed| listed.json.clone()));
            first
        }
        _ => page(&view.tools, after, cursors),
    }
}

fn page<T>(shelf: &Shelf<T>, after: Option<&str>, cursors: &Cursors) -> ListPage {
    let (items, more) = shelf.page(after, PAGE);
    let next_cursor = items.last().filter(|_| more).map(|last| cursors.seal(&last.key));
    ListPage { items: items.iter().map(|listed| listed.json.clone()).collect(), next_cursor, ttl_ms: TTL_MS }
}

fn context(caller: &Caller, what: ListRequest) -> String {
    format!("cursor {} {what:?}", crate::mcp::binding(caller))
}

/// Cursors hold the name of the last item. They are sealed, so that nobody depends on that.
struct Cursors {
    sealer: VaultSealer,
    context: String,
}

impl Cursors {
    fn seal(&self, last: &str) -> String {
        self.sealer.seal(&self.context, last.as_bytes())
    }

    fn open(&self, cursor: &str) -> Result<String, Failure> {
        let plain = self.sealer.open(&self.context, cursor).and_then(|plain| String::from_utf8(plain).ok());
        plain.ok_or_else(|| {
            Failure::Protocol(McpError::InvalidParams(
                "`cursor` is none of this list; start from the first page".to_owned(),
            ))
        })
    }
}
