//! Every command that README and docs show is run.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use puente_tests::{Api, Run, Site, tools};

/// Commands that a test cannot run, or that another test runs.
const RUN_ELSEWHERE: &[(&str, &str)] = &[
    ("make run", "first_run"),
    ("make test", "this is it"),
    ("make check", "the other half of .ci/run"),
    ("make bench", "takes minutes"),
    ("puente source draft shop", "http_source"),
    ("puente source sync shop", "http_source"),
    ("puente apply -f draft.yaml", "http_source"),
    ("puente serve", "the server that the commands find running"),
    ("puente stdio", "waits for a client; see stdio"),
];

/// The project's own pages for its users.
fn pages() -> Vec<PathBuf> {
    let docs = fs::read_dir(tools::root().join("docs")).into_iter().flatten().map(|entry| entry.unwrap().path());
    let mut pages: Vec<PathBuf> = docs.filter(|path| path.extension().is_some_and(|end| end == "md")).collect();
    pages.push(tools::root().join("README.md"));
    pages.sort();
    pages
}

/// The lines of code blocks, fenced or indented, that start with a command; a trailing `\` joins lines.
fn commands(page: &str) -> Vec<String> {
    let (mut found, mut fenced, mut open) = (Vec::<String>::new(), false, false);
    for line in page.lines() {
        if line.starts_with("```") {
            fenced = !fenced;
            continue;
        }
        let Some(code) = line.strip_prefix("    ").or_else(|| fenced.then_some(line)) else {
            open = false;
            continue;
        };
        let code = code.strip_prefix("$ ").unwrap_or(code);
        let (text, goes_on) = code.strip_suffix('\\').map_or((code, false), |text| (text, true));
        match found.last_mut() {
            Some(last) if open => last.push_str(text),
            _ if is_command(text) => found.push(text.to_owned()),
            _ => continue,
        }
        open = goes_on;
    }
    found
}

fn is_command(line: &str) -> bool {
    ["puente ", "make ", "curl ", "claude ", "echo "].iter().any(|start| line.starts_with(start))
}

#[tokio::test]
async fn every_command_of_the_documentation_works() {
    let mut failures = Vec::new();
    let mut count = 0;
    for page in pages() {
        let site = Site::with_sample();
        let server = site.serve().await;
        let key = site.key("reader-of-docs", &[]);
        for command in commands(&fs::read_to_string(&page).unwrap()) {
            count += 1;
            let elsewhere = RUN_ELSEWHERE.iter().any(|(start, _)| command.starts_with(start));
            let run = if elsewhere { None } else { Some(run(&site, &command, server.url(), &key)) };
            if let Some(run) = run.filter(|run| run.code != 0) {
                failures.push(format!("{}: {command}\n{}{}", page.display(), run.stdout, run.stderr));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(count > 0, "the documentation shows no command at all");
}

/// Runs a line as a reader would, in a shell; only the address, the key and the sample's folder are the test's own.
fn run(site: &Site, line: &str, url: &str, key: &str) -> Run {
    let line = line.replace("http://127.0.0.1:8000", url).replace("pk_…", key);
    let mut command = Command::new("sh");
    let path = format!("{}:{}", shims(site).display(), std::env::var("PATH").unwrap());
    command.args(["-ec", &line]).current_dir(site.path()).env_clear().envs(site.environment());
    Run::of({
        command.env("PATH", path).env("PUENTE_API_KEY", key).stdin(Stdio::null());
        command
    })
}

/// `puente` on the PATH, `examples/` in the folder, and a `claude` that only checks how it is called.
fn shims(site: &Site) -> PathBuf {
    let folder = site.path().join("bin");
    if !folder.exists() {
        fs::create_dir(&folder).unwrap();
        link(&tools::puente(), &folder.join("puente"));
        link(&tools::root().join("examples"), &site.path().join("examples"));
        let claude = "#!/bin/sh\n[ \"$1 $2\" = 'mcp add' ] || exit 2\n";
        fs::write(folder.join("claude"), claude).unwrap();
        Command::new("chmod").arg("755").arg(folder.join("claude")).status().unwrap();
    }
    folder
}

fn link(target: &Path, name: &Path) {
    std::os::unix::fs::symlink(target, name).unwrap();
}

#[test]
fn the_spanish_readme_shows_the_same_commands() {
    let read = |name: &str| fs::read_to_string(tools::root().join(name)).unwrap();
    assert_eq!(commands(&read("README.es.md")), commands(&read("README.md")));
}

/// The addresses of a page on the server that it starts, as words of the text.
fn addresses(page: &str) -> Vec<String> {
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | ')' | ',' | ';');
    let rest = page.split("http://127.0.0.1:8000").skip(1);
    rest.map(|rest| rest.split(ends).next().unwrap_or_default().trim_end_matches('.').to_owned()).collect()
}

#[tokio::test]
async fn every_address_in_the_documentation_answers() {
    let site = Site::with_sample();
    let server = site.serve().await;
    for page in pages() {
        let paths = addresses(&fs::read_to_string(&page).unwrap());
        assert!(!paths.is_empty(), "{}", page.display());
        for path in paths.into_iter().filter(|path| !path.is_empty()) {
            let status = Api::anonymous(server.url()).get(&path).await.status;
            // A client's door answers that a token is needed; a person's page leads to the sign-in.
            let expected: &[u16] = if path.ends_with("/mcp") { &[401] } else { &[200, 303] };
            assert!(expected.contains(&status), "{}: {path} answers {status}", page.display());
        }
    }
}

#[test]
fn blocks_are_read_as_shells_read_them() {
    let page = "text puente no\n\n    puente key create x \\\n      --json\n    {\"an\": \"answer\"}\n\n```sh\n$ puente export\n```\n";
    assert_eq!(commands(page), ["puente key create x   --json", "puente export"]);
}
