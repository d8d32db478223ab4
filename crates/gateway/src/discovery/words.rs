//! Words, as texts are searched by: without case and accents, and identifiers in their parts.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// How much of a word counts, in characters.
const LONGEST: usize = 40;

/// The words of a text in their order. `searchOpenOrders` and `search_open_orders` give the same three; what was written
/// as one word is a fourth.
pub(super) fn words(text: &str) -> impl Iterator<Item = String> {
    let is_apart = |c: char| !c.is_alphanumeric() && !is_combining_mark(c);
    text.split(is_apart).filter(|chunk| !chunk.is_empty()).flat_map(|chunk| {
        let parts = parts(chunk);
        let whole = (parts.len() > 1).then(|| fold(chunk));
        parts.into_iter().map(fold).chain(whole)
    })
}

/// Upper case, then lower case, so that `ß` is `ss`; letters without what is above and below them.
fn fold(word: &str) -> String {
    let plain = word.nfd().filter(|c| !is_combining_mark(*c)).take(LONGEST);
    plain.flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}

/// `searchHTTPOrders2` → `search`, `HTTP`, `Orders2`.
fn parts(chunk: &str) -> Vec<&str> {
    let characters: Vec<(usize, char)> = chunk.char_indices().collect();
    let begins = |at: usize| {
        let (before, here) = (characters[at - 1].1, characters[at].1);
        let next_is_lower = characters.get(at + 1).is_some_and(|(_, next)| next.is_lowercase());
        here.is_uppercase() && (!before.is_uppercase() || next_is_lower)
    };
    let mut parts = Vec::new();
    let mut start = 0;
    for at in (1..characters.len()).filter(|at| begins(*at)) {
        parts.push(&chunk[start..characters[at].0]);
        start = characters[at].0;
    }
    parts.push(&chunk[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_identifiers_give_the_same_words() {
        for (text, expected) in [
            ("search_open-orders", "search open orders"),
            ("searchOpenOrders", "search open orders searchopenorders"),
            ("getHTTPStatus2", "get http status2 gethttpstatus2"),
            ("Búsqueda de FACTURAS: Straße", "busqueda de facturas strasse"),
            ("bu\u{301}squeda", "busqueda"),
            ("", ""),
            ("…, --", ""),
        ] {
            assert_eq!(words(text).collect::<Vec<_>>().join(" "), expected, "{text}");
        }
    }
}
