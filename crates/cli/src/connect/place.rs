//! Where clients keep their configuration.

use std::path::PathBuf;

use super::Client;

impl Client {
    /// The client's own file: for the user, or in the working directory. `None` if the user has no home folder.
    pub(crate) fn file(self) -> Option<PathBuf> {
        match self {
            Self::ClaudeDesktop => Some(application_data()?.join("Claude/claude_desktop_config.json")),
            Self::ClaudeCode => Some(PathBuf::from(".mcp.json")),
            Self::Cursor => Some(home()?.join(".cursor/mcp.json")),
            Self::Vscode => Some(PathBuf::from(".vscode/mcp.json")),
        }
    }
}

fn home() -> Option<PathBuf> {
    std::env::home_dir().filter(|home| !home.as_os_str().is_empty())
}

#[cfg(target_os = "macos")]
fn application_data() -> Option<PathBuf> {
    Some(home()?.join("Library/Application Support"))
}

#[cfg(target_os = "windows")]
fn application_data() -> Option<PathBuf> {
    std::env::var_os("APPDATA").map(PathBuf::from)
}

#[cfg(not(any(target_os = "macos", target_os = "windows")))]
fn application_data() -> Option<PathBuf> {
    let configured = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    configured.or_else(|| Some(home()?.join(".config")))
}
