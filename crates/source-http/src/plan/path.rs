//! Paths with `{name}` in them.

/// A path, cut at its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PathTemplate {
    /// What it is made of.
    pub(crate) pieces: Vec<Piece>,
    /// What follows a `?`, as it is sent.
    pub(crate) query: Option<String>,
}

/// A part of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// As it is sent.
    Literal(String),
    /// The parameter of this name.
    Parameter(String),
}

impl PathTemplate {
    /// Reads `/orders/{id}`.
    ///
    /// # Errors
    /// What is wrong, for the author of the catalog.
    pub(crate) fn parse(path: &str) -> Result<Self, String> {
        if !path.is_empty() && !path.starts_with('/') {
            return Err("a path starts with /".to_owned());
        }
        let path = path.split('#').next().unwrap_or_default();
        let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
        let mut pieces = Vec::new();
        let mut rest = path;
        while let Some((literal, inside)) = rest.split_once('{') {
            let (name, after) = inside.split_once('}').ok_or_else(|| format!("`{{{inside}` lacks its `}}`"))?;
            if !literal.is_empty() {
                pieces.push(Piece::Literal(encode(literal)));
            }
            pieces.push(Piece::Parameter(name.to_owned()));
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Literal(encode(rest)));
        }
        Ok(Self { pieces, query: query.filter(|query| !query.is_empty()).map(encode) })
    }

    /// The names of its parameters.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Parameter(name) => Some(name.as_str()),
            Piece::Literal(_) => None,
        })
    }
}

/// Percent-encodes what no URI can hold, and leaves the rest as its author wrote it.
fn encode(text: &str) -> String {
    use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
    const IMPOSSIBLE: &AsciiSet =
        &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'\\').add(b'^').add(b'`').add(b'{').add(b'|').add(b'}');
    utf8_percent_encode(text, IMPOSSIBLE).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_cut_at_its_parameters() {
        let template = PathTemplate::parse("/a/{id}/b c/{n}?x=1").unwrap();
        assert_eq!(template.names().collect::<Vec<_>>(), ["id", "n"]);
        assert_eq!(template.pieces[2], Piece::Literal("/b%20c/".to_owned()));
        assert_eq!(template.query.as_deref(), Some("x=1"));
        assert!(PathTemplate::parse("orders").is_err());
        assert!(PathTemplate::parse("/a/{id").is_err());
    }
}
