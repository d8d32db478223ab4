//! Files as people have them.

use std::{fs, path::Path};

use proptest::prelude::*;

use super::*;

fn http() -> Transport {
    Transport::Http { url: "http://127.0.0.1:8000/mcp".to_owned(), key: "pk_new".to_owned() }
}

fn stdio() -> Transport {
    Transport::Stdio {
        command: "/usr/local/bin/puente".to_owned(),
        args: vec!["stdio".to_owned()],
        env: vec![
            ("PUENTE_API_KEY".to_owned(), "pk_new".to_owned()),
            ("DATA_DIR".to_owned(), "/srv/puente".to_owned()),
        ],
    }
}

fn write(client: Client, path: &Path, transport: &Transport) -> Result<String, MergeError> {
    Draft::open(client, path)?.write(client, "puente", transport)?;
    Ok(fs::read_to_string(path).unwrap())
}

fn merged(client: Client, before: &str, transport: &Transport) -> Result<String, MergeError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.json");
    fs::write(&path, before).unwrap();
    let after = write(client, &path, transport);
    let untouched = if after.is_ok() { folder.path().join("config.json.bak") } else { path };
    assert_eq!(fs::read_to_string(untouched).unwrap(), before);
    after
}

/// <https://modelcontextprotocol.io/docs/develop/connect-local-servers>
#[test]
fn claude_desktop_starts_a_process_beside_others() {
    let before = r#"{
    "globalShortcut": "Alt+Space",
    "mcpServers": {
        "filesystem": {
            "command": "npx",
            "args": ["-y", "@modelcontextprotocol/server-filesystem", "/Users/ana/Desktop"]
        },
        "puente": {"command": "/old/puente", "args": [], "env": {"PUENTE_API_KEY": "pk_old"}, "disabled": false}
    },
    "scale": 1.25
}
"#;
    let after = merged(Client::ClaudeDesktop, before, &stdio()).unwrap();
    assert_eq!(
        after,
        r#"{
    "globalShortcut": "Alt+Space",
    "mcpServers": {
        "filesystem": {
            "command": "npx",
            "args": [
                "-y",
                "@modelcontextprotocol/server-filesystem",
                "/Users/ana/Desktop"
            ]
        },
        "puente": {
            "command": "/usr/local/bin/puente",
            "args": [
                "stdio"
            ],
            "env": {
                "PUENTE_API_KEY": "pk_new",
                "DATA_DIR": "/srv/puente"
            },
            "disabled": false
        }
    },
    "scale": 1.25
}
"#
    );
}

/// <https://code.claude.com/docs/en/mcp>: `.mcp.json` of a project.
#[test]
fn claude_code_gets_an_http_server_with_a_header() {
    let before = "{\n\t\"mcpServers\": {\n\t\t\"stripe\": {\n\t\t\t\"type\": \"http\",\n\t\t\t\"url\": \"https://mcp.stripe.com\"\n\t\t}\n\t}\n}";
    let after = merged(Client::ClaudeCode, before, &http()).unwrap();
    let start = before.strip_suffix("\n\t}\n}").unwrap();
    assert!(after.starts_with(start), "{after}");
    assert!(!after.ends_with('\n'), "the file had no end of line");
    let value: Value = serde_json::from_str(&after).unwrap();
    let wanted =
        json!({"type": "http", "url": "http://127.0.0.1:8000/mcp", "headers": {"Authorization": "Bearer pk_new"}});
    assert_eq!(value["mcpServers"]["puente"], wanted);
}

/// <https://cursor.com/docs/mcp>: the member `url` alone says that it is HTTP.
#[test]
fn cursor_needs_no_type() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/.cursor/mcp.json");
    let after: Value = serde_json::from_str(&write(Client::Cursor, &path, &http()).unwrap()).unwrap();
    let wanted = json!({"url": "http://127.0.0.1:8000/mcp", "headers": {"Authorization": "Bearer pk_new"}});
    assert_eq!(after, json!({"mcpServers": {"puente": wanted}}));
    assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no drafts and no backup");
}

/// <https://code.visualstudio.com/docs/copilot/reference/mcp-configuration>
#[test]
fn vscode_asks_for_the_key_and_no_file_holds_it() {
    let before = r#"{"inputs": [{"type": "promptString", "id": "perplexity-key", "description": "Perplexity API Key", "password": true}],
        "servers": {"Perplexity": {"type": "stdio", "command": "npx", "env": {"PERPLEXITY_API_KEY": "${input:perplexity-key}"}}}}"#;
    let once = merged(Client::Vscode, before, &http()).unwrap();
    let twice = merged(Client::Vscode, &once, &http()).unwrap();
    assert_eq!(once, twice, "a second run changes nothing");
    assert!(!once.contains("pk_new"));
    let value: Value = serde_json::from_str(&once).unwrap();
    assert_eq!(value["servers"]["puente"]["headers"]["Authorization"], "Bearer ${input:puente-api-key}");
    assert_eq!(value["inputs"][1]["id"], "puente-api-key");
    assert_eq!(value["inputs"].as_array().unwrap().len(), 2);
    assert!(value["servers"]["Perplexity"].is_object());
}

#[test]
fn what_would_lose_something_is_refused_and_untouched() {
    let refused = |before: &str| merged(Client::Vscode, before, &http()).unwrap_err().to_string();
    for comments in
        ["{\n  // mine\n  \"servers\": {}\n}", "/* a */ {}", "{\"servers\": {},}", "{\"a\": \"//\", \"b\": [1,]}"]
    {
        assert!(refused(comments).contains("has comments"), "{comments}");
    }
    assert!(refused("{\n  \"servers\": {").contains("is not JSON: EOF while parsing an object at line 2 column 14"));
    assert!(refused("{\"servers\": []}").contains("servers is not an object"));
    assert!(refused("{\"inputs\": {}}").contains("inputs is not a list"));
    assert!(refused("[]").contains("the file is not an object"));
}

#[test]
fn empty_files_and_byte_order_marks_are_no_obstacle() {
    for before in ["", "\n", "\u{feff}{}"] {
        assert!(merged(Client::Cursor, before, &http()).is_ok(), "{before:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link_and_the_key_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (real, link) = (folder.path().join("dotfiles.json"), folder.path().join("mcp.json"));
    fs::write(&real, "{}").unwrap();
    std::os::unix::fs::symlink(&real, &link).unwrap();
    write(Client::Cursor, &link, &http()).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o600);
}

proptest! {
    #[test]
    fn whatever_the_file_says_it_is_kept_or_refused(before in "[ -~\\n\"{}\\[\\],:/*]{0,60}") {
        let _ = jsonc::strip(&before);
        let _ = merged(Client::Cursor, &before, &http());
    }

    #[test]
    fn comments_never_reach_into_strings(text in "[ -!#-\\[\\]-~]{0,40}") {
        let json = format!("{{\"a\": \"{text}\"}}");
        prop_assert_eq!(jsonc::strip(&json), json);
    }
}
