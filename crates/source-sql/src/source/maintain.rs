//! Asks the database about every statement: until it answers, and again from time to time, because schemas change.

use std::{sync::Arc, time::Duration};

use tokio::time::sleep;

use super::{
    ExploreState, Inner,
    offer::{self, Prepared},
};
use crate::engine::EngineError;

const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// How long a changed schema may go unnoticed.
const REFRESH: Duration = Duration::from_mins(5);

/// Runs until the source is closed.
pub(super) async fn maintain(inner: Arc<Inner>) {
    let mut known = None;
    let mut wait = FIRST_WAIT;
    loop {
        match prepare(&inner).await {
            Ok(prepared) => {
                if known.as_ref() != Some(&prepared) {
                    let offer = offer::prepared_offer(&inner.routes, &prepared);
                    report(&inner.name, &offer.problems);
                    inner.publish(offer);
                    known = Some(prepared);
                }
                wait = FIRST_WAIT;
                sleep(REFRESH).await;
            }
            Err(error) => {
                tracing::warn!(source = %inner.name, error = %error, cause = ?std::error::Error::source(&error), "the database does not answer");
                sleep(wait).await;
                wait = (wait * 2).min(LONGEST_WAIT);
            }
        }
    }
}

async fn prepare(inner: &Inner) -> Result<Vec<Prepared>, EngineError> {
    let explore_refused = match &inner.explore_engine {
        Some(engine) => engine.probe().await?.unrestricted,
        None => None,
    };
    inner.set_explore_state(explore_refused.clone().map_or(ExploreState::Allowed, ExploreState::Refused));
    let mut prepared = Vec::with_capacity(inner.routes.len());
    for route in &inner.routes {
        let refused = explore_refused.as_ref().filter(|_| route.is_explore());
        prepared.push(match (refused, route.statement()) {
            (Some(why), _) => Prepared::Refused(why.clone()),
            (None, None) => Prepared::Columns(None),
            (None, Some(statement)) => match route.engine().describe(statement).await {
                Ok(columns) => Prepared::Columns(Some(columns)),
                Err(error @ EngineError::Unreachable { .. }) => return Err(error),
                Err(error) => Prepared::Refused(error.to_string()),
            },
        });
    }
    Ok(prepared)
}

fn report(source: &str, problems: &[String]) {
    for problem in problems {
        tracing::warn!(source, problem, "not offered");
    }
}
