use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, bail};

const PLAIN_JOIN: &str = "
BEGIN;
UPDATE plain_rooms SET last_number = last_number + 1 WHERE id = 1 RETURNING last_number \\gset
INSERT INTO plain_tickets (number, user_id, issued_at) VALUES (:last_number, gen_random_uuid(), now());
COMMIT;
";

/// How many plain joins pgbench runs a second.
pub(crate) async fn plain_joins(url: &str) -> anyhow::Result<f64> {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
    let driver = tokio::spawn(connection);
    let tables = "CREATE TABLE plain_rooms (id integer PRIMARY KEY, last_number bigint NOT NULL);
                  INSERT INTO plain_rooms VALUES (1, 0);
                  CREATE TABLE plain_tickets (number bigint PRIMARY KEY, user_id uuid NOT NULL UNIQUE,
                                              issued_at timestamptz NOT NULL);";
    client.batch_execute(tables).await?;
    drop(client);
    driver.await??;
    let url = url.to_owned();
    tokio::task::spawn_blocking(move || run(&url, PLAIN_JOIN, 32, 5)).await?
}

/// Runs a script with pgbench and gives its transactions per second.
fn run(url: &str, script: &str, clients: u32, seconds: u32) -> anyhow::Result<f64> {
    let folder = std::env::temp_dir().join(format!("seatline-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let file = folder.join("script.sql");
    std::fs::write(&file, script)?;
    let (clients, seconds) = (clients.to_string(), seconds.to_string());
    let output = Command::new(binary()?)
        .args(["--no-vacuum", "--protocol=prepared", "--client", &clients, "--jobs", "2", "--time", &seconds])
        .arg("--file")
        .arg(&file)
        .arg(url)
        .output()
        .context("pgbench cannot be run")?;
    std::fs::remove_dir_all(&folder)?;
    let text = String::from_utf8_lossy(&output.stdout);
    let tps = text.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
    match tps {
        Some(tps) if output.status.success() => Ok(tps),
        _ => bail!("pgbench failed: {text}{}", String::from_utf8_lossy(&output.stderr)),
    }
}

/// Finds pgbench beside the other binaries of PostgreSQL.
fn binary() -> anyhow::Result<PathBuf> {
    let output = Command::new("pg_config").arg("--bindir").output();
    let from_config = output.ok().map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let usual = ["18", "17", "16", "15", "14"].map(|version| format!("/usr/lib/postgresql/{version}/bin"));
    let folders = from_config.into_iter().chain(usual).map(PathBuf::from);
    folders.map(|folder| folder.join("pgbench")).find(|path| path.exists()).context("there is no pgbench")
}
