"""Whoever was decided about is told by mail: that there is something to read, and no more."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select

from board.accounts.email.cli import mail_cli
from board.accounts.email.queue import QueuedEmail
from board.db import db, now, writing
from board.law.claims import workflow as claim_workflow
from board.law.claims.models import Step
from board.moderation.appeals import models as appeals
from board.moderation.rulings import decisions as moderation
from board.moderation.rulings import undo
from board.moderation.users import sanctions
from board.ops.doctor import doctor
from conftest import NO_LIMITS, say

SENT_FROM = "desk@harbour.example"


@pytest.fixture
def settings():
    return {**NO_LIMITS, "ORIGIN": "http://news.example", "MAIL_FROM": SENT_FROM}


@pytest.fixture
def send(app):
    """As cron does, so many minutes from now."""

    def run(minutes: float = 5) -> Any:
        db.session.rollback()
        with time_machine.travel(now() + timedelta(minutes=minutes), tick=True):
            return app.test_cli_runner().invoke(mail_cli, ["send"])

    return run


@pytest.fixture
def remark(harbour, ada):
    return say(harbour, ada, "A remark about the harbour")


def hide(comment, mo):
    with writing():
        return moderation.hide(comment, by=mo, reason="abuse", note="Too harsh")


def claim(comment, contact="kim@pier.example"):
    with writing():
        received, _ = claim_workflow.claim(comment, name="Kim", contact=contact, kind="privacy",
            sentence="A", text="B", wish="block", requester="person")  # fmt: skip
    return received


def test_an_author_is_told_of_a_hidden_comment_with_a_link_and_nothing_of_it(
    postman, send, remark, mo
):
    hide(remark, mo)

    assert send().output == "1 sent.\n"

    (to, message), = postman.letters  # fmt: skip
    assert (to, message["From"]) == ("ada@harbour.example", SENT_FROM)
    assert message["Subject"] == "[전체댓글] 확인하실 알림이 있습니다"
    assert "http://news.example/account/notices" in message.get_content()
    assert not {"remark", "Too harsh", "ada"} & set(message.get_content().split())


@pytest.mark.parametrize("verb", ["warn", "hold", "suspend", "lift_sanctions"])
def test_and_of_what_was_decided_about_the_account(postman, send, ada, mo, verb):
    until = {"until": now() + timedelta(days=3)} if verb in ("hold", "suspend") else {}
    with writing():
        if verb == "lift_sanctions":
            ada.held_until = now() + timedelta(days=3)
        getattr(sanctions, verb)(ada, by=mo, reason="abuse", **until)

    send()

    assert len(postman.letters) == 1


def test_in_the_language_used_last(postman, send, remark, mo, ada):
    with writing():
        ada.language = "en"
    hide(remark, mo)

    send()

    assert postman.letters[0][1]["Subject"] == "[전체댓글] You have a notification"


def test_signing_in_says_which_language_that_is(as_, app, guest):
    form = {"email": "eve@pier.example", "name": "이브", "password": "a long quiet evening",
            "of_age": "y"}  # fmt: skip
    guest.post("/sign-up", data=form)
    guest.post("/sign-in?lang=en", data=form)

    user = db.session.scalar(select(sanctions.User).where(sanctions.User.email == form["email"]))
    assert user.language == "en"


def test_many_decisions_are_one_letter(postman, send, harbour, ada, mo):
    for number in range(5):
        hide(say(harbour, ada, f"Remark {number}"), mo)

    send()
    send(minutes=60)

    assert len(postman.letters) == 1


def test_nothing_is_sent_twice_and_nothing_before_it_stands(postman, send, remark, mo):
    hide(remark, mo)

    send(minutes=0)
    assert postman.letters == []
    send()
    send()
    assert len(postman.letters) == 1


def test_what_was_taken_back_or_read_meanwhile_is_not_told(
    postman, send, remark, harbour, ada, mo, as_
):
    ruling = hide(remark, mo)
    with writing():
        undo.undo(ruling, by=mo)
    hide(say(harbour, ada, "Another"), mo)
    as_(ada).post("/account/notices/seen", data={"next": "/"})

    send()

    assert postman.letters == []


def test_the_decision_on_an_appeal_is_told(postman, send, remark, ada, mo, tess):
    ruling = hide(remark, mo)
    send()
    with writing():
        asked = appeals.submit_appeal(ruling, by=ada, text="I meant the weather")
    with writing():
        appeals.decide(asked, by=tess, uphold=True, note="So it is")

    send(minutes=10)

    assert len(postman.letters) == 2


def test_a_takedown_is_told_with_how_to_object_also_to_whoever_wants_no_other_letters(
    postman, send, remark, ada, mo, as_
):
    as_(ada).post("/account/letters", data={})
    hide(say(remark.article, ada, "Another"), mo)
    received = claim(remark, contact="010-0000-0000")
    with writing():
        claim_workflow.block(received, by=mo, says="")

    send()

    (to, message), = postman.letters  # fmt: skip
    assert to == "ada@harbour.example"
    assert message["Subject"] == "[전체댓글] 권리침해 신고 등에 따른 조치 안내"
    assert "이의" in message.get_content()


def test_a_claimant_is_told_it_was_received_decided_objected_to_and_ended(
    postman, send, remark, ada, mo, tess
):
    received = claim(remark)
    send()
    with writing():
        claim_workflow.block(received, by=mo, says="It names your street")
    send()
    ruling = db.session.scalar(moderation.latest_ruling(remark))
    with writing():
        asked = appeals.submit_appeal(ruling, by=ada, text="It is a public square")
    send()
    with writing():
        appeals.decide(asked, by=tess, uphold=True, note="So it is")
    send()

    told = [message.get_content() for to, message in postman.letters if to == "kim@pier.example"]
    assert [text.split(".")[0] for text in told] == [
        "신고를 접수했습니다",
        "신고에 대한 처리 결과가 나왔습니다",
        "작성자가 조치에 이의를 신청했습니다",
        "신고에 대한 처리 결과가 나왔고 절차가 끝났습니다",
    ]
    assert all(received.receipt in text and "/report/rights/status" in text for text in told)
    assert not any("street" in text or "harbour" in text for text in told)
    assert db.session.scalars(Step.to_tell()).all() == []


def test_what_the_mail_server_refuses_is_tried_again_and_given_up_at_last(
    postman, send, app, remark, mo
):
    hide(remark, mo)
    postman.answer = "451 Try again later"
    assert "451" in send().stderr
    postman.answer = "250 OK"
    send(minutes=6)
    assert postman.letters == []
    send(minutes=20)
    assert len(postman.letters) == 1

    hide(say(remark.article, remark.author, "Another"), mo)
    postman.answer = "550 No such reader"
    for day in range(QueuedEmail.TRIES_MAX + 2):
        send(minutes=5 + day * 24 * 60 * 2)
    assert len(postman.letters) == 1
    assert "1 were refused by the mail server" in app.test_cli_runner().invoke(doctor).output


def test_what_may_have_arrived_is_not_sent_again(postman, send, app, remark, mo, monkeypatch):
    def cut(self: Any, *given: Any, **named: Any) -> None:
        raise TimeoutError("timed out")

    hide(remark, mo)
    with monkeypatch.context() as patch:
        patch.setattr("smtplib.SMTP.send_message", cut)
        assert send().exit_code == 1

    assert send(minutes=60).exit_code == 0
    assert postman.letters == []


def test_a_mail_server_that_is_away_loses_nothing(postman, send, app, remark, mo):
    hide(remark, mo)
    server, app.config["MAIL_SERVER"] = app.config["MAIL_SERVER"], "smtp://127.0.0.1:9"
    assert "The mail server said" in send().output
    app.config["MAIL_SERVER"] = server

    send()

    assert len(postman.letters) == 1


def test_nobody_is_flooded(postman, send, remark, mo):
    for _ in range(QueuedEmail.DAILY_MAX + 5):
        claim(remark, contact="stranger@pier.example")

    send()

    assert len(postman.letters) == QueuedEmail.DAILY_MAX


def test_whoever_has_the_address_ends_all_letters_without_an_account(
    postman, send, remark, ada, mo, guest
):
    hide(remark, mo)
    send()
    link = (
        postman.letters[0][1]["List-Unsubscribe"].strip(" <>").removeprefix("http://news.example")
    )
    assert link in postman.texts()[0]

    assert "메일 수신 중지" in guest.get(link).text
    db.session.refresh(ada)
    assert ada.mail == "all"  # a program that opens links changes nothing
    assert guest.post(link).status_code == 200
    received = claim(say(remark.article, ada, "Another"), contact="by post")
    with writing():
        claim_workflow.block(received, by=mo, says="")
    send()

    assert len(postman.letters) == 1


def test_a_link_that_is_not_ours_ends_nothing(guest, app, ada):
    assert guest.post("/letters/stop?to=1.AAAA").status_code == 404
    assert 'action="/letters/stop' not in guest.get("/letters/stop?to=1.AAAA").text


def test_without_a_mail_server_nothing_is_kept_to_be_sent(app, send, remark, mo, as_, ada):
    hide(remark, mo)

    assert db.session.scalar(select(func.count()).select_from(QueuedEmail)) == 0
    assert "Set BOARD_MAIL_SERVER" in send().output
    assert "/account/letters" not in as_(ada).get("/account").text
    assert "told on the board only" in app.test_cli_runner().invoke(doctor).output


def test_doctor_says_when_letters_do_not_leave(postman, app, remark, mo):
    hide(remark, mo)

    with time_machine.travel(now() + timedelta(hours=2)):
        assert "run `mail send` every five minutes" in app.test_cli_runner().invoke(doctor).output
