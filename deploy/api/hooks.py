"""What a JSON Schema cannot say."""

import re

import schemathesis
from schemathesis import GenerationMode

KEYS = {"PUT /books/{ISBN}": ("ISBN", str), "PUT /customers/{id}": ("id", int)}


@schemathesis.hook.apply_to(name=list(KEYS))
def before_call(context, case, kwargs):
    """The body of a PUT is called by what the path says."""
    key, kind = KEYS[case.operation.label]
    valid = case.meta and case.meta.generation.mode == GenerationMode.POSITIVE and isinstance(case.body, dict)
    if valid and case.body.get(key) is not None:
        case.body[key] = kind(case.path_parameters[key])


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """`125.0` is an integer to JSON Schema, and no number of a customer in a path."""
    whole = lambda value: int(value) if isinstance(value, float) and value.is_integer() else value
    return path_parameters and {name: whole(value) for name, value in path_parameters.items()}


@schemathesis.hook.apply_to(name="GET /books")
def filter_query(context, query):
    """`limit=` is as good as no limit (allowEmptyValue), and a text has from 1 to 8 words."""
    if not query:
        return True
    words = set(re.findall(r"[^\W_]+", str(query.get("text") or "a").lower()))
    return query.get("limit", "1") not in ("", [], [""]) and 1 <= len(words) <= 8
