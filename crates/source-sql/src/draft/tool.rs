//! Tools for one table.

use super::{
    schema::{Column, Table},
    yaml,
};
use crate::{engine::Dialect, parameters::Kind};

/// Filters in one tool; more confuse whoever chooses among them.
const MAX_FILTERS: usize = 8;

/// A filter: its parameter and its condition.
struct Filter {
    parameter: String,
    condition: String,
}

/// The tool that lists rows, newest first if there is a date.
pub(super) fn list(dialect: Dialect, table: &Table) -> String {
    let mut filters: Vec<_> = table.shown().flat_map(|column| filters(dialect, column)).collect();
    filters.truncate(MAX_FILTERS);
    let mut lines = vec![format!("SELECT {}", columns(dialect, table)), format!("FROM {}", qualified(dialect, table))];
    for (at, filter) in filters.iter().enumerate() {
        lines.push(format!("{} {}", if at == 0 { "WHERE" } else { "  AND" }, filter.condition));
    }
    lines.push(format!("ORDER BY {}", order(dialect, table)));
    lines.push("LIMIT :limit OFFSET :offset".to_owned());
    let what = table.comment.clone().unwrap_or_else(|| format!("Rows of {}", table.name));
    let mut parameters: Vec<_> = filters.into_iter().map(|filter| filter.parameter).collect();
    parameters
        .push("limit: {type: integer, default: 50, minimum: 1, maximum: 500, description: Rows of a page}".to_owned());
    parameters.push("offset: {type: integer, default: 0, minimum: 0, description: Rows to skip}".to_owned());
    yaml::tool(&format!("list_{}", yaml::name(table)), &what, &lines, &parameters)
}

/// The tool that looks up one row, if there is a key that can be given.
pub(super) fn get(dialect: Dialect, table: &Table) -> Option<String> {
    let key: Vec<_> = table.key().map(|column| Some((column, column.kind()?))).collect::<Option<_>>()?;
    if key.is_empty() {
        return None;
    }
    let conditions: Vec<_> = key
        .iter()
        .map(|(column, _)| format!("{} = :{}", quoted(dialect, &column.name), yaml::parameter(&column.name)))
        .collect();
    let lines = [
        format!("SELECT {}", columns(dialect, table)),
        format!("FROM {}", qualified(dialect, table)),
        format!("WHERE {}", conditions.join(" AND ")),
    ];
    let parameters: Vec<_> = key
        .iter()
        .map(|(column, kind)| format!("{}: {{type: {}}}", yaml::parameter(&column.name), yaml::kind(*kind)))
        .collect();
    let what = format!("One row of {} by its key", table.name);
    Some(yaml::tool(&format!("get_{}", yaml::name(table)), &what, &lines, &parameters))
}

/// The obvious filters of a column: equal to what it refers to, a range of days, part of a text.
fn filters(dialect: Dialect, column: &Column) -> Vec<Filter> {
    let (name, parameter) = (quoted(dialect, &column.name), yaml::parameter(&column.name));
    let optional = |parameter: &str, kind, description: String, condition: String| Filter {
        parameter: format!(
            "{parameter}: {{type: {}, required: false, description: {}}}",
            yaml::kind(kind),
            yaml::text(&description)
        ),
        condition: format!("(:{parameter} IS NULL OR {condition})"),
    };
    match column.kind() {
        Some(kind) if column.references().is_some() => {
            let description = format!("Only this {}", column.references().unwrap_or_default());
            vec![optional(&parameter, kind, description, format!("{name} = :{parameter}"))]
        }
        Some(kind @ (Kind::Date | Kind::Datetime)) => {
            let (since, until) = (format!("{parameter}_since"), format!("{parameter}_until"));
            vec![
                optional(&since, kind, format!("First {}", column.name), format!("{name} >= :{since}")),
                optional(&until, kind, format!("Last {}", column.name), format!("{name} <= :{until}")),
            ]
        }
        Some(Kind::String) if !column.is_key() => {
            let condition = format!("lower({name}) LIKE '%' || lower(:{parameter}) || '%'");
            vec![optional(&parameter, Kind::String, format!("Part of {}", column.name), condition)]
        }
        _ => Vec::new(),
    }
}

fn order(dialect: Dialect, table: &Table) -> String {
    let newest = table.shown().find(|column| matches!(column.kind(), Some(Kind::Date | Kind::Datetime)));
    let mut order: Vec<_> = newest.iter().map(|column| format!("{} DESC", quoted(dialect, &column.name))).collect();
    order.extend(table.key().map(|column| quoted(dialect, &column.name)));
    if order.is_empty() { "1".to_owned() } else { order.join(", ") }
}

fn columns(dialect: Dialect, table: &Table) -> String {
    let names: Vec<_> = table.shown().map(|column| quoted(dialect, &column.name)).collect();
    if names.is_empty() { "count(*) AS row_count".to_owned() } else { names.join(", ") }
}

/// The table with its schema.
pub(super) fn qualified(dialect: Dialect, table: &Table) -> String {
    match &table.schema {
        Some(schema) => format!("{}.{}", quoted(dialect, schema), quoted(dialect, &table.name)),
        None => quoted(dialect, &table.name),
    }
}

/// A name in quotes; without, where every database reads it as it is written.
pub(super) fn quoted(dialect: Dialect, name: &str) -> String {
    let quote = if dialect == Dialect::MySql { '`' } else { '"' };
    let doubled: String = name.chars().flat_map(|c| std::iter::repeat_n(c, if c == quote { 2 } else { 1 })).collect();
    format!("{quote}{doubled}{quote}")
}
