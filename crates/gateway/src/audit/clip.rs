//! Rows stay small, and hold nothing that a database cannot: what callers send gets into them.

/// The longest target that is kept: hostile names are as long as a body may be.
pub(super) const TARGET: usize = 500;
/// The longest detail that is kept.
pub(super) const DETAIL: usize = 2000;
/// The longest names and ids.
pub(super) const NAME: usize = 200;

/// Cuts a text after so many characters, and takes out NUL.
pub(super) fn clip(text: &str, most: usize) -> String {
    let clean = |c| if c == '\0' { char::REPLACEMENT_CHARACTER } else { c };
    text.chars().take(most).map(clean).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_and_unstorable_text_is_cut_and_cleaned() {
        assert_eq!(clip("a\0b", 10), "a\u{fffd}b");
        assert_eq!(clip(&"ä".repeat(1000), 500), "ä".repeat(500));
    }
}
