#!/usr/bin/env python3
"""What others notice of somebody who asks for much: latencies alone, and beside the attack, in one run.

    crates/benchmarks/trials/neighbours.py target/release/seatline

starts that binary on a folder and a port of its own. Polls are measured beside a holder who reads the map of 100,000
seats on eight connections; beside a crowd of 24 people, each with seats of their own in it, who ask for it in gzip, in
brotli, or as it is, each from an address of their own; holds beside twenty connections that list the performances of a sold-out tour (20 times 20,000
seats). What docs/performance.md says of neighbours came from it. Needs `psql`.
"""

import http.client
import json
import multiprocessing
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

PORT = 9102
CROWD = 24
OPERATOR = secrets.token_hex(32)


class Client:
    """One connection to the instance."""

    def __init__(self):
        self.connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)

    def send(self, method, path, body=None, token=None, queue_token=None, coding=None, address=None):
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if address:
            headers["X-Forwarded-For"] = address
        if coding:
            headers["Accept-Encoding"] = coding
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if queue_token:
            headers["Queue-Token"] = queue_token
        self.connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        response = self.connection.getresponse()
        return response.status, response.read()

    def made(self, *request):
        status, body = self.send(*request)
        assert status in (200, 201), (request, status, body)
        return json.loads(body)


def set_up(client):
    """A large map, a small sale, and a tour."""

    def concert(title):
        body = {"title": title, "venue": "Arena", "maxSeatsPerUser": 4, "queue": {"capacity": 1000}}
        return client.made("POST", "/api/v1/admin/concerts", body, OPERATOR)["concertId"]

    def performance(concert_id, seats, day):
        sections = [{"name": "Floor", "firstSeat": 1, "lastSeat": seats, "price": 100}]
        body = {"startsAt": f"2099-01-{day:02}T10:00:00Z", "sections": sections}
        path = f"/api/v1/admin/concerts/{concert_id}/performances"
        return client.made("POST", path, body, OPERATOR)["performanceId"]

    large, small, tour = concert("Large"), concert("Small"), concert("Tour")
    return {
        "large": (large, performance(large, 100_000, 1)),
        "small": (small, performance(small, 5_000, 1)),
        "tour": (tour, [performance(tour, 20_000, day) for day in range(1, 21)]),
    }


def admitted(client, concert_id):
    token = client.made("POST", "/api/v1/users", {})["accessToken"]
    return token, client.made("POST", f"/api/v1/concerts/{concert_id}/queue/tokens", None, token)["token"]


def sell_out(folder, performances):
    socket = next(path for path in Path(folder).rglob(".s.PGSQL.*") if path.suffix != ".lock")
    for performance in performances:
        sql = f"""INSERT INTO reservation_seats
                      (performance_id, reservation_id, seat_number, user_id, price, state, held_until)
                  SELECT '{performance}', gen_random_uuid(), number, gen_random_uuid(), 100, 'SOLD', now() + '5m'
                  FROM generate_series(1, 20000) number"""
        port = socket.name.rsplit(".", 1)[1]
        subprocess.run(
            ["psql", "-qX", "-h", socket.parent, "-p", port, "-U", "seatline", "-d", "seatline", "-c", sql], check=True
        )


def attack(requests, connections, stop, answers):
    def go_on(request):
        client = Client()
        while not stop.is_set():
            try:
                status, _ = client.send(*request)
            except (OSError, http.client.HTTPException):
                client = Client()
                continue
            with answers.get_lock():
                answers[0 if status < 400 else 1] += 1
            if status >= 400:
                time.sleep(0.02)

    for n in range(connections):
        threading.Thread(target=go_on, args=(requests[n % len(requests)],), daemon=True).start()
    stop.wait()


def latencies(request, pause, seconds):
    taken, refused, end = [], 0, time.monotonic() + seconds
    while time.monotonic() < end:
        begin = time.monotonic()
        refused += not request()
        taken.append((time.monotonic() - begin) * 1000)
        time.sleep(pause)
    taken.sort()
    p99 = taken[len(taken) * 99 // 100]
    return f"p50 {taken[len(taken) // 2]:6.1f} ms, p99 {p99:6.1f} ms; {refused} of {len(taken)} refused"


def alone(name, request, pause):
    print(f"{name}, alone:   {latencies(request, pause, 6)}", flush=True)


def beside(name, request, pause, attackers_requests, connections):
    stop, answers = multiprocessing.Event(), multiprocessing.Array("q", 2)
    attacker = multiprocessing.Process(target=attack, args=(attackers_requests, connections, stop, answers))
    attacker.start()
    time.sleep(1)
    print(f"{name}:  {latencies(request, pause, 10)}")
    print(f"    of the attack {answers[0]} requests were answered, {answers[1]} refused", flush=True)
    stop.set()
    attacker.join()


def main(binary):
    with tempfile.TemporaryDirectory() as folder:
        # A cluster of its own account's lies below.
        os.chmod(folder, 0o755)
        settings = {"SEATLINE_PAYMENTS": "play", "SEATLINE_ADMIN_KEY": OPERATOR, "SEATLINE_QUEUE_KEYS": secrets.token_hex(32)}
        settings |= {"SEATLINE_SAMPLE_DATA": "off", "SEATLINE_LISTEN": f"127.0.0.1:{PORT}", "RUST_LOG": "error"}
        settings |= {"SEATLINE_DATA_DIR": f"{folder}/data", "SEATLINE_TRUSTED_PROXIES": "127.0.0.1"}
        process = subprocess.Popen([binary, "serve"], env=os.environ | settings)
        try:
            run(folder)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def run(folder):
    for _ in range(300):
        try:
            if Client().send("GET", "/health/ready")[0] == 200:
                break
        except OSError:
            pass
        time.sleep(0.1)
    client = Client()
    sales = set_up(client)

    holder = admitted(client, sales["large"][0])
    large = sales["large"][1]
    client.made("POST", "/api/v1/reservations", {"performanceId": large, "seatNumbers": [7]}, *holder)
    user = admitted(client, sales["small"][0])
    poll = lambda: client.send("GET", "/api/v1/queue/token", None, *user)[0] == 200
    path = f"/api/v1/performances/{large}/seats"
    alone("polls", poll, 0.01)
    beside("polls, beside one holder", poll, 0.01, [("GET", path, None, *holder)], 8)
    crowd = [admitted(client, sales["large"][0]) for _ in range(CROWD)]
    for n, one in enumerate(crowd):
        body = {"performanceId": large, "seatNumbers": [100 + 1000 * n]}
        client.made("POST", "/api/v1/reservations", body, *one)
    for coding in (None, "gzip", "br"):
        requests = [("GET", path, None, *one, coding, f"192.0.2.{n}") for n, one in enumerate(crowd)]
        beside(f"polls, beside a crowd, {coding or 'plain'}", poll, 0.01, requests, CROWD)
        # Their rates recover.
        time.sleep(15)

    sell_out(folder, sales["tour"][1])
    seats = iter(range(1, 5_000))

    def hold_and_cancel():
        body = {"performanceId": sales["small"][1], "seatNumbers": [next(seats)]}
        status, reservation = client.send("POST", "/api/v1/reservations", body, *user)
        if status != 201:
            return False
        reservation_id = json.loads(reservation)["reservationId"]
        return client.send("DELETE", f"/api/v1/reservations/{reservation_id}", None, user[0])[0] == 204

    # Slowly enough for the limits of a user.
    alone("holds", hold_and_cancel, 0.5)
    beside(
        "holds, beside", hold_and_cancel, 0.5, [("GET", f"/api/v1/concerts/{sales['tour'][0]}/performances")], 20
    )


if __name__ == "__main__":
    main(sys.argv[1])
