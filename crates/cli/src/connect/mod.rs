//! The configuration of MCP clients, each in its own format.

mod jsonc;
mod merge;
mod place;

use clap::ValueEnum;
use serde_json::{Map, Value, json};

pub(crate) use merge::Draft;
#[cfg(test)]
use merge::MergeError;

/// An MCP client whose format is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Client {
    /// Claude Desktop: starts a process.
    ClaudeDesktop,
    /// Claude Code: HTTP, in the project's `.mcp.json`.
    ClaudeCode,
    /// Cursor: HTTP, for all projects.
    Cursor,
    /// Visual Studio Code: HTTP, in the project's `.vscode/mcp.json`, which asks for the key.
    Vscode,
}

/// What a client is told.
#[derive(Clone, Debug)]
pub(crate) enum Transport {
    /// Where to send requests, and with which key.
    Http {
        /// `http://127.0.0.1:8000/mcp`
        url: String,
        /// `pk_…`
        key: String,
    },
    /// What to start.
    Stdio {
        /// Absolute.
        command: String,
        /// Arguments.
        args: Vec<String>,
        /// Environment, with the key in `PUENTE_API_KEY`.
        env: Vec<(String, String)>,
    },
}

/// The id under which Visual Studio Code remembers the key that it asked for.
fn input_id(name: &str) -> String {
    format!("{name}-api-key")
}

impl Client {
    /// For people.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::ClaudeDesktop => "Claude Desktop",
            Self::ClaudeCode => "Claude Code",
            Self::Cursor => "Cursor",
            Self::Vscode => "Visual Studio Code",
        }
    }

    /// As on the command line, and the beginning of its key's name.
    pub(crate) const fn slug(self) -> &'static str {
        match self {
            Self::ClaudeDesktop => "claude-desktop",
            Self::ClaudeCode => "claude-code",
            Self::Cursor => "cursor",
            Self::Vscode => "vscode",
        }
    }

    /// Whether it can only start a process.
    pub(crate) const fn needs_stdio(self) -> bool {
        matches!(self, Self::ClaudeDesktop)
    }

    /// Whether the key is asked for by the client, so that no file holds it.
    pub(crate) const fn asks_for_key(self) -> bool {
        matches!(self, Self::Vscode)
    }

    /// Whether the file belongs to a project, and so perhaps to a repository that others see.
    pub(crate) const fn is_per_project(self) -> bool {
        matches!(self, Self::ClaudeCode | Self::Vscode)
    }

    /// The member of the file that holds servers.
    const fn servers(self) -> &'static str {
        match self {
            Self::Vscode => "servers",
            _ => "mcpServers",
        }
    }

    /// A whole configuration file with nothing but Puente in it.
    pub(crate) fn document(self, name: &str, transport: &Transport) -> Map<String, Value> {
        let mut document = Map::new();
        if self.asks_for_key() {
            document.insert("inputs".to_owned(), json!([input(name)]));
        }
        document.insert(self.servers().to_owned(), json!({name: self.entry(name, transport)}));
        document
    }

    /// The entry of one server.
    fn entry(self, name: &str, transport: &Transport) -> Value {
        match transport {
            Transport::Stdio { command, args, env } => {
                let env: Map<String, Value> = env.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
                json!({"command": command, "args": args, "env": env})
            }
            Transport::Http { url, key } => {
                let key = if self.asks_for_key() { format!("${{input:{}}}", input_id(name)) } else { key.clone() };
                let headers = json!({"Authorization": format!("Bearer {key}")});
                match self {
                    // Cursor tells the transport by the member `url` alone.
                    Self::Cursor => json!({"url": url, "headers": headers}),
                    _ => json!({"type": "http", "url": url, "headers": headers}),
                }
            }
        }
    }
}

/// How Visual Studio Code asks for a secret.
fn input(name: &str) -> Value {
    json!({
        "type": "promptString",
        "id": input_id(name),
        "description": format!("API key of {name} (pk_…)"),
        "password": true,
    })
}

#[cfg(test)]
mod tests;
