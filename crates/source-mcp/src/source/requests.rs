//! The requests of the gateway, as the upstream gets them.

use http::HeaderValue;
use puente_mcp::{Outcome, ToolResult};
use puente_sources::{Call, Completion, Prompt, Read, SourceError};
use rmcp::model::{CompletionInfo, GetPromptResult, ReadResourceResult, Reference};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, value::RawValue};

use super::{Inner, result};
use crate::{
    error::LinkError,
    headers,
    rounds::{Request, Round},
};

/// How large a resource or a prompt may be.
const MAX_READ: usize = 64 * 1024 * 1024;

#[derive(Serialize)]
struct Named<'a> {
    name: &'a str,
    arguments: &'a Map<String, Value>,
}

#[derive(Serialize)]
struct Located<'a> {
    uri: &'a str,
}

#[derive(Serialize)]
struct Completing<'a> {
    #[serde(rename = "ref")]
    reference: &'a Reference,
    argument: Argument<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<Context<'a>>,
}

#[derive(Serialize)]
struct Argument<'a> {
    name: &'a str,
    value: &'a str,
}

#[derive(Serialize)]
struct Context<'a> {
    arguments: &'a Map<String, Value>,
}

impl Inner {
    pub(super) async fn call(&self, call: Call<'_>) -> Result<Outcome<ToolResult>, SourceError> {
        let request = Request {
            method: "tools/call",
            params: Named { name: call.tool, arguments: call.arguments },
            name: call.tool,
            headers: self.param_headers(call.tool, call.arguments),
            inputs: call.inputs,
            principal: call.principal,
            client: call.client,
            cancel: call.cancel,
            deadline: call.deadline,
            max_bytes: call.max_bytes,
        };
        self.finish(self.rounds.run(request).await?, result::tool)
    }

    pub(super) async fn read(&self, read: Read<'_>) -> Result<Outcome<ReadResourceResult>, SourceError> {
        let request = Request {
            method: "resources/read",
            params: Located { uri: read.uri },
            name: read.uri,
            headers: Vec::new(),
            inputs: read.inputs,
            principal: read.principal,
            client: read.client,
            cancel: read.cancel,
            deadline: read.deadline,
            max_bytes: MAX_READ,
        };
        self.finish(self.rounds.run(request).await?, parse)
    }

    pub(super) async fn prompt(&self, prompt: Prompt<'_>) -> Result<Outcome<GetPromptResult>, SourceError> {
        let request = Request {
            method: "prompts/get",
            params: Named { name: prompt.name, arguments: prompt.arguments },
            name: prompt.name,
            headers: Vec::new(),
            inputs: prompt.inputs,
            principal: prompt.principal,
            client: prompt.client,
            cancel: prompt.cancel,
            deadline: prompt.deadline,
            max_bytes: MAX_READ,
        };
        self.finish(self.rounds.run(request).await?, parse)
    }

    pub(super) async fn complete(&self, completion: Completion<'_>) -> Result<CompletionInfo, SourceError> {
        #[derive(serde::Deserialize)]
        struct Completed {
            completion: CompletionInfo,
        }
        let params = Completing {
            reference: completion.reference,
            argument: Argument { name: completion.argument, value: completion.value },
            context: Some(Context { arguments: completion.context }).filter(|context| !context.arguments.is_empty()),
        };
        let fetched = async {
            let session = self.pool().main().await?;
            if session.offers.completions.is_none() {
                return Ok(CompletionInfo::default());
            }
            let result = session.fetch("completion/complete", &params).await?;
            parse::<Completed>(&result).map(|completed| completed.completion)
        };
        fetched.await.map_err(|error: LinkError| error.into_source_error(&self.name))
    }

    fn param_headers(&self, tool: &str, arguments: &Map<String, Value>) -> Vec<(String, HeaderValue)> {
        let listing = self.listing();
        let mirrored = listing.headers.get(tool).map(|headers| headers.values(arguments)).unwrap_or_default();
        mirrored.into_iter().map(|(name, value)| (name, headers::encode(&value))).collect()
    }

    fn finish<T>(
        &self,
        round: Round,
        read: impl FnOnce(&RawValue) -> Result<T, LinkError>,
    ) -> Result<Outcome<T>, SourceError> {
        match round {
            Round::Input(required) => Ok(Outcome::InputRequired(required)),
            Round::Result(result) => {
                read(&result).map(Outcome::Complete).map_err(|error| error.into_source_error(&self.name))
            }
        }
    }
}

fn parse<T: DeserializeOwned>(result: &RawValue) -> Result<T, LinkError> {
    serde_json::from_str(result.get()).map_err(|error| LinkError::Garbage(error.into()))
}
