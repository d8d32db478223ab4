//! Text: what can be stored, and how it is searched.

use puente_storage::{Result, StorageError};

/// The text, unless it contains NUL, which PostgreSQL cannot hold. `column` is for the error.
pub(super) fn storable<'a>(column: &'static str, text: &'a str) -> Result<&'a str> {
    if text.contains('\0') { Err(StorageError::Unstorable(column)) } else { Ok(text) }
}

/// As [`storable`], for text that may be missing.
pub(super) fn storable_opt<'a>(column: &'static str, text: Option<&'a str>) -> Result<Option<&'a str>> {
    text.map(|text| storable(column, text)).transpose()
}

/// Lower case, as e-mails are kept and compared.
pub(super) fn lower(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

/// What a text is searched by: upper case, then lower case, so that `Σ`, `σ` and `ς` are one, and `ß` is `ss`; character
/// by character, so that a part of a text folds to a part of the folded text. Composed and decomposed letters stay
/// two. The databases' own `lower` differ: SQLite knows ASCII only, PostgreSQL depends on its locale.
pub(super) fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}

/// What the `search` column of a row holds.
pub(super) fn searchable(parts: &[&str]) -> String {
    fold(&parts.join("\u{1f}"))
}

/// The `LIKE` pattern (`ESCAPE '\'`) of a text that is searched for; everything matches `None`.
pub(super) fn pattern(search: Option<&str>) -> Result<String> {
    let search = storable("search", search.unwrap_or_default())?;
    let mut pattern = String::from("%");
    for character in fold(search).chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    Ok(pattern)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_its_text_literally() {
        assert_eq!(pattern(Some(r"50%_\Ä")).unwrap(), r"%50\%\_\\ä%");
    }

    #[test]
    fn a_part_folds_to_a_part() {
        assert!(fold("Οδυσσεύς ήρθε").contains(&fold("ΟΔΥΣΣΕΎΣ")));
        assert!(fold("Hauptstraße").contains(&fold("STRASSE")));
    }
}
