//! The limit: a handler that does nothing but run the statement on the same pool and write the same JSON.

use std::sync::Arc;

use axum::{Json, Router, extract::State, http::StatusCode, response::IntoResponse, routing::post};
use serde::{Deserialize, Serialize};
use sqlx::{
    FromRow, PgPool, SqlitePool,
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};
use tokio::net::TcpListener;

use crate::{
    load::Target,
    workload::{Backend, COMPANIES, SQL},
};

/// The pool of either database.
#[derive(Clone)]
enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

#[derive(Deserialize)]
struct Arguments {
    company_id: i64,
}

#[derive(FromRow, Serialize)]
struct Expense {
    id: i64,
    category: String,
    description: String,
    amount: f64,
    spent_on: String,
}

#[derive(Serialize)]
struct Answer {
    rows: Vec<Expense>,
    row_count: usize,
    truncated: bool,
}

/// Serves on a free loopback port until the process ends.
pub(crate) async fn target(backend: &Backend, connections: usize) -> anyhow::Result<Target> {
    let pool = pool(backend, u32::try_from(connections)?).await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let router = Router::new().route("/", post(handler)).with_state(Arc::new(pool));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(Target {
        address,
        path: "/".to_owned(),
        headers: vec![("content-type", "application/json".to_owned())],
        body: Arc::new(|number| format!(r#"{{"company_id":{}}}"#, number % COMPANIES + 1)),
        expect: r#""row_count":20"#,
    })
}

async fn pool(backend: &Backend, connections: u32) -> anyhow::Result<Pool> {
    Ok(match backend {
        Backend::Sqlite { file } => {
            let options = SqliteConnectOptions::new().filename(file).read_only(true);
            Pool::Sqlite(SqlitePoolOptions::new().max_connections(connections).connect_with(options).await?)
        }
        Backend::Postgres { url } => {
            Pool::Postgres(PgPoolOptions::new().max_connections(connections).connect(url).await?)
        }
    })
}

async fn handler(State(pool): State<Arc<Pool>>, Json(arguments): Json<Arguments>) -> impl IntoResponse {
    let rows: Result<Vec<Expense>, _> = match &*pool {
        Pool::Sqlite(pool) => sqlx::query_as(SQL).bind(arguments.company_id).fetch_all(pool).await,
        Pool::Postgres(pool) => sqlx::query_as(SQL).bind(arguments.company_id).fetch_all(pool).await,
    };
    match rows {
        Ok(rows) => {
            let row_count = rows.len();
            Json(Answer { rows, row_count, truncated: false }).into_response()
        }
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
