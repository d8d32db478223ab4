//! Whether a schema only expands another one, so that programs of both may serve on it side by side.

use std::collections::{BTreeMap, BTreeSet};

/// A column as programs meet it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Column {
    /// Its table.
    pub table: String,
    /// Its name.
    pub name: String,
    /// Its type, as the database names it.
    pub kind: String,
    /// Whether a row needs a value for it.
    pub required: bool,
}

/// What programs meet of a schema.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    /// Every column.
    pub columns: BTreeSet<Column>,
    /// What refuses rows, by table: unique indexes, constraints, triggers.
    pub refusals: BTreeSet<(String, String)>,
}

impl Schema {
    fn has_table(&self, table: &str) -> bool {
        self.columns.iter().any(|column| column.table == table)
    }
}

/// What a program that knows `before` would stumble over on `after`, in words.
#[must_use]
pub fn hindrances(before: &Schema, after: &Schema) -> Vec<String> {
    let mut found = Vec::new();
    for Column { table, name, .. } in before.columns.difference(&after.columns) {
        found.push(format!("{table}.{name} is gone or is another one"));
    }
    for Column { table, name, required, .. } in after.columns.difference(&before.columns) {
        if *required && before.has_table(table) {
            found.push(format!("{table}.{name} is new, and rows of before have no value for it"));
        }
    }
    for (table, refusal) in after.refusals.difference(&before.refusals) {
        if before.has_table(table) {
            found.push(format!("{refusal} is new, and may refuse what a program writes into {table}"));
        }
    }
    found
}

/// Checks that a program of each schema can serve on the next one, from the schema `oldest` on; they are in order.
///
/// # Panics
/// It cannot.
pub fn assert_each_expands(schemas: &[(i64, Schema)], oldest: i64) {
    let pairs = schemas.iter().zip(schemas.iter().skip(1));
    for ((known, before), (found, after)) in pairs.filter(|((known, _), _)| *known >= oldest) {
        assert_eq!(hindrances(before, after), Vec::<String>::new(), "a program of schema {known} on schema {found}");
    }
}

/// Checks that migrations, by version and checksum, still are what they were; `known` has the beginnings in hex.
///
/// # Panics
/// One is gone or is another one.
pub fn assert_append_only<'a>(found: impl Iterator<Item = (i64, &'a [u8])>, known: &[(i64, &str)]) {
    let found: BTreeMap<i64, &[u8]> = found.collect();
    for (version, beginning) in known {
        let checksum = found.get(version).unwrap_or_else(|| panic!("migration {version} is gone"));
        let hex = checksum.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        let what = "was changed, and there are databases that have it: append another one";
        assert!(hex.starts_with(beginning), "migration {version} {what}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(columns: &[(&str, &str, bool)], refusals: &[(&str, &str)]) -> Schema {
        let column = |(table, name, required): &(&str, &str, bool)| Column {
            table: (*table).to_owned(),
            name: (*name).to_owned(),
            kind: "text".to_owned(),
            required: *required,
        };
        let refusal = |(table, name): &(&str, &str)| ((*table).to_owned(), (*name).to_owned());
        Schema { columns: columns.iter().map(column).collect(), refusals: refusals.iter().map(refusal).collect() }
    }

    #[test]
    fn what_is_new_beside_the_old_hinders_nobody() {
        let before = schema(&[("users", "email", true)], &[]);
        let wider = [("users", "email", true), ("users", "note", false), ("pins", "tool", true)];
        assert_eq!(hindrances(&before, &schema(&wider, &[("pins", "pins_tool")])), Vec::<String>::new());
    }

    #[test]
    fn what_the_old_would_stumble_over_is_named() {
        let before = schema(&[("users", "email", false), ("users", "name", true)], &[]);
        let after = schema(&[("users", "email", true), ("users", "age", true)], &[("users", "users_age")]);
        let found = hindrances(&before, &after).join("\n");
        for words in ["users.name is gone", "users.email is gone or is another", "users.age is new", "users_age is new"]
        {
            assert!(found.contains(words), "no '{words}' in: {found}");
        }
    }
}
