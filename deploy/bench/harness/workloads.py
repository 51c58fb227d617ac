"""What is asked for, and by how many at once."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import data
from .documents import FILTERED_ID

SEED = 20261122
REQUESTS = 20_000


@dataclass
class Workload:
    """A kind of request; `lines` makes those of one run, from the number of books there are."""

    name: str
    label: str
    client: str
    connections: list[int]
    in_table: bool
    lines: Callable[[random.Random, int], list[str]]

    def write(self, folder: Path, books: int) -> Path:
        """The requests as a file for `load.lua`, the same for all systems."""
        file = folder / f"{self.name}.requests"
        file.write_text("\n".join(self.lines(random.Random(SEED), books)) + "\n")
        return file


def _get(path: str) -> str:
    return f"GET\t{path}\t"


def _book(chance: random.Random, books: int) -> str:
    return _get(f"/books/{data.isbn(chance.randrange(books))}")


def _change(chance: random.Random, books: int) -> str:
    number = chance.randrange(books)
    body = json.dumps(data.book_json(number, chance.randrange(500)), ensure_ascii=False)
    return f"PUT\t/books/{data.isbn(number)}\t{body}"


def _one_book(chance: random.Random, books: int) -> list[str]:
    return [_book(chance, books) for _ in range(REQUESTS)]


def _customer(chance: random.Random, _books: int) -> list[str]:
    return [_get(f"/customers/{chance.randrange(data.CUSTOMERS) + 1}") for _ in range(REQUESTS)]


def _page(chance: random.Random, books: int) -> list[str]:
    return [_get(f"/books?limit=50&after={data.isbn(chance.randrange(books - 50))}") for _ in range(REQUESTS)]


def _list(_chance: random.Random, _books: int) -> list[str]:
    return [_get("/books")]


def _mix(chance: random.Random, books: int) -> list[str]:
    return [(_change if nth % 10 == 0 else _book)(chance, books) for nth in range(REQUESTS)]


def _filtered(choose: Callable[[random.Random, int], dict]) -> Callable[[random.Random, int], list[str]]:
    """A page of 50 books that a filter lets through, asked of the graph itself."""

    def lines(chance: random.Random, books: int) -> list[str]:
        bodies = ({"documentId": FILTERED_ID, "variables": {"filter": choose(chance, books)}} for _ in range(REQUESTS))
        return [f"POST\t/graphql\t{json.dumps(body)}" for body in bodies]

    return lines


def _price(chance: random.Random, _books: int) -> dict:
    cents = chance.randrange(100, 10_000)
    return {"priceFrom": f"{cents / 100:.2f}", "priceTo": f"{(cents + 50) / 100:.2f}"}


WEB, MOBILE, GRAPH = "Web", "iOS", "graph"
WORKLOADS = {
    workload.name: workload
    for workload in (
        Workload("book", "one book, web", WEB, [1, 64, 256], True, _one_book),
        Workload("customer", "one customer, mobile", MOBILE, [1, 64, 256], True, _customer),
        Workload("page", "a page of 50, web", WEB, [1, 64], True, _page),
        Workload("list", "the whole list, web", WEB, [1, 8], True, _list),
        Workload("mix", "books with 10 % writes, web", WEB, [64, 256], True, _mix),
        Workload("genre", "50 books of a genre, graph", GRAPH, [1, 16], False,
                 _filtered(lambda chance, _: {"genre": chance.choice(data.GENRES)})),
        Workload("author", "books by an author, graph", GRAPH, [1, 16], False,
                 _filtered(lambda chance, books: {"author": data.book(chance.randrange(books))[2]})),
        Workload("stock", "50 books in stock, graph", GRAPH, [1, 16], False,
                 _filtered(lambda chance, _: {"inStock": chance.random() < 0.5})),
        Workload("price", "50 books by price, graph", GRAPH, [1, 16], False, _filtered(_price)),
    )
}  # fmt: skip
