//! `puente source draft`: what an upstream offers, for review.

use std::fmt::Write;

use puente_sources::{Effect, Offer};

use crate::session::Session;

/// A catalog file with an entry for each tool that says what it may do.
pub(crate) fn draft(name: &str, session: &Session, offer: &Offer) -> String {
    let mut text = format!(
        "# {} speaks MCP {}. Tools are offered without an entry, too: an entry says more about one.\n\
         # Keep the settings of the source as they are in the catalog.\n\
         sources:\n  - name: {name}\n    type: mcp\n    tools:\n",
        session.server,
        session.revision.as_str()
    );
    for tool in &offer.tools {
        let described = tool.tool.description.as_deref().unwrap_or_default();
        let first = described.lines().next().unwrap_or_default();
        let _ = writeln!(text, "      # {first}");
        let _ = writeln!(text, "      - name: {}", tool.tool.name);
        match tool.effect {
            Effect::ReadOnly => text.push_str("        read_only: true\n"),
            Effect::Write { destructive, idempotent } => {
                let _ = writeln!(text, "        read_only: false\n        destructive: {destructive}");
                let _ = writeln!(text, "        idempotent: {idempotent}");
            }
        }
    }
    text
}
