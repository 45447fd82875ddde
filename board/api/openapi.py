"""OpenAPI 3.1, built from the URL map, the declarations of the views and the types."""

import json
from collections.abc import Iterator
from typing import Any

import click
import msgspec
from flask import Flask
from flask.cli import with_appcontext
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from werkzeug.routing import Rule

from board.api.json_views import bp
from board.api.operation import Operation, answer, describe
from board.api.parameters import ID, SLUG
from board.api.request_body import KEY
from board.api.schemas import ProblemJson
from board.runtime.app import current_app_object
from board.web.access import everyone, open_to
from board.web.request.url_converters import IdConverter
from board.web.response.error_texts import error_title

_REF = "#/components/schemas/{name}"
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "schema": {"type": "string", "pattern": f"^{KEY.pattern}$"},
}


def document(app: Flask) -> dict[str, Any]:
    """The same for every board and reader: it names no host, and its texts are English."""
    operations = sorted(_operations(app), key=lambda each: (each[0].rule, each[1]))
    types = {type.__name__: type for *_, operation in operations for type in _types_of(operation)}
    _, components = msgspec.json.schema_components(
        [types[name] for name in sorted(types)], ref_template=_REF
    )
    paths: dict[str, Any] = {}
    with force_locale("en"):
        for rule, method, operation in operations:
            scope = getattr(app.view_functions[rule.endpoint], "scope", None)
            described = _describe(rule, operation, scope)
            paths.setdefault(_template(rule), {})[method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {"title": "News-comment board", "version": "1"},
        "paths": paths,
        "components": {
            "schemas": dict(sorted(components.items())),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operations(app: Flask) -> Iterator[tuple[Rule, str, Operation]]:
    for rule in app.url_map.iter_rules():
        view: Any = app.view_functions[rule.endpoint]
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            if hasattr(view, "operation"):
                yield rule, method, view.operation


def _types_of(operation: Operation) -> list[Any]:
    given = (operation.takes, *operation.gives.values(), ProblemJson)
    return [type for type in given if type not in (None, dict)]


def _template(rule: Rule) -> str:
    return "".join(f"{{{text}}}" if is_name else text for is_name, text in rule._trace[1:])


def _describe(rule: Rule, operation: Operation, scope: str | None) -> dict[str, Any]:
    described: dict[str, Any] = {
        "summary": operation.summary,
        "operationId": rule.endpoint,
        "parameters": [*_parameters(rule, operation)],
        "responses": _responses(operation, scope),
    }
    if operation.takes:
        described["requestBody"] = {"required": True, "content": _json(operation.takes)}
    if scope:
        described["security"] = [{"token": [scope]}]
    return described


def _parameters(rule: Rule, operation: Operation) -> Iterator[dict[str, Any]]:
    for name, converter in rule._converters.items():
        schema = ID if isinstance(converter, IdConverter) else SLUG
        yield {"name": name, "in": "path", "required": True, "schema": schema}
    for name, schema in operation.query.items():
        is_required = bool(schema.get("minItems"))
        yield {"name": name, "in": "query", "required": is_required, "schema": schema}
    if operation.needs_key:
        yield _KEY


def _responses(operation: Operation, scope: str | None) -> dict[str, Any]:
    """Those that any request may get are the default: too long an address, a full disk."""
    statuses = {*operation.problems, *((401, 403, 429) if scope else ())}
    statuses |= {400} if operation.query or operation.takes else set()
    statuses |= {413, 415, 422} if operation.takes else set()
    problem = {"content": _json(ProblemJson, "application/problem+json")}
    problems = {str(each): {"description": error_title(each), **problem} for each in statuses}
    given = {
        str(status): {
            "description": operation.summary,
            **({"content": _json(type)} if type else {}),
        }
        for status, type in operation.gives.items()
    }
    return {
        **given,
        **dict(sorted(problems.items())),
        "default": {"description": "Problem", **problem},
    }


def _json(type: Any, media_type: str = "application/json") -> dict[str, Any]:
    is_any = type is dict
    schema = {"type": "object"} if is_any else {"$ref": _REF.format(name=type.__name__)}
    return {media_type: {"schema": schema}}


@bp.get("/openapi.json")
@open_to(everyone)
@describe("This description", gives={200: dict})
def description() -> ResponseReturnValue:
    return answer(document(current_app_object()))


@click.command("openapi")
@with_appcontext
def openapi_command() -> None:
    """Print the OpenAPI description of the API, as docs/openapi.json has it."""
    with current_app_object().test_request_context():
        click.echo(json.dumps(document(current_app_object()), indent=1, ensure_ascii=False))
