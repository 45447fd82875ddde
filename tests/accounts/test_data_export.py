"""내 정보 내려받기: a reader takes along what the board keeps about them."""

from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from board.accounts import data_export
from board.comments.body import Body
from board.comments.readers import blocks
from board.comments.readers.reactions import ReactionLimits, like
from board.db import db, now, writing
from board.law.claims import contact_preferences
from board.moderation.appeals import models as appeals
from board.moderation.reports import models as reports
from board.moderation.rulings import decisions as rulings
from board.moderation.users import sanctions
from board.runtime.limiter import QueueFull
from conftest import NO_LIMITS, say


@pytest.fixture
def settings():
    return NO_LIMITS


@pytest.fixture
def taken(as_, ada):
    def get() -> TestResponse:
        return as_(ada).get("/account/data")

    return get


def test_the_file_holds_what_she_wrote_and_did(taken, harbour, ada, bora, mo):
    root = say(harbour, bora, "남의 글")
    mine = say(harbour, ada, "첫 글", to=root)
    gone = say(harbour, ada, "지운 글")
    with writing():
        mine.edit(Body.from_text("고친 글"))
        gone.delete()
        like(root, by=ada, limits=ReactionLimits.none())
        blocks.block(bora, by=ada)
        contact_preferences.set_contact("ada@pier.example", by=ada)
        reports.report(root, by=ada, reason="spam", note="또 같은 글")
        sanctions.warn(ada, by=mo, reason="abuse", note="말을 가려 하세요")

    told = taken().json

    assert (told["account"]["email"], told["account"]["name"]) == ("ada@harbour.example", "ada")
    assert [device["device"] for device in told["sessions"]] == [told["sessions"][0]["device"]]
    (comment,) = told["comments"]
    assert (comment["article"], comment["answers"], comment["text"]) == (
        "harbour", root.id, "고친 글",
    )  # fmt: skip
    assert [before["text"] for before in comment["earlier"]] == ["첫 글"]
    assert [(each["comment_id"], each["choice"]) for each in told["reactions"]] == [
        (root.id, "like")
    ]
    assert [each["name"] for each in told["blocked"]] == ["bora"]
    assert [(each["reason"], each["note"]) for each in told["reports"]] == [("spam", "또 같은 글")]
    assert [(each["verdict"], each["note"]) for each in told["notices"]] == [
        ("warn", "말을 가려 하세요")
    ]
    assert told["told_by"] == "ada@pier.example"
    assert "지운 글" not in taken().text


def test_an_appeal_is_in_it_and_nobody_who_decided(taken, harbour, ada, mo):
    comment = say(harbour, ada, "숨길 글")
    with writing():
        ruling = rulings.hide(comment, by=mo, reason="abuse", note="")
        appeals.submit_appeal(ruling, by=ada, text="아닙니다")

    answer = taken()

    assert [each["text"] for each in answer.json["appeals"]] == ["아닙니다"]
    assert answer.json["comments"][0]["hidden_for"] == "abuse"
    assert "mo@" not in answer.text and '"mo"' not in answer.text


def test_it_is_a_file_for_her_alone(taken, guest, ada):
    answer = taken()

    assert answer.mimetype == "application/json"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=my-data-20")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert guest.get("/account/data").status_code == 303


def test_nothing_of_others_is_in_it(taken, harbour, ada, bora):
    say(harbour, bora, "남이 쓴 글")

    told = taken()

    assert told.json["comments"] == told.json["reports"] == told.json["notices"] == []
    assert "남이 쓴 글" not in told.text and "bora" not in told.text


def test_moments_say_their_zone(taken, harbour, ada):
    say(harbour, ada, "글")

    posted_at = taken().json["comments"][0]["posted_at"]

    assert posted_at.endswith("+00:00")
    assert abs(now() - now().fromisoformat(posted_at)) < timedelta(minutes=1)


def test_many_who_ask_at_once_leave_the_board_to_readers(taken, monkeypatch, ada):
    def full(_turns: object) -> None:
        raise QueueFull

    monkeypatch.setattr(type(data_export.limiter), "__enter__", full)

    assert taken().status_code == 503


def test_every_slice_that_keeps_something_has_its_part(app):
    assert set(data_export.exporters) == {
        "account", "sessions", "comments", "reactions", "blocked", "reports", "notices", "appeals",
        "told_by",
    }  # fmt: skip
    assert db.session.info.get("writing") is None
