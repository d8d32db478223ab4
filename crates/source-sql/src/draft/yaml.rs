//! Writes YAML that people like to edit: comments, one parameter a line, SQL in blocks.

use super::schema::Table;
use crate::parameters::Kind;

/// A comment of one line.
pub(super) fn comment(text: &str) -> String {
    format!("# {}\n", text.replace(['\n', '\r'], " "))
}

/// A text in double quotes: JSON strings are YAML.
pub(super) fn text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A kind as catalogs write it.
pub(super) const fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Integer => "integer",
        Kind::Number => "number",
        Kind::String => "string",
        Kind::Boolean => "boolean",
        Kind::Date => "date",
        Kind::Datetime => "datetime",
        Kind::Decimal => "decimal",
        Kind::Json => "json",
        Kind::Bytes => "bytes",
    }
}

/// What a tool is named after its table; with the schema if there are several.
pub(super) fn name(table: &Table) -> String {
    let name = match table.schema.as_deref() {
        Some(schema) if table.is_ambiguous => format!("{schema}_{}", table.name),
        _ => table.name.clone(),
    };
    // `list_` and the limit of a tool's name leave this much.
    parameter(&name).chars().take(56).collect()
}

/// A name that placeholders can have.
pub(super) fn parameter(column: &str) -> String {
    let name: String =
        column.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect();
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) { name } else { format!("p_{name}") }
}

/// A tool of a source.
pub(super) fn tool(name: &str, description: &str, sql: &[String], parameters: &[String]) -> String {
    let mut lines = vec![String::new(), format!("      - name: {name}")];
    lines.push(format!("        description: {}", text(description)));
    lines.push("        sql: |".to_owned());
    lines.extend(sql.iter().map(|line| format!("          {line}")));
    lines.push("        parameters:".to_owned());
    lines.extend(parameters.iter().map(|parameter| format!("          {parameter}")));
    lines.push(String::new());
    lines.join("\n")
}
