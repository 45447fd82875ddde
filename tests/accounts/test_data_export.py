"""내 정보 내려받기: a member downloads their personal data."""

from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from board.accounts import data_export
from board.comments.body import Body
from board.comments.viewer import blocks
from board.comments.viewer.reactions import ReactionLimits, like
from board.db import db, now, writing
from board.law.claims import contact_preferences
from board.moderation.appeals import models as appeals
from board.moderation.reports import models as reports
from board.moderation.rulings import decisions as rulings
from board.moderation.users import sanctions
from board.runtime.limiter import QueueFull, long_work
from conftest import NO_LIMITS, say


@pytest.fixture
def settings():
    return NO_LIMITS


@pytest.fixture
def download(as_, ada):
    def get() -> TestResponse:
        return as_(ada).get("/account/data")

    return get


def test_the_file_has_what_ada_wrote_and_did(download, harbour, ada, bora, mo):
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

    export = download().json

    assert (export["account"]["email"], export["account"]["name"]) == ("ada@harbour.example", "ada")
    assert [device["device"] for device in export["sessions"]] == [export["sessions"][0]["device"]]
    (comment,) = export["comments"]
    assert (comment["article"], comment["answers"], comment["text"]) == (
        "harbour", root.id, "고친 글",
    )  # fmt: skip
    assert [before["text"] for before in comment["earlier"]] == ["첫 글"]
    assert [(each["comment_id"], each["choice"]) for each in export["reactions"]] == [
        (root.id, "like")
    ]
    assert [each["name"] for each in export["blocked"]] == ["bora"]
    assert [(each["reason"], each["note"]) for each in export["reports"]] == [
        ("spam", "또 같은 글")
    ]
    assert [(each["verdict"], each["note"]) for each in export["notices"]] == [
        ("warn", "말을 가려 하세요")
    ]
    assert export["told_by"] == "ada@pier.example"
    assert "지운 글" not in download().text


def test_the_file_has_appeals_but_not_who_decided(download, harbour, ada, mo):
    comment = say(harbour, ada, "숨길 글")
    with writing():
        ruling = rulings.hide(comment, by=mo, reason="abuse", note="")
        appeals.submit_appeal(ruling, by=ada, text="아닙니다")

    response = download()

    assert [each["text"] for each in response.json["appeals"]] == ["아닙니다"]
    assert response.json["comments"][0]["hidden_for"] == "abuse"
    assert "mo@" not in response.text and '"mo"' not in response.text


def test_only_ada_can_download_the_file(download, guest, ada):
    response = download()

    assert response.mimetype == "application/json"
    assert response.headers["Content-Disposition"].startswith("attachment; filename=my-data-20")
    assert response.headers["Cache-Control"] == "private, no-store"
    assert guest.get("/account/data").status_code == 303


def test_the_file_has_nothing_about_others(download, harbour, ada, bora):
    say(harbour, bora, "남이 쓴 글")

    response = download()

    export = response.json
    assert export["comments"] == export["reports"] == export["notices"] == []
    assert "남이 쓴 글" not in response.text and "bora" not in response.text


def test_times_have_a_time_zone(download, harbour, ada):
    say(harbour, ada, "글")

    posted_at = download().json["comments"][0]["posted_at"]

    assert posted_at.endswith("+00:00")
    assert abs(now() - now().fromisoformat(posted_at)) < timedelta(minutes=1)


def test_a_full_queue_refuses_the_download(download, monkeypatch, ada):
    def full(_limiter: object) -> None:
        raise QueueFull

    monkeypatch.setattr(type(long_work), "__enter__", full)

    assert download().status_code == 503


def test_every_slice_with_personal_data_has_an_exporter(app):
    assert set(data_export.exporters) == {
        "account", "sessions", "comments", "reactions", "blocked", "reports", "notices", "appeals",
        "told_by", "articles", "passkeys", "identities", "roles", "alerts", "notifications",
        "notification_preferences", "personal_tokens", "webhook_events",
    }  # fmt: skip
    assert db.session.info.get("writing") is None
