//! One's own account: connected programs, keys, activity.

mod activity;
mod clients;
mod keys;
mod moment;

use axum::{
    Router,
    response::{IntoResponse, Response},
    routing::{get, post},
};

use super::{browser::Browser, told::Told};
use crate::{ApiState, problem::Problem};

pub(super) fn router() -> Router<ApiState> {
    Router::new()
        .route("/", get(clients::show))
        .route("/clients/{family}/disconnect", post(clients::disconnect))
        .route("/keys", get(keys::show).post(keys::create))
        .route("/keys/{key}/{act}", post(keys::act))
        .route("/activity", get(activity::show))
}

/// What goes wrong here is told on a page; our own faults stay problems.
fn failed(browser: &Browser, error: puente_gateway::Error) -> Response {
    match error {
        puente_gateway::Error::Storage(_) | puente_gateway::Error::Source(_) => Problem::from(error).into_response(),
        other => Told::refused(browser, &other.to_string()),
    }
}
