//! The checks of `puente doctor`: each looks at one thing, and says what to do.

mod data;
mod disk;
mod running;
mod settings;

use puente_app::Builder;
use puente_config::Config;

/// How a thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// Nothing to do.
    Fine,
    /// It works, but should not stay so.
    Doubtful,
    /// It does not work.
    Broken,
}

impl Status {
    /// For scripts.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Fine => "ok",
            Self::Doubtful => "warning",
            Self::Broken => "error",
        }
    }
}

/// What a check has found.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    pub(crate) what: &'static str,
    pub(crate) status: Status,
    pub(crate) message: String,
    /// What to do.
    pub(crate) advice: Option<String>,
}

impl Finding {
    fn fine(what: &'static str, message: impl Into<String>) -> Self {
        Self { what, status: Status::Fine, message: message.into(), advice: None }
    }

    fn doubtful(what: &'static str, message: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { what, status: Status::Doubtful, message: message.into(), advice: Some(advice.into()) }
    }

    fn broken(what: &'static str, message: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { what, status: Status::Broken, message: message.into(), advice: Some(advice.into()) }
    }
}

/// Looks at everything. Settings are right already, or there would be nothing to look at.
pub(crate) async fn examine(config: Config) -> Vec<Finding> {
    let mut findings = settings::examine(&config);
    findings.extend(disk::examine(&config));
    findings.push(running::examine(&config).await);
    match Builder::new(config).open().await {
        Err(error) => {
            let advice = "see the message; `puente doctor --settings` shows where each setting comes from";
            findings.push(Finding::broken("database", format!("{error:#}"), advice));
        }
        Ok(app) => {
            findings.extend(data::examine(&app).await);
            app.close().await;
        }
    }
    findings
}
