"""The address of an account: shown, verified, changed, and changed back."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from accounts.conftest import Mailboxes, is_signed_in
from board.accounts.auth.passwords import verify_password
from board.accounts.email import queue as email_queue
from board.accounts.email.queue import QueuedEmail
from board.accounts.models import User
from board.accounts.verification.models import EmailChange, EmailVerification
from board.articles.models import Article
from board.db import db, now, writing
from board.db.clock import today
from board.moderation.rulings import decisions
from board.runtime.jobs import run_pending
from conftest import NO_LIMITS, PASSWORD, said, say

Member = Callable[..., User]
Browser = Callable[[User], FlaskClient]
OLD, NEW = "ada@harbour.example", "ada@pier.example"


def change(client: FlaskClient, mail: Mailboxes, email: str = NEW) -> str | None:
    asked = client.post("/account/email", data={"email": email, "password": PASSWORD})
    assert asked.location == "/verify"
    return client.post("/verify", data={"code": mail.code(email)}).location


def undo_path(mail: Mailboxes, address: str = OLD) -> str:
    text = mail.of(address)[-1].get_content()
    link = re.search(r"http://localhost(/account/email/undo\?to=\S+)", text)
    assert link
    return link[1]


def test_the_account_page_shows_the_address(as_: Browser, member: Member) -> None:
    ada, bora = member("ada"), member("bora", verified=False)
    assert (OLD in (page := as_(ada).get("/account").text), "확인됨" in page) == (True, True)
    assert '<span class="badge risky">확인 안 됨</span>' in as_(bora).get("/account").text


def test_a_new_address_stands_once_its_code_was_typed(
    as_: Browser, mail: Mailboxes, member: Member
) -> None:
    ada = member("ada")
    client = as_(ada)
    client.post("/account/email", data={"email": NEW, "password": PASSWORD})
    assert ada.email == OLD
    done = client.post("/verify", data={"code": mail.code(NEW)})

    assert (ada.email, said(done)) == (NEW, "이메일을 변경했습니다.")
    assert is_signed_in(client) and verify_password(PASSWORD, ada.password_hash)
    assert mail.subjects(OLD) == ["이메일이 변경되었습니다"]
    assert mail.subjects(NEW) == ["확인 번호"]


def test_the_old_address_undoes_it_and_everybody_is_signed_out(
    guest: FlaskClient, as_: Browser, mail: Mailboxes, member: Member
) -> None:
    ada = member("ada")
    thief = as_(ada)
    change(thief, mail)
    path = undo_path(mail)
    assert guest.get(path).status_code == 200 and ada.email == NEW  # scanners open links
    answer = guest.post(path)

    assert answer.location == "/sign-in/forgot?notice=email_restored"
    assert (ada.email, is_signed_in(thief), is_signed_in(guest)) == (OLD, False, False)
    form = {"email": OLD, "password": PASSWORD}
    assert guest.post("/sign-in", data=form).status_code == 422
    assert guest.post(path).status_code == 422
    guest.post("/sign-in/forgot", data={"email": OLD})
    assert guest.post("/verify", data={"code": mail.code(OLD)}).location == "/verify/password"


def test_the_first_address_can_undo_a_second_change_too(
    guest: FlaskClient, as_: Browser, mail: Mailboxes, member: Member
) -> None:
    ada = member("ada")
    thief = as_(ada)
    change(thief, mail)
    change(thief, mail, "ada@quay.example")
    later = undo_path(mail, NEW)

    assert guest.post(undo_path(mail)).status_code == 303
    assert ada.email == OLD
    assert guest.post(later).status_code == 422


@pytest.mark.parametrize(("days", "status"), [(6, 303), (8, 422)])
def test_a_change_can_be_undone_for_seven_days(
    guest: FlaskClient, as_: Browser, mail: Mailboxes, member: Member, days: int, status: int
) -> None:
    ada = member("ada")
    change(as_(ada), mail)
    path = undo_path(mail)
    with time_machine.travel(now() + timedelta(days=days)):
        run_pending()
        assert guest.post(path).status_code == status
    assert ada.email == (OLD if status == 303 else NEW)


@pytest.mark.parametrize("token", ["", "x", "WzEsMV0", "WzEsMV0.abc", "a" * 3000])
def test_a_made_up_link_undoes_nothing(
    guest: FlaskClient, as_: Browser, mail: Mailboxes, member: Member, token: str
) -> None:
    ada = member("ada")
    change(as_(ada), mail)
    path = f"/account/email/undo?to={token}"

    assert guest.post(path).status_code in (414, 422) and ada.email == NEW
    assert "<form" not in guest.get(path).text.split("<main")[-1].split("</main")[0]


def test_a_new_password_is_told_at_the_old_address_for_a_week(
    as_: Browser, mail: Mailboxes, member: Member
) -> None:
    ada = member("ada")
    client = as_(ada)
    change(client, mail)
    form = {"current": PASSWORD, "password": "a new light on the old pier"}
    client.post("/account/password", data=form)

    assert mail.subjects(OLD) == ["이메일이 변경되었습니다", "비밀번호가 변경되었습니다"]
    assert mail.subjects(NEW) == ["확인 번호", "비밀번호가 변경되었습니다"]


def test_an_address_that_was_never_verified_cannot_undo(
    as_: Browser, mail: Mailboxes, member: Member
) -> None:
    """It may be a stranger's, for a typing error."""
    ada = member("ada", verified=False)
    change(as_(ada), mail)

    assert (ada.email, mail.of(OLD)) == (NEW, [])


def test_without_the_password_nothing_is_sent(
    as_: Browser, mail: Mailboxes, member: Member
) -> None:
    client = as_(member("ada"))
    for password in ("", "not her password at all"):
        answer = client.post("/account/email", data={"email": NEW, "password": password})
        assert answer.status_code == 422
    assert mail.of(NEW) == []


def test_an_address_of_another_account_is_told_after_the_code_only(
    as_: Browser, mail: Mailboxes, member: Member
) -> None:
    ada, bora = member("ada"), member("bora")
    client = as_(ada)
    form = {"email": bora.email, "password": PASSWORD}
    assert client.post("/account/email", data=form).location == "/verify"
    done = client.post("/verify", data={"code": mail.code(bora.email)})

    assert said(done) == "다른 계정에서 쓰고 있는 이메일이라 변경하지 않았습니다."
    assert (ada.email, bora.email) == (OLD, "bora@harbour.example")


def test_the_code_of_a_change_is_worth_nothing_once_signed_out(
    as_: Browser, mail: Mailboxes, member: Member
) -> None:
    ada = member("ada")
    client = as_(ada)
    client.post("/account/email", data={"email": NEW, "password": PASSWORD})
    client.post("/sign-out")

    assert client.post("/verify", data={"code": mail.code(NEW)}).status_code == 422
    assert ada.email == OLD


def test_what_waits_to_be_sent_goes_to_the_new_address(
    as_: Browser, mail: Mailboxes, member: Member, harbour: Article, mo: User
) -> None:
    ada = member("ada")
    comment = say(harbour, ada, "A remark")
    with writing():
        ruling = decisions.hide(comment, by=mo, reason="abuse")
        email_queue.enqueue("legal", ruling.id, to=ada)
    change(as_(ada), mail)
    with time_machine.travel(now() + timedelta(minutes=3)):
        assert mail.subjects(NEW) == ["확인 번호", "권리침해 신고 등에 따른 조치 안내"]
        assert mail.subjects(OLD) == ["이메일이 변경되었습니다"]


def test_an_account_that_is_deleted_leaves_nothing_of_its_addresses(
    as_: Browser, mail: Mailboxes, member: Member
) -> None:
    ada = member("ada")
    client = as_(ada)
    change(client, mail)
    client.post("/account/email", data={"email": "ada@quay.example", "password": PASSWORD})
    mail.of(NEW)
    with writing():
        ada.delete_account(on=today())

    for model in (EmailChange, EmailVerification):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0
    left = set(db.session.scalars(select(QueuedEmail.address)))
    assert left <= {"ada@quay.example"}  # an address that never was the account's


# ---- accounts made before ----


def test_an_old_account_is_asked_on_each_page_and_verified_by_one_code(
    as_: Browser, mail: Mailboxes, member: Member
) -> None:
    ada = member("ada", verified=False)
    client = as_(ada)
    assert "이메일을 확인해 주세요" in client.get("/").text
    assert client.post("/account/email/verify").location == "/verify"
    done = client.post("/verify", data={"code": mail.code(OLD)})

    assert said(done) == "이메일을 확인했습니다."
    assert ada.email_verified_at and is_signed_in(client)
    assert "이메일을 확인해 주세요" not in client.get("/").text


def test_without_a_mail_server_nobody_is_asked(as_: Browser, member: Member) -> None:
    client = as_(member("ada", verified=False))
    assert "verify-bar" not in client.get("/").text
    assert client.post("/account/email/verify").status_code == 422
    assert client.post("/account/email", data={"email": NEW}).status_code == 422


@pytest.fixture
def settings() -> dict[str, object]:
    return {**NO_LIMITS, "VERIFIED_TO_POST": True}


def post(client: FlaskClient, text: str) -> int:
    form = {"body": text, "key": f"key of {text}"}
    return client.post("/articles/harbour/comments", data=form).status_code


def test_an_old_account_posts_for_a_month_after_mail_began_to_work(
    app: Flask, as_: Browser, mail: Mailboxes, member: Member, harbour: Article
) -> None:
    ada = member("ada", verified=False)
    assert run_pending() == ["email verification"]
    assert run_pending() == []
    with time_machine.travel(now() + timedelta(days=29)):
        assert post(as_(ada), "Still welcome") == 303
    with time_machine.travel(now() + timedelta(days=31)):
        client = as_(ada)
        assert post(client, "Too late") == 403
        refused = client.post("/articles/harbour/comments", data={"body": "A word", "key": "k"})
        assert "이메일을 먼저 확인해 주세요" in refused.text and "A word" in refused.text
        assert client.get("/account/data").status_code == 200
        app.config["VERIFIED_TO_POST"] = False
        assert post(client, "The newsroom allows it") == 303
        app.config.update(VERIFIED_TO_POST=True, MAIL_SERVER="")
        assert post(client, "Nobody can verify without mail") == 303


def test_the_month_does_not_begin_without_mail(app: Flask, member: Member) -> None:
    ada = member("ada", verified=False)
    assert run_pending() == []
    assert ada.verify_email_by is None
