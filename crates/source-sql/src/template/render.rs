//! Writes a template's text: typed placeholders, and as many in `IN (…)` as there are items.

use std::sync::Arc;

use super::{Segment, Template};
use crate::{
    engine::Dialect,
    parameters::{Datum, Parameter},
};

/// A statement as the database gets it.
#[derive(Clone, Debug)]
pub(crate) struct Rendered {
    /// The text.
    pub(crate) sql: Arc<str>,
    /// What is bound, in order.
    pub(crate) binds: Vec<Bind>,
}

/// What a placeholder stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bind {
    /// The value of a parameter, by its index.
    Whole(usize),
    /// An item of a list: the parameter's index, the item's. Beyond the last item it is the last one again.
    Item(usize, usize),
}

impl Bind {
    /// The parameter's index.
    pub(crate) const fn parameter(self) -> usize {
        match self {
            Self::Whole(parameter) | Self::Item(parameter, _) => parameter,
        }
    }

    /// Whether it is a parameter's whole value, which may be a list.
    pub(crate) const fn is_whole(self) -> bool {
        matches!(self, Self::Whole(_))
    }

    /// The value among those of all parameters.
    pub(crate) fn value(self, values: &[Datum]) -> &Datum {
        match self {
            Self::Whole(parameter) => &values[parameter],
            Self::Item(parameter, at) => {
                let items = values[parameter].items();
                items.get(at).or(items.last()).unwrap_or(&Datum::Null)
            }
        }
    }
}

impl Template {
    /// The text for these values.
    pub(crate) fn render(&self, parameters: &[Parameter], values: &[Datum]) -> Arc<Rendered> {
        self.fixed.clone().unwrap_or_else(|| Arc::new(self.write(parameters, values)))
    }

    /// The text for preparing, with one item in each list.
    pub(crate) fn sample(&self, parameters: &[Parameter]) -> Arc<Rendered> {
        let values: Vec<_> = parameters.iter().map(|_| Datum::List(vec![Datum::Null])).collect();
        self.render(parameters, &values)
    }

    pub(super) fn write(&self, parameters: &[Parameter], values: &[Datum]) -> Rendered {
        let mut sql = String::new();
        let mut binds = Vec::new();
        for segment in &self.segments {
            match *segment {
                Segment::Text(ref text) => sql.push_str(text),
                Segment::Bare(index) if self.dialect == Dialect::MySql => {
                    binds.push(Bind::Whole(index));
                    sql.push('?');
                }
                Segment::Value(index) | Segment::Bare(index) => {
                    self.write_value(&mut sql, &mut binds, index, parameters);
                }
                Segment::Items(index) => {
                    self.write_items(&mut sql, &mut binds, index, parameters, values[index].items().len());
                }
            }
        }
        Rendered { sql: sql.into(), binds }
    }

    fn write_value(&self, sql: &mut String, binds: &mut Vec<Bind>, index: usize, parameters: &[Parameter]) {
        let settings = &parameters[index].settings;
        let bind = Bind::Whole(index);
        let again = binds.iter().position(|&earlier| earlier == bind).filter(|_| self.dialect.numbers_placeholders());
        let number = again.map_or(binds.len(), |at| at) + 1;
        if again.is_none() {
            binds.push(bind);
        }
        self.dialect.placeholder(sql, number, settings.kind, settings.list);
    }

    /// The number of placeholders is a power of two, so that a few prepared statements serve lists of all lengths.
    fn write_items(
        &self,
        sql: &mut String,
        binds: &mut Vec<Bind>,
        index: usize,
        parameters: &[Parameter],
        items: usize,
    ) {
        let kind = parameters[index].settings.kind;
        if items == 0 {
            sql.push_str(&self.dialect.empty_list(kind));
            return;
        }
        for at in 0..items.next_power_of_two() {
            if at > 0 {
                sql.push_str(", ");
            }
            binds.push(Bind::Item(index, at));
            self.dialect.placeholder(sql, binds.len(), kind, false);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parameter(name: &str, settings: serde_json::Value) -> Parameter {
        Parameter { name: name.to_owned(), settings: serde_json::from_value(settings).unwrap() }
    }

    fn rendered(sql: &str, dialect: Dialect, values: &[Datum]) -> Rendered {
        let parameters = [
            parameter("ids", json!({"type": "integer", "list": true})),
            parameter("since", json!({"type": "date", "required": false})),
        ];
        let template = Template::parse(sql, dialect, &parameters).unwrap();
        Arc::unwrap_or_clone(template.render(&parameters, values))
    }

    #[test]
    fn lists_expand_and_values_are_bound_once_where_the_database_can() {
        let sql = "SELECT 1 WHERE id IN (:ids) AND (:since IS NULL OR day >= :since)";
        let ids = Datum::List([1, 2, 3].map(Datum::Integer).to_vec());
        let values = [ids, Datum::Null];
        let postgres = rendered(sql, Dialect::Postgres, &values);
        assert_eq!(
            &*postgres.sql,
            "SELECT 1 WHERE id IN ($1::int8, $2::int8, $3::int8, $4::int8) AND ($5::date IS NULL OR day >= $5::date)"
        );
        let bound: Vec<_> = postgres.binds.iter().map(|bind| bind.value(&values).clone()).collect();
        assert_eq!(bound, [1, 2, 3, 3].map(Datum::Integer).into_iter().chain([Datum::Null]).collect::<Vec<_>>());
        assert_eq!(rendered(sql, Dialect::MySql, &values).binds.len(), 6);
    }

    #[test]
    fn an_empty_list_contains_nothing_and_a_list_can_stand_alone() {
        let sql = "SELECT :since WHERE :ids IS NULL OR id IN (:ids)";
        let sqlite = rendered(sql, Dialect::Sqlite, &[Datum::Null, Datum::Null]);
        assert_eq!(&*sqlite.sql, "SELECT ?1 WHERE ?2 IS NULL OR id IN (SELECT NULL WHERE 0)");
    }

    #[test]
    fn what_does_not_fit_is_said() {
        let parameters = [parameter("a", json!({"type": "integer"}))];
        let problems = |sql| Template::parse(sql, Dialect::Sqlite, &parameters).unwrap_err().join("; ");
        assert!(problems("SELECT :b").contains("placeholder :b"));
        assert!(problems("SELECT :b").contains("does not use the parameter 'a'"));
        assert!(problems("SELECT :a, ?").contains("'?'"));
        assert!(problems("SELECT :a; SELECT 2").contains("one statement"));
        assert!(problems(" -- nothing\n ;").contains("no statement"));
        assert!(Template::parse("SELECT :a ; -- end", Dialect::Sqlite, &parameters).is_ok());
    }
}
