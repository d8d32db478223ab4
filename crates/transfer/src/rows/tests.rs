use proptest::{collection::vec, prelude::*};

use super::*;

#[derive(Clone, Debug, PartialEq)]
enum Owned {
    Null,
    Integer(i64),
    Real(f64),
    Text(Vec<u8>),
    Blob(Vec<u8>),
}

impl Owned {
    fn cell(&self) -> Cell<'_> {
        match self {
            Self::Null => Cell::Null,
            Self::Integer(value) => Cell::Integer(*value),
            Self::Real(value) => Cell::Real(*value),
            Self::Text(text) => Cell::Text(text),
            Self::Blob(blob) => Cell::Blob(blob),
        }
    }
}

fn value() -> impl Strategy<Value = Owned> {
    prop_oneof![
        Just(Owned::Null),
        prop_oneof![any::<i64>(), Just(i64::MIN), Just(i64::MAX)].prop_map(Owned::Integer),
        any::<f64>().prop_map(|value| Owned::Real(value + 0.0)),
        any::<String>().prop_map(|text| Owned::Text(text.into_bytes())),
        vec(any::<u8>(), 0..40).prop_map(Owned::Blob),
    ]
}

fn encode(table: &[Vec<Owned>]) -> Rows {
    let mut rows = Rows::default();
    for row in table {
        for value in row {
            rows.push(value.cell());
        }
        rows.end_row();
    }
    rows
}

proptest! {
    #[test]
    fn what_is_written_is_read(table in vec(vec(value(), 3), 0..10)) {
        let rows = encode(&table);
        prop_assert_eq!(rows.len(), table.len());
        for (row, wanted) in rows.iter().zip(&table) {
            let found: Vec<_> = row.cells().collect();
            prop_assert_eq!(found, wanted.iter().map(Owned::cell).collect::<Vec<_>>());
        }
    }

    #[test]
    fn different_rows_are_written_differently(one in vec(value(), 2), other in vec(value(), 2)) {
        let (a, b) = (encode(std::slice::from_ref(&one)), encode(std::slice::from_ref(&other)));
        prop_assert_eq!(one == other, a.iter().next().unwrap().bytes() == b.iter().next().unwrap().bytes());
    }

    #[test]
    fn damaged_bytes_do_no_harm(bytes in vec(any::<u8>(), 0..200)) {
        let _ = Row(&bytes).cells().count();
    }
}
