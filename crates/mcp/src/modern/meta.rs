//! `_meta` of a modern request.

use std::sync::{Arc, LazyLock};

use rmcp::model::{ClientCapabilities, Implementation};
use serde_json::value::RawValue;

use crate::{LoggingLevel, McpError, envelope::Params, outlet::CallSink};

/// What a modern request says about its client.
#[derive(Debug)]
pub(crate) struct Meta {
    pub(crate) version: String,
    pub(crate) capabilities: Arc<ClientCapabilities>,
    pub(crate) info: Arc<str>,
    pub(crate) level: Option<LoggingLevel>,
    pub(crate) progress_token: Option<Box<RawValue>>,
    pub(crate) traceparent: Option<Arc<str>>,
}

const VERSION: &str = "io.modelcontextprotocol/protocolVersion";
const CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";
const CLIENT_INFO: &str = "io.modelcontextprotocol/clientInfo";
const LOG_LEVEL: &str = "io.modelcontextprotocol/logLevel";

static NO_CAPABILITIES: LazyLock<Arc<ClientCapabilities>> = LazyLock::new(Arc::default);

impl Meta {
    /// Whether a message says by its `_meta` that it is modern.
    pub(crate) fn is_modern(params: &Params<'_>) -> bool {
        params.nested("_meta").is_ok_and(|meta| meta.raw(VERSION).is_some())
    }

    /// Reads `_meta`; an error is `400 Bad Request` over HTTP.
    pub(crate) fn read(params: &Params<'_>) -> Result<Self, McpError> {
        let meta = params.nested("_meta")?;
        let version = meta.text(VERSION)?.ok_or_else(|| missing(VERSION))?.into_owned();
        let level = match meta.raw(LOG_LEVEL) {
            None => None,
            Some(_) => Some(meta.required(LOG_LEVEL)?),
        };
        Ok(Self {
            version,
            capabilities: capabilities(&meta)?,
            info: client_info(meta.parsed(CLIENT_INFO)?),
            level,
            progress_token: CallSink::progress_token(&meta)?,
            traceparent: traceparent(&meta),
        })
    }
}

fn missing(key: &str) -> McpError {
    McpError::InvalidParams(format!("`_meta` must have `{key}`"))
}

fn capabilities(meta: &Params<'_>) -> Result<Arc<ClientCapabilities>, McpError> {
    match meta.object(CAPABILITIES)? {
        None => Err(missing(CAPABILITIES)),
        Some(raw) if raw.get() == "{}" => Ok(NO_CAPABILITIES.clone()),
        Some(_) => Ok(Arc::new(meta.required(CAPABILITIES)?)),
    }
}

/// The longest name or version of a client that is kept, in characters.
const MAX_INFO: usize = 100;

/// `name version`, for the log.
pub(crate) fn client_info(info: Option<Implementation>) -> Arc<str> {
    let cut = |text: &str| text.chars().take(MAX_INFO).collect::<String>();
    info.map_or_else(|| "".into(), |info| format!("{} {}", cut(&info.name), cut(&info.version)).into())
}

/// The W3C `traceparent` of a `_meta`, if it is well-formed.
pub(crate) fn traceparent(meta: &Params<'_>) -> Option<Arc<str>> {
    let text = meta.text("traceparent").ok()??;
    is_traceparent(&text).then(|| text.as_ref().into())
}

/// W3C Trace Context, section 3.2, version 00.
pub(crate) fn is_traceparent(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [version, trace, span, flags] = parts[..] else { return false };
    let hex = |part: &str, length: usize| {
        part.len() == length && part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let zero = |part: &str| part.bytes().all(|byte| byte == b'0');
    hex(version, 2)
        && version != "ff"
        && hex(trace, 32)
        && !zero(trace)
        && hex(span, 16)
        && !zero(span)
        && hex(flags, 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_well_formed_trace_contexts_pass() {
        let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert!(is_traceparent(good));
        let bad = [
            String::new(),
            good.to_uppercase(),
            good.replace("00f067aa0ba902b7", "0000000000000000"),
            good.replace("00-", "ff-"),
            format!("{good}-x"),
        ];
        for text in bad {
            assert!(!is_traceparent(&text), "{text}");
        }
    }
}
