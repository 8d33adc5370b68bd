//! Boards through a real caching proxy: nginx, as it stands for a CDN.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use seatline_tests::contract::BOARD;
use seatline_tests::{Client, Cluster, ClusterOptions, Sale, eventually};

/// An nginx that caches what the instances answer, as they say that it may be cached.
struct Proxy {
    process: Child,
    address: SocketAddr,
    _folder: tempfile::TempDir,
}

impl Proxy {
    /// Where Debian and others keep it beside `PATH`.
    const PROGRAMS: [&str; 2] = ["nginx", "/usr/sbin/nginx"];

    /// Starts one before these instances. `None` where nobody wants it tried.
    async fn start(instances: &[SocketAddr]) -> Option<Self> {
        if std::env::var_os("SEATLINE_PROXY").is_some_and(|value| value == "none") {
            // Past the test runner, which keeps for itself what passing tests print.
            let _ =
                writeln!(std::io::stderr(), "\nSKIPPED: SEATLINE_PROXY is none, no caching proxy was tried");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        // Somebody else may take the port before nginx does: then it says so and ends.
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let config = folder.path().join("nginx.conf");
        std::fs::write(&config, Self::config(folder.path(), address, instances)).unwrap();
        let started = Self::PROGRAMS.iter().find_map(|program| {
            let mut command = Command::new(program);
            command.arg("-c").arg(&config).arg("-p").arg(folder.path()).arg("-e").arg("stderr");
            command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().ok()
        });
        let process = started.expect(
            "there is no nginx for the test of a caching proxy; script/setup --tests installs it, SEATLINE_PROXY=none skips it",
        );
        let proxy = Self { process, address, _folder: folder };
        eventually("nginx takes connections", async || {
            tokio::net::TcpStream::connect(proxy.address).await.is_ok().then_some(())
        })
        .await;
        Some(proxy)
    }

    fn config(folder: &Path, address: SocketAddr, instances: &[SocketAddr]) -> String {
        let servers = instances.iter().fold(String::new(), |mut servers, instance| {
            write!(servers, "server {instance};").unwrap();
            servers
        });
        let folder = folder.display();
        // As root, its workers would be somebody who may not look into the folder.
        let user = if nix::unistd::Uid::effective().is_root() { "user root;" } else { "" };
        format!(
            "daemon off; {user} pid {folder}/pid; worker_processes 1; events {{}}
             http {{
                 access_log off; client_body_temp_path {folder}/bodies; fastcgi_temp_path {folder}/fastcgi;
                 uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi; proxy_temp_path {folder}/parts;
                 proxy_cache_path {folder}/cache keys_zone=boards:1m;
                 upstream seatline {{ {servers} }}
                 server {{
                     listen {address};
                     location / {{
                         proxy_pass http://seatline; proxy_cache boards; proxy_cache_lock on;
                         proxy_cache_background_update on; proxy_cache_use_stale updating;
                         add_header x-cache $upstream_cache_status always;
                     }}
                 }}
             }}"
        )
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // Its worker ends with it, when it is asked to stop.
        let id = i32::try_from(self.process.id()).unwrap();
        let _ = nix::sys::signal::kill(nix::unistd::Pid::from_raw(id), nix::sys::signal::Signal::SIGTERM);
        let _ = self.process.wait();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_behind_a_cache_is_served_by_a_request_a_second_and_told_the_same() {
    let cluster = Cluster::start_with(ClusterOptions { instances: 2, ..ClusterOptions::default() }).await;
    let Some(proxy) = Proxy::start(&[cluster.address(0), cluster.address(1)]).await else {
        return cluster.end().await;
    };
    let sale = Sale::builder().capacity(1).open(&cluster.operator()).await;
    let mut people = cluster.users(20).await;
    for user in &mut people {
        user.join(&sale).await;
    }
    let path = format!("/api/v1/concerts/{}/board", sale.concert_id);
    let mut told: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let (mut asked, mut passed_on) = (0, 0);
    let (mut newest, mut least) = (String::new(), u64::MAX);
    // The last in line reads until several boards were announced, while others leave.
    while told.len() < 4 {
        for coding in ["identity", "gzip"] {
            let request = Client::new(proxy.address).get(&path).header("accept-encoding", coding);
            let answer = request.send_decoded().await;
            let board = answer.of_kind(200, BOARD);
            asked += 1;
            passed_on += u64::from(!matches!(answer.header("x-cache"), Some("HIT" | "STALE" | "UPDATING")));
            let announced_at = board["announcedAt"].as_str().unwrap().to_owned();
            let before = told.entry(announced_at.clone()).or_insert_with(|| answer.bytes().to_vec());
            assert_eq!(before, answer.bytes(), "{announced_at}");
            // Whoever uses no older board than one seen, and keeps the lowest, is told of no rise.
            if announced_at >= newest {
                let sums = board["departures"].as_array().unwrap();
                let left = sums.last().map_or(0, |sum| sum["count"].as_u64().unwrap());
                let ahead = 19 - board["served"].as_u64().unwrap() - left;
                assert!(board["lastNumber"] != 20 || ahead <= least, "rose from {least} to {ahead}");
                least = if board["lastNumber"] == 20 { ahead } else { least };
                newest = announced_at;
            }
        }
        if asked % 40 == 0 && people.len() > 12 {
            people.remove(people.len() / 2).leave().await;
        }
    }
    assert!(asked > 10 * passed_on, "{passed_on} of {asked} came through");
    cluster.end().await;
}
