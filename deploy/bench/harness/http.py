"""Single requests, for checks; load comes from elsewhere."""

import http.client
import json
from dataclasses import dataclass
from decimal import Decimal

from . import token


# What a connection that broke half-way brings.
Unreadable = http.client.HTTPException


@dataclass
class Answer:
    """What a system answered; the body is parsed when it is JSON."""

    status: int
    link: str | None
    body: object


def status(port: int, path: str) -> int:
    """The status of a GET without a token; 0 when nobody answers."""
    try:
        return ask(port, "GET", path, headers={}).status
    except (OSError, Unreadable):
        return 0


def ask(
    port: int, method: str, path: str, client: str = "Web", body: object = None, headers: dict | None = None
) -> Answer:
    """One request on a connection of its own, with a token unless the headers are given."""
    if headers is None:
        headers = {"Authorization": f"Bearer {token.make()}", "X-Client-Type": client}
    data = None
    if body is not None:
        data, headers = json.dumps(body), {**headers, "Content-Type": "application/json"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, data, headers)
        response = connection.getresponse()
        return Answer(response.status, response.getheader("Link"), _json(response.read()))
    finally:
        connection.close()


def _json(data: bytes) -> object:
    try:
        return json.loads(data, parse_float=Decimal, parse_int=Decimal)
    except ValueError:
        return data
