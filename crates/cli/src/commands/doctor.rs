//! `puente doctor`: checks the installation, and says what to do.

use anyhow::bail;
use clap::Args;
use puente_config::{Config, Fallback, Overrides};
use serde_json::{Value, json};

use crate::{
    doctor::{self, Finding, Status},
    global::Global,
    output,
};

const EXAMPLES: &str = "Examples:
  puente doctor
  puente doctor --json
  puente doctor --settings       # every setting, its meaning, and where its value comes from

The exit code is 1 if something is broken, and 3 if the settings are.";

#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Doctor {
    /// List the settings instead
    #[arg(long)]
    settings: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Doctor {
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<()> {
        let config = global.settings(Overrides::new())?;
        if self.settings {
            return settings(&config, self.json);
        }
        let findings = doctor::examine(config).await;
        if self.json {
            output::json(&findings.iter().map(as_json).collect::<Vec<_>>())?;
        } else {
            findings.iter().for_each(show);
        }
        match findings.iter().filter(|finding| finding.status == Status::Broken).count() {
            0 => Ok(()),
            count => bail!("{count} of {} checks failed", findings.len()),
        }
    }
}

fn show(finding: &Finding) {
    let text = format!("{}: {}", finding.what, finding.message);
    match finding.status {
        Status::Fine => output::done("ok", text),
        Status::Doubtful => output::warning(text),
        Status::Broken => output::failure(text),
    }
    if let Some(advice) = &finding.advice {
        output::hint(advice);
    }
}

fn as_json(finding: &Finding) -> Value {
    json!({
        "check": finding.what,
        "status": finding.status.as_str(),
        "message": finding.message,
        "advice": finding.advice,
    })
}

fn settings(config: &Config, json: bool) -> anyhow::Result<()> {
    let rows = config.describe().map(|(setting, given)| {
        let default = match setting.default {
            Fallback::Text(text) | Fallback::Described(text) => text,
        };
        let value = given.map(|given| given.text.clone().unwrap_or_else(|| "(secret)".to_owned()));
        let place = given.map_or("default", |given| given.layer.as_str());
        (setting, value, default, place)
    });
    if json {
        let objects = rows.map(|(setting, value, default, place)| {
            json!({"name": setting.name, "value": value, "default": default, "from": place, "meaning": setting.meaning})
        });
        return output::json(&objects.collect::<Vec<_>>());
    }
    let cells = rows.map(|(setting, value, default, place)| {
        let value = value.unwrap_or_else(|| default.to_owned());
        [setting.name.to_owned(), value, place.to_owned(), setting.meaning.to_owned()]
    });
    output::table(["SETTING", "VALUE", "FROM", "MEANING"], cells);
    Ok(())
}
