//! Values on their way into a statement.

/// A value to bind. What it stands for is the [`Kind`](super::Kind) of its parameter.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Datum {
    /// NULL.
    Null,
    /// An integer.
    Integer(i64),
    /// A finite number.
    Number(f64),
    /// A truth value.
    Boolean(bool),
    /// Text; a date, a time, a decimal or JSON in a form that all three engines read (times are UTC).
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A list of single values.
    List(Vec<Datum>),
}

impl Datum {
    /// How many items an `IN (…)` gets; an absent list has none.
    pub(crate) fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            _ => &[],
        }
    }
}
