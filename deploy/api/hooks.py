"""What a JSON Schema cannot say."""

import re

import schemathesis
from schemathesis import GenerationMode

KEYS = {"PUT /books/{ISBN}": ("ISBN", str), "PUT /customers/{id}": ("id", int), "PUT /accounts/{id}": ("id", str)}
LISTS = ["GET /books", "GET /books/{ISBN}/reviews", "GET /orders", "GET /finance/ledger"]


@schemathesis.hook.apply_to(name=[*KEYS, *LISTS, "POST /books"])
def before_call(context, case, kwargs):
    """The body of a PUT is called by what the path says, a price has two decimals, and a cursor is one that `Link` had."""
    if not case.meta or case.meta.generation.mode != GenerationMode.POSITIVE:
        return
    if case.query:
        case.query.pop("after", None)
    if not isinstance(case.body, dict):
        return
    key, kind = KEYS.get(case.operation.label, (None, None))
    if key and case.body.get(key) is not None:
        case.body[key] = kind(case.path_parameters[key])
    if isinstance(case.body.get("price"), float):
        case.body["price"] = round(case.body["price"], 2)


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """`125.0` is an integer to JSON Schema, and no number of a customer in a path."""
    whole = lambda value: int(value) if isinstance(value, float) and value.is_integer() else value
    return path_parameters and {name: whole(value) for name, value in path_parameters.items()}


@schemathesis.hook.apply_to(name=LISTS)
def filter_query(context, query):
    """`limit=` is as good as no limit (allowEmptyValue), and a text has from 1 to 8 words."""
    if not query:
        return True
    blank = ("", [], [""])
    words = set(re.findall(r"[^\W_]+", str(query.get("text") or "a").lower()))
    return query.get("limit", "1") not in blank and 1 <= len(words) <= 8
