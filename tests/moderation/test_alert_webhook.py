"""The newsroom's chat room is told what waits, through one webhook."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import time_machine
from click.testing import Result
from flask import Flask

from board import create_app
from board.accounts.models import User
from board.articles.models import Article
from board.config.settings import BadSetting
from board.db import db, now, writing
from board.moderation.alerts import webhook
from board.moderation.alerts.cli import alerts_cli
from board.moderation.alerts.models import AlertWebhook
from board.moderation.alerts.wiring import COMMANDS
from board.moderation.rulings.decisions import keep
from board.ops.doctor import doctor
from board.runtime.background import TaskRun
from conftest import NO_LIMITS, say
from moderation.test_alerts import START, claim, hold, order, report, surge
from support.http_server import serving

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
Clock = Any


@dataclass
class ChatRoom:
    """What was posted, and the status that answers it."""

    posts: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200
    address: str = ""


@pytest.fixture
def settings() -> dict[str, Any]:
    return {**NO_LIMITS, "ORIGIN": "http://localhost"}


@pytest.fixture
def room(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatRoom]:
    room = ChatRoom()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.headers["Content-Type"] == "application/json"
            if room.status == 200:
                room.posts.append(json.loads(body))
            self.send_response(room.status)
            self.end_headers()

        def log_message(self, *_args: Any) -> None:
            pass

    with serving(HTTPServer(("127.0.0.1", 0), Handler)) as port:
        room.address = f"http://127.0.0.1:{port}/services/secret"
        monkeypatch.setitem(app.config, "ALERT_WEBHOOK", room.address)
        yield room


@pytest.fixture
def clock(app: Flask, room: ChatRoom) -> Iterator[Clock]:
    """Stands at a second after the webhook was set up."""
    with time_machine.travel(START, tick=False) as clock:
        assert (webhook.is_due(), webhook.send()) == (True, False)
        clock.shift(1)
        yield clock


def run(app: Flask) -> Result:
    db.session.rollback()
    result = app.test_cli_runner().invoke(alerts_cli, ["send"])
    db.session.rollback()
    db.session.expire_all()
    return result


def test_it_is_told_what_waits_with_links_and_nothing_else(
    app: Flask, room: ChatRoom, clock: Clock, harbour: Article, ada: User, mo: User
) -> None:
    comment = say(harbour, ada, "A remark about Kim")
    hold(comment)
    report(say(harbour, ada, "Another"), mo)
    claim(comment)
    order(comment, mo, now() + 3 * HOUR)
    surge(harbour)
    clock.shift(MINUTE)

    assert (webhook.is_due(), run(app).output) == (True, "1 sent.\n")
    assert room.posts == [
        {
            "text": "전체댓글\n"
            "삭제 명령·요청 (1): http://localhost/desk/orders\n"
            "권리침해 신고 (1): http://localhost/desk/claims\n"
            "급증 알림 (1): http://localhost/desk/threads\n"
            "신고된 댓글 (1): http://localhost/desk/comments?queue=reported\n"
            "보류된 댓글 (1): http://localhost/desk/comments?queue=held"
        }
    ]
    assert (webhook.is_due(), run(app).output) == (False, "")


@pytest.mark.slow
def test_ten_events_in_a_minute_are_one_message(
    app: Flask, room: ChatRoom, clock: Clock, harbour: Article, ada: User
) -> None:
    for number in range(10):
        hold(say(harbour, ada, f"Remark {number}"))
        clock.shift(5)
        assert not webhook.is_due()
    clock.shift(MINUTE)
    run(app)
    clock.shift(2 * HOUR)

    assert (webhook.is_due(), len(room.posts)) == (False, 1)
    assert "(10)" in room.posts[0]["text"]


def test_what_it_does_not_take_is_told_by_the_next_message(
    app: Flask, room: ChatRoom, clock: Clock, harbour: Article, ada: User
) -> None:
    room.status, pauses = 503, [webhook.pause()]
    hold(say(harbour, ada, "A"))
    for _ in range(8):
        clock.shift(HOUR)
        result = run(app)
        assert (result.exit_code, result.output) == (
            1, "Error: The webhook of alerts: it answered 503.\n",
        )  # fmt: skip
        pauses.append(webhook.pause())
    hold(say(harbour, ada, "B"))
    assert [each // MINUTE for each in pauses] == [1, 2, 4, 8, 16, 32, 60, 60, 60]

    room.status = 200
    clock.shift(HOUR)
    run(app)
    assert [post["text"].count("(2)") for post in room.posts] == [1]
    assert (webhook.pause(), webhook.is_due()) == (MINUTE, False)


def test_a_service_that_is_gone_loses_nothing_and_its_address_is_not_repeated(
    app: Flask, room: ChatRoom, clock: Clock, harbour: Article, ada: User
) -> None:
    app.config["ALERT_WEBHOOK"] = "http://127.0.0.1:9/services/secret"
    hold(say(harbour, ada, "A"))
    clock.shift(MINUTE)
    result = run(app)
    assert result.exit_code == 1 and "cannot be reached" in result.output
    assert "secret" not in result.output

    app.config["ALERT_WEBHOOK"] = room.address
    clock.shift(2 * MINUTE)
    run(app)
    assert len(room.posts) == 1


def test_two_workers_at_once_send_one_message(
    app: Flask, room: ChatRoom, clock: Clock, harbour: Article, ada: User
) -> None:
    hold(say(harbour, ada, "A"))
    clock.shift(MINUTE)
    moment = webhook._claim()  # by another worker, which is sending it
    assert moment and not webhook.send()
    webhook._mark_told(moment)

    assert (webhook.send(), room.posts) == (False, [])


def test_a_message_whose_process_was_killed_is_sent_after_a_minute(
    app: Flask, room: ChatRoom, clock: Clock, harbour: Article, ada: User
) -> None:
    hold(say(harbour, ada, "A"))
    clock.shift(MINUTE)
    assert webhook._claim()
    clock.shift(59)
    assert not webhook.send()
    clock.shift(2)

    assert (webhook.send(), len(room.posts)) == (True, 1)


def test_what_happens_while_it_is_sent_is_told_next(
    app: Flask, room: ChatRoom, clock: Clock, harbour: Article, ada: User
) -> None:
    hold(say(harbour, ada, "A"))
    clock.shift(MINUTE)
    moment = webhook._claim()
    assert moment
    clock.shift(1)
    hold(say(harbour, ada, "B"))
    webhook._mark_told(moment)
    clock.shift(MINUTE)

    assert webhook.send()


def test_what_was_decided_meanwhile_is_not_told(
    app: Flask, room: ChatRoom, clock: Clock, harbour: Article, ada: User, mo: User
) -> None:
    comment = say(harbour, ada, "A")
    hold(comment)
    with writing():
        keep(comment, by=mo)
    clock.shift(MINUTE)
    assert (webhook.is_due(), run(app).output, room.posts) == (False, "", [])


def test_nothing_of_before_it_was_set_up_is_told(
    app: Flask, room: ChatRoom, harbour: Article, ada: User
) -> None:
    with time_machine.travel(START, tick=False) as clock:
        hold(say(harbour, ada, "A"))
        clock.shift(HOUR)
        run(app)
        clock.shift(HOUR)
        assert (webhook.is_due(), room.posts) == (False, [])


def test_the_name_of_the_site_is_escaped(
    app: Flask, room: ChatRoom, clock: Clock, harbour: Article, ada: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setitem(app.config, "SITE_NAME", "<!channel> & Co")
    hold(say(harbour, ada, "A"))
    assert webhook.message().startswith("&lt;!channel&gt; &amp; Co\n")


def test_doctor_says_what_it_answered(
    app: Flask, room: ChatRoom, clock: Clock, harbour: Article, ada: User
) -> None:
    hold(say(harbour, ada, "A"))
    clock.shift(2 * MINUTE)
    assert TaskRun.begin(COMMANDS[0])
    TaskRun.end("staff alerts", problem="Error: The webhook of alerts: it answered 410.")

    lines = app.test_cli_runner().invoke(doctor).output.splitlines()
    assert [line for line in lines if "alerts" in line] == [
        "BAD alerts sent to the webhook: the last run failed: "
        "Error: The webhook of alerts: it answered 410."
    ]
    assert not TaskRun.begin(COMMANDS[0])
    with writing():
        db.session.get_one(AlertWebhook, 1).failures = 1
    clock.shift(119)
    assert not TaskRun.begin(COMMANDS[0])
    clock.shift(2)
    assert TaskRun.begin(COMMANDS[0])


@pytest.mark.parametrize("key", ["ALERT_WEBHOOK", "ORIGIN"])
def test_without_an_address_nothing_is_due(
    app: Flask, room: ChatRoom, clock: Clock, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setitem(app.config, key, "")
    assert not webhook.is_due()


@pytest.mark.parametrize(
    "value",
    ["http://hooks.example/x", "hooks.example/x", "https:///x", "https://a b/x", "https://u@h/x"],
)
def test_a_setting_that_is_no_https_address_is_refused_and_not_repeated(
    tmp_path: Path, value: str
) -> None:
    with pytest.raises(BadSetting) as refusal:
        create_app({"INSTANCE": str(tmp_path), "ALERT_WEBHOOK": value})
    assert refusal.value.format_message() == (
        "BOARD_ALERT_WEBHOOK must be an https address, such as https://hooks.slack.example/…."
    )
