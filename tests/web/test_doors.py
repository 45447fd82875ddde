"""Doors without our own Origin, and GETs that write: those of one table, and no others."""

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from board.accounts.views.sign_in import sign_in
from board.db import writing
from board.web.request import guard

FOREIGN = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
BY_PROGRAM = {"Sec-Fetch-Site": None}


def views(app: Flask, method: str) -> set[str]:
    return {rule.endpoint for rule in app.url_map.iter_rules() if method in (rule.methods or ())}


def path(app: Flask, endpoint: str) -> str:
    (rule, *_) = app.url_map.iter_rules(endpoint)
    return rule.rule.replace("<id:id>", "1").replace("<slug>", "harbour")


@pytest.mark.slow
@pytest.mark.parametrize("headers", [FOREIGN, BY_PROGRAM])
def test_only_doors_of_the_table_take_a_form_without_our_origin(
    app: Flask, guest: FlaskClient, headers: dict[str, str | None]
) -> None:
    acts = {(endpoint, method) for method in UNSAFE for endpoint in views(app, method)}
    refused = {
        (endpoint, method)
        for endpoint, method in acts
        if guest.open(path(app, endpoint), method=method, headers=headers).status_code == 403
    }

    assert {endpoint for endpoint, _method in acts - refused} == set(guard.WITHOUT_ORIGIN)


def test_a_door_of_the_table_asks_for_its_own_proof(app: Flask, guest: FlaskClient) -> None:
    statuses = {
        guest.open(path(app, endpoint), method=method, headers=BY_PROGRAM).status_code
        for method in UNSAFE
        for endpoint in guard.WITHOUT_ORIGIN.keys() & views(app, method)
    }

    assert statuses <= {400, 401, 403, 404}


def called_by(function: Callable[..., Any], seen: set[Any]) -> Iterator[Any]:
    """What of the board a function names, what those functions name, and so on."""
    for name in names_in(inspect.unwrap(function).__code__):
        found = inspect.unwrap(function).__globals__.get(name)
        module = getattr(found, "__module__", "") or ""
        if found is None or id(found) in seen or not module.startswith("board."):
            continue
        seen.add(id(found))
        yield found
        if inspect.isfunction(found) and found is not writing:
            yield from called_by(found, seen)


def names_in(code: Any) -> Iterator[str]:
    yield from code.co_names
    for each in code.co_consts:
        if inspect.iscode(each):
            yield from names_in(each)


def test_only_gets_of_the_table_write(app: Flask) -> None:
    writes = {
        endpoint
        for endpoint in views(app, "GET") - views(app, "POST") - {"static"}
        if writing in called_by(app.view_functions[endpoint], set())
    }

    assert writes == set(guard.WRITING_GETS)


def test_a_view_that_writes_is_found() -> None:
    """The test above can fail: it finds the write of a form, through what it calls."""
    assert writing in called_by(sign_in, set())
