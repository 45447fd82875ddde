"""Who unlinks here, or leaves, is unlinked at Kakao too, and finds the pages of the others."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.conftest import Mailboxes
from accounts.identity_providers.conftest import Visit
from accounts.identity_providers.test_link_provider import give
from accounts.test_get_back_in import reset
from board.accounts.auth.passwords import hash_password
from board.accounts.models import User
from board.accounts.sign_in_methods.identity_providers import background
from board.accounts.sign_in_methods.identity_providers.models import KakaoUnlink
from board.db import db, now, writing
from board.runtime.background import TaskFailed
from conftest import PASSWORD
from support.fake_providers import KAKAO_UNLINK, FakeProviders

Visits = Callable[..., Visit]
Browser = Callable[[User], FlaskClient]
Member = Callable[..., User]
PAGE = "/account/sign-in-methods"
LEAVE = {"comments": "keep", "password": PASSWORD}


def waiting() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(KakaoUnlink.subject)))


def work() -> None:
    """What the background worker does, again and again."""
    while background.has_unlinks():
        background.unlink()


def unlink(client: FlaskClient, name: str = "kakao") -> str:
    return str(client.post(f"/account/identities/{name}/unlink").location)


@pytest.fixture
def ada(ada: User) -> User:
    with writing():
        ada.password_hash = hash_password(PASSWORD)
    return ada


@pytest.fixture
def linked(visit: Visits, as_: Browser, ada: User) -> Visit:
    """Ada, who has a password and has linked Kakao."""
    here = visit(as_(ada))
    here.agree(here.link("kakao"), "1001")
    return here


def test_who_unlinks_here_is_unlinked_at_kakao(linked: Visit, fake: FakeProviders) -> None:
    assert fake.linked == {"1001"}
    fake.asked.clear()

    assert unlink(linked.client) == f"{PAGE}?notice=identity_unlinked&unlinked=kakao"
    assert (waiting(), fake.asked) == (["1001"], [])  # no request waits for Kakao
    work()

    assert (fake.linked, waiting(), fake.asked) == (set(), [], [KAKAO_UNLINK])


def test_who_leaves_is_unlinked_at_kakao(linked: Visit, fake: FakeProviders, ada: User) -> None:
    linked.client.post("/account/leave", data=LEAVE)
    work()

    assert (ada.left_on is None, fake.linked, waiting()) == (False, set(), [])


def test_a_first_proof_of_the_address_unlinks_at_kakao_too(
    mail: Mailboxes, visit: Visits, fake: FakeProviders, member: Member
) -> None:
    """The Kakao account was of somebody who signed up with ada's address."""
    ada = member("ada", verified=False)
    give(ada, "kakao", "6666")
    reset(visit().client, mail, ada)

    assert waiting() == ["6666"]


@pytest.mark.parametrize("name", ["naver", "google", "oidc"])
def test_the_others_are_not_asked(visit: Visits, as_: Browser, ada: User, name: str) -> None:
    give(ada, name, "7")

    unlink(as_(ada), name)

    assert waiting() == []


def test_what_was_unlinked_at_kakao_meanwhile_is_done(linked: Visit, fake: FakeProviders) -> None:
    unlink(linked.client)
    fake.linked.clear()

    work()

    assert waiting() == []


def test_who_has_linked_again_meanwhile_stays_linked(linked: Visit, fake: FakeProviders) -> None:
    unlink(linked.client)
    linked.agree(linked.link("kakao"), "1001")

    work()

    assert (fake.linked, waiting()) == ({"1001"}, [])


def test_the_last_way_in_is_not_unlinked_there_either(visit: Visits, fake: FakeProviders) -> None:
    sora = visit()
    sora.join("kakao", "1001", "소라")

    assert sora.client.post("/account/identities/kakao/unlink").status_code == 422
    assert waiting() == []


@pytest.mark.parametrize("answer", ["huge", "html", "wrong key"])
def test_what_kakao_does_not_take_is_tried_again_for_a_week(
    app: Flask, linked: Visit, fake: FakeProviders, answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlink(linked.client)
    start, tries = db.session.scalars(select(KakaoUnlink.made_at)).one(), []
    if answer == "wrong key":
        monkeypatch.setitem(app.config, "KAKAO_ADMIN_KEY", "another-key-0123456789")
    else:
        fake.answer = "huge" if answer == "huge" else "html"
    for minute in range(0, 8 * 24 * 60, 4):
        with time_machine.travel(start + timedelta(minutes=minute), tick=False):
            if background.has_unlinks():
                try:
                    background.unlink()
                except TaskFailed:
                    tries.append(minute)

    assert tries == [0, *(4 * 2**number for number in range(12))]
    assert waiting() == []


def test_an_answer_that_is_an_error_keeps_it_waiting(
    linked: Visit, fake: FakeProviders, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlink(linked.client)
    with monkeypatch.context() as wrong:
        wrong.setitem(app.config, "KAKAO_ADMIN_KEY", "another-key-0123456789")
        with pytest.raises(TaskFailed, match=r"^unlinking at Kakao: it answered 401$"):
            work()
    assert (fake.linked, waiting()) == ({"1001"}, ["1001"])

    with time_machine.travel(now() + timedelta(minutes=2)):
        work()

    assert (fake.linked, waiting()) == (set(), [])


def links(page: str) -> list[str]:
    return re.findall(r'<a class="button" href="(https://[^"]+)" rel="noreferrer">', page)


NAVER = "https://nid.naver.com/internalToken/view/tokenList/pc/ko"
KAKAO = "https://apps.kakao.com/connected/app/list?service_type=open"
GOOGLE = "https://myaccount.google.com/connections"


def test_who_leaves_or_unlinks_finds_the_pages_of_those_that_the_board_cannot_ask(
    app: Flask, as_: Browser, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = as_(ada)
    assert links(client.get("/account/leave").text) == []
    for name in ("kakao", "naver", "google", "oidc"):
        give(ada, name, "7")

    assert links(client.get("/account/leave").text) == [NAVER, GOOGLE]
    assert links(client.get(unlink(client, "naver")).text) == [NAVER]
    assert links(client.get(f"{PAGE}?unlinked=oidc").text) == []
    assert links(client.get(f"{PAGE}?unlinked=kakao").text) == []
    assert links(client.get(f"{PAGE}?unlinked=%22%3E").text) == []

    monkeypatch.setitem(app.config, "KAKAO_ADMIN_KEY", "")
    assert links(client.get("/account/leave").text) == [KAKAO, GOOGLE]
    assert links(client.get(unlink(client)).text) == [KAKAO]
    assert waiting() == []


def test_two_who_unlink_are_both_unlinked(linked: Visit, fake: FakeProviders) -> None:
    unlink(linked.client)
    fake.linked.add("2002")
    with writing():
        db.session.add(KakaoUnlink(subject="2002"))

    work()

    assert (fake.linked, waiting()) == (set(), [])
