"""Operations: what each view of the API takes and gives, declared beside @open_to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

import msgspec
from flask import Flask, Response

from board.api.schemas import Schema

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Operation:
    """`gives`: the type of each successful answer by status, None for one without a body. `query`:
    JSON schemas of its parameters. `needs_key`: it makes something, once for each key. `problems`:
    error statuses of its own, beside those that follow from the other fields and the scope."""

    summary: str
    gives: Mapping[int, Schema | None]
    takes: Schema | None = None
    query: Mapping[str, Any] = field(default_factory=dict)
    needs_key: bool = False
    problems: tuple[int, ...] = ()


def describe(summary: str, **parts: Any) -> Callable[[View], View]:
    """Declares an operation; `parts` are the other fields of Operation."""

    def mark(view: View) -> View:
        cast(Any, view).operation = Operation(summary, **parts)
        return view

    return mark


def answer(value: Any, status: int = 200, *, next: str | None = None, **headers: str) -> Response:
    """JSON of one of the types. `next`: the address of the next page, if there is one."""
    response = Response(msgspec.json.encode(value), status, mimetype="application/json")
    if next:
        response.headers["Link"] = f'<{next}>; rel="next"'
    for name, text in headers.items():
        response.headers[name.replace("_", "-")] = text
    return response


def init_app(app: Flask) -> None:
    """Raises RuntimeError for a view under /api without a declaration."""
    unknown = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        and not hasattr(app.view_functions[rule.endpoint], "operation")
    ]
    if unknown:
        raise RuntimeError(f"views of the API without @describe: {', '.join(unknown)}")
