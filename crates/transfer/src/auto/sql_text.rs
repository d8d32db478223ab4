//! Reading what SQLite tells only as text: `CREATE TABLE` with its expressions.

/// The parts of the list in the first parentheses: column definitions and table constraints. Comments are left out.
pub(super) fn parts(create: &str) -> Vec<String> {
    let text = without_comments(create);
    let Some(start) = text.find('(') else { return Vec::new() };
    let (mut parts, mut part, mut depth) = (Vec::new(), String::new(), 0_usize);
    let mut quote = None;
    for c in text[start + 1..].chars() {
        match (quote, c) {
            (Some(end), c) if c == end => quote = None,
            (None, '\'' | '"' | '`') => quote = Some(c),
            (None, '[') => quote = Some(']'),
            (None, '(') => depth += 1,
            (None, ')') if depth == 0 => break,
            (None, ')') => depth -= 1,
            (None, ',') if depth == 0 => {
                parts.push(std::mem::take(&mut part).trim().to_owned());
                continue;
            }
            _ => {}
        }
        part.push(c);
    }
    parts.push(part.trim().to_owned());
    parts
}

fn without_comments(text: &str) -> String {
    let (mut out, mut rest, mut quote) = (String::with_capacity(text.len()), text, None);
    while let Some(c) = rest.chars().next() {
        if quote.is_none() && rest.starts_with("--") {
            rest = rest.find('\n').map_or("", |end| &rest[end..]);
            continue;
        }
        if quote.is_none() && rest.starts_with("/*") {
            rest = rest.find("*/").map_or("", |end| &rest[end + 2..]);
            continue;
        }
        quote = match (quote, c) {
            (None, '\'' | '"' | '`') => Some(c),
            (Some(end), c) if c == end => None,
            (quote, _) => quote,
        };
        out.push(c);
        rest = &rest[c.len_utf8()..];
    }
    out
}

/// The definition of a column.
pub(super) fn column<'a>(parts: &'a [String], name: &str) -> Option<&'a str> {
    parts.iter().map(String::as_str).find(|part| {
        let bare = part.trim_start_matches(['"', '`', '[', '\'']);
        let is_name = bare.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
        is_name && bare[name.len()..].chars().next().is_none_or(|c| !c.is_alphanumeric() && c != '_')
    })
}

/// The expression in parentheses behind each of these words: `CHECK (a > 0)` gives `a > 0`.
pub(super) fn behind(part: &str, word: &str) -> Vec<String> {
    let upper = part.to_ascii_uppercase();
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = upper[from..].find(word) {
        let begin = from + at;
        from = begin + word.len();
        let apart = part[..begin].chars().next_back().is_none_or(|c| !c.is_alphanumeric() && c != '_');
        let rest = part[from..].trim_start();
        if apart && rest.starts_with('(') {
            found.extend(balanced(rest));
        }
    }
    found
}

/// What stands in the parentheses at the beginning.
fn balanced(text: &str) -> Option<String> {
    let (mut depth, mut quote) = (0_usize, None);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(end), c) if c == end => quote = None,
            (None, '\'' | '"') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => {
                depth -= 1;
                if depth == 0 {
                    return Some(text[1..at].trim().to_owned());
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_and_expressions_are_found() {
        let sql = "CREATE TABLE \"t\" (id INTEGER PRIMARY KEY, -- a, comment (
            [a b] TEXT DEFAULT '(,' CHECK (length(\"a b\") > 0 AND 'x)' <> ''), /* b */
            total REAL GENERATED ALWAYS AS (round(x * 2, 2)) STORED, v AS (lower(w)),
            CHECK (x IN (1, 2))) STRICT";
        let parts = parts(sql);
        assert_eq!(parts.len(), 5, "{parts:?}");
        assert_eq!(behind(column(&parts, "a b").unwrap(), "CHECK"), ["length(\"a b\") > 0 AND 'x)' <> ''"]);
        assert_eq!(behind(column(&parts, "total").unwrap(), "AS"), ["round(x * 2, 2)"]);
        assert_eq!(behind(column(&parts, "V").unwrap(), "AS"), ["lower(w)"]);
        assert_eq!(behind(&parts[4], "CHECK"), ["x IN (1, 2)"]);
        assert_eq!(column(&parts, "tot"), None);
    }
}
