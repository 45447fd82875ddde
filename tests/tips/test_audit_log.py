"""Every opening of a tip is in a log that colleagues see and nobody can edit."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from board.accounts.models import User
from board.accounts.two_factor import models as two_factor
from board.accounts.two_factor.totp import new_secret
from board.db import db, writing
from board.ops.doctor import doctor
from board.tips.cli import tips_cli
from board.tips.models import audit_log
from board.tips.models.audit_log import AuditEntry
from board.tips.models.tip import Tip
from conftest import more_link
from tips.conftest import holder_id, is_locked, tamper

pytestmark = pytest.mark.slow


def logged_actions(**of):
    db.session.rollback()
    entries = db.session.scalars(select(AuditEntry).filter_by(**of).order_by(AuditEntry.id))
    return [entry.act for entry in entries]


def test_every_action_on_a_tip_is_logged(desk, second_desk, sent):
    jin = holder_id(second_desk.user)
    desk.get("/desk/tips/1")
    desk.get("/desk/tips/1")
    desk.post("/desk/tips/1/contact")
    desk.post("/desk/tips/search", q="장부")
    desk.post("/desk/tips/search", q="다른 말")
    desk.post("/desk/tips/1/assign", reader=jin)
    desk.post("/desk/tips/1/hold", reason="재판", day="")
    desk.post("/desk/tips/1/shut-out", reader=jin)
    desk.post("/desk/tips/1/let-in", reader=jin)
    second_desk.get("/desk/tips/1")
    desk.post(f"/desk/tips/readers/{jin}/remove")
    second_desk.leave_roster()
    desk.post("/desk/tips/1/erase", sure="yes")

    assert logged_actions(user_id=desk.user.id) == [
        "add", "add", "open", "contact", "search", "assign", "hold", "shut_out", "let_in",
        "ask_remove", "erase",
    ]  # fmt: skip
    assert logged_actions(user_id=second_desk.user.id) == ["open", "remove"]
    page = desk.get("/desk/tips/log").text
    for words in (
        "tess: 제보 열람", "jin: 제보 열람", "tess: 모든 제보 검색",
        "tess: 제보 삭제", "tess: jin 님의 열람 권한 회수", "고친 흔적 없음",
    ):  # fmt: skip
        assert words in page


def test_the_inbox_and_an_empty_search_are_not_logged_as_a_search(desk, sent):
    desk.get("/desk/tips")
    desk.post("/desk/tips/search", label="회계")
    desk.post("/desk/tips/search", q="")

    assert "search" not in logged_actions()


def test_the_log_is_for_readers_who_have_unlocked(desk, sent, as_, mo, tess):
    assert as_(mo).get("/desk/tips/log").status_code == 403
    assert is_locked(as_(tess).get("/desk/tips/log"))


@pytest.mark.parametrize("statement", ["UPDATE tip_log SET act = 'file'", "DELETE FROM tip_log"])
def test_the_database_refuses_to_change_the_log(desk, sent, statement):
    with pytest.raises(IntegrityError, match="append-only"), writing():
        db.session.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE tip_log SET user_id = (SELECT max(id) FROM user) WHERE id = 2",
        "UPDATE tip_log SET made_on = '2020-01-01' WHERE id = 2",
        "DELETE FROM tip_log WHERE id = 2",
    ],
)
def test_tampering_with_the_log_is_detected(app, desk, second_desk, sent, statement):
    desk.get("/desk/tips/1")
    verify = app.test_cli_runner()
    assert "3 entries, unaltered" in verify.invoke(tips_cli, ["verify"]).output

    tamper(statement)

    assert verify.invoke(tips_cli, ["verify"]).exit_code == 1
    assert "BAD the log of tips" in verify.invoke(doctor).output
    assert "처음과 다르거나" in desk.get("/desk/tips/log").text


def test_it_stays_when_a_tip_is_erased_and_no_later_tip_takes_its_number(desk, sent, source):
    desk.get("/desk/tips/1")
    desk.post("/desk/tips/1/erase", sure="yes")
    source.send("나중 제보")

    assert [tip.id for tip in db.session.scalars(select(Tip))] == [2]
    assert logged_actions(tip_id=1) == ["open", "erase"]
    assert logged_actions(tip_id=2) == []


def test_it_holds_no_word_of_a_tip(desk, sent):
    desk.get("/desk/tips/1")
    desk.post("/desk/tips/1/hold", reason="재판이 끝날 때까지", day="")

    rows = str(db.session.execute(text("SELECT * FROM tip_log")).all())
    assert "재판" not in rows
    assert "장부" not in rows


def test_a_long_log_goes_on_another_page(desk, sent):
    with writing():
        for number in range(AuditEntry.PAGE_SIZE):
            audit_log.append_entry(audit_log.AuditAction.ASSIGN, by=desk.user, tip_id=number + 10)
    first = desk.get("/desk/tips/log").text
    rest = desk.get(more_link(first)).text

    assert first.count("tess: 담당자 지정 해제") == AuditEntry.PAGE_SIZE
    assert "tess: 담당자 명단 시작" in rest
    assert more_link(rest) is None


def test_colleagues_see_whose_two_step_verification_was_reset(app, desk, sent, mo):
    key = app.config["SECRET_KEY"]
    with writing():
        two_factor.enrol(mo, new_secret(), step=0, key=key)
    with writing():
        two_factor.reset(db.session.get_one(User, mo.id))

    assert "2단계 인증을 초기화한 사람" in desk.get("/desk/tips/log").text
