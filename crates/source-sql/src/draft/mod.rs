//! Proposes a catalog entry from a database's schema, for a person to review (`puente source draft`).
//!
//! Each table gets a tool that lists its rows with the obvious filters, and one that looks a row up by its key. Columns
//! that look sensitive are left out and named in a comment.

mod role;
mod schema;
mod sensitive;
mod tool;
mod yaml;

use puente_domain::Name;

use self::schema::Table;
use crate::engine::{Dialect, Engine, EngineError};

/// Tables in one draft; a person has to read it.
const MAX_TABLES: usize = 200;

/// Reads the schema and writes YAML.
pub(crate) async fn draft(name: &Name, dialect: Dialect, engine: &dyn Engine) -> Result<String, EngineError> {
    let tables = schema::read(dialect, engine).await?;
    Ok(write(name, dialect, &tables))
}

fn write(name: &Name, dialect: Dialect, tables: &[Table]) -> String {
    let mut draft = String::from(
        "# A draft, made from the schema. Review every tool before you apply it: names, descriptions, columns, limits.\n",
    );
    for table in tables.iter().filter(|table| table.hidden().next().is_some()) {
        let columns: Vec<_> = table.hidden().map(|column| column.name.as_str()).collect();
        draft.push_str(&yaml::comment(&format!(
            "Left out, because it looks sensitive: {}: {}",
            table.name,
            columns.join(", ")
        )));
    }
    if tables.len() > MAX_TABLES {
        let left = tables.len() - MAX_TABLES;
        draft.push_str(&yaml::comment(&format!("{left} more tables are left out; this is enough to read.")));
    }
    let tables = &tables[..tables.len().min(MAX_TABLES)];
    draft.push_str(&role::comment(name, dialect, tables));
    let tools = if tables.is_empty() { "tools: []" } else { "tools:" };
    let source = format!("sources:\n  - name: {name}\n    type: sql\n    url: {}\n    {tools}\n", url(name));
    draft.push_str(&source);
    for table in tables {
        draft.push_str(&tool::list(dialect, table));
        draft.push_str(&tool::get(dialect, table).unwrap_or_default());
    }
    draft
}

/// A reference, because a draft holds no credentials.
fn url(name: &Name) -> String {
    let variable: String =
        name.as_str().chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect();
    format!("${{env:SOURCE_{variable}_URL}}")
}
