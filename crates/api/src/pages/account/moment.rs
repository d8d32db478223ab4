//! Moments as people read them.

use maud::{Markup, html};
use puente_domain::Timestamp;

/// `2026-11-24 05:00`, in UTC; the whole moment for machines.
pub(super) fn moment(at: Timestamp) -> Markup {
    let text = at.to_string();
    let shown = text.get(..16).unwrap_or(&text).replacen('T', " ", 1);
    html! { time datetime=(text) { (shown) } }
}
