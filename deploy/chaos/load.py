"""Clients that read and write at a steady pace, and remember what was acknowledged.

Each client has books and customers of its own, so what one of them must be is known: as the last acknowledged write left
it, or as one of the writes after that whose answer never came. A client tries a request again, once, when it may:
reads, PUT, DELETE, and POST with its idempotency key.
"""

import http.client
import json
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from harness import token

ANSWER_WITHIN_SECONDS = 15
SHARES = {"read book": 45, "read page": 5, "read customer": 10, "add book": 15, "change book": 15, "add customer": 10}


@dataclass
class Outcome:
    """What came of one request, its second try included."""

    at: float
    took: float
    kind: str
    status: int
    tries: int

    @property
    def failed(self) -> bool:
        return self.status == 0 or self.status >= 500


@dataclass
class Load:
    """Some clients, running until they are stopped."""

    web: int
    mobile: int
    clients: int
    per_second: float
    tries: int = 1
    outcomes: list[Outcome] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _clients: list["Client"] = field(default_factory=list)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        self._clients = [Client(nth, self) for nth in range(self.clients)]
        self._threads = [threading.Thread(target=client.run, args=(self._stop,), daemon=True) for client in self._clients]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def wait_for_calm(self, seconds: float) -> None:
        """Waits until nothing has failed for so long; for two minutes at most."""
        began = time.monotonic()
        while time.monotonic() < began + 120:
            time.sleep(0.1)
            since = time.monotonic() - seconds
            if since > began and not any(one.failed for one in self.outcomes[-5000:] if one.at > since):
                return

    def lost(self) -> list[str]:
        """What was acknowledged and is not there, or is there and was never written; asked of the web BFF."""
        return [fault for client in self._clients for fault in client.missing()]

    def acknowledged(self) -> int:
        return sum(client.acknowledged for client in self._clients)


class Connection:
    """A connection that is opened anew after it broke."""

    def __init__(self, port: int, client: str):
        self.port, self.client, self.connection = port, client, None
        self.headers = {"Authorization": f"Bearer {token.make()}", "X-Client-Type": client}

    def ask(self, method: str, path: str, body: object = None, key: str | None = None) -> tuple[int, object, str | None]:
        """Status, JSON and what is wrong with the answer; status 0 when there was none."""
        headers = dict(self.headers)
        data = None
        if body is not None:
            data = json.dumps(body)
            headers["Content-Type"] = "application/json"
        if key:
            headers["Idempotency-Key"] = key
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_WITHIN_SECONDS)
            self.connection.request(method, path, data, headers)
            response = self.connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException):
            self.close()
            return 0, None, None
        if response.status == 204:
            return 204, None, None
        try:
            parsed = json.loads(content)
        except ValueError:
            return response.status, None, f"{method} {path}: {response.status} with {content[:80]!r}"
        if response.status >= 400 and not parsed.get("message"):
            return response.status, parsed, f"{method} {path}: a problem without a message: {content[:80]!r}"
        return response.status, parsed, None

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None


class Client:
    """One client."""

    def __init__(self, nth: int, load: Load):
        self.nth, self.load, self.random = nth, load, random.Random(nth)
        self.web, self.mobile = Connection(load.web, "Web"), Connection(load.mobile, "iOS")
        # What each book's quantity may be: None for a book that may not be there.
        self.books: dict[str, set[int | None]] = {}
        self.customers: dict[str, bool] = {}
        self.acknowledged = 0
        self.number = 0

    def run(self, stop: threading.Event) -> None:
        pause = self.load.clients / self.load.per_second
        due = time.monotonic() + self.random.random() * pause
        while not stop.wait(max(0.0, due - time.monotonic())):
            due = max(due + pause, time.monotonic() - 1)
            [kind] = self.random.choices(list(SHARES), weights=list(SHARES.values()))
            self.do(kind)
        self.web.close()
        self.mobile.close()

    def do(self, kind: str) -> None:
        known = [isbn for isbn, may in self.books.items() if None not in may]
        if kind == "add customer":
            self.add_customer()
        elif kind == "add book" or not known:
            self.add_book()
        elif kind == "change book":
            isbn, quantity = self.random.choice(known), self.random.randrange(1_000_000)
            self.books[isbn].add(quantity)
            if self.ask("change book", self.web, "PUT", f"/books/{isbn}", book(isbn, quantity)) == 200:
                self.books[isbn] = {quantity}
                self.acknowledged += 1
        elif kind == "read page":
            self.ask(kind, self.web, "GET", "/books?limit=20")
        elif kind == "read customer":
            self.ask(kind, self.mobile, "GET", f"/customers?userId={self.nth}-1@example.com")
        else:
            connection = self.random.choice((self.web, self.mobile))
            self.ask(kind, connection, "GET", f"/books/{self.random.choice(known)}")

    def add_book(self) -> None:
        self.number += 1
        isbn, quantity = f"{self.nth:03}-{self.number:07}", self.number
        self.books[isbn] = {quantity, None}
        if self.ask("add book", self.web, "POST", "/books", book(isbn, quantity), key=isbn) == 201:
            self.books[isbn] = {quantity}
            self.acknowledged += 1

    def add_customer(self) -> None:
        user = f"{self.nth}-{len(self.customers) + 1}@example.com"
        done = self.ask("add customer", self.mobile, "POST", "/customers", customer(user), key=user) == 201
        self.customers[user] = done
        self.acknowledged += done

    def ask(self, kind: str, connection: Connection, method: str, path: str, body: object = None, key: str | None = None) -> int:
        began = time.monotonic()
        for tries in range(1, self.load.tries + 1):
            status, _, wrong = connection.ask(method, path, body, key)
            if wrong:
                self.load.faults.append(wrong)
            if 0 < status < 500:
                break
            if tries < self.load.tries:
                time.sleep(0.05)
        self.load.outcomes.append(Outcome(time.monotonic(), time.monotonic() - began, kind, status, tries))
        return status

    def missing(self) -> list[str]:
        web = Connection(self.load.web, "Web")
        wrong = []
        for isbn, may in self.books.items():
            status, body, _ = web.ask("GET", f"/books/{isbn}")
            found = body["quantity"] if status == 200 else None
            if status not in (200, 404) or found not in may:
                wrong.append(f"book {isbn}: {status} with the quantity {found}, may be {may}")
        for user, done in self.customers.items():
            status, body, _ = web.ask("GET", f"/customers?userId={user}")
            if status != 200 and (done or status != 404):
                wrong.append(f"customer {user}: {status}")
        web.close()
        return wrong


def book(isbn: str, quantity: int) -> dict:
    return {
        "ISBN": isbn, "title": "Awesome Mix", "Author": "Peter Quill", "description": "Songs, vol. 1.",
        "genre": "non-fiction", "price": 59.95, "quantity": quantity,
    }  # fmt: skip


def customer(user: str) -> dict:
    return {
        "userId": user, "name": "Rocket", "phone": "+1-412-555-0123", "address": "48 Milano Way",
        "address2": "Deck 2", "city": "Pittsburgh", "state": "PA", "zipcode": "15213",
    }  # fmt: skip


@dataclass
class Window:
    """From the blow to the last request that failed for it."""

    requests: int
    failed: Counter
    last_failure: float
    longest_silence: float
    slowest: float


def window(outcomes: list[Outcome], began: float, ended: float) -> Window:
    """What happened between two moments."""
    those = sorted((one for one in outcomes if began <= one.at <= ended), key=lambda one: one.at)
    failed = [one for one in those if one.failed]
    good = [began, *(one.at for one in those if not one.failed), ended]
    return Window(
        len(those),
        Counter(one.status or "no answer" for one in failed),
        max((one.at - began for one in failed), default=0.0),
        max((after - before for before, after in zip(good, good[1:])), default=0.0),
        max((one.took for one in those), default=0.0),
    )


def errors(failed: Counter) -> str:
    return ", ".join(f"{count} × {status}" for status, count in sorted(failed.items(), key=str)) or "none"
