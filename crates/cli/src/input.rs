//! Secrets are typed or piped, never arguments: others on the machine can read those.

use std::io::{IsTerminal, Read, stdin};

use anyhow::{Context, bail};
use secrecy::SecretString;

/// More than any secret has.
const LONGEST: u64 = 64 * 1024;

/// Reads a secret: from a terminal without echo, else all of standard input without the line's end.
pub(crate) fn secret(prompt: &str) -> anyhow::Result<SecretString> {
    let text = if stdin().is_terminal() { rpassword::prompt_password(format!("{prompt}: "))? } else { piped()? };
    if text.is_empty() {
        bail!("nothing was given; type it, or pipe it: `puente … < FILE`");
    }
    Ok(text.into())
}

/// Reads a new password; on a terminal it must be typed twice.
pub(crate) fn new_password() -> anyhow::Result<SecretString> {
    if !stdin().is_terminal() {
        return secret("Password");
    }
    let first = rpassword::prompt_password("Password: ")?;
    let second = rpassword::prompt_password("Once more: ")?;
    if first != second {
        bail!("the two passwords differ; nothing was changed");
    }
    Ok(first.into())
}

fn piped() -> anyhow::Result<String> {
    let mut text = String::new();
    stdin().take(LONGEST).read_to_string(&mut text).context("cannot read standard input as UTF-8 text")?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}
