"""A rolling restart of every part under load: two of each behind HAProxy, stopped by SIGTERM one at a time. A client that
tries an idempotent request once more must not notice."""

import signal
import time
from pathlib import Path

from harness import systems, tools
from harness.mariadb import MariaDb
from harness.processes import Process, free_port
from harness.systems import Place

from .kill import verdict
from .load import Load, errors, window
from .world import start, wait_for

CLIENTS, PER_SECOND = 16, 300
GRACE = "1500ms"

HAPROXY = """
global
    maxconn 2000
defaults
    mode http
    timeout connect 2s
    timeout client 60s
    timeout server 60s
    timeout check 2s
    option redispatch
    retries 2
    retry-on conn-failure
"""


def run(folder: Path, _minutes: float | None) -> int:
    tools.need(["haproxy"])
    database = MariaDb(folder / "mariadb", "256M")
    database.make_ours()
    place = Place(folder, database, 2, folder / "sqlite")
    system = systems.make("ours", place, 2)
    fronts = {name: free_port() for name in ("book-service", "customer-service", "web-bff", "mobile-bff")}
    for part in system.parts:
        part.env["STOP_GRACE"] = GRACE
        if "bff" in part.name:
            part.env["BOOKS_URL"] = f"http://127.0.0.1:{fronts['book-service']}/graphql"
            part.env["CUSTOMERS_URL"] = f"http://127.0.0.1:{fronts['customer-service']}/graphql"
    system.start()
    system.wait()
    config = folder / "haproxy.cfg"
    config.write_text(HAPROXY + "".join(balanced(name, port, system) for name, port in fronts.items()))
    balancer = Process("haproxy", [tools.find("haproxy"), "-db", "-f", str(config)], folder / "haproxy.log")
    wait_for(fronts["web-bff"], "/status", balancer)
    wait_for(fronts["mobile-bff"], "/status", balancer)
    load = Load(fronts["web-bff"], fronts["mobile-bff"], CLIENTS, PER_SECOND, tries=2)
    load.start()
    time.sleep(2)
    print(f"{CLIENTS} clients, {PER_SECOND} requests/s, of which 40 % write; each tries once more what it may")
    print(f"{'restarted':<20}{'requests':>9}{'seen':>6}{'tried again':>13}{'slowest':>9}  seen by clients")
    seen = 0
    for nth, part in enumerate(system.parts):
        began = time.monotonic()
        old = system.running[nth]
        old.child.send_signal(signal.SIGTERM)
        code = old.child.wait(60)
        if code != 0:
            load.faults.append(f"{part.name} ended with code {code} after SIGTERM")
        system.running[nth] = start(system, nth)
        wait_for(part.port, "/readyz", system.running[nth])
        # Until the balancer has seen it.
        time.sleep(2)
        ended = time.monotonic()
        found = window(load.outcomes, began, ended)
        again = sum(one.tries > 1 for one in load.outcomes if began <= one.at <= ended)
        failed = sum(found.failed.values())
        seen += failed
        print(f"{part.name:<20}{found.requests:>9}{failed:>6}{again:>13}{found.slowest:>8.2f}s  {errors(found.failed)}", flush=True)
    load.stop()
    print(f"{seen} of {len(load.outcomes)} requests failed for a client")
    return 1 if verdict(load) or seen else 0


def balanced(name: str, port: int, system: systems.System) -> str:
    """HAProxy's section for the copies of a part; one that is about to stop gets nothing new."""
    copies = [part for part in system.parts if part.name in (name, f"{name}-2")]
    servers = "".join(
        f"    server {part.name} 127.0.0.1:{part.port} check inter 200ms fall 2 rise 2\n" for part in copies
    )
    return f"listen {name}\n    bind 127.0.0.1:{port}\n    option httpchk GET /readyz\n    balance roundrobin\n{servers}"
