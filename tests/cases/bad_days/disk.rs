//! A disk that is read-only, or full. The database lies on a small file system of its own, which only the server sees.

use std::{fs, path::PathBuf, process::Command};

use puente_tests::{Answer, Backends, FAILED, Run, Server, Site};
use rusqlite::Connection;
use serde_json::json;

/// `puente serve` with its database on a file system made by `mount`.
fn serve_on(site: &Site, mount: &str) -> Command {
    let mut command = Command::new("unshare");
    let script = format!("{mount} && exec \"$0\" serve");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", &script]).arg(puente_tests::tools::puente());
    command.current_dir(site.path()).env_clear().envs(site.environment());
    command
}

/// A site with a key; its database is in `original.db`.
fn site_with_disk() -> (Site, String) {
    let site = Site::with_notes_on(Backends::default());
    let key = site.key("robot", &[]);
    let database = Connection::open(site.data().join("puente.db")).unwrap();
    let copy = site.path().join("original.db");
    database.execute("VACUUM INTO ?1", [copy.to_str().unwrap()]).unwrap();
    fs::create_dir(site.path().join("disk")).unwrap();
    let url = format!("sqlite:{}", site.path().join("disk/puente.db").display());
    (site.setting("DATABASE_URL", &url), key)
}

#[test]
fn read_only() {
    let (site, _key) = site_with_disk();
    let mount = "mount -t tmpfs -o size=8m tmpfs disk && cp original.db disk/puente.db && mount -o remount,ro disk";
    Run::of(serve_on(&site, mount)).expect_failure(FAILED, &["puente.db", "cannot be written"]);
}

#[tokio::test]
async fn full_and_then_not_any_more() {
    let (site, key) = site_with_disk();
    let mount = "mount -t tmpfs -o size=8m tmpfs disk && cp original.db disk/puente.db";
    let server = Server::start_by(&site, serve_on(&site, mount)).await;
    let mcp = server.mcp(&key);
    let write = async |marker: &str| mcp.call("notes_add_note", json!({"marker": marker})).await;

    let first = write("while there is space").await;
    assert!(written(&first), "{}", first.body);

    let inside = PathBuf::from(format!("/proc/{}/root", server.pid())).join(site.path().strip_prefix("/").unwrap());
    let ballast = inside.join("disk/ballast");
    assert!(fs::write(&ballast, vec![0; 16 << 20]).is_err(), "the disk is smaller than that");
    // No trace, no call: a tool that writes is refused, and nothing is written.
    let refused = write("while the disk is full").await;
    assert!(refused.body["error"]["message"].as_str().unwrap_or_default().contains("audit"), "{}", refused.body);
    let notes = puente_tests::erp::rows(&site.notes(), "SELECT marker FROM notes", &[]);
    assert_eq!(notes, [json!({"marker": "while there is space"})]);

    fs::remove_file(&ballast).unwrap();
    server.until("calls work again", async || written(&write("after space was made").await)).await;
}

fn written(answer: &Answer) -> bool {
    answer.status == 200 && answer.body["result"]["structuredContent"]["affected_rows"] == 1
}
