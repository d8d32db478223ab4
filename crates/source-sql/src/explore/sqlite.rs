//! The schema of a SQLite database.

/// Tables and views.
pub(super) const LIST_TABLES: &str = r#"
SELECT name AS "table", type
FROM sqlite_schema
WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\_%' ESCAPE '\'
  AND (:tables IS NULL OR name IN (SELECT value FROM json_each(:tables)))
ORDER BY name"#;

/// Columns of a table.
pub(super) const DESCRIBE_TABLE: &str = r#"
SELECT c.name AS "column", c.type AS type,
       CASE WHEN c."notnull" OR c.pk > 0 THEN 'NO' ELSE 'YES' END AS nullable,
       CASE WHEN c.pk > 0 THEN 'primary' END AS "key",
       (SELECT f."table" || '.' || coalesce(f."to", (SELECT p.name FROM pragma_table_info(f."table") p WHERE p.pk = 1))
        FROM pragma_foreign_key_list(:table) f WHERE f."from" = c.name) AS "references"
FROM pragma_table_xinfo(:table) c
WHERE c.hidden <> 1 AND (:tables IS NULL OR :table IN (SELECT value FROM json_each(:tables)))
ORDER BY c.cid"#;
