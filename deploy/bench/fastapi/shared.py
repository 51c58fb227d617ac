"""What the BFF and the service share: settings, tokens, shapes, error answers."""

import os
from decimal import Decimal
from typing import Annotated

import jwt
from fastapi import FastAPI, Header, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, Field
import orjson

SECRET, ISSUER = os.environ["JWT_SECRET"], os.environ["JWT_ISSUER"]
SUBJECTS = frozenset(os.environ["JWT_SUBJECTS"].split(","))
Text = Annotated[str, Field(min_length=1)]


class Book(BaseModel):
    """A book as it comes in."""

    ISBN: Text
    title: Text
    Author: Text
    description: Text
    genre: Text
    price: Annotated[Decimal, Field(gt=0, lt=10**8, decimal_places=2)]
    quantity: Annotated[int, Field(ge=0, lt=2**31)]


async def require_token(authorization: Annotated[str, Header()] = "") -> None:
    """Lets requests with a valid token pass."""
    scheme, _, token = authorization.partition(" ")
    try:
        required = {"require": ["exp", "iss", "sub"]}
        claims = jwt.decode(token, SECRET, algorithms=["HS256"], issuer=ISSUER, leeway=10, options=required)
    except jwt.PyJWTError:
        claims = {}
    if scheme != "Bearer" or claims.get("sub") not in SUBJECTS:
        raise HTTPException(401, "A valid bearer token is needed.")


def json(content: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """JSON by the quickest way there is: nothing of what is answered needs to be validated again."""
    return Response(orjson.dumps(content), status, headers, "application/json")


def make_app(**settings) -> FastAPI:
    """An app with `/status` and error answers; uvicorn writes the log line of each request."""
    app = FastAPI(openapi_url=None, **settings)

    @app.exception_handler(HTTPException)
    async def refused(_: Request, error: HTTPException) -> Response:
        return problem(error.status_code, error.detail)

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> Response:
        return problem(400, ", ".join(str(one["loc"][-1]) for one in error.errors()))

    @app.get("/status")
    async def status() -> dict[str, str]:
        return {"status": "OK"}

    return app


def problem(status: int, message: str) -> Response:
    return Response(orjson.dumps({"status": status, "message": message}), status, None, "application/problem+json")
