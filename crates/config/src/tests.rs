//! Tests of the settings as a whole: layers, files, secrets, production.

use std::{fs, path::Path, time::Duration};

use proptest::prelude::*;
use secrecy::ExposeSecret;

use super::*;

const STRONG: &str = "q8Zr0uQm2mYv3rT6xKf1pLw9sNc4bHd7eGj5";
const ALSO_STRONG: &str = "Zb71_xWq0Lk93vTnRy2HcUe8Dm5Gs6JpAf4o";

fn from_env(pairs: &[(&str, &str)]) -> Result<Config, ConfigErrors> {
    load(&[], pairs, None)
}

fn load(flags: &[(&'static str, &str)], env: &[(&str, &str)], toml: Option<&str>) -> Result<Config, ConfigErrors> {
    let flags = flags.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    let look_up = |name: &str| env.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
    Config::load(&flags, &look_up, toml)
}

fn message(result: Result<Config, ConfigErrors>) -> String {
    result.expect_err("these settings are wrong").to_string()
}

#[test]
fn nothing_given_is_an_embedded_development_server() {
    let config = from_env(&[]).unwrap();
    assert_eq!(config.server.environment, Environment::Development);
    assert_eq!(config.server.bind_address(), "127.0.0.1:8000");
    assert_eq!(config.server.public_url(8000), "http://127.0.0.1:8000");
    assert!(matches!(config.database.database, Database::Sqlite { path } if path == Path::new("./data/puente.db")));
    assert!(matches!(config.shared, Shared::Memory));
    assert_eq!(config.tokens.access_ttl, Duration::from_mins(30));
    assert_eq!(config.limits.rate, Rate { calls: 6000, per: Duration::from_mins(1) });
    assert_eq!(config.network.env_allow, ["SOURCE_*"]);
    assert!(config.warnings.is_empty());
}

#[test]
fn every_setting_is_listed_once_with_a_default_that_parses() {
    let mut names: Vec<_> = settings().map(|setting| setting.name).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
    for setting in settings() {
        if let Fallback::Text(default) = setting.default {
            assert!(from_env(&[(setting.name, default)]).is_ok(), "{}", setting.name);
        }
    }
}

#[test]
fn every_listed_setting_is_read() {
    for setting in settings() {
        let read = from_env(&[(setting.name, ", ,")]).map_or(true, |config| config.given.contains_key(setting.name));
        assert!(read, "{}", setting.name);
    }
}

#[test]
fn flags_win_over_the_environment_which_wins_over_the_file() {
    let toml = Some("port = 3");
    let port = |config: Config| (config.server.port, config.given["PORT"].layer);
    assert_eq!(port(load(&[("PORT", "1")], &[("PORT", "2")], toml).unwrap()), (1, Layer::Flag));
    assert_eq!(port(load(&[], &[("PORT", "2")], toml).unwrap()), (2, Layer::Environment));
    assert_eq!(port(load(&[], &[("PORT", "")], toml).unwrap()), (3, Layer::ConfigFile));
}

#[test]
fn all_problems_come_at_once_and_say_where() {
    let text = message(load(
        &[("WORKERS", "none")],
        &[("PORT", "80a"), ("JWT_ALGORITHM", "RS256"), ("REDIS_URL", "http://:hunter2@redis")],
        Some("publc_url = 'https://a'\nworkerz = 1\nx = 1.5\nlog_format = {}"),
    ));
    for part in [
        "WORKERS (flag): 'none' is not a whole number from 1 to 1024",
        "PORT (environment): '80a' is not a port from 0 to 65535",
        "JWT_ALGORITHM (environment): 'RS256' is not HS256, HS384 or HS512",
        "REDIS_URL (environment): the value is not a URL like redis://HOST:6379/0",
        "puente.toml: publc_url: there is no such setting; did you mean `public_url`?",
        "puente.toml: workerz: there is no such setting; did you mean `workers`?",
        "puente.toml: x: there is no such setting; `puente doctor",
        "puente.toml: log_format: a setting is a text",
    ] {
        assert!(text.contains(part), "{part} in:\n{text}");
    }
    assert!(!text.contains("hunter2"));
}

#[test]
fn a_broken_file_is_located_but_not_quoted() {
    let text = message(load(&[], &[], Some("port = 1\njwt_secret_key = 'hunter2")));
    assert!(text.starts_with("puente.toml, line 2, column "), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
}

#[test]
fn a_value_can_come_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("url");
    fs::write(&path, "postgresql://u:p@h/n\n").unwrap();
    let path = path.to_str().unwrap();
    let config = from_env(&[("DATABASE_URL_FILE", path)]).unwrap();
    let Database::Postgres { url } = config.database.database else { panic!("it names PostgreSQL") };
    assert_eq!(url.expose_secret(), "postgresql://u:p@h/n");
    assert_eq!(config.given["DATABASE_URL"].file.as_deref(), Some(Path::new(path)));
    assert_eq!(config.given["DATABASE_URL"].text, None);

    let both = message(from_env(&[("DATABASE_URL_FILE", path), ("DATABASE_URL", "sqlite:hunter2")]));
    assert_eq!(both, "DATABASE_URL (environment): both it and DATABASE_URL_FILE are given; remove one of them");
    let missing = message(from_env(&[("PORT_FILE", "/nowhere/port")]));
    assert!(missing.starts_with("PORT_FILE (environment): cannot read /nowhere/port: "), "{missing}");
    let toml = load(&[], &[], Some(&format!("database_url_file = '{path}'"))).unwrap();
    assert!(matches!(toml.database.database, Database::Postgres { .. }));
}

#[test]
fn production_refuses_weak_missing_and_debugging() {
    let production = ("ENVIRONMENT", "production");
    assert!(from_env(&[production, ("ENCRYPTION_KEY", STRONG), ("JWT_SECRET_KEY", ALSO_STRONG)]).is_ok());
    let text = message(from_env(&[
        production,
        ("DEBUG", "true"),
        ("JWT_SECRET_KEY", "short-one"),
        ("ADMIN_PASSWORD", "changeme"),
    ]));
    for part in [
        "DEBUG: must be false",
        "ENCRYPTION_KEY: must be given in production",
        "JWT_SECRET_KEY: the value is shorter than 32 characters",
        "ADMIN_PASSWORD: the value is a placeholder",
    ] {
        assert!(text.contains(part), "{part} in:\n{text}");
    }
    assert!(!text.contains("short-one") && !text.contains("changeme"), "{text}");
    let second = format!("{STRONG},change-me-change-me-change-me-change-me");
    assert!(from_env(&[production, ("ENCRYPTION_KEY", &second), ("JWT_SECRET_KEY", STRONG)]).is_err());
    let longer = [production, ("ENCRYPTION_KEY", STRONG), ("JWT_SECRET_KEY", STRONG), ("JWT_ALGORITHM", "HS512")];
    assert!(message(from_env(&longer)).contains("shorter than 64 characters"));
}

#[test]
fn development_warns_of_weak_secrets() {
    let config = from_env(&[("JWT_SECRET_KEY", "dev")]).unwrap();
    assert_eq!(config.warnings, ["JWT_SECRET_KEY: the value is shorter than 32 characters"]);
}

#[test]
fn addresses_are_written_as_urls_need_them() {
    for (host, bind, local) in [
        ("::1", "[::1]:80", "http://[::1]:80"),
        ("[::]", "[::]:80", "http://[::1]:80"),
        ("0.0.0.0", "0.0.0.0:80", "http://127.0.0.1:80"),
        ("localhost", "localhost:80", "http://localhost:80"),
    ] {
        let server = from_env(&[("HOST", host), ("PORT", "80")]).unwrap().server;
        assert_eq!((server.bind_address().as_str(), server.local_url(80).as_str()), (bind, local));
    }
    let server = from_env(&[("PUBLIC_URL", "https://puente.example.com/")]).unwrap().server;
    assert_eq!(server.public_url(80), "https://puente.example.com");
}

#[test]
fn a_catalog_may_not_read_every_variable() {
    for text in ["*", "A B", "SOURCE_*_X"] {
        assert!(from_env(&[("PUENTE_ENV_ALLOW", text)]).is_err(), "{text}");
    }
}

#[test]
fn debug_output_shows_no_secret() {
    let env = [
        ("DATABASE_URL", "postgresql://u:hunter2@h/n"),
        ("REDIS_URL", "redis://:hunter2@r"),
        ("ADMIN_PASSWORD", "hunter2"),
    ];
    let shown = format!("{:?}", from_env(&[env[0], env[1], env[2], ("JWT_SECRET_KEY", "hunter2")]).unwrap());
    assert!(!shown.contains("hunter2"), "{shown}");
}

#[test]
fn generated_keys_are_made_once_and_kept_private() {
    let folder = tempfile::tempdir().unwrap();
    let source = from_env(&[("DATA_DIR", folder.path().to_str().unwrap())]).unwrap().security.jwt;
    assert!(!source.exists());
    let text =
        |keys: Vec<secrecy::SecretString>| keys.iter().map(|key| key.expose_secret().to_owned()).collect::<Vec<_>>();
    let racing: Vec<_> =
        (0..8).map(|_| source.clone()).map(|source| std::thread::spawn(move || source.load_or_create())).collect();
    let all: Vec<_> = racing.into_iter().map(|thread| text(thread.join().unwrap().unwrap())).collect();
    assert!(all.iter().all(|keys| *keys == all[0] && keys[0].len() == 64), "{}", all.len());

    let path = folder.path().join("keys/jwt.key");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let rotated = text(keys::rotate(&path).unwrap());
    assert_eq!((rotated.len(), &rotated[1]), (2, &all[0][0]));
    assert_eq!(text(source.load_or_create().unwrap()), rotated);
    assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no drafts are left");
    fs::write(&path, "\n").unwrap();
    assert!(matches!(source.load_or_create(), Err(KeyError::Empty(_))));
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(values in proptest::collection::vec(".{0,40}", 40), toml in ".{0,200}") {
        let names: Vec<_> = settings().map(|setting| setting.name).collect();
        let env = |name: &str| names.iter().position(|known| *known == name).and_then(|index| values.get(index)).cloned();
        let _ = Config::load(&Overrides::new(), &env, Some(&toml));
    }

    #[test]
    fn any_value_of_any_setting_is_accepted_or_named(index in 0usize..40, value in "[ -~]{1,30}") {
        let names: Vec<_> = settings().map(|setting| setting.name).collect();
        let name = names[index % names.len()];
        if let Err(errors) = from_env(&[(name, &value)]) {
            let names_it = |problem: &Problem| problem.setting.starts_with(name) || problem.message.contains(name);
            prop_assert!(errors.0.iter().all(names_it), "{errors}");
        }
    }
}
