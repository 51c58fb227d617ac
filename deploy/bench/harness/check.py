"""Before anything is measured: all systems must answer alike."""

from dataclasses import dataclass

from . import data, http, token
from .processes import Broken
from .systems import System

# The most books that the whole list is compared of.
LIST_MAX = 10_000


@dataclass
class Question:
    """A request whose answer must be the same everywhere."""

    method: str
    path: str
    client: str = "Web"
    body: object = None
    headers: dict | None = None


def questions(books: int) -> list[Question]:
    """Each kind of request that is measured, and the refusals that cost every system its checks."""
    first, middle, last = (data.isbn(number) for number in (0, books // 2, books - 1))
    authorized = {"Authorization": f"Bearer {token.make()}"}
    forged = {"Authorization": f"Bearer {token.make('y' * 32)}", "X-Client-Type": "Web"}
    changed = data.book_json(7, 4711)
    reads = [
        Question("GET", path, client)
        for client in ("Web", "iOS")
        for path in (
            *(f"/books/{isbn}" for isbn in (first, middle, last, "9780000000000")),
            *(f"/customers/{id_}" for id_ in (1, data.CUSTOMERS // 2, data.CUSTOMERS, data.CUSTOMERS + 1)),
            "/books?limit=50", f"/books?limit=50&after={middle}", f"/books?limit=3&after={last}", "/books?limit=0",
            *(["/books"] if books <= LIST_MAX else []),
        )
    ]  # fmt: skip
    return [
        *reads,
        Question("PUT", f"/books/{data.isbn(7)}", body=changed),
        Question("GET", f"/books/{data.isbn(7)}"),
        Question("PUT", f"/books/{data.isbn(7)}", body={**changed, "price": -1}),
        Question("PUT", f"/books/{data.isbn(7)}", body={**changed, "quantity": data.book(7)[6]}),
        Question("PUT", "/books/9780000000000", body={**changed, "ISBN": "9780000000000"}),
        Question("GET", f"/books/{first}", headers=authorized),
        Question("GET", f"/books/{first}", headers=authorized | {"X-Client-Type": "Toaster"}),
        Question("GET", f"/books/{first}", headers={"X-Client-Type": "Web"}),
        Question("GET", f"/books/{first}", headers=forged),
    ]


def all_alike(systems: list[System], books: int) -> int:
    """Asks all systems the same; gives how many questions. Raises Broken at the first difference."""
    first, *others = systems
    asked = questions(books)
    for question in asked:
        expected = _answer(first, question)
        for other in others:
            answer = _answer(other, question)
            if answer != expected:
                what = f"{question.method} {question.path} ({question.headers or question.client})"
                logs = "\n".join(process.last_words() for process in other.running) if answer[0] >= 500 else ""
                raise Broken(f"{what}:\n{first.name}: {expected!s:.600}\n{other.name}: {answer!s:.600}\n{logs}")
    return len(asked)


def _answer(system: System, question: Question) -> tuple:
    """Status, link and JSON; of a refusal only the status, for its words are each system's own."""
    [port, *_] = system.ports(question.client)
    answer = http.ask(port, question.method, question.path, question.client, question.body, question.headers)
    if answer.status != 200:
        return (answer.status,)
    return answer.status, answer.link, answer.body
