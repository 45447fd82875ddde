"""Nobody learns from a page who has an account: for any address it is the same, to the byte."""

import re
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from accounts.conftest import Mailboxes, sign_up
from board.accounts.models import User
from board.accounts.verification.models import EmailVerification
from board.db import db, now, writing
from board.db.clock import today
from conftest import PASSWORD, count_queries

Member = Callable[..., User]
KINDS = ("unknown", "known", "unverified", "suspended", "left", "staff")


@pytest.fixture
def addresses(member: Member) -> dict[str, str]:
    """An address of each kind, all equally long."""
    users = {kind: member(f"{kind:x<10}", verified=kind != "unverified") for kind in KINDS[1:]}
    found = {"unknown": "unknownxxx@harbour.example"}
    found |= {kind: user.email for kind, user in users.items()}
    with writing():
        users["suspended"].suspend(until=now() + timedelta(days=3), reason="도배")
        users["left"].delete_account(on=today())
        users["staff"].grant("can_moderate")
    return found


def steps(app: Flask, form: str, address: str) -> list[tuple[object, ...]]:
    """What a person sees of each step, and the number of statements it took."""
    client, seen = app.test_client(), []

    def look(send: Callable[[], TestResponse]) -> None:
        with count_queries() as statements:
            answer = send()
        body = answer.data.replace(address.encode(), b"ADDRESS")
        random = r"board_verification=[^;]+|Expires=[^;]+|X-Request-Id: \w+"
        headers = re.sub(random, "", str(answer.headers))
        length = f"Content-Length: {len(answer.data)}"
        headers = headers.replace(length, "Content-Length")
        seen.append((answer.status_code, body, headers, len(statements)))

    if form == "sign-up":
        look(lambda: sign_up(client, email=address, name="새이름"))
    elif form == "taken name":
        look(lambda: sign_up(client, email=address, name="knownxxxxx"))
    else:
        look(lambda: client.post(f"/sign-in/{form}", data={"email": address}))
    look(lambda: client.get("/verify"))
    look(lambda: client.post("/verify", data={"code": "00000000"}))
    look(lambda: client.post("/verify/again"))
    for _ in range(4):
        look(lambda: client.post("/verify", data={"code": "00000000"}))
    return seen


@pytest.mark.slow
@pytest.mark.parametrize("form", ["sign-up", "taken name", "forgot", "email"])
def test_answers_headers_and_statements_are_the_same_for_any_address(
    app: Flask,
    mail: Mailboxes,
    addresses: dict[str, str],
    form: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("board.accounts.auth.rate_limit.Attempt.WRONG_CODES_PER_HOUR", 0)
    answers = {kind: steps(app, form, address) for kind, address in addresses.items()}

    for number, expected in enumerate(answers["unknown"]):
        for kind in KINDS:
            assert answers[kind][number] == expected, (kind, number)


def test_a_free_and_a_taken_name_get_the_same_answer(
    app: Flask, mail: Mailboxes, addresses: dict[str, str]
) -> None:
    free = steps(app, "sign-up", addresses["unknown"])
    taken = steps(app, "taken name", addresses["unknown"])
    assert free == taken


def test_the_email_alone_says_which(app: Flask, mail: Mailboxes, addresses: dict[str, str]) -> None:
    for form in ("forgot", "email"):
        for address in addresses.values():
            app.test_client().post(f"/sign-in/{form}", data={"email": address})
    got = {kind: len(mail.of(address)) for kind, address in addresses.items()}

    assert got == {**dict.fromkeys(KINDS, 2), "unknown": 0, "left": 0}


def in_threads(app: Flask, acts: list[Callable[[], object]]) -> None:
    barrier = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        with app.app_context():
            barrier.wait(20)
            act()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


@pytest.mark.slow
def test_two_tabs_with_one_code_make_one_account(app: Flask, mail: Mailboxes) -> None:
    for number in range(10):
        client = app.test_client()
        email = f"reader{number}@pier{number}.example"
        sign_up(client, email=email, name=f"독자 {'가나다라마바사아자차'[number]}님")
        token, code, answers = client.get_cookie("board_verification"), mail.code(email), []
        assert token

        def press(
            token: str = token.value, code: str = code, answers: list[str | None] = answers
        ) -> None:
            tab = app.test_client()
            tab.set_cookie("board_verification", token)
            answers.append(tab.post("/verify", data={"code": code}).location)

        in_threads(app, [press, press])
        assert sorted(map(str, answers)) == ["/", "/sign-in?notice=code_over"]
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(User)) == 10
    assert db.session.scalar(select(func.count()).select_from(EmailVerification)) == 0


@pytest.mark.slow
def test_two_people_with_one_name_get_one_name_each(app: Flask, mail: Mailboxes) -> None:
    codes = {}
    for number in range(2):
        client = app.test_client()
        email = f"reader{number}@pier.example"
        sign_up(client, email=email, name="바닷바람", password=PASSWORD)
        codes[client] = mail.code(email)
    answers: list[str | None] = []
    in_threads(
        app,
        [
            lambda client=client, code=code: answers.append(  # type: ignore[misc]
                client.post("/verify", data={"code": code}).location
            )
            for client, code in codes.items()
        ],
    )

    assert sorted(map(str, answers)) == ["/", "/verify/name"]
