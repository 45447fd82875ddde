"""A fault of ours in any hook: the request is refused, nothing is done, and no detail is shown."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from board.accounts.auth import session_query
from board.accounts.models import User
from board.articles.models import Article
from board.comments.writing import create

SECRET = "postgres://board:hunter2@db/board"
COMMENTS = "/articles/harbour/comments"


def fail(*_: object, **__: object) -> None:
    raise RuntimeError(SECRET)


@pytest.fixture
def deployed(app: Flask) -> Flask:
    """The app as it is outside tests, where an exception becomes a page."""
    app.testing = False
    return app


@pytest.fixture
def client(deployed: Flask, as_: object, ada: User) -> FlaskClient:
    return as_(ada)  # type: ignore[operator, no-any-return]


def is_silent(answer: TestResponse) -> bool:
    return answer.status_code == 500 and not any(
        word in answer.text for word in ("hunter2", "RuntimeError", "Traceback", "board/", ".py")
    )


def post(client: FlaskClient) -> TestResponse:
    return client.post(COMMENTS, data={"body": "다 쓴 글", "key": "k"})


def test_a_fault_in_any_hook_before_a_view_lets_nothing_through(
    deployed: Flask, client: FlaskClient, harbour: Article
) -> None:
    hooks = deployed.before_request_funcs[None]
    assert len(hooks) > 5
    for number, hook in enumerate(hooks):
        hooks[number] = fail
        assert is_silent(post(client)), hook
        assert is_silent(client.get("/account")), hook
        hooks[number] = hook
    assert harbour.comment_count == 0
    assert post(client).status_code == 303


def test_a_fault_while_the_user_is_looked_up_signs_nobody_in(
    client: FlaskClient, harbour: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_query, "with_user", fail)

    assert is_silent(post(client)) and "다 쓴 글" in post(client).text
    assert is_silent(client.get("/account"))
    assert harbour.comment_count == 0


def test_a_fault_in_the_middle_of_a_write_leaves_nothing_of_it(
    client: FlaskClient, harbour: Article
) -> None:
    create.after_post.add(fail)
    try:
        assert is_silent(post(client))
    finally:
        create.after_post.remove(fail)  # type: ignore[attr-defined]
    assert harbour.comment_count == 0


def test_a_fault_in_any_hook_after_the_view_shows_no_page_of_the_account(
    deployed: Flask, client: FlaskClient
) -> None:
    hooks = deployed.after_request_funcs[None]
    for number, hook in enumerate(hooks):
        hooks[number] = fail
        assert is_silent(client.get("/account")), hook
        hooks[number] = hook


def test_programs_read_a_problem_and_no_detail(
    deployed: Flask, guest: FlaskClient, harbour: Article
) -> None:
    deployed.before_request_funcs[None].append(fail)

    answer = guest.get("/api/v1/articles/harbour/comments/newest")

    assert is_silent(answer)
    assert (answer.mimetype, answer.json["status"]) == ("application/problem+json", 500)
