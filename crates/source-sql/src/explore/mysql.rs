//! The schema of a MySQL or MariaDB database: `information_schema` shows what the login may use.
//! Without a list of schemas only the database of the URL is shown.

/// Tables and views.
pub(super) const LIST_TABLES: &str = r"
SELECT table_schema AS `schema`, table_name AS `table`,
       CASE table_type WHEN 'VIEW' THEN 'view' ELSE 'table' END AS type, table_comment AS `comment`
FROM information_schema.tables
WHERE table_schema NOT IN ('information_schema', 'mysql', 'performance_schema', 'sys')
  AND IF(:schemas IS NULL, table_schema = COALESCE(DATABASE(), table_schema),
         JSON_CONTAINS(:schemas, JSON_QUOTE(table_schema)))
  AND (:tables IS NULL OR JSON_CONTAINS(:tables, JSON_QUOTE(table_name)))
ORDER BY table_schema, table_name";

/// Columns of a table.
pub(super) const DESCRIBE_TABLE: &str = r"
SELECT c.table_schema AS `schema`, c.column_name AS `column`, c.column_type AS type, c.is_nullable AS nullable,
       CASE c.column_key WHEN 'PRI' THEN 'primary' END AS `key`,
       (SELECT CONCAT(k.referenced_table_name, '.', k.referenced_column_name)
        FROM information_schema.key_column_usage k
        WHERE k.table_schema = c.table_schema AND k.table_name = c.table_name AND k.column_name = c.column_name
          AND k.referenced_table_name IS NOT NULL LIMIT 1) AS `references`,
       c.column_comment AS `comment`
FROM information_schema.columns c
WHERE c.table_name = :table AND (:schema IS NULL OR c.table_schema = :schema)
  AND c.table_schema NOT IN ('information_schema', 'mysql', 'performance_schema', 'sys')
  AND IF(:schemas IS NULL, c.table_schema = COALESCE(DATABASE(), c.table_schema),
         JSON_CONTAINS(:schemas, JSON_QUOTE(c.table_schema)))
  AND (:tables IS NULL OR JSON_CONTAINS(:tables, JSON_QUOTE(c.table_name)))
ORDER BY c.table_schema, c.ordinal_position";
