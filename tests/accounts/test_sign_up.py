"""Signing up."""

import unicodedata
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, inspect, select
from werkzeug.test import TestResponse

from board.accounts import forms
from board.accounts.auth import passwords
from board.accounts.auth.passwords import verify_password
from board.accounts.models import User
from board.db import db, now
from board.web.forms import safe_redirect_path
from conftest import PASSWORD, Client, person

FORM = {"email": "Sora@Harbour.example", "name": "소라", "password": PASSWORD, "of_age": "y"}
DONE = "/sign-in?notice=signed_up&next=/"

OTHER_SITES = [
    "//evil.example", "///evil.example", "////evil.example", "/\\evil.example", "\\/evil.example",
    "\\\\evil.example", "/\\/evil.example", "//\\evil.example", "https://evil.example",
    "https:evil.example", "https:/evil.example", "http://evil.example", "HTTPS://EVIL.example",
    "//evil.example@harbour.example", "javascript:alert(1)", "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd",
    "mailto:a@evil.example", "evil.example", "evil.example/path", "./evil", "../evil", "?x=//evil",
    "#//evil", " //evil.example", "\t//evil.example", "/\t/evil.example", "/\n/evil.example",
    "/\r\n/evil.example", "/ok\r\nLocation: //evil.example", "/ok x", "/a\\b",
    "\u200b//evil.example", "/\u200b/evil.example", "/\u00ad/evil.example", "／／evil.example",
    "〱evil.example", "/" + "a" * 3000, "",
]  # fmt: skip
OWN_PATHS = [
    "/", "/account", "/articles/harbour?before=7#comments", "/%0d%0aLocation:%20//evil.example",
    "/%2f/evil.example", "/%5cevil.example", "/.//evil.example", "/..//evil.example",
    "/@evil.example", "/http://evil.example", "/바다",
]  # fmt: skip


def sign_up(client: FlaskClient, **fields: str | None) -> TestResponse:
    data = {name: value for name, value in {**FORM, **fields}.items() if value is not None}
    return client.post("/sign-up", data=data)


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(User)) or 0


def test_a_guest_signs_up(guest: FlaskClient) -> None:
    response = sign_up(guest)
    user = db.session.scalars(User.with_email("sora@harbour.example")).one()
    assert (response.status_code, response.location, user.name) == (303, DONE, "소라")
    assert (user.can_moderate, user.can_edit, user.is_suspended) == (False, False, False)
    assert verify_password(PASSWORD, user.password_hash)
    assert "Set-Cookie" not in response.headers
    assert guest.get(response.location).status_code == 200


def test_a_known_email_gets_the_same_answer_and_changes_nothing(
    guest: FlaskClient, ada: User
) -> None:
    new, known = sign_up(guest), sign_up(guest, email="ADA@harbour.example", name="Other")
    assert (known.status_code, known.location, known.data) == (
        new.status_code,
        new.location,
        new.data,
    )
    assert (count(), ada.name, ada.password_hash) == (2, "ada", "!")


@pytest.mark.parametrize(
    "name", ["소라", unicodedata.normalize("NFD", "소라"), "소 라", "소ㅤ라", "소\u200b라"]
)
def test_a_name_that_looks_taken_is_refused(guest: FlaskClient, app: Flask, name: str) -> None:
    person("소라")
    response = sign_up(guest, name=name)
    assert (response.status_code, count()) == (422, 1)
    assert 'value="Sora@' not in response.text and 'value="sora@harbour.example"' in response.text


@pytest.mark.parametrize("name", ["ADA", "ａｄａ", "аdа", "ádá", "a-d-a"])
def test_a_name_that_looks_like_adas_is_refused(guest: FlaskClient, ada: User, name: str) -> None:
    assert (sign_up(guest, name=name).status_code, count()) == (422, 1)


@pytest.mark.parametrize(
    "name", ["ㅤㅤ", "\u2800\u2800", "\u115f\u115f", "운영자", "ａｄｍｉｎ", "a😀", "x" * 21]
)
def test_a_name_that_is_not_allowed_is_refused(guest: FlaskClient, name: str) -> None:
    assert (sign_up(guest, name=name).status_code, count()) == (422, 0)


@pytest.mark.parametrize("name", ["badminton", "바닷바람", "새벽첫차", "José", "Анна", "山田"])
def test_an_ordinary_name_is_stored_as_it_is(guest: FlaskClient, name: str) -> None:
    assert sign_up(guest, name=f"  {name} ").location == DONE
    assert db.session.scalars(select(User.name)).all() == [name]


def test_without_confirming_the_age_there_is_no_account_and_the_form_stays_filled(
    guest: FlaskClient,
) -> None:
    response = sign_up(guest, of_age=None)
    assert (response.status_code, count()) == (422, 0)
    assert 'value="소라"' in response.text and 'value="sora@harbour.example"' in response.text
    assert PASSWORD not in response.text


def test_an_account_stores_these_columns_and_no_date_of_birth(app: Flask) -> None:
    assert {column["name"] for column in inspect(db.engine).get_columns("user")} == {
        "id", "email", "name", "name_key", "password_hash", "joined_at", "suspended_until",
        "suspended_for", "held_until", "notices_seen", "can_moderate", "can_edit", "can_read_tips",
        "language", "mail", "left_on", "email_verified_at", "verify_email_by",
        "unseen_notifications", "can_supervise", "can_handle_legal", "can_appoint", "frozen_until",
        "moderator_number", "acts_by_number", "profile", "label", "revision",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("password", "status"),
    [
        ("xk7 qm2 wv9 zt", 422),  # 14 code points
        ("xk7 qm2 wv9 zt4", 303),
        ("파도가 높은 날에는 배가 없다", 303),
        ("🌊🐟🚢⚓🦀🐙🌅🏖🐚🦑🐋🐬⛵🧭🪝", 303),
        ("password12345678", 422),
        ("1234567890123456", 422),
        ("iloveyouiloveyou", 422),
        ("전체댓글전체댓글전체댓글전체댓글", 422),
        ("sorasorasorasorasora", 422),
        ("소라소라소라소라소라소라소라소라", 422),
    ],
)
def test_a_password_has_to_be_long_and_hard_to_guess(
    guest: FlaskClient, password: str, status: int
) -> None:
    assert sign_up(guest, password=password).status_code == status


@pytest.mark.parametrize(("length", "status"), [(128, 303), (129, 422)])
def test_a_password_has_at_most_128_code_points(
    guest: FlaskClient, length: int, status: int
) -> None:
    password = "".join(chr(0xAC00 + number * 37) for number in range(length))
    assert sign_up(guest, password=password).status_code == status
    composed = unicodedata.normalize("NFD", password)
    assert sign_up(guest, password=composed, name="Other").status_code == status


def test_only_the_fields_of_the_form_are_read(guest: FlaskClient) -> None:
    extra: dict[str, Any] = {
        "can_moderate": "1", "can_edit": "1", "id": "77", "joined_at": "2001-01-01",
        "suspended_until": "2099-01-01", "name_key": "x", "password_hash": "x", "is_staff": "1",
    }  # fmt: skip
    assert sign_up(guest, **extra).status_code == 303
    user = db.session.scalars(select(User)).one()
    assert (user.id, user.can_moderate, user.can_edit, user.name_key) == (1, False, False, "소라")
    assert (user.joined_at.year, user.suspended_until) != (2001, None)


@pytest.mark.parametrize("field", FORM)
@pytest.mark.parametrize("value", [None, "", " ", "x" * 5000])
def test_an_empty_or_huge_field_is_refused(
    guest: FlaskClient, field: str, value: str | None
) -> None:
    status = 303 if field == "of_age" and value else 422
    assert (sign_up(guest, **{field: value}).status_code, count()) == (status, int(status == 303))


@pytest.mark.parametrize(
    "email", ["sora", "@a.b", "a@b", "a@b..c", "a@@b.c", "a b@c.d", "<a@b.c>", "a@b.c,d@e.f"]
)
def test_an_invalid_email_is_refused(guest: FlaskClient, email: str) -> None:
    assert (sign_up(guest, email=email).status_code, count()) == (422, 0)


@pytest.mark.parametrize("text", ["a\x00b", b"\xff\xfe"])
def test_a_name_that_is_not_text_is_refused(guest: FlaskClient, text: str | bytes) -> None:
    response = guest.post("/sign-up", data={**FORM, "name": text})
    assert (response.status_code, count()) == (400, 0)


def test_a_field_sent_twice_is_refused(guest: FlaskClient) -> None:
    response = guest.post("/sign-up", data={**FORM, "name": ["소라", "바다"]})
    assert (response.status_code, count()) == (400, 0)


@pytest.mark.parametrize("path", OTHER_SITES)
def test_no_redirect_leads_to_another_site(guest: FlaskClient, path: str) -> None:
    assert safe_redirect_path(path) in ("/", path) and safe_redirect_path(path)[1:2] not in (
        "/",
        "\\",
    )
    answers = [
        sign_up(guest, next=path, email="ada@harbour.example"),
        guest.post("/language", data={"lang": "en", "next": path}),
    ]
    for response in answers:
        assert response.status_code == 303
        assert response.location in (DONE, "/", "/%E2%80%8B/evil.example", "/%C2%AD/evil.example")
    assert guest.get("/sign-up", query_string={"next": path}).status_code == 200


@pytest.mark.parametrize("path", OWN_PATHS)
def test_a_path_on_this_site_is_kept(path: str) -> None:
    assert safe_redirect_path(path) == path


def test_sign_up_returns_to_the_page_the_guest_came_from(guest: FlaskClient) -> None:
    response = sign_up(guest, next="/articles/harbour?before=7")
    assert response.location == "/sign-in?notice=signed_up&next=/articles/harbour?before%3D7"
    assert 'value="/articles/harbour?before=7"' in guest.get(response.location).text


@pytest.fixture
def limit_of_three(app: Flask) -> None:
    app.config["SIGN_UPS_PER_HOUR"] = 3


def sign_up_from(client: FlaskClient, address: str, name: str) -> TestResponse:
    data = {**FORM, "email": f"{name}@harbour.example", "name": name}
    return client.post("/sign-up", data=data, environ_base={"REMOTE_ADDR": address})


@pytest.mark.parametrize(
    ("neighbour", "elsewhere"),
    [("203.0.113.{}", "203.0.114.1"), ("2001:db8:1:2:{}::7", "2001:db8:1:3::7")],
)
def test_a_network_is_limited_to_some_accounts_an_hour(
    guest: FlaskClient, limit_of_three: None, neighbour: str, elsewhere: str
) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        for number, name in enumerate(("one", "two", "three")):
            assert sign_up_from(guest, neighbour.format(number), name).location == DONE
            clock.shift(timedelta(minutes=10))
        refused = sign_up_from(guest, neighbour.format(9), "four")
        assert (refused.status_code, refused.headers["Retry-After"], count()) == (429, "1800", 3)
        assert "30분 뒤" in refused.text and 'value="four@harbour.example"' in refused.text
        assert sign_up_from(guest, elsewhere, "five").location == DONE
        clock.shift(timedelta(minutes=30))
        assert sign_up_from(guest, neighbour.format(9), "six").location == DONE
        assert sign_up_from(guest, neighbour.format(9), "seven").status_code == 429


@pytest.mark.slow
def test_sign_ups_are_counted_across_workers_and_restarts(
    app: Flask, another: Callable[..., Flask], guest: FlaskClient, limit_of_three: None
) -> None:
    other = another(app.instance_path, SIGN_UPS_PER_HOUR=3)
    for number in range(3):
        assert sign_up_from(guest, "203.0.113.1", f"reader{number}").location == DONE
    with other.app_context():
        assert sign_up_from(Client(other), "203.0.113.1", "another").status_code == 429


def test_a_refused_form_is_not_counted(guest: FlaskClient, limit_of_three: None, ada: User) -> None:
    for name in ("ada", "운영자", "ada", "x" * 50):
        assert sign_up_from(guest, "203.0.113.1", name).status_code == 422
    for name in ("one", "two", "three"):
        assert sign_up_from(guest, "203.0.113.1", name).location == DONE


def test_a_known_email_is_counted_too(guest: FlaskClient, limit_of_three: None, ada: User) -> None:
    """Otherwise the fourth response would show which of the three had an account."""
    for name in ("one", "two", "three"):
        assert sign_up(guest, email="ada@harbour.example", name=name).location == DONE
    assert sign_up(guest, email="new@harbour.example", name="four").status_code == 429


@pytest.mark.slow
def test_the_limit_on_sign_ups_does_not_affect_signing_in(
    guest: FlaskClient, limit_of_three: None
) -> None:
    for number in range(60):
        sign_up_from(guest, "203.0.113.1", f"reader{number}")
    response = guest.post(
        "/sign-in",
        data={"email": "reader0@harbour.example", "password": "wrong"},
        environ_base={"REMOTE_ADDR": "203.0.113.1"},
    )
    assert response.status_code == 422


def test_a_sign_up_is_counted_before_its_password_is_estimated(
    guest: FlaskClient, limit_of_three: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    estimated: list[str] = []
    monkeypatch.setattr(forms, "is_guessable", lambda text, about: not estimated.append(text))
    answers = [sign_up(guest, name=f"독자{n}").status_code for n in range(5)]
    assert (answers, len(estimated), count()) == ([422] * 3 + [429] * 2, 3, 0)


def test_a_busy_board_shows_the_form_again_with_all_but_the_password(
    guest: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords.limiter, "wait", 0)
    with passwords.limiter:
        busy = sign_up(guest)
    assert (busy.status_code, busy.headers["Retry-After"]) == (503, "1")
    assert 'value="sora@harbour.example"' in busy.text and 'value="소라"' in busy.text
    assert PASSWORD not in busy.text


def test_a_sign_up_that_could_not_be_processed_is_not_counted(
    guest: FlaskClient, limit_of_three: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords.limiter, "wait", 0)
    with passwords.limiter:
        for _ in range(5):
            assert sign_up(guest).status_code == 503
    assert sign_up(guest).location == DONE
