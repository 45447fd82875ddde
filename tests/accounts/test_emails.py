"""Emails about decisions: they say that there is something to read, and nothing else."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import func, select

from board.accounts.email import queue as email_queue
from board.accounts.email.cli import mail_cli
from board.accounts.email.queue import QueuedEmail
from board.db import db, now, writing
from board.law.claims import workflow as claim_workflow
from board.law.claims.models import Step
from board.moderation.appeals import models as appeals
from board.moderation.rulings import decisions as moderation
from board.moderation.rulings import undo
from board.moderation.users import sanctions
from board.notifications import digests
from board.notifications.preferences import DEFAULTS
from board.ops.doctor import doctor
from conftest import NO_LIMITS, say

SENT_FROM = "desk@harbour.example"


@pytest.fixture
def settings():
    return {**NO_LIMITS, "ORIGIN": "http://news.example", "MAIL_FROM": SENT_FROM}


@pytest.fixture(autouse=True)
def by_day():
    """It is noon in the newsroom: at night emails wait."""
    with time_machine.travel(datetime(2026, 12, 1, 12, tzinfo=ZoneInfo("Asia/Seoul")), tick=True):
        yield


@pytest.fixture
def send(app):
    """Makes digests and runs `mail send`, as the background worker does, in so many minutes."""

    def run(minutes: float = 5) -> Any:
        db.session.rollback()
        with time_machine.travel(now() + timedelta(minutes=minutes), tick=True):
            digests.queue_due(email_queue.is_configured)
            return app.test_cli_runner().invoke(mail_cli, ["send"])

    return run


@pytest.fixture
def comment(harbour, ada):
    return say(harbour, ada, "A remark about the harbour")


def hide(comment, mo):
    with writing():
        return moderation.hide(comment, by=mo, reason="abuse", note="Too harsh")


def claim(comment, contact="kim@pier.example"):
    with writing():
        received, _ = claim_workflow.receive_claim(
            comment, name="Kim", contact=contact, kind="privacy", sentence="A",
            text="B", wish="block", requester="person",
        )  # fmt: skip
    return received


def test_the_author_of_a_hidden_comment_gets_a_link_without_details(smtp_server, send, comment, mo):
    hide(comment, mo)

    assert send().output == "1 sent.\n"

    (to, message), = smtp_server.messages  # fmt: skip
    assert (to, message["From"]) == ("ada@harbour.example", SENT_FROM)
    assert message["Subject"] == "[전체댓글] 확인하실 알림이 있습니다"
    assert "http://news.example/account/notices" in message.get_content()
    assert not {"remark", "Too harsh", "ada"} & set(message.get_content().split())


@pytest.mark.parametrize("verb", ["warn", "hold", "suspend", "lift_sanctions"])
def test_a_member_gets_an_email_about_each_decision_on_the_account(
    smtp_server, send, ada, mo, verb
):
    until = {"until": now() + timedelta(days=3)} if verb in ("hold", "suspend") else {}
    with writing():
        if verb == "lift_sanctions":
            ada.held_until = now() + timedelta(days=3)
        getattr(sanctions, verb)(ada, by=mo, reason="abuse", **until)

    send()

    assert len(smtp_server.messages) == 1


def test_the_email_is_in_the_language_used_last(smtp_server, send, comment, mo, ada):
    with writing():
        ada.language = "en"
    hide(comment, mo)

    send()

    assert smtp_server.messages[0][1]["Subject"] == "[전체댓글] You have a notification"


def test_signing_in_stores_the_language(as_, app, guest):
    form = {"email": "eve@pier.example", "name": "이브", "password": "a long quiet evening",
            "of_age": "y"}  # fmt: skip
    guest.post("/sign-up", data=form)
    guest.post("/sign-in?lang=en", data=form)

    user = db.session.scalar(select(sanctions.User).where(sanctions.User.email == form["email"]))
    assert user.language == "en"


def test_many_decisions_are_one_email(smtp_server, send, harbour, ada, mo):
    for number in range(5):
        hide(say(harbour, ada, f"Remark {number}"), mo)

    send()
    send(minutes=60)

    assert len(smtp_server.messages) == 1


def test_an_email_is_sent_once_and_not_before_the_undo_period_ends(smtp_server, send, comment, mo):
    hide(comment, mo)

    send(minutes=0)
    assert smtp_server.messages == []
    send()
    send()
    assert len(smtp_server.messages) == 1


def test_no_email_about_a_decision_that_was_undone_or_read(
    smtp_server, send, comment, harbour, ada, mo, as_
):
    ruling = hide(comment, mo)
    with writing():
        undo.take_back(ruling, by=mo)
    hide(say(harbour, ada, "Another"), mo)
    as_(ada).post("/account/notices/seen", data={"next": "/"})

    send()

    assert smtp_server.messages == []


def test_the_decision_on_an_appeal_sends_an_email(smtp_server, send, comment, ada, mo, tess):
    ruling = hide(comment, mo)
    send()
    with writing():
        appeal = appeals.submit_appeal(ruling, by=ada, text="I meant the weather")
    with writing():
        appeals.decide(appeal, by=tess, uphold=True, note="So it is")

    send(minutes=70)

    assert len(smtp_server.messages) == 2


def test_a_takedown_email_says_how_to_object_and_ignores_the_preference(
    smtp_server, send, comment, ada, mo, as_
):
    off = {kind.value: "off" for kind in DEFAULTS}
    as_(ada).post("/account/notices/preferences", data=off)
    hide(say(comment.article, ada, "Another"), mo)
    received = claim(comment, contact="010-0000-0000")
    with writing():
        claim_workflow.block(received, by=mo, says="")

    send()

    (to, message), = smtp_server.messages  # fmt: skip
    assert to == "ada@harbour.example"
    assert message["Subject"] == "[전체댓글] 권리침해 신고 등에 따른 조치 안내"
    assert "이의" in message.get_content()


@pytest.mark.slow
def test_a_claimant_gets_an_email_for_each_step_of_the_claim(
    smtp_server, send, comment, ada, mo, tess
):
    received = claim(comment)
    send()
    with writing():
        claim_workflow.block(received, by=mo, says="It names your street")
    send()
    ruling = db.session.scalar(moderation.latest_ruling(comment))
    with writing():
        appeal = appeals.submit_appeal(ruling, by=ada, text="It is a public square")
    send()
    with writing():
        appeals.decide(appeal, by=tess, uphold=True, note="So it is")
    send()

    texts = [
        message.get_content() for to, message in smtp_server.messages if to == "kim@pier.example"
    ]
    assert [text.split(".")[0] for text in texts] == [
        "신고를 접수했습니다",
        "신고에 대한 처리 결과가 나왔습니다",
        "작성자가 조치에 이의를 신청했습니다",
        "신고에 대한 처리 결과가 나왔고 절차가 끝났습니다",
    ]
    assert all(received.receipt in text and "/report/rights/status" in text for text in texts)
    assert not any("street" in text or "harbour" in text for text in texts)
    assert db.session.scalars(Step.to_notify()).all() == []


def test_each_claimant_of_a_shared_takedown_is_told_that_the_author_objects(
    smtp_server, send, comment, ada, mo
):
    claims = {
        address: claim(comment, contact=address) for address in ("a@b.example", "c@d.example")
    }
    for received in claims.values():
        with writing():
            claim_workflow.block(received, by=mo, says="")
    send()
    smtp_server.messages.clear()

    ruling = db.session.scalar(moderation.latest_ruling(comment))
    with writing():
        appeals.submit_appeal(ruling, by=ada, text="It is a public square")
    send()

    assert {to: message["Subject"].split()[-1] for to, message in smtp_server.messages} == {
        address: received.receipt for address, received in claims.items()
    }


def test_an_objection_that_an_older_board_queued_is_still_mailed(smtp_server, send, comment, mo):
    received = claim(comment)
    with writing():
        claim_workflow.block(received, by=mo, says="")
    send()
    smtp_server.messages.clear()

    ruling = db.session.scalar(moderation.latest_ruling(comment))
    with writing():
        email_queue.enqueue_to("kim@pier.example", "objection", ruling.id, language="ko")
    send()

    assert [message["Subject"].split()[-1] for _, message in smtp_server.messages] == [
        received.receipt
    ]


@pytest.mark.slow
def test_a_refused_email_is_retried_and_finally_given_up(smtp_server, send, app, comment, mo):
    hide(comment, mo)
    smtp_server.answer = "451 Try again later"
    assert "451" in send().stderr
    smtp_server.answer = "250 OK"
    send(minutes=6)
    assert smtp_server.messages == []
    send(minutes=20)
    assert len(smtp_server.messages) == 1

    hide(say(comment.article, comment.author, "Another"), mo)
    smtp_server.answer = "550 No such reader"
    for day in range(QueuedEmail.TRIES_MAX + 2):
        send(minutes=5 + day * 24 * 60 * 2)
    assert len(smtp_server.messages) == 1
    assert "1 were refused by the mail server" in app.test_cli_runner().invoke(doctor).output


def test_an_email_that_may_have_arrived_is_not_sent_again(
    smtp_server, send, app, comment, mo, monkeypatch
):
    def time_out(self: Any, *args: Any, **kwargs: Any) -> None:
        raise TimeoutError("timed out")

    hide(comment, mo)
    with monkeypatch.context() as patch:
        patch.setattr("smtplib.SMTP.send_message", time_out)
        assert send().exit_code == 1

    assert send(minutes=60).exit_code == 0
    assert smtp_server.messages == []


def test_an_unreachable_mail_server_loses_no_email(smtp_server, send, app, comment, mo):
    hide(comment, mo)
    server, app.config["MAIL_SERVER"] = app.config["MAIL_SERVER"], "smtp://127.0.0.1:9"
    assert "The mail server said" in send().output
    app.config["MAIL_SERVER"] = server

    send()

    assert len(smtp_server.messages) == 1


@pytest.mark.slow
def test_an_address_gets_a_limited_number_of_emails_a_day(smtp_server, send, comment, mo):
    for _ in range(QueuedEmail.DAILY_MAX + 5):
        claim(comment, contact="stranger@pier.example")

    send()

    assert len(smtp_server.messages) == QueuedEmail.DAILY_MAX


def test_the_owner_of_the_address_unsubscribes_without_signing_in(
    smtp_server, send, comment, ada, mo, guest
):
    hide(comment, mo)
    send()
    link = (
        smtp_server.messages[0][1]["List-Unsubscribe"]
        .strip(" <>")
        .removeprefix("http://news.example")
    )
    assert link in smtp_server.texts()[0]

    assert "메일 수신 중지" in guest.get(link).text
    db.session.refresh(ada)
    assert ada.mail == "all"  # a mail scanner that opens links changes nothing
    assert guest.post(link).status_code == 200
    received = claim(say(comment.article, ada, "Another"), contact="by post")
    with writing():
        claim_workflow.block(received, by=mo, says="")
    send()

    assert len(smtp_server.messages) == 1


def test_a_forged_link_unsubscribes_nobody(guest, app, ada):
    assert guest.post("/letters/stop?to=1.AAAA").status_code == 404
    assert 'action="/letters/stop' not in guest.get("/letters/stop?to=1.AAAA").text


@pytest.mark.slow
def test_without_a_mail_server_nothing_is_queued(app, send, comment, mo, as_, ada):
    hide(comment, mo)

    assert db.session.scalar(select(func.count()).select_from(QueuedEmail)) == 0
    assert "Set BOARD_MAIL_SERVER" in send().output
    assert "/account/notices/preferences" not in as_(ada).get("/account").text
    assert "told on the board only" in app.test_cli_runner().invoke(doctor).output


def test_doctor_reports_overdue_emails(smtp_server, app, comment, mo):
    hide(comment, mo)
    with time_machine.travel(now() + timedelta(minutes=5)):
        digests.queue_due(email_queue.is_configured)

    with time_machine.travel(now() + timedelta(hours=2)):
        said = app.test_cli_runner().invoke(doctor).output
    assert "BAD letters leave: 1 wait for over an hour: start `serve`, or run `work --once`" in said
