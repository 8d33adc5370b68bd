//! An instance that is attacked by clients that ask for much and take little.

use std::time::{Duration, Instant};

use futures::{StreamExt, stream};
use seatline_tests::{
    ADMIN_KEY, Binary, Client, Database, Operator, RawConnection, Running, TestUser, eventually,
};

use super::{time, variable};

/// The most seats that a performance has.
pub(super) const SEATS_MAX: u32 = 100_000;

/// An instance in a process of its own, as it is set up for people, but without limits of rates and patient with the
/// database.
pub(super) struct Target {
    pub(super) running: Running,
    pub(super) database: Database,
}

impl Target {
    pub(super) async fn start() -> Self {
        let database = Database::create().await;
        let url = database.url().to_owned();
        let serving = tokio::task::spawn_blocking(move || {
            Binary::serve(Binary::variables(&url).into_iter().chain([("SEATLINE_DB_WAIT", "20s")]))
        });
        Self { running: serving.await.unwrap(), database }
    }

    pub(super) fn operator(&self) -> Operator {
        Operator::new(self.running.client(), ADMIN_KEY)
    }

    pub(super) async fn user(&self) -> TestUser {
        TestUser::register(self.running.client()).await
    }

    /// Asks for each of these on a connection of its own, so many at the same time, and reads no more than the status of
    /// the answer. Gives the connections, and the statuses.
    pub(super) async fn besiege(
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
    pub(super) async fn unsent(&self) -> (u64, u64) {
        let client = Client::new(self.running.address());
        let metrics = client.get("/metrics").bearer(ADMIN_KEY).send().await.text();
        let value = |name: &str| {
            metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok()).unwrap()
        };
        (value("seatline_unsent_bytes"), value("seatline_unsent_memory_bytes"))
    }

    /// Waits until nothing is left of an attack, and looks whether everything holds that always holds.
    pub(super) async fn end(self) {
        self.recovers().await;
        self.database.assert_invariants().await;
    }

    pub(super) async fn recovers(&self) {
        eventually("nothing is unsent", async || (self.unsent().await == (0, 0)).then_some(())).await;
    }
}

/// A request for this path, with everything that a user has.
pub(super) fn request_of(user: &TestUser, path: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nHost: seatline\r\nAuthorization: Bearer {}\r\nQueue-Token: {}\r\n\r\n",
        user.access_token,
        user.queue_token.as_deref().unwrap_or_default()
    )
}

/// How often each status came, by status.
pub(super) fn tally(statuses: &[u16]) -> Vec<(u16, usize)> {
    let mut tally = std::collections::BTreeMap::new();
    for status in statuses {
        *tally.entry(*status).or_default() += 1;
    }
    tally.into_iter().collect()
}

/// How many connections there are in an attack.
pub(super) fn attackers() -> usize {
    variable("SEATLINE_ATTACKERS").map_or(350, |number| number.parse().unwrap())
}

/// One round, or as many as fit into the time that the tests are given.
pub(super) fn rounds() -> impl Iterator<Item = usize> {
    let until = Instant::now() + time().unwrap_or(Duration::ZERO);
    (0..).take_while(move |round| *round == 0 || Instant::now() < until)
}
