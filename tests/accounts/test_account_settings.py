"""A member changes name and password, and ends sessions."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from board.accounts.auth.login import device_name
from board.accounts.auth.passwords import hash_password, verify_password
from board.accounts.models import Session, User
from board.articles.models import Article
from board.db import db, now, writing
from conftest import PASSWORD, say

Browser = Callable[[User], FlaskClient]
NEW = "a new light on the old pier"
CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"


@pytest.fixture
def ada(ada: User) -> User:
    with writing():
        ada.password_hash = hash_password(PASSWORD)
    return ada


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def sessions(user: User) -> list[int]:
    return list(db.session.scalars(select(Session.id).where(Session.user_id == user.id)))


def test_a_new_name_is_seen_in_threads_at_once(
    as_: Browser, guest: FlaskClient, ada: User, harbour: Article
) -> None:
    say(harbour, ada, "The gulls are back.")
    assert ">ada<" in guest.get("/articles/harbour").text
    response = as_(ada).post("/account/name", data={"name": "Ada of the pier"})
    page = guest.get("/articles/harbour").text
    assert (response.status_code, response.location) == (303, "/account?notice=renamed")
    assert "Ada of the pier" in page and ">ada<" not in page


def test_ada_may_write_her_own_name_differently(as_: Browser, ada: User) -> None:
    assert as_(ada).post("/account/name", data={"name": "A d a"}).status_code == 303
    assert ada.name == "A d a"


@pytest.mark.parametrize("name", ["BORA", "ｂｏｒａ", "운영자", "ㅤㅤ", "", "x" * 21])
def test_a_taken_or_invalid_name_is_refused(as_: Browser, ada: User, bora: User, name: str) -> None:
    response = as_(ada).post("/account/name", data={"name": name})
    assert (response.status_code, ada.name) == (422, "ada")


def test_the_name_form_changes_nothing_but_the_name(as_: Browser, ada: User) -> None:
    as_(ada).post("/account/name", data={"name": "Ada L", "can_moderate": "1", "id": "9"})
    assert (ada.name, ada.can_moderate, ada.id) == ("Ada L", False, 1)


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(as_: Browser, ada: User) -> None:
    here, there = as_(ada), as_(ada)
    cookie = here.get_cookie("board_session")
    response = here.post("/account/password", data={"current": PASSWORD, "password": NEW})
    assert (response.status_code, response.location) == (303, "/account?notice=password_changed")
    assert (is_signed_in(here), is_signed_in(there)) == (True, False)
    assert cookie != here.get_cookie("board_session")
    assert verify_password(NEW, ada.password_hash)


@pytest.mark.parametrize(
    ("current", "new"),
    [
        ("not her password at all", NEW),
        (PASSWORD, "short"),
        (PASSWORD, "password12345678"),
        (PASSWORD, "adaadaadaadaadaadaada"),
        (PASSWORD, "harbour.example"[:14]),
        ("", NEW),
        (PASSWORD, ""),
    ],
)
def test_without_the_current_password_or_a_good_new_one_nothing_changes(
    as_: Browser, ada: User, current: str, new: str
) -> None:
    here, there = as_(ada), as_(ada)
    old_hash = ada.password_hash
    response = here.post("/account/password", data={"current": current, "password": new})
    assert (response.status_code, ada.password_hash) == (422, old_hash)
    assert is_signed_in(here) and is_signed_in(there)


def test_the_current_password_cannot_be_guessed_for_long(
    as_: Browser, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("board.accounts.auth.login.verify_password", lambda *_: False)
    client, form = as_(ada), {"current": "not her password", "password": NEW}
    answers = [client.post("/account/password", data=form).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]


def test_ada_sees_where_she_is_signed_in(as_: Browser, guest: FlaskClient, ada: User) -> None:
    form = {"email": ada.email, "password": PASSWORD}
    guest.post("/sign-in", data=form, headers={"User-Agent": CHROME})
    as_(ada)
    page = guest.get("/account").text
    assert page.count("Chrome · Windows") >= 1 and page.count('/end"') == 1


def test_a_device_nobody_can_name_is_listed_as_unknown(
    as_: Browser, guest: FlaskClient, ada: User
) -> None:
    guest.post("/sign-in", data={"email": ada.email, "password": PASSWORD})
    as_(ada)
    page = guest.get("/account").text
    assert "<strong></strong>" not in page
    assert "<strong>알 수 없는 기기</strong>" in page


def test_the_last_seen_date_is_the_date_in_the_newsroom(as_: Browser, ada: User) -> None:
    """In Korea the day begins nine hours earlier than in UTC."""
    with time_machine.travel(datetime(2026, 11, 29, 17, 30, tzinfo=UTC), tick=False):
        page = as_(ada).get("/account").text
    assert re.findall(r"2026\.11\.\d\d\.", page) == ["2026.11.30."] * 2


def test_ada_ends_one_session_and_then_all_other_sessions(as_: Browser, ada: User) -> None:
    here, phone, library, office = (as_(ada) for _ in range(4))
    _, second, *_ = sorted(sessions(ada))
    response = here.post(f"/account/sessions/{second}/end")
    assert (response.status_code, response.location) == (303, "/account?notice=session_ended")
    assert [is_signed_in(c) for c in (here, phone, library, office)] == [True, False, True, True]
    here.post("/account/sessions/end-others")
    assert [is_signed_in(c) for c in (here, library, office)] == [True, False, False]


def test_ada_cannot_end_the_session_of_somebody_else(as_: Browser, ada: User, bora: User) -> None:
    theirs, mine = as_(bora), as_(ada)
    (session,) = sessions(bora)
    answers = [mine.post(f"/account/sessions/{id}/end").status_code for id in (session, 999, "x")]
    mine.post("/account/sessions/end-others")
    assert (answers, is_signed_in(theirs)) == ([404, 404, 404], True)


def test_an_expired_session_is_not_listed(as_: Browser, ada: User) -> None:
    as_(ada)
    with time_machine.travel(now() + timedelta(days=31)):
        assert '/end"' not in as_(ada).get("/account").text


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (CHROME, "Chrome · Windows"),
        (f"{CHROME} Edg/140", "Edge · Windows"),
        (f"{CHROME} Whale/4", "Whale · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19 like Mac OS X) Safari/605", "Safari · iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Firefox/150.0", "Firefox · Linux"),
        ("<script>", ""),
        ("", ""),
    ],
)
def test_a_device_is_named_by_browser_and_system_only(user_agent: str, name: str) -> None:
    assert device_name(user_agent) == name


def test_the_account_page_is_never_cached(as_: Browser, ada: User) -> None:
    response = as_(ada).get("/account")
    assert response.headers["Cache-Control"] == "private, no-store"
