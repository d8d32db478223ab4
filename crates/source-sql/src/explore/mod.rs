//! `explore:` — `list_tables`, `describe_table` and `query`, under a login of their own.
//!
//! The login's grants are the boundary. Each statement gets a connection of its own, so that nothing a query does to
//! its session can reach another caller.

mod mysql;
mod postgres;
mod sqlite;

use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::{
    engine::{Access, Dialect, Options, Statement},
    guard,
    parameters::{Parameter, input_schema},
    reach::Reach,
    settings::{ExploreSettings, PoolSettings},
    template::Template,
};

/// The tools' names.
pub(crate) const NAMES: [&str; 3] = ["list_tables", "describe_table", "query"];

/// Ad-hoc queries on a source.
pub(crate) struct ExplorePlan {
    /// The login.
    pub(crate) database: Options,
    /// Rows of a result.
    pub(crate) max_rows: usize,
    /// Lists tables.
    pub(crate) list_tables: Arc<Statement>,
    /// Describes one.
    pub(crate) describe_table: Arc<Statement>,
}

impl ExplorePlan {
    /// From settings that were checked.
    pub(crate) fn new(settings: &ExploreSettings, reach: Reach, pool: PoolSettings) -> Self {
        let dialect = reach.dialect();
        let statement = |name| catalog_statement(dialect, name, &settings.schemas, &settings.tables);
        Self {
            list_tables: statement("list_tables"),
            describe_table: statement("describe_table"),
            database: Options { reach, pool, single_use: true, tables: settings.tables.clone() },
            max_rows: settings.max_rows,
        }
    }

    /// An ad-hoc statement.
    ///
    /// # Errors
    /// For the agent: why it is refused.
    pub(crate) fn query(&self, sql: &str) -> Result<Arc<Statement>, String> {
        let dialect = self.database.reach.dialect();
        if let Some(refusal) = guard::refusal(sql, dialect, Access::Read) {
            return Err(refusal);
        }
        let template = Template::parse(sql, dialect, &[]).map_err(|problems| problems.join("; "))?;
        Ok(Arc::new(Statement { template, parameters: Vec::new(), access: Access::Read }))
    }
}

/// Puente's own statement on the schema: `list_tables` or `describe_table`.
pub(crate) fn catalog_statement(dialect: Dialect, name: &str, schemas: &[String], tables: &[String]) -> Arc<Statement> {
    let sql = match (dialect, name) {
        (Dialect::Sqlite, "list_tables") => sqlite::LIST_TABLES,
        (Dialect::Sqlite, _) => sqlite::DESCRIBE_TABLE,
        (Dialect::Postgres, "list_tables") => postgres::LIST_TABLES,
        (Dialect::Postgres, _) => postgres::DESCRIBE_TABLE,
        (Dialect::MySql, "list_tables") => mysql::LIST_TABLES,
        (Dialect::MySql, _) => mysql::DESCRIBE_TABLE,
    };
    let mut parameters = vec![shown("schemas", schemas), shown("tables", tables)];
    if name == "describe_table" {
        parameters.push(visible("table", &json!({"type": "string", "description": "The table or view"})));
        let schema = json!({"type": "string", "required": false, "description": "Its schema, if several have one"});
        parameters.push(visible("schema", &schema));
    }
    parameters.retain(|parameter| sql.contains(&format!(":{}", parameter.name)));
    let template = Template::parse(sql, dialect, &parameters).expect("Puente's own SQL is well-formed; tests run it");
    Arc::new(Statement { template, parameters, access: Access::Catalog })
}

/// The schema of `query`'s arguments.
pub(crate) fn query_schema() -> Map<String, Value> {
    input_schema(&[visible(
        "sql",
        &json!({"type": "string", "min_length": 1, "description": "One SELECT statement in the database's dialect"}),
    )])
}

fn visible(name: &str, settings: &Value) -> Parameter {
    let settings = serde_json::from_value(settings.clone()).expect("Puente's own parameters are well-formed");
    Parameter { name: name.to_owned(), settings }
}

/// A list from the settings; NULL, which shows all, if it is empty.
fn shown(name: &str, names: &[String]) -> Parameter {
    let default = if names.is_empty() { Value::Null } else { json!(names) };
    let mut parameter = visible(name, &json!({"type": "string", "list": true, "required": false, "default": default}));
    parameter.settings.internal = true;
    parameter
}
