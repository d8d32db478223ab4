//! Secrets of Puente's own, and the first administrator.

use std::path::Path;

use secrecy::{ExposeSecret, SecretString};

use crate::{
    keys::KeySource,
    parse,
    reader::Reader,
    server::Environment,
    setting::Setting,
    strength::{self, Weakness},
    tokens::JwtAlgorithm,
};

const ENCRYPTION_KEY: Setting = Setting::secret(
    "ENCRYPTION_KEY",
    "generated in $DATA_DIR/keys",
    "Seals stored secrets; a list: the first seals, the others still open. Required in production",
);
const JWT_SECRET_KEY: Setting = Setting::secret(
    "JWT_SECRET_KEY",
    "generated in $DATA_DIR/keys",
    "Signs access tokens; a list: the first signs, the others still verify. Required in production",
);
const ADMIN_EMAIL: Setting = Setting::new("ADMIN_EMAIL", "admin@localhost", "The first administrator, made once");
const ADMIN_PASSWORD: Setting =
    Setting::secret("ADMIN_PASSWORD", "generated, shown once", "The first administrator's password");

const ALLOW_OPEN_SERVERS: Setting = Setting::new(
    "ALLOW_OPEN_SERVERS",
    "false",
    "Whether virtual servers may be `open`, to callers without a token, in production",
);

pub(crate) const SETTINGS: &[Setting] =
    &[ENCRYPTION_KEY, JWT_SECRET_KEY, ADMIN_EMAIL, ADMIN_PASSWORD, ALLOW_OPEN_SERVERS];

/// The shortest key that seals, in characters.
const MIN_ENCRYPTION_KEY: usize = 32;
/// The shortest password of the first administrator in production, in characters.
const MIN_PASSWORD: usize = 12;

/// Secrets of Puente's own.
#[derive(Clone, Debug)]
pub struct Security {
    /// `ENCRYPTION_KEY`.
    pub encryption: KeySource,
    /// `JWT_SECRET_KEY`.
    pub jwt: KeySource,
    /// `ADMIN_EMAIL`.
    pub admin_email: String,
    /// `ADMIN_PASSWORD`; `None` means one is generated.
    pub admin_password: Option<SecretString>,
    /// `ALLOW_OPEN_SERVERS`.
    pub allow_open_servers: bool,
}

impl Security {
    pub(crate) fn read(reader: &mut Reader<'_>, data_dir: &Path) -> Self {
        let keys = data_dir.join("keys");
        let mut source = |setting: &Setting, file: &str| {
            let given = reader.optional(setting, secrets);
            given.map_or_else(|| KeySource::Generated { path: keys.join(file) }, KeySource::Given)
        };
        Self {
            encryption: source(&ENCRYPTION_KEY, "encryption.key"),
            jwt: source(&JWT_SECRET_KEY, "jwt.key"),
            admin_email: reader.value(&ADMIN_EMAIL, email),
            admin_password: reader.optional(&ADMIN_PASSWORD, parse::secret),
            allow_open_servers: reader.value(&ALLOW_OPEN_SERVERS, parse::flag),
        }
    }

    /// Notes what production does not accept, and returns what development is only warned of.
    pub(crate) fn check(
        &self,
        reader: &mut Reader<'_>,
        environment: Environment,
        algorithm: JwtAlgorithm,
    ) -> Vec<String> {
        let mut weak = Vec::new();
        let keys = [
            (&ENCRYPTION_KEY, &self.encryption, MIN_ENCRYPTION_KEY),
            (&JWT_SECRET_KEY, &self.jwt, algorithm.min_key_bytes()),
        ];
        for (setting, source, minimum) in keys {
            match source {
                KeySource::Given(keys) => {
                    weak.extend(keys.iter().filter_map(|key| weakness(key, minimum)).map(|found| (setting, found)));
                }
                KeySource::Generated { .. } if environment == Environment::Production => {
                    reader.problem(setting, "must be given in production; make one with `openssl rand -base64 48`");
                }
                KeySource::Generated { .. } => {}
            }
        }
        let password = self.admin_password.as_ref().and_then(|password| weakness(password, MIN_PASSWORD));
        weak.extend(password.map(|found| (&ADMIN_PASSWORD, found)));
        if environment == Environment::Development {
            return weak.into_iter().map(|(setting, found)| format!("{}: {found}", setting.name)).collect();
        }
        for (setting, found) in weak {
            reader.problem(setting, format!("{found}; production needs a strong one"));
        }
        Vec::new()
    }
}

fn secrets(text: &str) -> Result<Vec<SecretString>, String> {
    let keys = parse::list(text, parse::secret)?;
    if keys.is_empty() { Err("a key, or a list of keys with commas between them".to_owned()) } else { Ok(keys) }
}

fn weakness(secret: &SecretString, minimum: usize) -> Option<Weakness> {
    strength::weakness(secret.expose_secret(), minimum)
}

fn email(text: &str) -> Result<String, String> {
    let (local, domain) = text.split_once('@').unwrap_or_default();
    let clean =
        |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c.is_control() || c == '@');
    if clean(local) && clean(domain) { Ok(text.to_lowercase()) } else { Err("an e-mail address".to_owned()) }
}
