//! JSON with comments: enough to tell it from something broken.

/// The text without comments and without commas before a closing bracket; strings are left alone.
pub(super) fn strip(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let length = match next {
            '"' => {
                let length = string_length(rest);
                plain.push_str(&rest[..length]);
                length
            }
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest[2..].find("*/").map_or(rest.len(), |end| end + 4),
            '}' | ']' => {
                drop_trailing_comma(&mut plain);
                plain.push(next);
                1
            }
            _ => {
                plain.push(next);
                next.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    plain
}

fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (index, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return index + 1,
            _ => {}
        }
    }
    text.len()
}

fn drop_trailing_comma(plain: &mut String) {
    if plain.trim_end().ends_with(',') {
        plain.truncate(plain.trim_end().len() - 1);
    }
}
