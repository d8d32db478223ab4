//! The call within a call of `call_tool`.

use std::borrow::Cow;

use puente_mcp::{CallTool, Inputs};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Guide;
use crate::failure::Failure;

/// What is called in the end. The arguments are not parsed here: that is for the tool's own schema.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Inner<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    arguments: Option<&'a RawValue>,
}

impl<'a> Inner<'a> {
    /// Takes it out of a call of `call_tool`.
    pub(crate) fn of(call: &CallTool<'a>) -> Result<Self, Failure> {
        let parsed = serde_json::from_str(call.arguments.map_or("{}", RawValue::get));
        parsed.map_err(|error| match Guide::Call.arguments(call) {
            Err(explained) => explained,
            Ok(_) => Failure::tool(format!("invalid arguments: {error}")),
        })
    }

    /// As a call of its own. A client mirrors in headers what it knows to be mirrored, and of this tool it does not.
    pub(crate) fn call(&self, inputs: Inputs) -> CallTool<'_> {
        CallTool { name: &self.name, arguments: self.arguments, inputs, header_params: None }
    }
}
