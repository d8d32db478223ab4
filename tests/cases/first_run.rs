//! `make run`: the first time it makes everything and prints the secrets, the second time it goes on and prints none.

use std::{path::Path, process::Stdio};

use puente_tests::{Api, Mcp, Site, tools};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

/// What `make run` runs, on the built binary and as a newcomer has it: nothing is set but the folder and the port.
struct FirstRun {
    _child: Child,
    url: String,
    printed: String,
}

impl FirstRun {
    async fn start(site: &Site) -> Self {
        let mut command = Command::new(tools::root().join("scripts/run.sh"));
        command.arg(tools::puente()).env_clear();
        for (name, value) in site.environment() {
            if ["PATH", "HOME", "DATA_DIR", "PORT"].contains(&name.as_str()) {
                command.env(name, value);
            }
        }
        let pipes = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut child = pipes.kill_on_drop(true).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut printed = String::new();
        while let Some(line) = lines.next_line().await.unwrap() {
            printed += &line;
            printed.push('\n');
            let word = line.split_whitespace().find(|word| word.starts_with("http://127.0.0.1:"));
            let url = word.map(|word| word.trim_end_matches(['/', '.', ',']).to_owned());
            if let Some(url) = url {
                return Self { _child: child, url, printed };
            }
        }
        panic!("no address in: {printed}");
    }
}

/// The word of the output that starts like this.
fn word<'a>(printed: &'a str, start: &str) -> Option<&'a str> {
    printed.split_whitespace().find(|word| word.starts_with(start))
}

/// The README's settings for one's own shell, where the project lies in `folder`.
fn shell_settings(folder: &Path) -> String {
    let readme = std::fs::read_to_string(tools::root().join("README.md")).unwrap();
    let line = readme.lines().find_map(|line| line.strip_prefix("    export ")).expect("the README has them");
    format!("export {}", line.replace("$PWD", folder.to_str().unwrap()))
}

#[tokio::test]
async fn commands_find_the_data_from_the_reader_s_shell() {
    let site = Site::embedded();
    let _run = FirstRun::start(&site).await;
    let binaries = site.path().join("target/release");
    std::fs::create_dir_all(&binaries).unwrap();
    std::os::unix::fs::symlink(tools::puente(), binaries.join("puente")).unwrap();
    let script = format!("{}; puente source test erp && puente source draft erp", shell_settings(site.path()));
    let mut shell = Command::new("sh");
    shell.args(["-ec", &script]).env_clear().env("PATH", "/usr/bin:/bin");
    let output = shell.current_dir(site.path()).output().await.unwrap();
    assert!(output.status.success(), "{output:?}");
}

#[tokio::test]
async fn secrets_are_printed_once_and_they_work() {
    let site = Site::empty();
    let first = FirstRun::start(&site).await;
    let key = word(&first.printed, "pk_").expect("an agent's key");
    assert!(Mcp::new(&format!("{}/mcp", first.url), key).tool_names().await.len() >= 5);
    assert!(first.printed.contains("admin@localhost"), "{}", first.printed);
    drop(first);

    let second = FirstRun::start(&site).await;
    assert_eq!(word(&second.printed, "pk_"), None, "{}", second.printed);
    assert_eq!(Api::anonymous(&second.url).get("/health/ready").await.status, 200);
}
