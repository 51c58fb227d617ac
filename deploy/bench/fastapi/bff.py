"""The REST BFF: web and mobile shapes of what the REST service gives."""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated

import aiohttp
import orjson
from fastapi import Depends, FastAPI, Header, HTTPException, Request
from fastapi.responses import Response

from shared import json, make_app, require_token

MOBILE_CUSTOMER = ("id", "userId", "name", "phone")


async def is_mobile(x_client_type: Annotated[str, Header()] = "") -> bool:
    match x_client_type.lower():
        case "web":
            return False
        case "ios" | "android":
            return True
    raise HTTPException(400, "X-Client-Type must be Web, iOS or Android.")


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    # Several times quicker than httpx, whose pool looks at every connection for every request.
    timeout, connector = aiohttp.ClientTimeout(total=10), aiohttp.TCPConnector(limit=64)
    async with aiohttp.ClientSession(os.environ["SERVICE_URL"], timeout=timeout, connector=connector) as app.state.http:
        yield


@dataclass
class Answer:
    """What the service answered."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes


Mobile = Annotated[bool, Depends(is_mobile)]
app = make_app(lifespan=lifespan)
# The client type is looked at first, then the token.
checked = {"dependencies": [Depends(is_mobile), Depends(require_token)]}


async def call(request: Request, path: str, body: bytes | None = None) -> Answer:
    headers = {"Authorization": request.headers["authorization"]}
    if body is not None:
        headers["Content-Type"] = "application/json"
    async with app.state.http.request(request.method, path, data=body, headers=headers) as answer:
        return Answer(answer.status, answer.headers, await answer.read())


def passed_on(answer: Answer) -> Response:
    """An answer of the service as it came; the web knows the same shapes."""
    headers = {name: answer.headers[name] for name in ("Link",) if name in answer.headers}
    return Response(answer.content, answer.status_code, headers, answer.headers["Content-Type"])


def shown(book: dict) -> dict:
    """The mobile apps know `non-fiction` by a code."""
    return book | {"genre": "3"} if book["genre"] == "non-fiction" else book


def one_book(answer: Answer, mobile: bool) -> Response:
    if not mobile or answer.status_code != 200:
        return passed_on(answer)
    return json(shown(orjson.loads(answer.content)))


@app.get("/books", **checked)
async def books(request: Request, mobile: Mobile) -> Response:
    query = f"?{request.url.query}" if request.url.query else ""
    answer = await call(request, f"/books{query}")
    if not mobile or answer.status_code != 200:
        return passed_on(answer)
    headers = {"Link": answer.headers["Link"]} if "Link" in answer.headers else None
    return json([shown(book) for book in orjson.loads(answer.content)], headers=headers)


@app.get("/books/{isbn}", **checked)
async def book(request: Request, isbn: str, mobile: Mobile) -> Response:
    return one_book(await call(request, f"/books/{isbn}"), mobile)


@app.put("/books/{isbn}", **checked)
async def replace(request: Request, isbn: str, mobile: Mobile) -> Response:
    return one_book(await call(request, f"/books/{isbn}", await request.body()), mobile)


@app.get("/customers/{number}", **checked)
async def customer(request: Request, number: str, mobile: Mobile) -> Response:
    answer = await call(request, f"/customers/{number}")
    if not mobile or answer.status_code != 200:
        return passed_on(answer)
    found = orjson.loads(answer.content)
    return json({name: found[name] for name in MOBILE_CUSTOMER})
