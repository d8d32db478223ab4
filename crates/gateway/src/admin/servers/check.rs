//! What a virtual server may say.

use puente_storage::Page;

use crate::{Action, Actor, Error, Gateway, Result};

/// Refuses patterns that cannot match any `source.tool`.
pub(crate) fn patterns(field: &str, patterns: &[String]) -> Result<()> {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '*');
    for (index, pattern) in patterns.iter().enumerate() {
        let dots = pattern.matches('.').count();
        if pattern.is_empty() || !pattern.chars().all(legal) || dots > 1 || (dots == 0 && pattern != "*") {
            return Err(Error::invalid(
                format!("{field}[{index}]"),
                format!(
                    "'{}' is no pattern over source.tool, as erp.*, erp.search_* and * are",
                    pattern.escape_debug()
                ),
            ));
        }
    }
    Ok(())
}

/// What those are told who open a virtual server where that is not allowed.
pub(crate) const OPEN: &str = "virtual servers may not be open in production; set ALLOW_OPEN_SERVERS=true if callers \
                               without a token are meant to use them";

impl Gateway {
    /// Refuses an open virtual server in production, unless the operator allows them.
    pub(super) fn may_open(&self, opens: bool) -> Result<()> {
        if opens && !self.settings.allow_open_servers { Err(Error::invalid("open", OPEN)) } else { Ok(()) }
    }

    /// The virtual servers that are open although none may be.
    pub async fn forbidden_open_servers(&self) -> Result<Vec<String>> {
        if self.settings.allow_open_servers {
            return Ok(Vec::new());
        }
        let page = Page { after: None, limit: Page::MAX_LIMIT };
        let servers = self.storage.read().await?.servers().list(&page).await?.items;
        let open = servers.into_iter().filter(|server| server.open && server.enabled);
        Ok(open.map(|server| server.name.to_string()).collect())
    }

    /// Opening a virtual server gives everyone a right, which editing the catalog alone does not allow.
    pub(super) async fn allow_server_edit(&self, actor: &Actor, opens: bool, name: &str, target: &str) -> Result<()> {
        let action = if opens { Action::ManageAccess } else { Action::EditCatalog };
        self.allow(actor, action, name, target).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_over_source_and_tool() {
        for legal in ["*", "erp.*", "erp.search_*", "*.search", "erp.read-File2"] {
            assert!(patterns("include", &[legal.to_owned()]).is_ok(), "{legal}");
        }
        for illegal in ["", "erp", "erp.a.b", "erp/a", "erp. a", "erp.ä"] {
            assert!(patterns("include", &[illegal.to_owned()]).is_err(), "{illegal}");
        }
    }
}
