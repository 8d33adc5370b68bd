use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU8, Ordering};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use seatline_local_postgres::{Durability, TemporaryCluster};
use tempfile::TempDir;
use tokio_postgres::NoTls;

/// Somebody who signs certificates.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    /// A new one of this name, which nobody knows.
    pub fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// Its own certificate, in a file in this folder.
    pub fn file(&self, folder: &Path, name: &str) -> PathBuf {
        let path = folder.join(name);
        fs::write(&path, self.0.pem()).unwrap();
        path
    }
}

/// A PostgreSQL of a test's own, on an address of its own, which is reached over TLS only, or not over TLS at all.
pub struct TlsServer {
    cluster: TemporaryCluster,
    address: String,
    folder: TempDir,
}

impl TlsServer {
    /// The name that the certificate is for.
    pub const NAME: &str = "db.seatline.test";

    /// With a certificate signed by this authority; without one, by itself.
    pub async fn start(authority: Option<&Authority>) -> Self {
        let mut server = Self::without_tls().await;
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![Self::NAME.to_owned()]).unwrap();
        let certificate = match authority {
            Some(authority) => params.signed_by(&key, &authority.0).unwrap(),
            None => params.self_signed(&key).unwrap(),
        };
        fs::write(server.certificate(), certificate.pem()).unwrap();
        // The server's account must own its key, and nobody else may read it.
        server.write("server.crt", &certificate.pem()).await;
        server.write("server.key", &key.serialize_pem()).await;
        server.write("pg_hba.conf", "local all all trust\nhostssl all all 127.0.0.0/8 trust").await;
        server.execute("ALTER SYSTEM SET ssl = on").await;
        server.cluster.stop().await.unwrap();
        server.cluster.restart().await.unwrap();
        server
    }

    /// One that does not speak TLS.
    pub async fn without_tls() -> Self {
        static NEXT: AtomicU8 = AtomicU8::new(1);
        // All of 127.0.0.0/8 is this machine: servers of other tests, which have the same port, are on other addresses.
        let [.., third, second, first] = std::process::id().to_be_bytes();
        let address = format!(
            "127.{}.{second}.{}",
            1 + first % 250,
            third.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed))
        );
        let settings = [format!("listen_addresses={address}")];
        let cluster = TemporaryCluster::start_with_settings(Durability::Forgetful, settings).await.unwrap();
        let server = Self { cluster, address, folder: TempDir::new().unwrap() };
        server.write("pg_hba.conf", "local all all trust\nhost all all 127.0.0.0/8 trust").await;
        server.execute("SELECT pg_reload_conf()").await;
        server
    }

    /// How to reach it by this name, with these words on TLS.
    pub fn url(&self, name: &str, tls: &str) -> String {
        format!("postgresql://seatline@{name}/postgres?hostaddr={}{tls}", self.address)
    }

    /// The file of its certificate.
    pub fn certificate(&self) -> PathBuf {
        self.folder.path().join("server.pem")
    }

    /// A folder for other files.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Which connections of the service there are: whether each is encrypted.
    pub async fn encrypted(&self) -> Vec<bool> {
        let client = self.connect().await;
        let sql = "SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name LIKE 'seatline%'";
        client.query(sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
    }

    async fn write(&self, file: &str, text: &str) {
        let lines = text.trim_end().lines().map(|line| format!("('{line}')")).collect::<Vec<_>>().join(",");
        let written = format!("COPY (VALUES {lines}) TO PROGRAM 'umask 077; cat > {file}'");
        self.execute(&written).await;
    }

    async fn execute(&self, sql: &str) {
        self.connect().await.batch_execute(sql).await.unwrap();
    }

    async fn connect(&self) -> tokio_postgres::Client {
        let (client, connection) =
            tokio_postgres::connect(&self.cluster.url("postgres"), NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    }
}
