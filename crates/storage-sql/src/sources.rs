//! Sources.

use puente_domain::{
    SourceId,
    catalog::{Origin, SourceKind, SourceRecord},
};
use puente_storage::{Page, Result, Slice, StorageError};
use uuid::Uuid;

use super::{
    SqlTransaction, Time, column, page,
    text::{pattern, searchable, storable},
};

struct Row {
    id: Uuid,
    name: String,
    kind: String,
    description: String,
    settings: String,
    origin: String,
    enabled: bool,
    created_at: Time,
    updated_at: Time,
    version: i64,
}

impl TryFrom<Row> for SourceRecord {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: SourceId(row.id),
            name: column::parse("sources", &row.name)?,
            kind: kind(&row.kind)?,
            description: row.description,
            settings: column::from_json("sources", &row.settings)?,
            origin: origin(&row.origin)?,
            enabled: row.enabled,
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
            version: row.version,
        })
    }
}

fn kind(text: &str) -> Result<SourceKind> {
    [SourceKind::Sql, SourceKind::Http, SourceKind::Mcp, SourceKind::Files]
        .into_iter()
        .find(|kind| kind.as_str() == text)
        .ok_or_else(|| column::inconsistent("sources", &format_args!("'{text}' is no kind")))
}

fn origin(text: &str) -> Result<Origin> {
    match text {
        "operator" => Ok(Origin::Operator),
        "editor" => Ok(Origin::Editor),
        _ => Err(column::inconsistent("sources", &format_args!("'{text}' is no origin"))),
    }
}

const fn origin_text(origin: Origin) -> &'static str {
    match origin {
        Origin::Operator => "operator",
        Origin::Editor => "editor",
    }
}

macro_rules! select {
    ($tail:tt $(, $argument:expr)*) => {
        sqlx::query_as!(
            Row,
            r#"SELECT id AS "id!: Uuid", name, kind, description, settings, origin, enabled AS "enabled!: bool",
                      created_at AS "created_at!: Time", updated_at AS "updated_at!: Time", version AS "version!: i64"
               FROM sources "# + $tail
            $(, $argument)*
        )
    };
}

impl SqlTransaction {
    pub(super) async fn all_sources(&mut self) -> Result<Vec<SourceRecord>> {
        let rows = select!("ORDER BY name").fetch_all(self.connection()).await.map_err(|error| self.fail(error))?;
        rows.into_iter().map(SourceRecord::try_from).collect()
    }

    pub(super) async fn source_by_id(&mut self, id: SourceId) -> Result<Option<SourceRecord>> {
        let row = select!("WHERE id = $1", id.0).fetch_optional(self.connection()).await;
        row.map_err(|error| self.fail(error))?.map(SourceRecord::try_from).transpose()
    }

    pub(super) async fn source_named(&mut self, name: &str) -> Result<Option<SourceRecord>> {
        let row = select!("WHERE name = $1", storable("sources.name", name)?).fetch_optional(self.connection()).await;
        row.map_err(|error| self.fail(error))?.map(SourceRecord::try_from).transpose()
    }

    pub(super) async fn source_page(&mut self, search: Option<&str>, page: &Page) -> Result<Slice<SourceRecord>> {
        let rows = select!(
            r"WHERE search LIKE $1 ESCAPE '\' AND name > $2 ORDER BY name LIMIT $3",
            pattern(search)?,
            page::after_name(page)?,
            page::limit(page)
        );
        let rows = rows.fetch_all(self.connection()).await.map_err(|error| self.fail(error))?;
        page::slice(rows, page, |source: &SourceRecord| source.name.to_string())
    }

    pub(super) async fn insert_source(&mut self, source: &SourceRecord) -> Result<()> {
        sqlx::query!(
            "INSERT INTO sources (id, name, kind, description, settings, origin, enabled, search, created_at, updated_at,
                                  version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            source.id.0,
            source.name.as_str(),
            source.kind.as_str(),
            storable("sources.description", &source.description)?,
            column::to_json("sources", &source.settings)?,
            origin_text(source.origin),
            source.enabled,
            searchable(&[source.name.as_str(), &source.description]),
            Time(source.created_at),
            Time(source.updated_at),
            source.version
        )
        .execute(self.connection())
        .await
        .map_err(|error| self.fail(error))?;
        Ok(())
    }

    pub(super) async fn rewrite_source(&mut self, source: &SourceRecord) -> Result<()> {
        let updated = sqlx::query!(
            "UPDATE sources SET name = $1, kind = $2, description = $3, settings = $4, origin = $5, enabled = $6,
                                search = $7, updated_at = $8, version = version + 1
             WHERE id = $9 AND version = $10",
            source.name.as_str(),
            source.kind.as_str(),
            storable("sources.description", &source.description)?,
            column::to_json("sources", &source.settings)?,
            origin_text(source.origin),
            source.enabled,
            searchable(&[source.name.as_str(), &source.description]),
            Time(source.updated_at),
            source.id.0,
            source.version
        );
        let updated = updated.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        if updated.rows_affected() == 0 { Err(StorageError::Stale("sources")) } else { Ok(()) }
    }

    pub(super) async fn delete_source(&mut self, id: SourceId) -> Result<bool> {
        let removed = sqlx::query!("DELETE FROM sources WHERE id = $1", id.0);
        let removed = removed.execute(self.connection()).await.map_err(|error| self.fail(error))?;
        Ok(removed.rows_affected() > 0)
    }
}
