//! The built binary as a script meets it: help, exit codes, messages.

use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A data folder, and nothing of this machine's environment.
struct Site(TempDir);

impl Site {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    fn run(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_puente"));
        command.args(arguments).env_clear().envs(environment.iter().copied());
        command.env("DATA_DIR", self.0.path().join("data")).env("HOME", self.0.path());
        command.current_dir(self.0.path()).stdin(Stdio::null()).output().expect("puente starts")
    }

    /// Runs it, checks the exit code, and returns standard output and standard error.
    #[track_caller]
    fn expect(&self, code: i32, arguments: &[&str], environment: &[(&str, &str)]) -> (String, String) {
        let output = self.run(arguments, environment);
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        assert_eq!(output.status.code(), Some(code), "{arguments:?}\n{stdout}\n{stderr}");
        assert!(!stdout.contains('\u{1b}') && !stderr.contains('\u{1b}'), "colours are for terminals");
        (stdout, stderr)
    }
}

#[test]
fn help_names_commands_and_exit_codes() {
    let (help, _) = Site::new().expect(0, &["--help"], &[]);
    for part in ["serve", "connect", "doctor", "Exit codes:", "4  there is no such thing"] {
        assert!(help.contains(part), "{part} in {help}");
    }
    assert!(!help.contains("demo-data"), "it is hidden");
}

#[test]
fn each_kind_of_failure_has_its_exit_code() {
    let site = Site::new();
    site.expect(2, &["serve", "--nonsense"], &[]);
    let (_, wrong) = site.expect(3, &["export"], &[("PORT", "eighty"), ("WORKERS", "0")]);
    assert!(wrong.contains("PORT (environment)") && wrong.contains("WORKERS (environment)"), "{wrong}");
    site.expect(4, &["user", "show", "nobody@example.com"], &[]);
    site.expect(4, &["key", "remove", "nothing"], &[]);
    let (_, missing) = site.expect(1, &["apply", "-f", "nowhere.yaml"], &[]);
    assert!(missing.contains("nowhere.yaml"), "{missing}");
    let (_, nobody) = site.expect(1, &["healthcheck", "--url", "http://127.0.0.1:1"], &[]);
    assert!(nobody.contains("no answer from http://127.0.0.1:1/health/ready"), "{nobody}");
}

#[test]
fn unreadable_yaml_is_located() {
    let site = Site::new();
    std::fs::write(site.0.path().join("bad.yaml"), "sources:\n  - name: [\n").unwrap();
    let (_, error) = site.expect(1, &["apply", "-f", "bad.yaml"], &[]);
    assert!(error.contains("bad.yaml") && error.contains("line 2, column 11"), "{error}");
}

#[test]
fn an_unknown_setting_gets_a_suggestion() {
    let site = Site::new();
    std::fs::write(site.0.path().join("puente.toml"), "prot = 8000\n").unwrap();
    let (_, error) = site.expect(3, &["export"], &[]);
    assert!(error.contains("did you mean `port`?"), "{error}");
}

#[test]
fn the_settings_are_listed_without_secrets() {
    let password = ("ADMIN_PASSWORD", "correct horse battery staple");
    let (listed, _) = Site::new().expect(0, &["doctor", "--settings", "--json"], &[password, ("PORT", "9000")]);
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    let find = |name: &str| listed.as_array().unwrap().iter().find(|setting| setting["name"] == name).unwrap().clone();
    assert_eq!((&find("PORT")["value"], &find("PORT")["from"]), (&"9000".into(), &"environment".into()));
    assert_eq!(find("ADMIN_PASSWORD")["value"], "(secret)");
}

#[test]
fn a_key_is_printed_alone_and_only_once() {
    let site = Site::new();
    let (printed, told) = site.expect(0, &["key", "create", "bot", "--scope", "mcp:read,api:read"], &[]);
    assert!(printed.starts_with("pk_") && printed.lines().count() == 1, "{printed}");
    assert!(told.contains("shown only now"), "{told}");
    let (listed, _) = site.expect(0, &["key", "list", "--json"], &[]);
    assert!(!listed.contains(printed.trim()), "{listed}");
    site.expect(1, &["key", "create", "bot"], &[]);
}

#[test]
fn a_wrong_encryption_key_is_told_at_the_start() {
    let (site, key) = (Site::new(), "q8Zr0uQm2mYv3rT6xKf1pLw9sNc4bHd7eGj5");
    let mut set = Command::new(env!("CARGO_BIN_EXE_puente"));
    set.args(["secret", "set", "erp.password"]).env_clear().env("ENCRYPTION_KEY", key);
    let file = site.0.path().join("secret.txt");
    std::fs::write(&file, "hunter2\n").unwrap();
    set.env("DATA_DIR", site.0.path().join("data")).stdin(std::fs::File::open(file).unwrap());
    assert!(set.status().unwrap().success());
    let other = ("ENCRYPTION_KEY", "Zb71_xWq0Lk93vTnRy2HcUe8Dm5Gs6JpAf4o");
    let (_, error) = site.expect(3, &["serve", "--port", "0"], &[other]);
    assert!(error.contains("ENCRYPTION_KEY") && !error.contains("hunter2"), "{error}");
}

#[test]
fn a_broken_key_file_is_named() {
    let site = Site::new();
    site.expect(0, &["user", "list"], &[]);
    std::fs::write(site.0.path().join("data/keys/encryption.key"), "short\n").unwrap();
    let (_, error) = site.expect(3, &["user", "list"], &[]);
    assert!(error.contains("keys/encryption.key"), "{error}");
}

#[test]
fn completions_and_the_api_description_go_to_standard_output() {
    let site = Site::new();
    for shell in ["bash", "zsh", "fish"] {
        assert!(site.expect(0, &["completions", shell], &[]).0.contains("puente"), "{shell}");
    }
    let openapi: serde_json::Value = serde_json::from_str(&site.expect(0, &["openapi"], &[]).0).unwrap();
    assert!(openapi["openapi"].as_str().unwrap().starts_with("3.1"));
}
