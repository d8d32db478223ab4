//! References in settings: `${env:NAME}` and `${secret:name}` become values just before a source is made, and nowhere
//! else.

use std::collections::{BTreeMap, BTreeSet};

use puente_auth::Vault;
use puente_domain::{Name, catalog::Origin};
use puente_storage::{SecretRecord, Transaction};
use serde_json::{Map, Value};

use super::reference::{Reference, each_text, expand};
use crate::admin;

/// What references may resolve to.
#[derive(Clone)]
pub(crate) struct Secrets {
    values: BTreeMap<String, Stored>,
    /// Those that no source written by an editor gets.
    operators: BTreeSet<String>,
    env_allow: Vec<String>,
}

/// A stored secret.
#[derive(Clone)]
enum Stored {
    Value(String),
    /// No key in `ENCRYPTION_KEY` opens it.
    Unreadable,
    /// Its source is about to connect elsewhere.
    Withheld,
}

/// How the problem of a secret begins that is not sent to another place.
const WITHHELD: &str = "the source connects elsewhere than before";
/// How the problem of a secret begins that there is not.
const MISSING: &str = "there is no secret ";

/// Whether a problem is that a secret is kept from a source that moves: saving goes on, and deletes it.
pub(crate) fn is_withheld(problem: &str) -> bool {
    problem.starts_with(WITHHELD)
}

/// Whether a problem is that a secret is still to be set.
pub(crate) fn is_missing(problem: &str) -> bool {
    problem.starts_with(MISSING)
}

impl Secrets {
    /// Opens the stored secrets.
    pub(crate) async fn load(
        transaction: &mut dyn Transaction,
        vault: &Vault,
        env_allow: &[String],
    ) -> Result<Self, puente_storage::StorageError> {
        let records = transaction.secrets().list().await?;
        let operators = records.iter().filter(|record| record.by_operator).map(|record| record.name.clone()).collect();
        let values = records.into_iter().map(|record| (record.name.clone(), open(vault, &record))).collect();
        Ok(Self { values, operators, env_allow: env_allow.to_owned() })
    }

    /// The same without what belongs to a source that is to connect elsewhere.
    pub(crate) fn without(&self, source: &Name) -> Self {
        let mut kept = self.clone();
        for (_, stored) in kept.values.iter_mut().filter(|(name, _)| belongs_to(name, source)) {
            *stored = Stored::Withheld;
        }
        kept
    }

    /// The names of what belongs to a source.
    pub(crate) fn of(&self, source: &Name) -> Vec<&str> {
        self.values.keys().map(String::as_str).filter(|name| belongs_to(name, source)).collect()
    }

    /// Puts values in; each problem with the path of its setting.
    pub(crate) fn resolve(
        &self,
        settings: &Map<String, Value>,
        source: &Name,
        origin: Origin,
    ) -> Result<Map<String, Value>, Vec<(String, String)>> {
        let mut problems = Vec::new();
        let mut resolved = Value::Object(settings.clone());
        each_text(&mut resolved, "", &mut |path, text| match expand(text, |reference| {
            self.value(reference, source, origin)
        }) {
            Ok(expanded) => *text = expanded,
            Err(problem) => problems.push((path.to_owned(), problem)),
        });
        match resolved {
            Value::Object(map) if problems.is_empty() => Ok(map),
            _ => Err(problems),
        }
    }

    fn value(&self, reference: Reference<'_>, source: &Name, origin: Origin) -> Result<String, String> {
        match reference {
            Reference::Env(name) => self.variable(name, origin),
            Reference::Secret(name) if origin == Origin::Editor && !belongs_to(name, source) => Err(format!(
                "a source written over the REST API may use only its own secrets: name it `{source}` or `{source}.…`"
            )),
            Reference::Secret(name) if origin == Origin::Editor && self.is_operators(name) => Err(format!(
                "the secret `{name}` serves what the operator applies: give this source one of its own over the REST API \
                 (PUT /api/v1/secrets/{source}.…), or have the operator apply the change"
            )),
            Reference::Secret(name) => self.secret(name),
        }
    }

    /// One that is withheld is deleted anyway.
    fn is_operators(&self, secret: &str) -> bool {
        self.operators.contains(secret) && !matches!(self.values.get(secret), Some(Stored::Withheld))
    }

    fn secret(&self, name: &str) -> Result<String, String> {
        match self.values.get(name) {
            Some(Stored::Value(value)) => Ok(value.clone()),
            Some(Stored::Unreadable) => Err(format!(
                "the secret `{name}` was sealed with another ENCRYPTION_KEY; set it again (puente secret set {name})"
            )),
            Some(Stored::Withheld) => Err(format!(
                "{WITHHELD}: its secret `{name}` is not sent there, and is deleted when this is saved; set it again \
                 afterwards (puente secret set {name})"
            )),
            None => Err(format!("{MISSING}`{name}`; set it first (puente secret set {name})")),
        }
    }

    fn variable(&self, name: &str, origin: Origin) -> Result<String, String> {
        if origin != Origin::Operator {
            return Err("only a file that the operator applies on the command line may name environment variables; \
                        use a secret"
                .to_owned());
        }
        if !self.env_allow.iter().any(|pattern| super::pattern::matches(pattern, name)) {
            return Err(format!(
                "the environment variable {name} may not be used in a catalog; PUENTE_ENV_ALLOW is {}",
                self.env_allow.join(",")
            ));
        }
        std::env::var(name).map_err(|_| format!("the environment variable {name} is not set"))
    }
}

/// Secrets that a source written by an editor may name: those called like it, or `source.…`.
pub(crate) fn belongs_to(secret: &str, source: &Name) -> bool {
    secret.strip_prefix(source.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn open(vault: &Vault, record: &SecretRecord) -> Stored {
    let plain = vault.open(&admin::secrets::context(&record.name), &record.sealed);
    plain.and_then(|plain| String::from_utf8(plain).ok()).map_or(Stored::Unreadable, Stored::Value)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn resolve(settings: &Value, origin: Origin) -> Result<Value, Vec<(String, String)>> {
        let secrets = Secrets {
            values: [
                ("erp.password".to_owned(), Stored::Value("s3cret".to_owned())),
                ("erp.shared".to_owned(), Stored::Value("shared".to_owned())),
                ("old".to_owned(), Stored::Unreadable),
            ]
            .into(),
            operators: ["erp.shared".to_owned()].into(),
            env_allow: vec!["CARGO_*".to_owned()],
        };
        let source = "erp".parse().unwrap();
        secrets.resolve(settings.as_object().unwrap(), &source, origin).map(Value::Object)
    }

    #[test]
    fn references_become_values_wherever_they_are() {
        let settings = json!({
            "url": "postgres://app:${secret:erp.password}@db/${env:CARGO_PKG_NAME}", "n": 1,
            "headers": [{"x": "${secret:erp.password}"}],
        });
        let resolved = resolve(&settings, Origin::Operator).unwrap();
        assert_eq!(resolved["url"], "postgres://app:s3cret@db/puente-gateway");
        assert_eq!(resolved["headers"][0]["x"], "s3cret");
    }

    #[test]
    fn each_problem_says_where_and_what() {
        let table = [
            ("${secret:nope}", Origin::Operator, "there is no secret `nope`"),
            ("${secret:old}", Origin::Operator, "another ENCRYPTION_KEY"),
            ("${secret:crm.password}", Origin::Editor, "only its own secrets"),
            ("${secret:erpx}", Origin::Editor, "only its own secrets"),
            ("${secret:erp.shared}", Origin::Editor, "serves what the operator applies"),
            ("${env:HOME}", Origin::Operator, "PUENTE_ENV_ALLOW"),
            ("${env:CARGO_NOT_SET}", Origin::Operator, "is not set"),
            ("${env:CARGO_PKG_NAME}", Origin::Editor, "only a file that the operator applies"),
            ("${vault:x}", Origin::Operator, "is no reference"),
            ("${env:X", Origin::Operator, "lacks its"),
        ];
        for (text, origin, expected) in table {
            let problems = resolve(&json!({"a": [{"b": text}]}), origin).unwrap_err();
            assert_eq!(problems[0].0, "a[0].b", "{text}");
            assert!(problems[0].1.contains(expected), "{text}: {}", problems[0].1);
        }
    }
}
