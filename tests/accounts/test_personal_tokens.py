"""Readers make tokens for their programs, and take them back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from sqlalchemy import select
from time_machine import travel

from board.accounts.data_export import export_for
from board.accounts.email.queue import QueuedEmail
from board.accounts.models import Session, User, token_hash
from board.accounts.sign_in_methods.personal_tokens import models as tokens
from board.accounts.sign_in_methods.personal_tokens import views
from board.accounts.sign_in_methods.personal_tokens.models import (
    COMMENTS_WRITE,
    ME_READ,
    PersonalToken,
)
from board.accounts.verification.models import TOKEN_MADE
from board.articles.models import Article
from board.articles.publication import State
from board.db import db, now, writing
from board.db.clock import today
from board.runtime.jobs import jobs
from board.web import access
from conftest import keep, person, said, say, without_notice
from support.tokens import Program, token_of

SignIn = Callable[[User], FlaskClient]
FORM = {"name": "My bot", "comments_write": "y", "days": "30"}
INVALID = 'Bearer error="invalid_token"'


def made(page: Any) -> str:
    """The token a page shows."""
    text: str = page.text
    return text[(start := text.index(tokens.PREFIX)) : text.index("<", start)]


def me(app: Flask, token: str) -> Any:
    return Program(app, token).send("GET", "me")


def test_a_reader_makes_a_token_which_is_shown_once(app: Flask, as_: SignIn, ada: User) -> None:
    browser = as_(ada)

    page = browser.post("/account/tokens", data=FORM)

    token, (row,) = made(page), db.session.scalars(PersonalToken.of_user(ada)).all()
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "private, no-store")
    assert (row.name, row.scopes, row.token_hash) == ("My bot", [COMMENTS_WRITE], token_hash(token))
    assert abs(row.expires_at - row.made_at - timedelta(days=30)) < timedelta(seconds=1)
    assert "My bot" in browser.get("/account/tokens").text
    assert tokens.PREFIX not in browser.get("/account/tokens").text
    assert "/account/tokens" in browser.get("/account").text


def test_the_owner_is_told_by_email(app: Flask, as_: SignIn, ada: User) -> None:
    app.config.update(MAIL_SERVER="smtp://x", MAIL_FROM="a@b.example", ORIGIN="http://localhost")
    as_(ada).post("/account/tokens", data=FORM)

    (email,) = db.session.scalars(select(QueuedEmail).where(QueuedEmail.kind == TOKEN_MADE))
    assert email.address == "ada@harbour.example"
    with app.test_request_context(), force_locale("en"):
        text = views.made_text(email)
    assert text.subject == "New token for your account"
    notices = as_(ada).get("/account/notices").text
    assert "새 개인 토큰을 만들었습니다" in notices
    assert 'href="/account/tokens"' in notices
    assert "http://localhost/account/tokens" in text.text


def test_only_who_proves_again_who_they_are_makes_one(as_: SignIn, ada: User) -> None:
    browser = as_(ada)
    with writing():
        for session in db.session.scalars(select(Session)):
            session.password_at = now() - timedelta(minutes=11)

    page = browser.post("/account/tokens", data=FORM)

    assert page.status_code == 401
    assert db.session.scalars(PersonalToken.of_user(ada)).all() == []


@pytest.mark.parametrize(
    "change",
    [{"name": ""}, {"name": "x" * 61}, {"comments_write": ""}, {"days": ""}, {"days": "366"}],
)
def test_a_token_needs_a_name_a_use_and_an_end(
    as_: SignIn, ada: User, change: dict[str, str]
) -> None:
    given = {name: value for name, value in {**FORM, **change}.items() if value}

    assert as_(ada).post("/account/tokens", data=given).status_code == 422
    assert db.session.scalars(PersonalToken.of_user(ada)).all() == []


def test_a_sixth_token_is_refused(as_: SignIn, ada: User) -> None:
    browser = as_(ada)

    statuses = [browser.post("/account/tokens", data=FORM).status_code for _ in range(6)]

    assert statuses == [200] * 5 + [422]
    assert len(db.session.scalars(PersonalToken.of_user(ada)).all()) == 5


def test_a_revoked_token_opens_nothing(app: Flask, as_: SignIn, ada: User) -> None:
    token = token_of(ada)
    (row,) = db.session.scalars(PersonalToken.of_user(ada)).all()

    answer = as_(ada).post(f"/account/tokens/{row.id}/revoke")

    assert without_notice(answer) == "/account/tokens"
    assert said(answer, "en") == "The token has been revoked."
    assert me(app, token).status_code == 401


def test_nobody_revokes_the_token_of_somebody_else(
    app: Flask, as_: SignIn, ada: User, bora: User
) -> None:
    token = token_of(ada)
    (row,) = db.session.scalars(PersonalToken.of_user(ada)).all()

    assert as_(bora).post(f"/account/tokens/{row.id}/revoke").status_code == 404
    assert me(app, token).status_code == 200


def forgeries(token: str) -> list[str]:
    secret, _, checksum = token.rpartition("_")
    other = secret[:-1] + ("0" if secret[-1] != "0" else "1")
    return [
        "", "x", secret, f"{secret}_00000000", f"{other}_{checksum}",
        f"{other}_{tokens._checksum(other)}", token.upper(), f"{token} ", f"{token}{token}",
    ]  # fmt: skip


def test_a_forged_token_opens_nothing(app: Flask, ada: User) -> None:
    token = token_of(ada)
    answers = [me(app, forged) for forged in forgeries(token) if forged.strip() != token]

    assert {(each.status_code, each.headers["WWW-Authenticate"]) for each in answers} == {
        (401, INVALID)
    }
    assert me(app, token).status_code == 200


def test_a_token_ends_on_its_day_and_is_deleted(app: Flask, ada: User) -> None:
    token = token_of(ada, days=7)
    (job,) = [job for job in jobs if job.name == "personal tokens"]
    assert not job.is_due()

    with travel(now() + timedelta(days=7, seconds=1)):
        assert me(app, token).headers["WWW-Authenticate"] == INVALID
        assert job.is_due()
        with writing():
            job.run()

    assert db.session.query(PersonalToken).count() == 0


def suspend(user: User) -> None:
    user.suspend(until=now() + timedelta(days=1), reason="insult")


def leave(user: User) -> None:
    user.delete_account(on=today())


def freeze(user: User) -> None:
    user.frozen_until = now() + timedelta(days=1)


@pytest.mark.parametrize("change", [suspend, leave, freeze])
def test_a_token_of_somebody_who_may_not_act_opens_nothing(
    app: Flask, harbour: Article, ada: User, change: Callable[[User], None]
) -> None:
    program = Program(app, token_of(ada))
    assert program.send("POST", "articles/harbour/comments", {"body": "Before"}).status_code == 201

    with writing():
        change(db.session.get_one(User, ada.id))
    answers = [
        program.send("POST", "articles/harbour/comments", {"body": "After"}),
        program.send("GET", "articles/harbour/comments"),
        program.send("GET", "me"),
    ]

    assert [each.headers["WWW-Authenticate"] for each in answers] == [INVALID] * 3


def test_a_token_works_again_after_a_suspension(app: Flask, ada: User) -> None:
    token = token_of(ada)
    with writing():
        suspend(db.session.get_one(User, ada.id))
    with writing():
        db.session.get_one(User, ada.id).unsuspend()

    assert me(app, token).status_code == 200


def test_a_new_password_and_leaving_end_all_tokens(ada: User, bora: User) -> None:
    for user in (ada, bora):
        token_of(user)

    with writing():
        db.session.get_one(User, ada.id).change_password("!")
        leave(db.session.get_one(User, bora.id))

    assert db.session.query(PersonalToken).count() == 0


def test_a_scope_that_is_missing_is_named(app: Flask, harbour: Article, ada: User) -> None:
    reads, writes = (
        Program(app, token_of(ada, ME_READ)),
        Program(app, token_of(ada, COMMENTS_WRITE)),
    )

    answers = [
        reads.send("POST", "articles/harbour/comments", {"body": "x"}),
        writes.send("GET", "me"),
    ]

    assert [(each.status_code, each.headers["WWW-Authenticate"]) for each in answers] == [
        (403, f'Bearer error="insufficient_scope", scope="{scope}"')
        for scope in (COMMENTS_WRITE, ME_READ)
    ]


def test_a_bad_token_is_never_made_good_by_a_cookie(app: Flask, as_: SignIn, ada: User) -> None:
    browser = as_(ada)

    for path in ("/api/v1/me", "/api/v1/articles/harbour/comments", "/account"):
        answer = browser.get(path, headers={"Authorization": f"Bearer {tokens.PREFIX}bad"})
        assert (answer.status_code, path) == (401, path)
    assert browser.get("/api/v1/me").headers["WWW-Authenticate"] == "Bearer"


def test_the_day_of_use_is_noted_once(app: Flask, ada: User) -> None:
    token = token_of(ada)
    assert export_for(ada)["personal_tokens"][0]["used_on"] is None

    me(app, token)

    (exported,) = export_for(db.session.get_one(User, ada.id))["personal_tokens"]
    assert exported == {
        "name": "test",
        "scope": "comments:write me:read",
        "made_at": exported["made_at"],
        "expires_at": exported["expires_at"],
        "used_on": today(),
    }


def test_staff_have_no_powers_with_a_token(app: Flask, as_: SignIn, ada: User) -> None:
    """A comment that waits, and an article that has not appeared."""
    tess = person("tess", can_edit=True, can_moderate=True)
    draft = keep(Article.publish(slug="draft", title="Later", body_html="<p>…</p>"))
    comment = say(draft, ada, "Held")
    with writing():
        comment._set_held(reason="thread")
        draft.state = State.DRAFT
    program = Program(app, token_of(tess))

    statuses = [
        program.send("GET", "articles/draft/comments").status_code,
        program.send("GET", f"comments/{comment.id}").status_code,
        program.send("DELETE", f"comments/{comment.id}").status_code,
    ]

    assert as_(tess).get("/articles/draft").status_code == 200
    assert statuses == [404, 404, 404]


def test_the_holder_of_a_token_is_in_no_audience_of_staff(app: Flask, mo: User) -> None:
    audiences = (access.moderators, access.seniors, access.legal_staff, access.staff)
    with app.test_request_context("/api/v1/me"):
        assert [audience(mo) for audience in audiences] == [True] * 4

        access.act_as(mo)

        assert [audience(mo) for audience in (*audiences, access.members)] == [False] * 4 + [True]


@pytest.mark.slow
def test_no_page_of_the_desk_or_the_account_opens_with_a_token(
    app: Flask, as_: SignIn, mo: User, tess: User
) -> None:
    """Every route outside of the API, also with the session of the same person beside it."""
    answers = {
        (rule.endpoint, method, user.name): as_(user)
        .open(
            rule.rule.replace("<id:id>", "1").replace("<slug>", "harbour"),
            method=method,
            headers={"Authorization": f"Bearer {token}"},
        )
        .status_code
        for user, token in ((mo, token_of(mo)), (tess, token_of(tess)))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(("/desk", "/account"))
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }

    assert len(answers) > 200
    assert {each: status for each, status in answers.items() if status != 401} == {}
