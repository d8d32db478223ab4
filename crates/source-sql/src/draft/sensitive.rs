//! Columns that an agent should not see unless somebody decides so.

/// Words of which one is enough.
const WORDS: &[&str] = &[
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "secret",
    "token",
    "hash",
    "salt",
    "ssn",
    "iban",
    "bic",
    "salary",
    "wage",
    "pin",
    "cvv",
    "cvc",
    "otp",
    "totp",
    "credential",
    "credentials",
    "birthdate",
    "dob",
    "passport",
    "biometric",
];

/// Words that are sensitive together only.
const PAIRS: &[(&str, &str)] = &[
    ("api", "key"),
    ("private", "key"),
    ("access", "key"),
    ("credit", "card"),
    ("card", "number"),
    ("bank", "account"),
    ("account", "number"),
    ("tax", "id"),
    ("national", "id"),
    ("birth", "date"),
    ("date", "birth"),
    ("social", "security"),
];

/// Whether a column of this name looks sensitive: `password_hash`, `apiKey`, `CreditCard`, `iban`.
pub(super) fn is_sensitive(column: &str) -> bool {
    let words = words(column);
    let joined = words.concat();
    words.iter().any(|word| WORDS.contains(&word.as_str()) || WORDS.contains(&word.trim_end_matches('s')))
        || PAIRS.iter().any(|(first, second)| joined.contains(&format!("{first}{second}")))
}

/// The words of `snake_case` and `camelCase`, in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut after_lower = false;
    for c in name.chars() {
        let starts = !c.is_alphanumeric() || (c.is_uppercase() && after_lower);
        if starts {
            words.push(String::new());
        }
        if c.is_alphanumeric() {
            words.last_mut().expect("there is always one").extend(c.to_lowercase());
        }
        after_lower = c.is_lowercase();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::is_sensitive;

    #[test]
    fn sensitive_names_are_found_in_any_spelling() {
        for name in [
            "password",
            "passwordHash",
            "API_KEY",
            "apikey",
            "iban",
            "Salary",
            "refresh_tokens",
            "CreditCard",
            "birth_date",
        ] {
            assert!(is_sensitive(name), "{name}");
        }
        for name in ["name", "shipping", "pinned", "key", "company_id", "account", "tokenizer", "opinion"] {
            assert!(!is_sensitive(name), "{name}");
        }
    }
}
