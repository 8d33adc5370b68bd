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

/// A hold as one statement: the seat's row, if it is free.
const PLAIN_HOLD: &str = "
\\set performance random(1, 100)
\\set seat random(1, 1000)
UPDATE plain_seats SET user_id = gen_random_uuid(), held_until = now() + interval '5 minutes'
WHERE performance_id = :performance AND number = :seat AND (held_until IS NULL OR held_until < now() + interval '1 hour');
";

/// A payment as one statement: the debit, the ledger entry, the seat, the payment.
const PLAIN_PAYMENT: &str = "
\\set wallet random(1, 100000)
\\set performance random(1, 100)
\\set seat random(1, 1000)
WITH debit AS (
    UPDATE plain_wallets SET balance = balance - 1 WHERE id = :wallet AND balance >= 1 RETURNING id, balance
), entry AS (
    INSERT INTO plain_entries (entry_id, wallet_id, amount, balance_after, created_at)
    SELECT gen_random_uuid(), id, -1, balance, now() FROM debit
), seat AS (
    UPDATE plain_seats SET sold_to = :wallet WHERE performance_id = :performance AND number = :seat
)
INSERT INTO plain_payments (payment_id, wallet_id, amount, paid_at)
SELECT gen_random_uuid(), id, 1, now() FROM debit;
";

/// A charge as one statement: the credit, the ledger entry.
const PLAIN_CHARGE: &str = "
\\set wallet random(1, 100000)
WITH credit AS (
    UPDATE plain_wallets SET balance = balance + 1 WHERE id = :wallet RETURNING id, balance
)
INSERT INTO plain_entries (entry_id, wallet_id, amount, balance_after, created_at)
SELECT gen_random_uuid(), id, 1, balance, now() FROM credit;
";

/// What Seatline's writes are measured against: each as one statement on plain tables.
pub(crate) struct PlainSale {
    url: String,
}

impl PlainSale {
    /// A hundred performances of a thousand seats, a hundred thousand wallets.
    pub(crate) async fn open(url: &str) -> anyhow::Result<Self> {
        let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
        let driver = tokio::spawn(connection);
        let tables = "
            CREATE TABLE plain_seats (performance_id integer, number integer, user_id uuid, held_until timestamptz,
                                      sold_to integer, PRIMARY KEY (performance_id, number)) WITH (fillfactor = 80);
            INSERT INTO plain_seats SELECT performance, seat
            FROM generate_series(1, 100) AS performance, generate_series(1, 1000) AS seat;
            CREATE TABLE plain_wallets (id integer PRIMARY KEY, balance numeric(19, 2) NOT NULL)
                WITH (fillfactor = 80);
            INSERT INTO plain_wallets SELECT id, 1000000 FROM generate_series(1, 100000) AS id;
            CREATE TABLE plain_entries (entry_id uuid PRIMARY KEY, wallet_id integer NOT NULL, amount numeric(19, 2),
                                        balance_after numeric(19, 2), created_at timestamptz);
            CREATE TABLE plain_payments (payment_id uuid PRIMARY KEY, wallet_id integer NOT NULL,
                                         amount numeric(19, 2), paid_at timestamptz);
            ANALYZE plain_seats, plain_wallets;";
        client.batch_execute(tables).await?;
        drop(client);
        driver.await??;
        Ok(Self { url: url.to_owned() })
    }

    /// Holds a second.
    pub(crate) async fn holds(&self) -> anyhow::Result<f64> {
        self.run(PLAIN_HOLD).await
    }

    /// Payments a second.
    pub(crate) async fn payments(&self) -> anyhow::Result<f64> {
        self.run(PLAIN_PAYMENT).await
    }

    /// Charges a second.
    pub(crate) async fn charges(&self) -> anyhow::Result<f64> {
        self.run(PLAIN_CHARGE).await
    }

    async fn run(&self, script: &'static str) -> anyhow::Result<f64> {
        let url = self.url.clone();
        tokio::task::spawn_blocking(move || run(&url, script, 32, 4)).await?
    }
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
