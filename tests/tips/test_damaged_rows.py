"""Damaged rows: they are reported, and keep no other tip from being read."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from board.db import db, now
from board.ops.doctor import doctor
from board.tips.cli import tips_cli
from board.tips.integrity.findings import UNREADABLE
from board.tips.models.tip import Tip
from tips.conftest import tamper

pytestmark = pytest.mark.slow

FIRST, SECOND = "첫 제보입니다.", "둘째 제보입니다."
OF_TIP = [
    *("received_on = 'x'", "active_on = 5", "held_until = '2026-02-30'", "promised_on = ''"),
    *("read_on = x'00'", "state = 'x'", "awaits_reader = 'x'", "must_rotate = 2"),
    *("epoch = 'x'", "last_number = 1.5"),
]
ELSEWHERE = [
    *("tip_item SET number = 'x'", "tip_item SET sealed = 'x'", "tip_item SET file = x'00'"),
    *("tip_key SET epoch = 'x'", "tip_grant SET sealed = 'x'", "tip_log SET made_on = 'x'"),
    "tip_log SET hash = 'x'",
    *("tip_holder SET kind = 'x'", "tip_holder SET public = 'x'", "tip_ticket SET sealed = 'x'"),
    *(
        "tip_unlocked SET made_on = 'x'",
        "tip_unlocked SET sealed = 5",
        "tip_ticket SET made_on = 'x'",
    ),
]
PAGES = ("/desk/tips", "/desk/tips/1", "/desk/tips/log", "/desk/tips/readers", "/desk/tips/export")


@pytest.fixture
def two_tips(desk, source):
    source.send(SECOND)  # its code is replaced by that of the first
    source.send(FIRST)
    db.session.rollback()
    source.enter()
    desk.get("/desk/tips")


def verdict(app):
    db.session.rollback()
    verify = app.test_cli_runner().invoke(tips_cli, ["verify"])
    health = app.test_cli_runner().invoke(doctor)
    assert type(verify.exception) in (SystemExit, type(None))
    assert (verify.exit_code == 1) == (UNREADABLE in health.output)
    return verify.exit_code == 1


@pytest.mark.parametrize("value", OF_TIP)
def test_the_other_tip_is_read_and_the_damaged_one_is_named(app, desk, source, two_tips, value):
    assert not verdict(app)
    tamper(f"UPDATE tip SET {value} WHERE id = 2")

    inbox = desk.get("/desk/tips")
    assert (inbox.status_code, SECOND in inbox.text, FIRST in inbox.text) == (200, True, False)
    assert "제보 2번은" in inbox.text
    assert desk.get("/desk/tips/1").status_code == 200
    assert desk.get("/desk/tips/2").status_code == 409
    assert desk.post("/desk/tips/search", q="제보입니다").status_code == 200
    assert source.mailbox().status_code == 409
    assert verdict(app)


@pytest.mark.parametrize("change", ELSEWHERE)
def test_no_page_fails_because_of_a_damaged_row(app, desk, source, two_tips, change):
    tamper(f"UPDATE {change} WHERE rowid = (SELECT max(rowid) FROM {change.split()[0]})")

    statuses = {page: desk.get(page).status_code for page in PAGES}
    statuses["source"] = source.mailbox().status_code

    assert {
        page for page, status in statuses.items() if status not in (200, 303, 409, 503)
    } == set()
    assert verdict(app)


def test_the_other_tip_is_erased_in_its_time(app, desk, source, two_tips):
    tamper("UPDATE tip SET received_on = 'x' WHERE id = 2")

    with time_machine.travel(now() + timedelta(days=200)):
        tidied = app.test_cli_runner().invoke(tips_cli, ["tidy"])

    assert tidied.output.startswith("1 tips deleted.")
    assert db.session.scalars(select(Tip.id)).all() == [2]
