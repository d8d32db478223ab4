//! The schema of a PostgreSQL database, as far as the login may read it.

/// Tables and views.
pub(super) const LIST_TABLES: &str = r#"
SELECT n.nspname::text AS schema, c.relname::text AS "table",
       CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table'
                      ELSE 'table' END AS type,
       obj_description(c.oid, 'pg_class') AS comment
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
  AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\_%'
  AND has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT')
  AND (:schemas IS NULL OR n.nspname::text = ANY(:schemas))
  AND (:tables IS NULL OR c.relname::text = ANY(:tables))
ORDER BY 1, 2"#;

/// Columns of a table.
pub(super) const DESCRIBE_TABLE: &str = r#"
SELECT n.nspname::text AS schema, a.attname::text AS "column", format_type(a.atttypid, a.atttypmod) AS type,
       CASE WHEN a.attnotnull THEN 'NO' ELSE 'YES' END AS nullable,
       CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_constraint k
                         WHERE k.conrelid = c.oid AND k.contype = 'p' AND a.attnum = ANY(k.conkey)) THEN 'primary' END
           AS "key",
       (SELECT format('%s.%s', k.confrelid::regclass, r.attname)
        FROM pg_catalog.pg_constraint k
        JOIN pg_catalog.pg_attribute r ON r.attrelid = k.confrelid AND r.attnum = k.confkey[1]
        WHERE k.conrelid = c.oid AND k.contype = 'f' AND k.conkey = ARRAY[a.attnum] LIMIT 1) AS "references",
       col_description(c.oid, a.attnum) AS comment
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relname = :table AND (:schema IS NULL OR n.nspname = :schema)
  AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND has_schema_privilege(n.oid, 'USAGE') AND has_column_privilege(c.oid, a.attnum, 'SELECT')
  AND (:schemas IS NULL OR n.nspname::text = ANY(:schemas))
  AND (:tables IS NULL OR c.relname::text = ANY(:tables))
ORDER BY 1, a.attnum"#;
