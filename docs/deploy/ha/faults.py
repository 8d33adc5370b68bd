"""Breaks the cluster again and again under a crowd, and compares with the database what was acknowledged.

    faults.py BINARIES TIME [FAULT …]

For each fault it says for how long no write was acknowledged, how many were, and how many of them are missing afterwards.
"""

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import uuid

from cluster import REST, SEATLINE, INSTANCES, NODES, Cluster, Failure, ask, can_cut_off, say, signal_to, until


class Witness(threading.Thread):
    """A user who charges a point again and again at one instance, and writes down what was acknowledged and when."""

    def __init__(self, instance):
        super().__init__(daemon=True)
        self.port = SEATLINE + instance
        self.acknowledged = []  # instants
        self.entries = []
        self.stopping = threading.Event()
        self.token = until("account", lambda: self.post("/users", {})[1].get("accessToken"))

    def post(self, path, body, key=None, timeout=5):
        headers = {"Content-Type": "application/json"}
        if key:
            headers |= {"Authorization": f"Bearer {self.token}", "Idempotency-Key": key}
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
            connection.request("POST", f"/api/v1{path}", json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        except (OSError, ValueError, http.client.HTTPException):
            return 0, {}

    def run(self):
        while not self.stopping.is_set():
            key = str(uuid.uuid4())
            # The same key until it is acknowledged: it has one effect, however often it is sent.
            while not self.stopping.is_set():
                status, body = self.post("/points/charges", {"amount": 1}, key)
                if status in (200, 201):
                    self.acknowledged.append(time.monotonic())
                    self.entries.append(body["entryId"])
                    break
                time.sleep(0.05)
            time.sleep(0.05)

    def gap(self, begin):
        """The longest time since then without an acknowledged write."""
        instants = [instant for instant in self.acknowledged if instant >= begin - 1]
        return max((after - before for before, after in zip(instants, instants[1:])), default=float("inf"))

    def stop(self):
        self.stopping.set()
        self.join()


# The faults. Each breaks something and mends it.

def standby(cluster):
    leader = cluster.leader()
    return random.choice([node for node in NODES if node != leader])


def hand_over(cluster, node=None):
    """To this one, or to whichever is ready first, which takes two seconds less."""
    body = json.dumps({"leader": f"pg{cluster.leader()}"} | ({"candidate": f"pg{node}"} if node else {}))
    # One that stays is asked: the leader is busy with going.
    connection = http.client.HTTPConnection("127.0.0.1", REST + (node or standby(cluster)), timeout=60)
    connection.request("POST", "/switchover", body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    if answer.status != 200:
        raise Failure(f"switchover: {answer.read()}")


def switchover(cluster):
    """Patroni is asked to hand the leader over."""
    hand_over(cluster)


def leader_stopped(cluster):
    """The leader's Patroni is stopped in order, as for maintenance of its server, and started again."""
    restart(cluster, cluster.leader(), 0)


def postgres_killed(cluster):
    """All processes of the leader's PostgreSQL are killed; its Patroni lives."""
    for pid in cluster.postgres_of(cluster.leader()):
        signal_to(pid, signal.SIGKILL)


def killed(cluster, node, seconds):
    pids = cluster.postgres_of(node)
    cluster.processes[f"patroni{node}"].kill()
    for pid in pids:
        signal_to(pid, signal.SIGKILL)
    time.sleep(seconds)
    cluster.start_node(node)


def machine_killed(cluster):
    """The leader's Patroni and PostgreSQL are killed at the same instant, and come back after half a minute."""
    killed(cluster, cluster.leader(), 30)


def standby_killed(cluster):
    """The same of a standby, for a quarter of a minute."""
    killed(cluster, standby(cluster), 15)


def patroni_killed(cluster):
    """The leader's Patroni is killed alone; its PostgreSQL goes on without it for half a minute."""
    leader = cluster.leader()
    cluster.processes[f"patroni{leader}"].kill()
    time.sleep(30)
    cluster.start_node(leader)


def frozen(cluster, node, seconds):
    pids = [cluster.processes[f"patroni{node}"].pid, *cluster.postgres_of(node)]
    for pid in pids:
        signal_to(pid, signal.SIGSTOP)
    time.sleep(seconds)
    for pid in pids:
        signal_to(pid, signal.SIGCONT)


def leader_frozen(cluster):
    """The leader's Patroni and PostgreSQL stand still for half a minute, and go on as if nothing had been."""
    frozen(cluster, cluster.leader(), 30)


def standby_frozen(cluster):
    """A standby stands still for twenty seconds."""
    frozen(cluster, standby(cluster), 20)


def network_cut(cluster):
    """No packet leaves the leader's server for forty seconds; then it goes on as if nothing had been."""
    leader = cluster.leader()
    cluster.cut_off(leader)
    try:
        time.sleep(40)
    finally:
        cluster.reconnect(leader)


def restart(cluster, node, seconds_off):
    process = cluster.processes[f"patroni{node}"]
    process.terminate()
    process.wait(60)
    cluster.start_node(node, seconds_off)
    settle(cluster)


def clock_back(cluster):
    """A standby whose clock is five seconds behind becomes the leader, for twenty seconds."""
    node = standby(cluster)
    restart(cluster, node, -5)
    hand_over(cluster, node)
    settle(cluster)
    behind = time.time() - float(cluster.query("SELECT extract(epoch FROM clock_timestamp())")[0])
    if behind < 4:
        raise Failure(f"the leader's clock is only {behind:.1f} s behind")
    time.sleep(20)
    hand_over(cluster, standby(cluster))
    settle(cluster)
    restart(cluster, node, 0)


def etcd_gone(cluster):
    """etcd stands still for half a minute."""
    etcd = cluster.processes["etcd"]
    etcd.send_signal(signal.SIGSTOP)
    time.sleep(30)
    etcd.send_signal(signal.SIGCONT)


FAULTS = {fault.__name__: fault for fault in (
    switchover, leader_stopped, postgres_killed, machine_killed, patroni_killed, leader_frozen, network_cut, standby_frozen,
    standby_killed, etcd_gone, clock_back)}


def settle(cluster):
    """Waits until the cluster is whole and stays so: what the members say of themselves is some seconds old."""
    whole_since = None

    def is_steady():
        nonlocal whole_since
        whole_since = (whole_since or time.monotonic()) if cluster.is_whole() else None
        return whole_since and time.monotonic() - whole_since > 7

    until("cluster that is whole and stays so", is_steady, 180)


def crowd(cluster, seed):
    report = f"{cluster.folder}/rush-{seed}.json"
    # People come for as long as a fault may last.
    command = [f"{cluster.seatline}/seatline-rush", "--url", ",".join(cluster.urls()), "--admin-key",
               cluster.environment["SEATLINE_ADMIN_KEY"], "--people", "800", "--rate", "20", "--seats", "500",
               "--capacity", "100", "--hesitate", "200ms", "--lapse", "0%", "--refund", "10%", "--tolerance", "60s",
               "--patience", "5m", "--seed", str(seed), "--json", report]
    people = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    cluster.processes["seatline-rush"] = people
    return people, report


def round_of(cluster, name, seed):
    """Breaks something once, under a crowd. Gives what was found wrong."""
    random.seed(seed)
    people, report = crowd(cluster, seed)
    witnesses = [Witness(instance) for instance in INSTANCES]
    for witness in witnesses:
        witness.start()
    time.sleep(5)
    begin = time.monotonic()
    FAULTS[name](cluster)
    settle(cluster)
    until("instances that are ready", cluster.are_ready)
    people.wait(600)
    for witness in witnesses:
        witness.stop()
    gaps = [witness.gap(begin) for witness in witnesses]
    holding = cluster.admin("check").count("holds ")
    with open(report) as file:
        rehearsal = json.load(file)
    stored = set(cluster.query("SELECT entry_id FROM ledger_entries WHERE kind = 'CHARGE'"))
    entries = [entry for witness in witnesses for entry in witness.entries]
    lost = [entry for entry in entries if entry not in stored]
    broken = [one["promise"] for one in rehearsal["promises"] if one["state"] == "BROKEN"]
    bought = rehearsal["outcomes"].get("bought", 0)
    say(f"{name}: seed {seed}, no write for {gaps[0]:.1f} s by HAProxy, {gaps[1]:.1f} s by hosts; {len(entries)} charges acknowledged, {len(lost)} lost; "
        f"{bought} of the crowd bought, broken promises: {', '.join(broken) or 'none'}; {holding} invariants hold")
    return gaps, [f"{name}: lost {lost}"] * bool(lost) + [f"{name}: broken {one}" for one in broken]


def seconds_of(text):
    return float(text[:-1]) * {"s": 1, "m": 60, "h": 3600}[text[-1]]


def main():
    binaries, duration, *names = sys.argv[1:]
    unknown = [name for name in names if name not in FAULTS]
    if unknown:
        sys.exit(f"ha: there is no fault {unknown[0]}. There are: {', '.join(FAULTS)}")
    if not names:
        names = list(FAULTS)
        if not can_cut_off():
            say("network_cut is left out: it needs root and iptables")
            names.remove("network_cut")
    end = time.monotonic() + seconds_of(duration)
    seed = int(os.environ.get("SEATLINE_SEED") or random.randrange(1 << 31))
    cluster, failures, gaps = Cluster(binaries), [], {}
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        cluster.up()
        while True:
            for name in names:
                of_round, wrong = round_of(cluster, name, seed)
                gaps.setdefault(name, []).append(of_round)
                failures += wrong
                seed += 1
                if time.monotonic() > end:
                    break
            if time.monotonic() > end:
                break
    except (Failure, OSError, subprocess.TimeoutExpired, http.client.HTTPException) as failure:
        failures.append(repr(failure))
    finally:
        cluster.down(keep=bool(failures))
    for name, measured in gaps.items():
        spans = [f"{min(one):.1f} to {max(one):.1f} s" for one in zip(*measured)]
        say(f"{name}: {len(measured)} times, no write for {spans[0]} by HAProxy, {spans[1]} by hosts")
    if failures:
        sys.exit("ha: FAILED\n" + "\n".join(failures) + f"\nthe logs are in {cluster.folder}")
    say("passed")


if __name__ == "__main__":
    main()
