"""Accounts with an address of a service that gives anybody one for some minutes."""

from collections.abc import Callable

import pytest
from disposable_email_domains import blocklist
from flask import Flask
from flask.testing import FlaskClient

from accounts.conftest import Mailboxes, sign_up
from board.accounts.auth.disposable_addresses import is_disposable
from board.accounts.models import User
from board.articles.models import Article
from board.comments.models import Comment
from board.db import db, writing
from board.moderation.queue import Queue, QueueItem
from board.moderation.rulings.decisions import keep
from conftest import PASSWORD, person, say

DOMAIN = "mailinator.com"
Refuse = Callable[[], None]


@pytest.fixture
def drifter(app: Flask) -> User:
    """A reader with a disposable address."""
    user = person("drifter")
    with writing():
        user.email = f"drifter@{DOMAIN}"
    return user


@pytest.fixture
def refuse(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "DISPOSABLE", "refuse")


def held(comments: list[Comment]) -> list[str | None]:
    return [comment.held_for for comment in comments]


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        (DOMAIN, True), (f"a.b.{DOMAIN}", True), (f"xx{DOMAIN}", False),
        (f"{DOMAIN}.example", False),
        ("naver.com", False), ("gmail.com", False), ("com", False), ("kakao.com", False),
        ("", False), (".", False), ("a..b", False), ("x." * 100 + DOMAIN, True),
    ],
)  # fmt: skip
def test_a_domain_matches_itself_and_what_is_below_it(
    app: Flask, domain: str, expected: bool
) -> None:
    assert is_disposable(f"sora@{domain}") is expected


def test_no_provider_that_korean_readers_use_is_on_the_list() -> None:
    usual = "naver.com gmail.com daum.net hanmail.net kakao.com nate.com outlook.com icloud.com"
    assert not blocklist & {*usual.split()}


def test_the_first_comments_wait_until_five_can_be_read(
    harbour: Article, drifter: User, mo: User
) -> None:
    comments = [say(harbour, drifter, f"Remark {number}") for number in range(7)]
    assert held(comments) == ["disposable"] * 7
    assert db.session.get(QueueItem, (comments[0].id, Queue.HELD)) is not None

    for comment in comments[:4]:
        with writing():
            keep(comment, by=mo)
    assert say(harbour, drifter, "The fifth").held_for == "disposable"
    with writing():
        keep(comments[4], by=mo)
    assert say(harbour, drifter, "Another").held_for is None


def test_hidden_and_deleted_ones_do_not_count(harbour: Article, drifter: User, mo: User) -> None:
    comments = [say(harbour, drifter, f"Remark {number}") for number in range(5)]
    for comment in comments:
        with writing():
            keep(comment, by=mo)
    with writing():
        comments[0].delete()

    assert say(harbour, drifter, "Another").held_for == "disposable"


def test_an_approved_comment_cannot_be_turned_into_another(
    as_: Callable[[User], FlaskClient], harbour: Article, drifter: User, mo: User
) -> None:
    comment = say(harbour, drifter, "Before")
    with writing():
        keep(comment, by=mo)
    as_(drifter).post(f"/comments/{comment.id}/edit", data={"body": "Buy", "version": "0"})

    assert (comment.body, comment.held_for) == ("Buy", "disposable")


def test_its_author_and_moderators_read_why_it_waits(
    as_: Callable[[User], FlaskClient], harbour: Article, drifter: User, mo: User
) -> None:
    comment = say(harbour, drifter, "Remark")
    page = as_(drifter).get(f"/comments/{comment.id}").text
    assert "자동 분류로 보류되었습니다" in page
    assert "일회용 이메일로 만든 새 계정" in as_(mo).get("/desk/comments?queue=held").text


@pytest.mark.parametrize("choice", ["allow", "refuse"])
def test_with_other_settings_nothing_is_held(
    app: Flask, harbour: Article, drifter: User, monkeypatch: pytest.MonkeyPatch, choice: str
) -> None:
    monkeypatch.setitem(app.config, "DISPOSABLE", choice)
    assert say(harbour, drifter, "Remark").held_for is None


def test_who_changes_to_a_lasting_address_is_held_no_more(harbour: Article, drifter: User) -> None:
    with writing():
        drifter.email = "drifter@harbour.example"
    assert say(harbour, drifter, "Remark").held_for is None


def test_refused_at_sign_up_alike_for_addresses_with_and_without_an_account(
    app: Flask, mail: Mailboxes, drifter: User, refuse: None
) -> None:
    answers = []
    for address in (drifter.email, f"unknown@{DOMAIN}"):
        answer = sign_up(app.test_client(), email=address)
        answers.append((answer.status_code, answer.text.replace(address, "ADDRESS")))

    assert answers[0] == answers[1]
    assert answers[0][0] == 422 and "일회용" in answers[0][1]
    assert mail.of(drifter.email) == []


def test_refused_also_where_an_address_is_corrected_or_changed(
    app: Flask,
    guest: FlaskClient,
    mail: Mailboxes,
    member: Callable[..., User],
    as_: Callable[[User], FlaskClient],
    refuse: None,
) -> None:
    sign_up(guest)
    other = f"sora@{DOMAIN}"
    assert guest.post("/verify/address", data={"email": other}).status_code == 422
    form = {"email": other, "password": PASSWORD}
    assert as_(member("ada")).post("/account/email", data=form).status_code == 422
    assert mail.of(other) == []


def test_who_has_an_account_with_one_still_gets_back_in(
    guest: FlaskClient, mail: Mailboxes, drifter: User, refuse: None
) -> None:
    assert guest.post("/sign-in/email", data={"email": drifter.email}).location == "/verify"
    assert mail.subjects(drifter.email) == ["확인 번호"]


def test_by_default_an_account_is_made_as_for_any_other(
    guest: FlaskClient, mail: Mailboxes
) -> None:
    address = f"sora@{DOMAIN}"
    sign_up(guest, email=address)
    assert guest.post("/verify", data={"code": mail.code(address)}).location == "/"
