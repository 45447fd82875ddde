"""The description of the API says what the API does."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode

from board import create_app
from board.accounts.models import User
from board.api import operation
from board.api.openapi import openapi_command
from board.articles.models import Article
from board.web.access import everyone, open_to
from conftest import say
from support.tokens import token_of

# Forms have rules that no schema has: a text must say something, and a reason must be offered.
REFUSED = [404, 409, 414, 422]
CONFIG = schemathesis.Config.from_dict(
    {
        # What no view declares is dropped (query_filter.py), and `headers` has the token.
        "generation": {"allow-extra-parameters": False, "with-security-parameters": False},
        "checks": {
            "positive_data_acceptance": {"expected-statuses": ["2xx", 403, *REFUSED]},
            "negative_data_rejection": {"expected-statuses": [400, 401, 403, 413, 415, *REFUSED]},
        },
    }
)
COMMITTED = Path(__file__).parents[2] / "docs" / "openapi.json"


def test_the_committed_description_is_that_of_the_code(guest: Any) -> None:
    served = guest.get("/api/v1/openapi.json?lang=ko").json

    assert json.loads(COMMITTED.read_text()) == served, (
        "run: flask --app wsgi openapi > docs/openapi.json"
    )


def test_a_command_prints_it(app: Flask) -> None:
    printed = app.test_cli_runner().invoke(openapi_command).output

    assert printed == COMMITTED.read_text()


def test_a_view_of_the_api_without_a_declaration_stops_the_start(tmp_path: Path) -> None:
    app = create_app({"INSTANCE": str(tmp_path)})

    @app.get("/api/v1/undeclared")
    @open_to(everyone)
    def undeclared() -> str:
        return ""

    with pytest.raises(RuntimeError, match="undeclared"):
        operation.init_app(app)


def test_every_operation_that_writes_has_a_scope_and_what_makes_something_a_key() -> None:
    paths = json.loads(COMMITTED.read_text())["paths"]
    for methods in paths.values():
        for method, described in methods.items():
            keys = [each for each in described["parameters"] if each["name"] == "Idempotency-Key"]
            assert bool(keys) == (method == "post")
            assert method == "get" or described["security"] == [{"token": ["comments:write"]}]


@pytest.fixture
def description(app: Flask, harbour: Article, bora: User) -> Any:
    """As schemathesis reads it, of a board that answers each request in a context of its own."""
    for n in range(3):
        say(harbour, bora, f"Comment {n}")

    def answer(environ: Any, start_response: Any) -> list[bytes]:
        with app.app_context():
            return [b"".join(app(environ, start_response))]

    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", answer, config=CONFIG)


@pytest.mark.slow
def test_generated_requests_get_what_the_description_says(
    description: Any, harbour: Article, ada: User, bora: User
) -> None:
    """All checks of schemathesis: of what may be there, what is, and what the types forbid."""
    headers = {"Authorization": f"Bearer {token_of(ada)}", "Accept-Encoding": "identity"}
    there = {"slug": "harbour", "id": say(harbour, bora, "There").id}
    operations = [each.ok() for each in description.get_all_operations()]
    for each in operations:
        valid = each.as_strategy(generation_mode=GenerationMode.POSITIVE)
        check(valid, headers)
        check(valid.map(partial(leading_to, there)), headers)
        if each.body or each.query:  # a wrong path is another path
            check(each.as_strategy(generation_mode=GenerationMode.NEGATIVE), headers)

    assert len(operations) == 12


def leading_to(there: dict[str, Any], case: Case) -> Case:
    """The same request, about an article and a comment that are there."""
    case.path_parameters = {name: there[name] for name in case.path_parameters or {}}
    return case


def check(cases: Any, headers: dict[str, str]) -> None:
    """For some fifteen requests, the same ones each time."""

    @given(case=cases)
    @settings(
        max_examples=15,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    def call(case: Case) -> None:
        case.call_and_validate(headers=headers)

    call()
