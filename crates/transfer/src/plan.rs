//! Which tables go where: the two schemas must say the same.

use crate::schema::{Column, Kind, Schema, Table};

/// The tables of both sides: the same ones in the same order, with the same columns in the same order.
#[derive(Clone, Debug)]
pub struct Plan {
    /// As the source has them.
    pub from: Vec<Table>,
    /// As the target has them; keys are those of the source, so that digests agree.
    pub to: Vec<Table>,
}

impl Plan {
    /// Matches two schemas.
    ///
    /// # Errors
    /// Every table and column that one side has and the other has not, or whose types do not correspond.
    pub fn new(from: &Schema, to: &Schema) -> Result<Self, Vec<String>> {
        let mut problems = Vec::new();
        if from.version != to.version {
            problems.push(format!(
                "the source has schema version {}, the target {}: start this version of Puente once on the older one, \
                 which brings it up to date",
                from.version, to.version
            ));
            return Err(problems);
        }
        let mut plan = Self { from: Vec::new(), to: Vec::new() };
        for table in &from.tables {
            match to.table(&table.name) {
                Some(other) => {
                    problems.extend(mismatches(table, other));
                    plan.from.push(table.clone());
                    plan.to.push(Table { key: table.key.clone(), ..other.clone() });
                }
                None => problems.push(format!("the target has no table {}", table.name)),
            }
        }
        let extra = to.tables.iter().filter(|table| from.table(&table.name).is_none());
        problems.extend(extra.map(|table| format!("the source has no table {}", table.name)));
        if problems.is_empty() { Ok(plan) } else { Err(problems) }
    }

    /// The kinds of each table's columns, from whichever side knows them.
    pub(crate) fn kinds(&self) -> Vec<Vec<Option<Kind>>> {
        let of = |(from, to): (&Table, &Table)| {
            from.columns.iter().zip(&to.columns).map(|(from, to)| from.kind.or(to.kind)).collect()
        };
        self.from.iter().zip(&self.to).map(of).collect()
    }
}

fn mismatches(from: &Table, to: &Table) -> Vec<String> {
    let mut problems = Vec::new();
    let missing = |column: &&Column| to.column(&column.name).is_none();
    problems.extend(
        from.columns.iter().filter(missing).map(|c| format!("the target has no column {}.{}", from.name, c.name)),
    );
    let extra = |column: &&Column| from.column(&column.name).is_none();
    problems
        .extend(to.columns.iter().filter(extra).map(|c| format!("the source has no column {}.{}", to.name, c.name)));
    if problems.is_empty() {
        for (a, b) in from.columns.iter().zip(&to.columns).filter(|(a, b)| !correspond(a, b)) {
            problems.push(format!(
                "column {}.{} is {} in the source and {} in the target, which do not correspond",
                from.name, a.name, a.declared, b.declared
            ));
        }
    }
    problems
}

fn correspond(a: &Column, b: &Column) -> bool {
    let (kind, declared) = match (a.kind, b.kind) {
        (Some(a), Some(b)) => return a == b && a != Kind::Unknown,
        (None, None) => return a.declared.eq_ignore_ascii_case(&b.declared),
        (Some(kind), None) => (kind, &b.declared),
        (None, Some(kind)) => (kind, &a.declared),
    };
    match kind {
        Kind::Integer(_) | Kind::Boolean | Kind::Time => declared.eq_ignore_ascii_case("INTEGER"),
        Kind::Real => declared.eq_ignore_ascii_case("REAL"),
        Kind::Text => declared.eq_ignore_ascii_case("TEXT"),
        Kind::Bytes | Kind::Uuid => declared.eq_ignore_ascii_case("BLOB"),
        Kind::Numeric | Kind::Date | Kind::Timestamp | Kind::Jsonb | Kind::Unknown => false,
    }
}
