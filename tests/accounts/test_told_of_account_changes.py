"""A member is told on the page, too, when the password, the address or a way to sign in changes."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.conftest import Mailboxes
from accounts.test_get_back_in import reset
from board.accounts.auth.passwords import hash_password
from board.accounts.models import User
from board.accounts.sign_in.methods import sign_in_methods
from board.accounts.sign_in_methods.emails import announce_added, announce_removed
from board.accounts.verification.models import ADDED, REMOVED
from board.db import db, now, writing
from board.notifications import account_changes
from board.notifications.digests import due_digests
from board.notifications.models import Notification
from conftest import PASSWORD

As = Callable[[User], FlaskClient]
NEW = "a new light on the old pier"
FORM = {"current": PASSWORD, "password": NEW}


@pytest.fixture
def ada(ada: User) -> User:
    with writing():
        ada.password_hash = hash_password(PASSWORD)
    return ada


def told(client: FlaskClient) -> list[str]:
    """Titles of what is unseen."""
    page = client.get("/account/notices").text
    return re.findall(r'<p class="entry-title"><a href="[^"]+" data-unseen="[^"]+">([^<]+)<', page)


def test_a_new_password_is_told_once_until_it_is_seen(as_: As, ada: User) -> None:
    client = as_(ada)
    client.post("/account/password", data=FORM)
    client.post("/account/password", data={"current": NEW, "password": PASSWORD})
    unseen = told(client)
    client.post("/account/notices/seen")
    client.post("/account/password", data=FORM)

    assert unseen == told(client) == ["비밀번호가 변경되었습니다"]
    assert client.get("/account/notices").text.count("비밀번호가 변경되었습니다") == 2
    db.session.refresh(ada)
    assert ada.unseen_notifications == 1


def test_it_leads_to_the_sign_in_methods_and_no_digest_tells_of_it(as_: As, ada: User) -> None:
    client = as_(ada)
    client.post("/account/password", data=FORM)

    assert '<a href="/account/sign-in-methods" data-unseen=' in client.get("/account/notices").text
    assert db.session.execute(due_digests(now())).all() == []
    assert db.session.scalars(select(Notification.mailed_as)).all() == [Notification.NO_EMAIL]


def test_each_sign_in_method_that_is_added_or_removed_is_told(as_: As, ada: User) -> None:
    with writing():
        user = db.session.merge(ada)
        for method in sign_in_methods:
            announce_added(method, user)
            announce_removed(method, user)

    assert {f"{prefix}{m.name}" for m in sign_in_methods for prefix in (ADDED, REMOVED)} < set(
        account_changes.CHANGES
    )
    titles = told(as_(ada))
    assert len(titles) == 2 * len(list(sign_in_methods))
    assert titles[-2:] == [
        "로그인 방법이 삭제되었습니다: 비밀번호",
        "로그인 방법이 추가되었습니다: 비밀번호",
    ]


def test_a_change_keeps_its_number() -> None:
    """They are stored."""
    assert account_changes.CHANGES[:9] == (
        "", "new_password", "new_address", "added_password", "removed_password", "added_email",
        "removed_email", "added_passkey", "removed_passkey",
    )  # fmt: skip


def test_a_password_that_was_forgotten_is_told_after_the_next_sign_in(
    mail: Mailboxes, app: Flask, ada: User, as_: As, member: Any
) -> None:
    sora = member("sora")
    reset(app.test_client(), mail, sora)

    assert told(as_(sora)) == ["비밀번호가 변경되었습니다"]
    assert told(as_(ada)) == []
