"""Signing in while somebody guesses: the owner gets in, and the guesses stay few."""

import hashlib
import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from accounts.test_sign_in import EMAIL, WRONG, sign_in, stored_hash
from board.accounts.auth import challenge, passwords
from board.accounts.auth.challenge import ITERATIONS, Challenge
from board.accounts.auth.rate_limit import Attempt
from board.accounts.models import User
from board.accounts.views import sign_in as views
from board.db import db, now, writing
from conftest import person

HOME = "198.51.100.1"  # where the owner is, with a new device


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(now(), tick=False) as clock:
        yield clock


@pytest.fixture(autouse=True)
def little_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(challenge, "_BITS", 3)


@pytest.fixture
def ada(ada: User) -> User:
    with writing():
        ada.password_hash = stored_hash()
    return ada


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passwords that were compared, for real."""
    compared: list[str] = []
    verify = views.verify_password

    def counted(password: str, password_hash: str | None) -> bool:
        compared.append(password)
        return verify(password, password_hash)

    monkeypatch.setattr(views, "verify_password", counted)
    return compared


@pytest.fixture
def attack(app: Flask, ada: User, checks: list[str]) -> None:
    """A hundred wrong guesses at ada’s password, from a dozen networks."""
    for number in range(120):
        sign_in(app.test_client(), password=WRONG, address=f"203.0.{number % 12}.7")
    assert checks == [WRONG] * 100
    checks.clear()


def token_in(page: TestResponse) -> str:
    found = re.search(r'name="challenge" value="([^"]+)"', page.text)
    return found[1] if found else ""


def bits_in(page: TestResponse) -> int:
    found = re.search(r'data-bits="(\d+)"', page.text)
    return int(found[1]) if found else 0


def solved(page: TestResponse) -> dict[str, str]:
    """The fields of this page after its work was done, as a browser does it."""
    token, bits = token_in(page), bits_in(page)
    number = next(each for each in map(str, count()) if is_solution(token, bits, each))
    return {"challenge": token, "solution": number}


def is_solution(token: str, bits: int, number: str) -> bool:
    digest = hashlib.pbkdf2_hmac("sha256", token.encode(), number.encode(), ITERATIONS, 4)
    return int.from_bytes(digest) < 1 << (32 - bits)


def waited(page: TestResponse) -> dict[str, str]:
    return {"challenge": token_in(page)}


def test_the_owner_gets_in_on_a_new_device_after_some_work(
    guest: FlaskClient, attack: None, checks: list[str]
) -> None:
    refused = sign_in(guest, address=HOME)
    answer = sign_in(guest, address=HOME, **solved(refused))

    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "30")
    assert f'value="{EMAIL}"' in refused.text
    assert (answer.status_code, len(checks)) == (303, 1)


def test_without_scripts_the_owner_gets_in_after_a_short_wait(
    guest: FlaskClient, attack: None, checks: list[str], clock: Any
) -> None:
    refused = sign_in(guest, address=HOME)
    clock.shift(timedelta(seconds=20))
    early = sign_in(guest, address=HOME, **waited(refused))
    clock.shift(timedelta(seconds=10))
    answer = sign_in(guest, address=HOME, **waited(early))

    assert "30초 뒤" in refused.text and "10초 뒤" in early.text
    assert (early.status_code, early.headers["Retry-After"]) == (429, "10")
    assert (answer.status_code, len(checks)) == (303, 1)


@pytest.mark.slow
@pytest.mark.parametrize("does", [solved, waited])
def test_so_does_a_neighbour_of_somebody_who_guesses(
    app: Flask, guest: FlaskClient, ada: User, checks: list[str], clock: Any, does: Any
) -> None:
    for number in range(51):
        sign_in(app.test_client(), f"{number}@harbour.example", WRONG, address="203.0.113.7")
    refused = sign_in(guest, address="203.0.113.8")
    clock.shift(timedelta(seconds=30))
    answer = sign_in(guest, address="203.0.113.8", **does(refused))

    assert (refused.status_code, answer.status_code, len(checks)) == (429, 303, 51)


def test_a_wrong_password_is_followed_by_the_next_challenge_at_once(
    guest: FlaskClient, attack: None
) -> None:
    wrong = sign_in(guest, password=WRONG, address=HOME, **solved(sign_in(guest, address=HOME)))
    right = sign_in(guest, address=HOME, **solved(wrong))

    assert (wrong.status_code, right.status_code) == (422, 303)


def test_an_answer_counts_once(
    guest: FlaskClient, attack: None, checks: list[str], clock: Any
) -> None:
    refused = sign_in(guest, address=HOME)
    done = solved(refused)
    answers = [sign_in(guest, password=WRONG, address=HOME, **done).status_code for _ in range(3)]
    clock.shift(timedelta(seconds=30))
    others = [waited(sign_in(guest, address=HOME)) for _ in range(3)]
    clock.shift(timedelta(seconds=30))
    later = [sign_in(guest, password=WRONG, address=HOME, **each).status_code for each in others]

    assert answers == [422, 429, 429]
    assert later == [422, 429, 429]
    assert len(checks) == 2


def test_an_answer_is_good_for_one_account_in_one_network_for_half_an_hour(
    guest: FlaskClient, attack: None, checks: list[str], clock: Any
) -> None:
    person("eda")
    done = solved(sign_in(guest, address=HOME))
    forged = {**done, "challenge": done["challenge"][:-1] + "x"}
    assert sign_in(guest, address="198.51.101.1", **done).status_code == 429
    assert sign_in(guest, address=HOME, **forged).status_code == 429
    wrong = next(each for each in map(str, count()) if not is_solution(done["challenge"], 3, each))
    for solution in (wrong, "", "-1", "x", "１", "1" * 5000, "1.0"):
        given = {**done, "solution": solution}
        assert sign_in(guest, address=HOME, **given).status_code == 429
    clock.shift(timedelta(minutes=31))
    assert sign_in(guest, address=HOME, **done).status_code == 429
    assert checks == []


def test_an_answer_made_for_far_fewer_guesses_is_too_little(
    guest: FlaskClient, attack: None, checks: list[str]
) -> None:
    done = solved(sign_in(guest, address=HOME))
    with writing():
        some = db.session.scalars(select(Attempt).limit(1)).one()
        for _ in range(350):
            db.session.add(Attempt(for_account=some.for_account, from_network="elsewhere"))
    too_little = sign_in(guest, address=HOME, **done)

    assert (too_little.status_code, bits_in(too_little), checks) == (429, 5, [])
    assert sign_in(guest, address=HOME, **solved(too_little)).status_code == 303


def test_an_answer_that_met_a_busy_board_is_good_once_more(
    guest: FlaskClient, attack: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = solved(sign_in(guest, address=HOME))
    monkeypatch.setattr(passwords.limiter, "wait", 0)
    with passwords.limiter:
        busy = sign_in(guest, address=HOME, **done)

    assert busy.status_code == 503
    assert token_in(busy) == done["challenge"]
    assert f'name="solution" value="{done["solution"]}"' in busy.text
    assert sign_in(guest, address=HOME, **done).status_code == 303


def test_the_price_rises_with_the_guesses_and_cheap_answers_are_refused() -> None:
    made = [
        Challenge.make(price, email=EMAIL, address=HOME, key="key") for price in (1, 1.1, 2, 5, 1e9)
    ]

    assert [each.bits for each in made] == [3, 3, 4, 5, 18]
    assert [each.seconds_left for each in made] == [30, 30, 60, 120, 600]
    assert [each.is_worth(5) for each in made] == [False, False, True, True, True]


@pytest.mark.slow
def test_in_an_hour_of_guessing_without_end_few_guesses_are_made(
    app: Flask, guest: FlaskClient, ada: User, checks: list[str], clock: Any
) -> None:
    """Eight networks try every fifteen seconds, and wait as they are told."""
    bots = [(app.test_client(), f"203.0.{number}.7") for number in range(8)]
    fields: dict[str, dict[str, str]] = {}
    for _ in range(240):
        for bot, address in bots:
            page = sign_in(bot, password=WRONG, address=address, **fields.get(address, {}))
            fields[address] = waited(page)
        clock.shift(timedelta(seconds=15))

    guesses = len(checks)
    answer = sign_in(guest, address=HOME, **solved(sign_in(guest, address=HOME)))

    assert 100 < guesses < 400
    assert answer.status_code == 303
