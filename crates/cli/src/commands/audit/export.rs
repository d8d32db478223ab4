//! `puente audit export`: the trail for those who keep it elsewhere.

use std::io::{BufWriter, Write, stdout};

use clap::{Args, ValueEnum};
use puente_app::App;
use puente_gateway::Actor;

use super::filter::Filter;
use crate::output;

#[derive(Args, Debug)]
pub(crate) struct Export {
    #[command(flatten)]
    filter: Filter,
    /// How JSON is printed
    #[arg(long, value_name = "FORM", default_value = "lines")]
    json: Form,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Form {
    /// An event a line
    Lines,
}

impl Export {
    pub(super) async fn run(self, app: &App) -> anyhow::Result<()> {
        let Form::Lines = self.json;
        let filter = self.filter.before(app.clock.now());
        let mut out = BufWriter::new(stdout());
        let (mut last, mut count) = (None, 0_u64);
        loop {
            let events = app.gateway.audit_export(&Actor::operator(), &filter, last.as_ref()).await?;
            for event in &events {
                serde_json::to_writer(&mut out, event)?;
                out.write_all(b"\n")?;
            }
            count += events.len() as u64;
            last = events.into_iter().last();
            if last.is_none() {
                break;
            }
        }
        out.flush()?;
        output::done("Exported", format_args!("{count} events"));
        Ok(())
    }
}
