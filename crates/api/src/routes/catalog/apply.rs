use axum::extract::State;
use puente_domain::catalog::Origin;
use puente_gateway::{
    Finding,
    catalog::{ApplyOptions, Change, Diff, apply::DiffEntry},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    ApiState,
    extract::{Authenticated, Json, Query, Yaml},
    problem::{Problem, Problems},
};

/// How the file is applied.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct How {
    /// Check and compare only.
    #[serde(default)]
    dry_run: bool,
    /// Delete what the file does not name.
    #[serde(default)]
    prune: bool,
}

/// What an apply changes.
#[derive(Serialize, ToSchema)]
pub(super) struct Applied {
    /// By kind, then by name.
    changes: Vec<ChangeBody>,
    /// What does not keep the file from being applied.
    warnings: Vec<String>,
}

/// What happens to an object of the catalog.
#[derive(Serialize, ToSchema)]
#[schema(as = Change)]
pub(super) struct ChangeBody {
    /// `added`, `changed`, `removed`, `unchanged` or `kept` (not in the file).
    change: &'static str,
    /// `source`, `tool`, `prompt`, `resource`, `server` or `grant`.
    kind: &'static str,
    /// `erp`, `erp.search_expenses`, `finance`, …
    name: String,
    /// The names of the fields that change.
    fields: Vec<String>,
}

impl From<DiffEntry> for ChangeBody {
    fn from(entry: DiffEntry) -> Self {
        let change = match entry.change {
            Change::Added => "added",
            Change::Changed => "changed",
            Change::Removed => "removed",
            Change::Unchanged => "unchanged",
            Change::Kept => "kept",
        };
        Self { change, kind: entry.kind, name: entry.name, fields: entry.fields }
    }
}

impl From<Diff> for Applied {
    fn from(diff: Diff) -> Self {
        Self {
            changes: diff.entries.into_iter().map(ChangeBody::from).collect(),
            warnings: diff.warnings.iter().map(Finding::to_string).collect(),
        }
    }
}

/// Apply a catalog file
///
/// All of it or nothing. Its sources reach no more than those of an editor: no environment variables, local paths or
/// commands. Needs the role editor; with grants or open servers the role admin.
#[utoipa::path(
    post, path = "", tag = "catalog", params(How),
    request_body(content = String, content_type = "application/yaml"),
    responses((status = OK, body = Applied), Problems)
)]
pub(super) async fn apply(
    State(state): State<ApiState>,
    Authenticated(actor): Authenticated,
    Query(how): Query<How>,
    Yaml(file): Yaml,
) -> Result<Json<Applied>, Problem> {
    let options = ApplyOptions { dry_run: how.dry_run, prune: how.prune, origin: Origin::Editor };
    Ok(Json(state.gateway.apply(&actor, &file, options).await?.into()))
}
