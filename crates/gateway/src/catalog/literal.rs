//! Which texts hold a secret in the clear.

use url::form_urlencoded;

/// Stands for a reference while the text around it is looked at; no URL holds it.
const REFERENCE: char = '\u{1}';
/// Parts of the names of parameters that hold secrets.
const SECRET: [&str; 7] = ["pass", "pwd", "secret", "token", "apikey", "api_key", "api-key"];

/// A URL holds a secret where it has a password, before the host or among its parameters; any other text is one. What
/// refers to a secret holds none.
pub(super) fn is_literal_secret(text: &str) -> bool {
    let text = without_references(text);
    let Some((_, rest)) = text.split_once("://") else {
        return !text.contains([':', REFERENCE]);
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let password = authority.rsplit_once('@').and_then(|(user, _)| user.split_once(':'));
    if password.is_some_and(|(_, password)| is_literal(password)) {
        return true;
    }
    let query = rest.split('#').next().and_then(|rest| rest.split_once('?')).map_or("", |(_, query)| query);
    form_urlencoded::parse(query.as_bytes()).any(|(name, value)| {
        let name = name.to_lowercase();
        (name == "key" || SECRET.iter().any(|part| name.contains(part))) && is_literal(&value)
    })
}

fn is_literal(text: &str) -> bool {
    !text.is_empty() && !text.contains(REFERENCE)
}

fn without_references(text: &str) -> String {
    let (mut kept, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, after)) = rest.split_once("${") {
        kept.push_str(before);
        kept.push(REFERENCE);
        rest = after.split_once('}').map_or("", |(_, rest)| rest);
    }
    kept + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_in_urls_are_secrets() {
        for (text, expected) in [
            ("postgresql://app:s3cret@db/erp", true),
            ("postgresql://app:${secret:erp.password}@db/erp", false),
            ("postgresql://app:s3cret@${env:SOURCE_HOST}:${env:SOURCE_PORT}/erp", true),
            ("postgresql://${env:SOURCE_USER}:s3cret@db/erp", true),
            ("postgresql://${env:SOURCE_USER}@db/erp", false),
            ("postgresql://app@db/erp?password=hunter2", true),
            ("postgresql://app@db/erp?sslmode=require&pass%77ord=hunter2", true),
            ("postgresql://app@db/erp?password=${secret:erp.password}&sslmode=require", false),
            ("postgresql://app:@db/erp?sslkey=/srv/key.pem", false),
            ("${env:SOURCE_ERP_URL}", false),
            ("postgresql://app@db/erp", false),
            ("sqlite:erp.db", false),
            ("sqlite:///srv/erp.db", false),
            ("hunter2", true),
        ] {
            assert_eq!(is_literal_secret(text), expected, "{text}");
        }
    }
}
