//! Tools on Chinook: joins, optional filters, lists, groups, windows, pages.

/// A tool and the arguments that it is called with.
pub(super) struct Case {
    pub(super) name: &'static str,
    /// Written for PostgreSQL; no underscore but in names of tables and columns.
    pub(super) sql: &'static str,
    /// JSON, as in a catalog.
    pub(super) parameters: &'static str,
    /// JSON.
    pub(super) arguments: &'static [&'static str],
}

/// The tool whose pages are put together.
pub(super) const PAGES: &str = "tracks";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "tracks",
        sql: "SELECT track_id AS id, name, unit_price AS price FROM track ORDER BY name, track_id LIMIT :limit OFFSET :offset",
        parameters: r#"{"limit": {"type": "integer", "default": 20}, "offset": {"type": "integer", "default": 0}}"#,
        arguments: &["{}", r#"{"limit": 5, "offset": 3500}"#, r#"{"limit": 0}"#],
    },
    Case {
        name: "search",
        sql: "SELECT t.track_id AS id, t.name AS track, a.title AS album, r.name AS artist, g.name AS genre, t.composer
              FROM track t JOIN album a ON a.album_id = t.album_id JOIN artist r ON r.artist_id = a.artist_id
              LEFT JOIN genre g ON g.genre_id = t.genre_id
              WHERE (:text IS NULL OR lower(t.name) LIKE '%' || lower(:text) || '%')
                AND (:genres IS NULL OR g.name IN (:genres)) AND (:longest IS NULL OR t.milliseconds <= :longest)
              ORDER BY t.track_id LIMIT 100",
        parameters: r#"{"text": {"type": "string", "required": false},
                        "genres": {"type": "string", "list": true, "required": false},
                        "longest": {"type": "integer", "required": false}}"#,
        arguments: &[
            "{}",
            r#"{"text": "love"}"#,
            r#"{"text": "it's"}"#,
            r#"{"genres": ["Jazz", "Blues"], "longest": 200000}"#,
            r#"{"genres": []}"#,
        ],
    },
    Case {
        name: "album",
        sql: "SELECT a.album_id AS id, a.title, r.name AS artist, count(t.track_id) AS tracks, sum(t.milliseconds) AS ms
              FROM album a JOIN artist r ON r.artist_id = a.artist_id JOIN track t ON t.album_id = a.album_id
              WHERE a.album_id = :id GROUP BY a.album_id, a.title, r.name",
        parameters: r#"{"id": {"type": "integer"}}"#,
        arguments: &[r#"{"id": 1}"#, r#"{"id": 347}"#, r#"{"id": -1}"#],
    },
    Case {
        name: "customers",
        sql: "SELECT c.customer_id AS id, c.last_name AS name, c.company, c.country, e.last_name AS support
              FROM customer c LEFT JOIN employee e ON e.employee_id = c.support_rep_id
              WHERE (:countries IS NULL OR c.country IN (:countries)) AND (:company IS NULL OR c.company = :company)
              ORDER BY c.customer_id",
        parameters: r#"{"countries": {"type": "string", "list": true, "required": false},
                        "company": {"type": "string", "required": false}}"#,
        arguments: &["{}", r#"{"countries": ["Brazil", "Chile", "Germany"]}"#, r#"{"company": "Google Inc."}"#],
    },
    Case {
        name: "invoices",
        sql: "SELECT i.invoice_id AS id, i.invoice_date AS day, i.total, c.email
              FROM invoice i JOIN customer c ON c.customer_id = i.customer_id
              WHERE (:customer IS NULL OR i.customer_id = :customer) AND i.total >= :least
              ORDER BY i.invoice_date DESC, i.invoice_id DESC LIMIT 50",
        parameters: r#"{"customer": {"type": "integer", "required": false}, "least": {"type": "decimal", "default": 0}}"#,
        arguments: &["{}", r#"{"customer": 5}"#, r#"{"least": "13.86"}"#, r#"{"least": 20}"#],
    },
    Case {
        name: "lines",
        sql: "SELECT l.invoice_line_id AS id, t.name AS track, l.unit_price AS price, l.quantity, l.unit_price * l.quantity AS amount
              FROM invoice_line l JOIN track t ON t.track_id = l.track_id
              WHERE l.invoice_id IN (:invoices) ORDER BY l.invoice_line_id",
        parameters: r#"{"invoices": {"type": "integer", "list": true}}"#,
        arguments: &[r#"{"invoices": [1]}"#, r#"{"invoices": [1, 2, 3, 5, 8, 13, 21]}"#, r#"{"invoices": []}"#],
    },
    Case {
        name: "revenue",
        sql: "SELECT billing_country AS country, count(*) AS invoices, round(sum(total), 2) AS total
              FROM invoice GROUP BY billing_country HAVING sum(total) > :more ORDER BY sum(total) DESC, billing_country",
        parameters: r#"{"more": {"type": "number", "default": 0}}"#,
        arguments: &["{}", r#"{"more": 100.5}"#],
    },
    Case {
        name: "genres",
        sql: "SELECT g.name AS genre, count(*) AS tracks, min(t.milliseconds) AS shortest, max(t.milliseconds) AS longest
              FROM genre g JOIN track t ON t.genre_id = g.genre_id GROUP BY g.genre_id, g.name ORDER BY tracks DESC, g.genre_id",
        parameters: "{}",
        arguments: &["{}"],
    },
    Case {
        name: "bestsellers",
        sql: "WITH sold AS (SELECT track_id AS id, sum(quantity) AS n FROM invoice_line GROUP BY track_id)
              SELECT t.track_id AS id, t.name, s.n FROM sold s JOIN track t ON t.track_id = s.id
              WHERE s.n >= :least ORDER BY s.n DESC, t.track_id LIMIT :limit",
        parameters: r#"{"least": {"type": "integer", "default": 2}, "limit": {"type": "integer", "default": 10}}"#,
        arguments: &["{}", r#"{"least": 1, "limit": 100}"#],
    },
    Case {
        name: "employees",
        sql: "SELECT e.employee_id AS id, e.last_name AS name, e.title, e.hire_date AS hired, b.last_name AS boss
              FROM employee e LEFT JOIN employee b ON b.employee_id = e.reports_to ORDER BY e.employee_id",
        parameters: "{}",
        arguments: &["{}"],
    },
    Case {
        name: "playlists",
        sql: "SELECT p.playlist_id AS id, p.name, count(l.track_id) AS tracks
              FROM playlist p LEFT JOIN playlist_track l ON l.playlist_id = p.playlist_id
              WHERE p.playlist_id NOT IN (:without) GROUP BY p.playlist_id, p.name ORDER BY p.playlist_id",
        parameters: r#"{"without": {"type": "integer", "list": true}}"#,
        arguments: &[r#"{"without": [1, 8]}"#],
    },
    Case {
        name: "ranked",
        sql: "SELECT country, name, spent FROM (
                SELECT c.country, c.last_name AS name, round(sum(i.total), 2) AS spent,
                       rank() OVER (PARTITION BY c.country ORDER BY sum(i.total) DESC, c.last_name) AS place
                FROM customer c JOIN invoice i ON i.customer_id = c.customer_id GROUP BY c.country, c.customer_id, c.last_name
              ) AS x WHERE place <= :top ORDER BY country, place",
        parameters: r#"{"top": {"type": "integer", "default": 1, "maximum": 5}}"#,
        arguments: &["{}", r#"{"top": 3}"#],
    },
];
