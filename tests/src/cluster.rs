//! Several replicas on one PostgreSQL and, if wanted, one Redis, behind a [`Balancer`].

use std::net::TcpListener;

use puente_test_support::postgres::Postgres;

use crate::{Api, Balancer, Server, Site, tools};

/// The keys that replicas must share.
const KEYS: [(&str, &str); 2] = [
    ("ENCRYPTION_KEY", "q8Zr0uQm2mYv3rT6xKf1pLw9sNc4bHd7eGj5"),
    ("JWT_SECRET_KEY", "w2Xc5vBn8mKj4hGf7dSa0pOi9uYt6rEq1zLk"),
];

/// Replicas that share a database, each with a data folder and a port of its own. They are not started yet.
pub struct Cluster {
    /// One for each replica; commands on any of them work for all.
    pub sites: Vec<Site>,
    ports: Vec<u16>,
    /// The database with the table of notes, which is not Puente's own.
    pub notes: String,
}

impl Cluster {
    /// Replicas on these URLs of one database, one a replica, with the sample and the notes of `catalogs/replicas.yaml`
    /// as sources. The catalog is not applied yet.
    pub async fn new(databases: &[String], settings: &[(&str, &str)]) -> Self {
        let notes = Postgres::shared().create_database().await.expect("a database");
        let table = "CREATE TABLE notes (id bigserial PRIMARY KEY, marker text NOT NULL)";
        Postgres::execute(&notes, table).await.expect("a table");
        // All at once, so that they differ.
        let listeners: Vec<_> =
            databases.iter().map(|_| TcpListener::bind("127.0.0.1:0").expect("a free port")).collect();
        let ports = listeners.iter().map(|listener| listener.local_addr().expect("it is bound").port()).collect();
        let mut cluster = Self { sites: Vec::new(), ports, notes };
        for (database, port) in databases.iter().zip(&cluster.ports) {
            let mut site = Site::embedded().setting("DATABASE_URL", database).setting("PORT", &port.to_string());
            site = site.setting("SOURCE_NOTES_URL", &cluster.notes);
            for (name, value) in KEYS.iter().chain(settings) {
                site = site.setting(name, value);
            }
            // The same source for all: that of the first one.
            let erp = cluster.sites.first().unwrap_or(&site).erp();
            if cluster.sites.is_empty() {
                crate::erp::copy_to(&erp);
            }
            site = site.setting("SOURCE_ERP_URL", &format!("sqlite:{}", erp.to_str().expect("UTF-8")));
            cluster.sites.push(site);
        }
        cluster
    }

    /// Applies `catalogs/replicas.yaml`.
    pub fn apply(&self) {
        let catalog = tools::root().join("tests/catalogs/replicas.yaml");
        self.sites[0].puente(&["apply", "-f", catalog.to_str().expect("UTF-8")]).expect_success();
    }

    /// Where a replica listens.
    #[must_use]
    pub fn url(&self, replica: usize) -> String {
        format!("http://127.0.0.1:{}", self.ports[replica])
    }

    /// Starts every replica, all at the same time.
    pub async fn serve(&self) -> Vec<Server> {
        let mut servers = Vec::new();
        for server in self.sites.iter().map(Site::spawn).collect::<Vec<_>>() {
            servers.push(server.ready().await);
        }
        servers
    }

    /// A balancer before all of them, once it has seen each of them ready.
    pub async fn balancer(&self) -> Balancer {
        let balancer = Balancer::start((0..self.sites.len()).map(|replica| self.url(replica))).await;
        let api = Api::anonymous(balancer.url());
        while !(0..self.sites.len()).all(|replica| balancer.is_ready(replica)) {
            let _ = api.get("/health/live").await;
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        balancer
    }
}
