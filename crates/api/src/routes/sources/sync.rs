use axum::extract::State;
use puente_sources::{Change, SyncedTool};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    ApiState,
    extract::{Authenticated, Json, Path, Query},
    problem::{Problem, Problems},
};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Options {
    /// Only say what would change.
    #[serde(default)]
    dry_run: bool,
}

/// What a sync changes.
#[derive(Serialize, ToSchema)]
pub(super) struct SyncBody {
    /// Tools that are not as they were.
    tools: Vec<SyncedToolBody>,
    /// Settings of the source that change.
    settings: Vec<String>,
    /// What could not be taken over, and why.
    problems: Vec<String>,
}

/// A tool and what happens to it.
#[derive(Serialize, ToSchema)]
pub(super) struct SyncedToolBody {
    /// Its name in the catalog.
    name: String,
    /// `added`, `changed`, `removed`, or `disabled` if it is gone but somebody edited it.
    change: &'static str,
    /// What is different.
    details: Vec<String>,
}

/// Sync a source
///
/// Reads its system's description (an OpenAPI document) again and takes over what changed; edits of the catalog stay.
/// Needs the role editor.
#[utoipa::path(
    post, path = "/{source}/sync", tag = "sources", params(("source" = String, Path, description = "Name"), Options),
    responses((status = OK, body = SyncBody), Problems)
)]
pub(super) async fn sync(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Path(source): Path<String>,
    Query(options): Query<Options>,
) -> Result<Json<SyncBody>, Problem> {
    let report = state.gateway.source_sync(&actor, &source, options.dry_run).await?;
    let tools = report.tools.iter().filter(|tool| tool.change != Change::Unchanged).map(body).collect();
    Ok(Json(SyncBody { tools, settings: report.settings, problems: report.problems }))
}

fn body(tool: &SyncedTool) -> SyncedToolBody {
    let change = match tool.change {
        Change::Added => "added",
        Change::Changed => "changed",
        Change::Removed if tool.has_local_edits => "disabled",
        Change::Removed => "removed",
        Change::Unchanged => "unchanged",
    };
    SyncedToolBody { name: tool.name.to_string(), change, details: tool.details.clone() }
}
