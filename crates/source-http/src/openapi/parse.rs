//! From the text of a document to its value, in bounded time and memory: YAML's aliases make much of little.

use serde_json::Value;
use tokio::sync::Semaphore;

/// Values in a document, those that aliases repeat included.
const MAX_NODES: usize = 1_000_000;
/// Each mapping and sequence begins and ends, and each alias is one.
const MAX_EVENTS: usize = 3 * MAX_NODES;
/// Uses of aliases in a document.
const MAX_ALIASES: usize = 5_000;
/// What all aliases of a document stand for together.
const MAX_REPLAYED: usize = 100_000;
/// As deep as JSON may be.
const MAX_DEPTH: usize = 128;

/// One document at a time: whoever imports many takes neither all processors nor all memory.
static TURN: Semaphore = Semaphore::const_new(1);

/// Reads JSON or YAML 1.2 beside the workers that answer calls.
///
/// # Errors
/// It is neither, or makes more than a document may be.
pub(super) async fn parse(text: String) -> Result<Value, String> {
    let turn = TURN.acquire().await.map_err(|error| error.to_string())?;
    let parsing = tokio::task::spawn_blocking(move || {
        // Who waits may give up; the next one waits for the end of this all the same.
        let _turn = turn;
        read(&text)
    });
    parsing.await.map_err(|error| error.to_string())?
}

fn read(text: &str) -> Result<Value, String> {
    let text = text.trim_start_matches('\u{feff}');
    if text.trim_start().starts_with('{') {
        return serde_json::from_str(text).map_err(|error| error.to_string());
    }
    let options = serde_saphyr::options! {
        strict_booleans: true,
        budget: serde_saphyr::budget! {
            max_nodes: MAX_NODES,
            max_events: MAX_EVENTS,
            max_aliases: MAX_ALIASES,
            max_depth: MAX_DEPTH,
            // Many uses of one anchor are no bomb as long as they stay within the other limits.
            enforce_alias_anchor_ratio: false,
        },
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: MAX_REPLAYED },
    };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let message = error.to_string();
        message.lines().next().unwrap_or_default().to_owned()
    })
}
