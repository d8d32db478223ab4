//! Whether a server runs on this data.

use std::time::Duration;

use puente_app::RunningServer;
use puente_config::Config;

use super::Finding;
use crate::http;

const PATIENCE: Duration = Duration::from_secs(3);

pub(super) async fn examine(config: &Config) -> Finding {
    let Some(server) = RunningServer::find(&config.server.data_dir) else {
        return Finding::fine("server", "none runs on this data");
    };
    let (url, at) = (format!("{}/health/ready", server.url), format!("{} (process {})", server.url, server.pid));
    let status = tokio::task::spawn_blocking(move || http::status(&url, PATIENCE)).await;
    match status.map_err(Into::into).flatten() {
        Ok(200) => Finding::fine("server", format!("ready at {at}")),
        Ok(status) => Finding::doubtful("server", format!("{at} answers {status}: not ready"), "see its log"),
        Err(error) => {
            let advice = "start it again with `puente serve`; what it was doing is in the audit trail as `unknown`";
            Finding::doubtful("server", format!("{at} does not answer: {error}"), advice)
        }
    }
}
