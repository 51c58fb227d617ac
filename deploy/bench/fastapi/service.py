"""The REST service: books and customers from MySQL."""

import os
from typing import Annotated

from fastapi import Depends, HTTPException, Query
from fastapi.responses import Response
from sqlalchemy import Column, Integer, MetaData, Numeric, String, Table, select, update
from sqlalchemy.ext.asyncio import create_async_engine

from shared import Book, json, make_app, require_token

WORKERS = int(os.environ["WORKERS"])

# Each statement is a transaction of its own, so nothing is to be begun or rolled back around it.
engine = create_async_engine(
    os.environ["DATABASE_URL"].replace("mysql://", "mysql+asyncmy://"),
    pool_size=max(1, int(os.environ["POOL_SIZE"]) // WORKERS),
    max_overflow=0,
    isolation_level="AUTOCOMMIT",
    pool_reset_on_return=None,
)
metadata = MetaData()
books = Table(
    "books",
    metadata,
    Column("isbn", String(20), key="ISBN", primary_key=True),
    Column("title", String(500)),
    Column("author", String(300), key="Author"),
    Column("description", String),
    Column("genre", String(100)),
    Column("price", Numeric(10, 2, asdecimal=False)),
    Column("quantity", Integer),
)
customers = Table(
    "customers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user_id", String(254), key="userId"),
    *(Column(name, String) for name in ("name", "phone", "address", "address2", "city", "state", "zipcode")),
)
BOOK = ("ISBN", "title", "Author", "description", "genre", "price", "quantity")
CUSTOMER = ("id", "userId", "name", "phone", "address", "address2", "city", "state", "zipcode")
app = make_app()
checked = {"dependencies": [Depends(require_token)]}


async def rows(statement, names: tuple[str, ...]) -> list[dict]:
    async with engine.connect() as connection:
        return [dict(zip(names, row, strict=True)) for row in await connection.execute(statement)]


@app.get("/books", **checked)
async def list_books(limit: Annotated[int | None, Query(ge=1, le=1000)] = None, after: str = "") -> Response:
    if limit is None:
        return json(await rows(select(books).order_by(books.c.ISBN), BOOK))
    page = select(books).where(books.c.ISBN > after).order_by(books.c.ISBN).limit(limit + 1)
    found = await rows(page, BOOK)
    if len(found) <= limit:
        return json(found)
    link = f'</books?limit={limit}&after={found[limit - 1]["ISBN"]}>; rel="next"'
    return json(found[:limit], headers={"Link": link})


@app.get("/books/{isbn}", **checked)
async def book(isbn: str) -> Response:
    found = await rows(select(books).where(books.c.ISBN == isbn), BOOK)
    return json(found[0]) if found else _missing("book", isbn)


@app.put("/books/{isbn}", **checked)
async def replace(isbn: str, book: Book) -> Response:
    if book.ISBN != isbn:
        raise HTTPException(400, "The ISBN is another one.")
    values = book.model_dump()
    async with engine.connect() as connection:
        done = await connection.execute(update(books).where(books.c.ISBN == isbn).values(values))
    return json(values | {"price": float(book.price)}) if done.rowcount else _missing("book", isbn)


@app.get("/customers/{number}", **checked)
async def customer(number: int) -> Response:
    found = await rows(select(customers).where(customers.c.id == number), CUSTOMER)
    return json(found[0]) if found else _missing("customer", number)


def _missing(what: str, key: object) -> Response:
    raise HTTPException(404, f"There is no {what} with {key}.")
