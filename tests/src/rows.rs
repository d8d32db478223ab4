//! Puente's own database, read and changed without Puente.

use puente_test_support::postgres::Postgres;
use rusqlite::Connection;

use crate::Site;

impl Site {
    /// The first column of a query's rows, which must be text, in the database that the site's settings name.
    pub async fn column(&self, query: &str) -> Vec<String> {
        let Some(url) = &self.backends().database_url else {
            let database = self.embedded_database();
            let mut statement = database.prepare(query).unwrap_or_else(|error| panic!("{error} in: {query}"));
            let rows = statement.query_map([], |row| row.get(0)).expect("a query");
            return rows.collect::<Result<_, _>>().expect("text");
        };
        Postgres::column(url, query).await.unwrap_or_else(|error| panic!("{error} in: {query}"))
    }

    /// Runs a statement on that database.
    pub async fn execute(&self, statement: &str) {
        match &self.backends().database_url {
            Some(url) => Postgres::execute(url, statement).await.unwrap_or_else(|error| panic!("{error}: {statement}")),
            None => {
                self.embedded_database().execute(statement, []).unwrap_or_else(|error| panic!("{error}: {statement}"));
            }
        }
    }

    fn embedded_database(&self) -> Connection {
        let database = Connection::open(self.data().join("puente.db")).expect("a database");
        database.busy_timeout(std::time::Duration::from_secs(30)).expect("it can wait");
        database
    }
}
