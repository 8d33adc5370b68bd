use std::net::SocketAddr;

use tokio::io;

/// How many connections an address of this machine has on its own side, closing ones not counted.
///
/// # Errors
/// An error of the operating system, if it does not tell.
pub fn connections_at(address: SocketAddr) -> io::Result<usize> {
    const ESTABLISHED: &str = "01";
    const CLOSED_BY_THE_OTHER_SIDE: &str = "08";
    let port = format!(":{:04X}", address.port());
    let table = std::fs::read_to_string("/proc/net/tcp")?;
    let open = table.lines().filter(|line| {
        let mut words = line.split_whitespace().skip(1);
        let local = words.next().is_some_and(|local| local.ends_with(&port));
        local && words.nth(1).is_some_and(|state| [ESTABLISHED, CLOSED_BY_THE_OTHER_SIDE].contains(&state))
    });
    Ok(open.count())
}
