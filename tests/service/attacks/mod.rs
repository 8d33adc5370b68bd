//! Clients that ask for much and take little: what they cost is bounded, others are served meanwhile, and nothing of it
//! is left when they have gone.
//!
//! Each is one short round; `SEATLINE_ATTACKS=10m` repeats it for so long, `SEATLINE_ATTACKERS` says how many connections
//! there are, `SEATLINE_BINARY` names another binary to attack, such as that of a release.

mod brothers;
mod memory;
mod readers;

use std::time::{Duration, Instant};

use futures::{StreamExt, stream};
use seatline_tests::{
    ADMIN_KEY, Binary, Client, Database, Operator, QUEUE_KEY, RawConnection, Running, TestUser, eventually,
};

/// The most seats that a performance has.
const SEATS_MAX: u32 = 100_000;

/// An instance in a process of its own, as it is set up for people, but without limits of rates and patient with the
/// database.
struct Target {
    running: Running,
    database: Database,
}

impl Target {
    async fn start() -> Self {
        let database = Database::create().await;
        let url = database.url().to_owned();
        let serving = tokio::task::spawn_blocking(move || {
            Binary::serve([
                ("DATABASE_URL", url.as_str()),
                ("SEATLINE_LISTEN", "127.0.0.1:0"),
                ("SEATLINE_ADMIN_KEY", ADMIN_KEY),
                ("SEATLINE_QUEUE_KEYS", QUEUE_KEY),
                ("SEATLINE_DB_WAIT", "20s"),
            ])
        });
        Self { running: serving.await.unwrap(), database }
    }

    fn operator(&self) -> Operator {
        Operator::new(self.running.client(), ADMIN_KEY)
    }

    async fn user(&self) -> TestUser {
        TestUser::register(self.running.client()).await
    }

    /// Asks for each of these on a connection of its own, so many at the same time, and reads no more than the status of
    /// the answer. Gives the connections, and the statuses.
    async fn besiege(
        &self,
        at_a_time: usize,
        requests: impl IntoIterator<Item = String>,
    ) -> (Vec<RawConnection>, Vec<u16>) {
        let asked = stream::iter(requests).map(async |request| {
            let mut connection = RawConnection::open_narrow(self.running.address()).await;
            connection.send(request.as_bytes()).await;
            let status = connection.status().await;
            (connection, status)
        });
        asked.buffered(at_a_time).collect::<Vec<_>>().await.into_iter().unzip()
    }

    /// Bytes that were asked for and not sent yet, and the memory that these take.
    async fn unsent(&self) -> (u64, u64) {
        let client = Client::new(self.running.address());
        let metrics = client.get("/metrics").bearer(ADMIN_KEY).send().await.text();
        let value = |name: &str| {
            metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok()).unwrap()
        };
        (value("seatline_unsent_bytes"), value("seatline_unsent_memory_bytes"))
    }

    /// Waits until nothing is left of an attack, and looks whether everything holds that always holds.
    async fn end(self) {
        self.recovers().await;
        self.database.assert_invariants().await;
    }

    async fn recovers(&self) {
        eventually("nothing is unsent", async || (self.unsent().await == (0, 0)).then_some(())).await;
    }
}

/// A request for this path, with everything that a user has.
fn request_of(user: &TestUser, path: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nHost: seatline\r\nAuthorization: Bearer {}\r\nQueue-Token: {}\r\n\r\n",
        user.access_token,
        user.queue_token.as_deref().unwrap_or_default()
    )
}

/// How often each status came, by status.
fn tally(statuses: &[u16]) -> Vec<(u16, usize)> {
    let mut tally = std::collections::BTreeMap::new();
    for status in statuses {
        *tally.entry(*status).or_default() += 1;
    }
    tally.into_iter().collect()
}

/// How many connections there are in an attack.
fn attackers() -> usize {
    variable("SEATLINE_ATTACKERS").map_or(350, |number| number.parse().unwrap())
}

/// One round, or as many as fit into the time that the tests are given.
fn rounds() -> impl Iterator<Item = usize> {
    let time = variable("SEATLINE_ATTACKS").map(|text| humantime::parse_duration(&text).unwrap());
    let until = Instant::now() + time.unwrap_or(Duration::ZERO);
    (0..).take_while(move |round| *round == 0 || Instant::now() < until)
}

#[expect(clippy::disallowed_methods, reason = "how long to try is said to the tests by their caller")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}
