//! `puente transfer verify`: do both hold the same?

use anyhow::bail;
use clap::Args;
use puente_config::Overrides;
use puente_transfer::Verified;
use serde_json::{Value, json};

use crate::{
    global::Global,
    moving::{Ends, Role, show},
    output,
};

#[derive(Args, Debug)]
pub(crate) struct Verify {
    #[command(flatten)]
    ends: Ends,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Verify {
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<()> {
        let config = global.settings(Overrides::new())?;
        let _log = global.start_log(&config)?;
        let (from, to) = (self.ends.installation(Role::From, &config)?, self.ends.installation(Role::To, &config)?);
        let verified =
            show::while_working(|progress| async move { puente_transfer::verify(&from, &to, &progress).await });
        let verified = verified.await?;
        if self.json {
            output::json(&as_json(&verified))?;
        } else {
            show::tables(&verified.tables);
            verified.differences.iter().flat_map(|table| &table.named).for_each(output::failure);
            verified.others.iter().for_each(output::failure);
        }
        if !verified.is_same() {
            let rows: u64 = verified.differences.iter().map(puente_transfer::Difference::rows).sum();
            bail!("they differ in {rows} rows and {} other things", verified.others.len());
        }
        output::done(
            "Verified",
            format_args!("{} tables and {} files are the same", verified.tables.len(), verified.files.count),
        );
        Ok(())
    }
}

fn as_json(verified: &Verified) -> Value {
    let differences: Vec<Value> = verified.differences.iter().map(show::difference).collect();
    json!({
        "same": verified.is_same(),
        "tables": verified.tables,
        "files": verified.files,
        "differences": differences,
        "others": verified.others,
    })
}
