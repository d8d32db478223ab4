//! A disk that is read-only, or full. The database lies on a small file system of its own, which only the server sees.

use std::{fs, path::PathBuf, process::Command};

use puente_tests::{FAILED, Run, Server, Site};
use serde_json::{Value, json};

/// `puente serve` with its database on a file system made by `mount`.
fn serve_on(site: &Site, mount: &str) -> Command {
    let mut command = Command::new("unshare");
    let script = format!("{mount} && exec \"$0\" serve");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", &script]).arg(puente_tests::tools::puente());
    command.current_dir(site.path()).env_clear().envs(site.environment());
    command
}

fn site_with_disk() -> Site {
    let site = Site::with_notes();
    fs::create_dir(site.path().join("disk")).unwrap();
    fs::copy(site.data().join("puente.db"), site.path().join("original.db")).unwrap();
    let url = format!("sqlite:{}", site.path().join("disk/puente.db").display());
    site.setting("DATABASE_URL", &url)
}

#[test]
fn read_only() {
    let site = site_with_disk();
    let mount = "mount -t tmpfs -o size=8m tmpfs disk && cp original.db disk/puente.db && mount -o remount,ro disk";
    Run::of(serve_on(&site, mount)).expect_failure(FAILED, &["puente.db", "read"]);
}

#[tokio::test]
async fn full_and_then_not_any_more() {
    let site = site_with_disk();
    let key = site.key("robot", &[]);
    fs::copy(site.data().join("puente.db"), site.path().join("original.db")).unwrap();
    let mount = "mount -t tmpfs -o size=8m tmpfs disk && cp original.db disk/puente.db";
    let server = Server::start_by(&site, serve_on(&site, mount)).await;
    let mcp = server.mcp(&key);
    let write = async |marker: &str| mcp.call("notes_add_note", json!({"marker": marker})).await;

    let first = write("while there is space").await.expect(200);
    assert_eq!(first["result"]["isError"], Value::Bool(false), "{first}");

    let inside = PathBuf::from(format!("/proc/{}/root", server.pid())).join(site.path().strip_prefix("/").unwrap());
    let ballast = inside.join("disk/ballast");
    assert!(fs::write(&ballast, vec![0; 16 << 20]).is_err(), "the disk is smaller than that");
    // No trace, no call: a tool that writes is refused, and nothing is written.
    let refused = write("while the disk is full").await;
    assert!(refused.status >= 500 || refused.body["result"]["isError"] == true, "{}", refused.body);
    let notes = puente_tests::erp::rows(&site.notes(), "SELECT marker FROM notes", &[]);
    assert_eq!(notes, [json!({"marker": "while there is space"})]);

    fs::remove_file(&ballast).unwrap();
    let again = write("after space was made").await.expect(200);
    assert_eq!(again["result"]["isError"], Value::Bool(false), "{again}");
}
