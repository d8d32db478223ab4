//! What the first start made, shown once.

use puente_app::{App, FirstStart};
use secrecy::ExposeSecret;

use crate::output;

/// Makes the first administrator if there is none yet, and shows what was made.
pub(super) async fn make(app: &App) -> anyhow::Result<()> {
    if let Some(made) = app.first_start().await? {
        output::hint("this is a new installation; the following is shown only now");
        for (what, value) in lines(&made) {
            output::hint(format_args!("{what} {value}"));
        }
    }
    Ok(())
}

/// Prints what a new installation has made.
pub(super) fn show(made: &FirstStart) {
    output::line("This is a new installation. What follows is shown only now:\n");
    for (what, value) in lines(made) {
        output::line(format_args!("  {what:<17} {value}"));
    }
    output::line("");
}

fn lines(made: &FirstStart) -> Vec<(&'static str, &str)> {
    let password = made.admin_password.as_ref().map_or("as set in ADMIN_PASSWORD", |password| password.expose_secret());
    let mut lines = vec![("Administrator:", made.admin_email.as_str()), ("Password:", password)];
    lines.extend(made.agent_key.as_ref().map(|key| ("An agent's key:", key.expose_secret())));
    lines
}
