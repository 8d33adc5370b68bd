"""Three PostgreSQL under Patroni with etcd and HAProxy, and two instances of Seatline, on one machine.

Everything is on 127.0.0.1 and below one folder, and ends with this process. docs/high-availability.md says why each setting
is as it is. Patroni comes from the environment that runs this; etcd, haproxy and PostgreSQL from the system.
"""

import glob
import http.client
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

PORT = 15430  # HAProxy; the nodes listen on those that follow
REST = 18000
ETCD = 12379
SEATLINE = 18080
GROUP = 61430  # of the first node; by it the packet filter tells whose packets are whose
NODES = (1, 2, 3)
INSTANCES = (1, 2)

PATRONI = """\
scope: seatline
name: pg{node}
restapi: {{listen: "127.0.0.1:{rest}", connect_address: "127.0.0.1:{rest}"}}
etcd3: {{host: "127.0.0.1:{etcd}"}}
bootstrap:
  dcs:
    ttl: 20
    loop_wait: 5
    retry_timeout: 5
    primary_start_timeout: 0
    synchronous_mode: quorum
    synchronous_mode_strict: true
    synchronous_node_count: 1
    failsafe_mode: true
    postgresql:
      use_pg_rewind: true
      use_slots: true
      parameters:
        max_connections: 200
        wal_log_hints: "on"
        wal_keep_size: 512MB
        wal_receiver_timeout: 10s
        wal_sender_timeout: 10s
        tcp_user_timeout: 10s
  initdb: [encoding: UTF8, data-checksums, auth: trust]
postgresql:
  listen: "127.0.0.1:{port}"
  connect_address: "127.0.0.1:{port}"
  data_dir: {folder}/pg{node}
  bin_dir: {binaries}
  bin_name: {{postgres: {postgres}}}
  pgpass: {folder}/pgpass{node}
  authentication:
    superuser: {{username: postgres}}
    replication: {{username: replicator}}
    rewind: {{username: rewinder}}
  # A server that is cut off still reaches itself.
  use_unix_socket: true
  # Nobody else is on this machine's loopback. Elsewhere: scram-sha-256, and TLS.
  pg_hba: ["local all all trust", "host all all 127.0.0.1/32 trust", "host replication all 127.0.0.1/32 trust"]
  parameters: {{unix_socket_directories: {folder}}}
  remove_data_directory_on_rewind_failure: true
  remove_data_directory_on_diverged_timelines: true
"""

HAPROXY = """\
global
    maxconn 1000
defaults
    mode tcp
    retries 0
    timeout connect 1s
    timeout queue 250ms
    timeout client 1h
    timeout server 1h
    timeout check 1s
listen primary
    bind 127.0.0.1:{port}
    option httpchk GET /primary
    http-check expect status 200
    default-server inter 500ms fastinter 250ms downinter 250ms fall 2 rise 1 on-marked-down shutdown-sessions
{servers}
"""


class Failure(Exception):
    """What kept something from being done."""


def say(text):
    print(f"ha: {text}", flush=True)


def program(name):
    """The path to a program that must be there."""
    found = shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin:/sbin")
    if not found:
        raise Failure(f"there is no {name}; on Debian: apt-get install etcd-server faketime haproxy")
    return found


def postgres_binaries():
    folders = [folder for folder in sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True)]
    for folder in folders + os.environ["PATH"].split(":"):
        if all(os.access(f"{folder}/{name}", os.X_OK) for name in ("initdb", "pg_rewind", "pg_basebackup")):
            return folder
    raise Failure("there are no server binaries of PostgreSQL; script/setup --tests installs them")


def ask(port, path, timeout=2):
    """The status and the JSON that a GET on this machine gives, or None."""
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read() or "null")
    except (OSError, ValueError, http.client.HTTPException):
        return None


def wrong_clock(seconds):
    """What gives a process another time of day. `faketime` hands no signals on, so only its word is taken."""
    said = subprocess.run([program("faketime"), "-f", f"{seconds:+}s", "env"], capture_output=True, text=True, check=True)
    variables = dict(line.split("=", 1) for line in said.stdout.splitlines() if "=" in line)
    wanted = {name: variables[name] for name in ("LD_PRELOAD", "FAKETIME")}
    return wanted | {"FAKETIME_DONT_FAKE_MONOTONIC": "1"}


def until(what, condition, seconds=90):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.1)
    raise Failure(f"in {seconds} s there was no {what}")


def database_of(hosts):
    return f"postgresql://postgres@{hosts}/postgres"


class Cluster:
    def __init__(self, binaries):
        self.seatline = binaries
        self.account = {}
        self.folder = tempfile.mkdtemp(prefix="seatline-ha-", dir="/tmp")
        os.chmod(self.folder, 0o700)
        if os.geteuid() == 0:
            # PostgreSQL refuses to be run by root.
            names = [user.pw_name for user in pwd.getpwall()]
            user = pwd.getpwnam(next(name for name in ("seatline", "postgres", "nobody") if name in names))
            self.account = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
            os.chown(self.folder, user.pw_uid, user.pw_gid)
        self.processes = {}
        self.environment = {
            "DATABASE_URL": database_of(f"127.0.0.1:{PORT}"),
            "SEATLINE_ADMIN_KEY": secrets.token_hex(32),
            "SEATLINE_QUEUE_KEYS": secrets.token_hex(32),
            "SEATLINE_TICKET_KEYS": secrets.token_hex(32),
            "SEATLINE_PAYMENTS": "play",
            "SEATLINE_RATE_LIMITS": "off",
        }

    def run(self, name, command, account=None, **environment):
        log = open(f"{self.folder}/{name}.log", "ab")
        self.processes[name] = subprocess.Popen(
            command, cwd="/", env=os.environ | environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True, **(account or {}))

    def write(self, name, text):
        with open(f"{self.folder}/{name}", "w") as file:
            file.write(text)
        if self.account:
            os.chown(file.name, self.account["user"], self.account["group"])
        return file.name

    # Each part.

    def start_etcd(self):
        address = f"http://127.0.0.1:{ETCD}"
        self.run("etcd", [program("etcd"), "--name", "etcd", "--data-dir", f"{self.folder}/etcd",
                          "--listen-client-urls", address, "--advertise-client-urls", address,
                          "--listen-peer-urls", f"http://127.0.0.1:{ETCD + 1}", "--unsafe-no-fsync"], self.account)
        until("etcd", lambda: ask(ETCD, "/version"))

    def start_node(self, node, seconds_off=0):
        binaries = postgres_binaries()
        postgres = self.by_wrong_clock(f"{binaries}/postgres", seconds_off) if seconds_off else f"{binaries}/postgres"
        config = self.write(f"patroni{node}.yaml", PATRONI.format(
            node=node, port=PORT + node, rest=REST + node, etcd=ETCD, folder=self.folder, binaries=binaries,
            postgres=postgres))
        account = self.account and self.account | {"group": GROUP + node}
        self.run(f"patroni{node}", [sys.executable, "-m", "patroni", config], account)

    def by_wrong_clock(self, path, seconds_off):
        """A program that runs another one with another time of day. Patroni itself does not live with one."""
        variables = "".join(f"export {name}={value!r}\n" for name, value in wrong_clock(seconds_off).items())
        wrapper = self.write(f"{os.path.basename(path)}{seconds_off:+}", f'#!/bin/sh\n{variables}exec {path} "$@"\n')
        os.chmod(wrapper, 0o755)
        return wrapper

    def start_haproxy(self):
        servers = "\n".join(f"    server pg{n} 127.0.0.1:{PORT + n} check port {REST + n}" for n in NODES)
        config = self.write("haproxy.cfg", HAPROXY.format(port=PORT, servers=servers))
        self.run("haproxy", [program("haproxy"), "-db", "-f", config], self.account)

    def start_instance(self, instance):
        # One asks HAProxy, the other one finds who leads by itself.
        hosts = ",".join(f"127.0.0.1:{PORT + node}" for node in NODES)
        database = self.environment["DATABASE_URL"] if instance == 1 else database_of(hosts)
        self.run(f"seatline{instance}", [f"{self.seatline}/seatline", "serve", "--no-migrate"],
                 **self.environment | {"SEATLINE_LISTEN": f"127.0.0.1:{SEATLINE + instance}", "DATABASE_URL": database})

    def up(self):
        begin = time.monotonic()
        for port in (ETCD, ETCD + 1, PORT, *(base + n for base in (PORT, REST) for n in NODES),
                     *(SEATLINE + n for n in INSTANCES)):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    raise Failure(f"something listens on port {port} already; another cluster?")
        self.start_etcd()
        for node in NODES:
            self.start_node(node)
        until("cluster of three", self.is_whole, 120)
        self.start_haproxy()
        # It takes every server for one that is up until it has asked twice.
        time.sleep(2)
        until("primary behind HAProxy", self.takes_writes)
        self.admin("migrate")
        for instance in INSTANCES:
            self.start_instance(instance)
        until("instances that are ready", self.are_ready)
        say(f"up after {time.monotonic() - begin:.0f} s: " + ", ".join(self.urls()))

    def down(self, keep=False):
        for name in sorted(self.processes, key=lambda name: ("seatline" not in name, "patroni" not in name)):
            process = self.processes[name]
            for wanted in (signal.SIGCONT, signal.SIGTERM):
                if process.poll() is None:
                    process.send_signal(wanted)
            try:
                process.wait(40)
            except subprocess.TimeoutExpired:
                process.kill()
        for node in NODES:
            for pid in self.postgres_of(node):
                signal_to(pid, signal.SIGKILL)
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)

    def cut_off(self, node):
        """Drops all packets of the connections of a server, those too that the kernel still sends after a process has
        closed its own: they have no owner any more."""
        for rule in reversed(cut(node)):
            packet_filter("-I", rule)

    def reconnect(self, node):
        for rule in cut(node):
            packet_filter("-D", rule)

    # What it is like.

    def urls(self):
        return [f"http://127.0.0.1:{SEATLINE + instance}" for instance in INSTANCES]

    def members(self):
        """The members by their numbers, as the first node that answers sees them."""
        for node in NODES:
            if answer := ask(REST + node, "/cluster"):
                return {int(member["name"][2:]): member for member in answer[1]["members"]}
        return {}

    def leader(self):
        leaders = [node for node, member in self.members().items()
                   if member["role"] == "leader" and (ask(REST + node, "/primary") or (0,))[0] == 200]
        return leaders[0] if leaders else None

    def is_whole(self):
        """A leader, two standbys that stream, and the leader knows one that it may lose nothing to."""
        members = self.members()
        states = sorted(member["state"] for member in members.values())
        roles = [member["role"] for member in members.values()]
        return states == ["running", "streaming", "streaming"] and self.leader() and "quorum_standby" in roles

    def are_ready(self):
        return all((ask(SEATLINE + instance, "/health/ready", 5) or (0,))[0] == 200 for instance in INSTANCES)

    def takes_writes(self):
        try:
            return self.query("SELECT pg_is_in_recovery()") == ["f"]
        except Failure:
            return False

    def admin(self, command):
        """Runs a command of the binary, and gives what it printed."""
        done = subprocess.run([f"{self.seatline}/seatline", command], env=os.environ | self.environment,
                              capture_output=True, text=True, timeout=600)
        if done.returncode:
            raise Failure(f"seatline {command}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def query(self, sql):
        done = subprocess.run([f"{postgres_binaries()}/psql", "-qXAt", self.environment["DATABASE_URL"], "-c", sql],
                              capture_output=True, text=True, timeout=60)
        if done.returncode:
            raise Failure(done.stderr)
        return done.stdout.split("\n")[:-1]

    def postgres_of(self, node):
        """The processes of a node's PostgreSQL, the first of all first."""
        try:
            with open(f"{self.folder}/pg{node}/postmaster.pid") as file:
                first = int(file.readline())
        except (OSError, ValueError):
            return []
        return [first, *children_of(first)]


def can_cut_off():
    return os.geteuid() == 0 and shutil.which("iptables") is not None


def cut(node):
    group = str(GROUP + node)
    return (["-m", "owner", "--gid-owner", group, "-j", "CONNMARK", "--set-mark", group],
            ["-m", "connmark", "--mark", group, "-j", "DROP"])


def packet_filter(action, rule):
    subprocess.run([program("iptables"), "-w", action, "OUTPUT", "-o", "lo", *rule], check=True)


def children_of(parent):
    children = []
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(path) as file:
                stat = file.read()
        except OSError:
            continue
        if int(stat.rpartition(")")[2].split()[1]) == parent:
            children.append(int(path.split("/")[2]))
    return children


def signal_to(pid, wanted):
    try:
        os.kill(pid, wanted)
    except ProcessLookupError:
        pass


def main():
    cluster = Cluster(sys.argv[1])
    failed = None
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        cluster.up()
        say(f"operators' key: {cluster.environment['SEATLINE_ADMIN_KEY']}")
        say(f"PostgreSQL: {cluster.environment['DATABASE_URL']}; everything else is in {cluster.folder}. Ctrl-C ends it")
        signal.pause()
    except KeyboardInterrupt:
        say("stopping")
    except Failure as failure:
        failed = f"ha: {failure}\nthe logs are in {cluster.folder}"
    finally:
        cluster.down(keep=failed is not None)
    sys.exit(failed)


if __name__ == "__main__":
    main()
