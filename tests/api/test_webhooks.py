"""Other systems of the newsroom are told by webhook what happened."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from board.accounts.models import User
from board.api.webhooks import delivery, events, secrets
from board.api.webhooks.findings import findings
from board.api.webhooks.models import (
    Webhook,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEvent,
    delete_old,
    has_old,
)
from board.articles.models import Article
from board.comments.body import Body
from board.db import db, now, writing
from board.moderation.rulings import undo
from board.moderation.rulings.decisions import hide, keep, restore
from conftest import NO_LIMITS, count_queries, person, said, say
from support.http_server import serving
from support.wait import until

PAGE = "/desk/webhooks"


@dataclass
class Receiver:
    """What was received, and what is answered."""

    url: str = ""
    messages: list[tuple[dict[str, str], str]] = field(default_factory=list)
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    goes_on: Event = field(default_factory=Event)

    def types(self) -> list[str]:
        return [json.loads(body)["type"] for _headers, body in self.messages]

    def data(self) -> list[dict[str, Any]]:
        return [json.loads(body)["data"] for _headers, body in self.messages]


@pytest.fixture
def settings() -> dict[str, Any]:
    return {**NO_LIMITS, "ORIGIN": "http://localhost"}


@pytest.fixture
def receiver(app: Flask) -> Iterator[Receiver]:
    receiver = Receiver()
    receiver.goes_on.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            receiver.messages.append(({**self.headers}, body))
            receiver.goes_on.wait(20)
            self.send_response(receiver.status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(receiver.body)

        def log_message(self, *_args: Any) -> None:
            pass

    with serving(HTTPServer(("127.0.0.1", 0), Handler)) as port:
        receiver.url = f"http://127.0.0.1:{port}/hook"
        yield receiver


@pytest.fixture
def webhook(receiver: Receiver) -> Webhook:
    return add(receiver.url)


@pytest.fixture
def admin(app: Flask) -> User:
    return person("admin", can_appoint=True)


def add(url: str, *, with_text: bool = False) -> Webhook:
    with writing():
        webhook = Webhook(url=url, with_text=with_text, secret=secrets.new_secret())
        webhook.switch_on()
        db.session.add(webhook)
    return webhook


def send_due() -> int:
    """Send what is due, one after the other. Returns how many."""
    sent = 0
    while claimed := queue_and_claim():
        for id, _webhook_id in claimed:
            delivery.send(id)
            sent += 1
    return sent


def queue_and_claim() -> list[tuple[int, int]]:
    with writing():
        delivery.queue_events()
        return delivery.claim(delivery.THREADS)


def expected_signature(secret: str, headers: dict[str, str], body: str) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body}".encode()
    return "v1," + base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()


# ---- messages ----


def test_a_message_has_ids_addresses_and_numbers_and_a_valid_signature(
    receiver: Receiver, webhook: Webhook, ada: User, harbour: Article
) -> None:
    comment = say(harbour, ada, "Ships & boats")

    assert send_due() == 1

    ((headers, body),) = receiver.messages
    message = json.loads(body)
    assert message["type"] == "comment.created"
    assert message["data"] == {
        "id": comment.id, "state": "visible", "url": f"http://localhost/comments/{comment.id}",
        "parent": None, "posted_at": comment.posted_at.isoformat(), "like_count": 0,
        "reply_count": 0, "author": {"id": ada.id, "name": "ada"},
        "article": {"slug": "harbour", "url": "http://localhost/articles/harbour",
                    "comment_count": 1, "revision": harbour.revision},
    }  # fmt: skip
    assert headers["Content-Type"] == "application/json"
    assert headers["webhook-id"].startswith("msg_")
    secret = secrets.readable(webhook)
    assert headers["webhook-signature"] == expected_signature(secret, headers, body)


def test_each_change_of_a_comment_and_of_its_author_is_told(
    receiver: Receiver, webhook: Webhook, ada: User, mo: User, harbour: Article
) -> None:
    comment = say(harbour, ada, "Ships")
    with writing():
        comment.edit(Body.from_text("Boats"))
    with writing():
        ruling = hide(comment, by=mo, reason="hate")
        assert ruling
    with writing():
        undo.take_back(ruling, by=mo)
    with writing():
        hide(comment, by=mo, reason="hate")
    with writing():
        restore(comment, by=mo, reason="mistake")
    with writing():
        keep(comment, by=mo)
        comment.delete()
    with writing():
        ada.rename("ida")
    with writing():
        ada.delete_account(on=now().date())
    send_due()

    assert receiver.types() == [
        "comment.created", "comment.hidden", "comment.restored", "comment.hidden",
        "comment.restored", "comment.deleted", "user.updated", "user.deleted",
    ]  # fmt: skip
    assert receiver.data()[-2:] == [{"id": ada.id}, {"id": ada.id}]


def test_an_edit_through_the_form_is_told(
    receiver: Receiver, webhook: Webhook, as_: Any, ada: User, harbour: Article
) -> None:
    comment = say(harbour, ada, "Ships")
    form = {"body": "Boats", "version": "0"}
    assert as_(ada).post(f"/comments/{comment.id}/edit", data=form).status_code == 303
    send_due()

    assert receiver.types() == ["comment.created", "comment.edited"]


def test_a_held_comment_is_told_of_without_its_author_until_it_is_released(
    receiver: Receiver, ada: User, mo: User, harbour: Article
) -> None:
    add(receiver.url, with_text=True)
    comment = say(harbour, ada, "Ships")
    with writing():
        comment._set_visibility(held_for="heuristic")
    send_due()
    with writing():
        keep(comment, by=mo)
    send_due()

    held, released = receiver.data()
    assert (held["state"], "author" in held, "html" in held) == ("held", False, False)
    assert receiver.types()[1] == "comment.released"
    assert (released["state"], released["html"]) == ("visible", "<p>Ships</p>")


def test_the_text_of_a_comment_that_was_hidden_meanwhile_never_leaves(
    receiver: Receiver, ada: User, mo: User, harbour: Article
) -> None:
    add(receiver.url, with_text=True)
    comment = say(harbour, ada, "Ships")
    with writing():
        hide(comment, by=mo, reason="hate")
    send_due()

    assert [("html" in data, data["state"]) for data in receiver.data()] == [(False, "hidden")] * 2
    assert not any("Ships" in body for _headers, body in receiver.messages)


def test_without_a_webhook_nothing_is_recorded(ada: User, harbour: Article) -> None:
    say(harbour, ada, "Ships")

    assert db.session.scalar(select(func.count()).select_from(WebhookEvent)) == 0


def test_what_is_rolled_back_is_not_told(
    receiver: Receiver, webhook: Webhook, ada: User, harbour: Article
) -> None:
    comment = say(harbour, ada, "Ships")

    def delete_and_fail() -> None:
        with writing():
            comment.delete()
            raise LookupError

    with pytest.raises(LookupError):
        delete_and_fail()
    send_due()

    assert receiver.types() == ["comment.created"]


def test_the_data_of_an_account_say_what_other_systems_were_told(
    webhook: Webhook, as_: Any, ada: User, bora: User, harbour: Article
) -> None:
    comment = say(harbour, ada, "Ships")
    say(harbour, bora, "Boats")
    with writing():
        ada.rename("ida")

    told = events.export_events(ada)
    assert [(each["type"], each["comment_id"]) for each in told] == [
        ("comment.created", comment.id), ("user.updated", None),
    ]  # fmt: skip


# ---- trying again ----


def test_a_failed_delivery_is_tried_ten_times_and_then_given_up(
    receiver: Receiver, webhook: Webhook, ada: User, harbour: Article
) -> None:
    receiver.status, receiver.body = 500, b"no\x00 disk"
    with time_machine.travel(now(), tick=False) as clock:
        say(harbour, ada, "Ships")
        send_due()
        for pause in delivery.PAUSES:
            clock.shift(pause * 0.79)
            assert send_due() == 0
            clock.shift(pause * 0.42)
            if pause == delivery.PAUSES[-1]:
                with writing():
                    webhook.switch_on()  # the receiver has failed for less than five days
            assert send_due() == 1
        clock.shift(timedelta(days=3))
        assert send_due() == 0

    assert len({headers["webhook-id"] for headers, _body in receiver.messages}) == 1
    assert len(receiver.messages) == 10
    (row,) = db.session.scalars(select(WebhookDelivery))
    assert (row.tries, row.due_at, row.delivered_at) == (10, None, None)
    assert [(each.status, each.answer) for each in row.attempts] == [(500, "no disk")] * 10


def test_a_receiver_says_when_to_come_back(
    receiver: Receiver, webhook: Webhook, ada: User, harbour: Article
) -> None:
    receiver.status, receiver.headers = 429, {"Retry-After": "600"}
    with time_machine.travel(now(), tick=False) as clock:
        say(harbour, ada, "Ships")
        send_due()
        clock.shift(timedelta(seconds=599))
        assert send_due() == 0
        clock.shift(timedelta(seconds=2))
        receiver.headers = {"Retry-After": "9" * 400}
        assert send_due() == 1
        clock.shift(timedelta(seconds=400))
        receiver.status = 200
        assert send_due() == 1
    assert webhook.failing_since is None


def test_a_webhook_that_is_gone_or_fails_for_five_days_is_switched_off(
    receiver: Receiver, webhook: Webhook, ada: User, harbour: Article
) -> None:
    receiver.status = 410
    say(harbour, ada, "Ships")
    send_due()
    assert (webhook.is_on, webhook.off_for) == (False, "gone")
    assert findings() == [
        (False, f"webhook {webhook.id} was switched off (gone): see /desk/webhooks")
    ]

    receiver.status = 500
    with writing():
        webhook.switch_on()
    with time_machine.travel(now(), tick=False) as clock:
        say(harbour, ada, "Boats")
        send_due()
        assert findings()[0][1].startswith(f"webhook {webhook.id} fails since ")
        clock.shift(timedelta(days=5, seconds=1))
        send_due()
    assert (webhook.is_on, webhook.off_for) == (False, "failing")


def test_a_delivery_whose_process_died_is_sent_when_its_lease_is_over(
    receiver: Receiver, webhook: Webhook, ada: User, harbour: Article
) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        say(harbour, ada, "Ships")
        assert len(queue_and_claim()) == 1
        assert send_due() == 0
        clock.shift(delivery.LEASE)
        assert send_due() == 1
    assert receiver.types() == ["comment.created"]


def test_a_receiver_that_hangs_keeps_no_other_waiting(
    receiver: Receiver, app: Flask, ada: User, harbour: Article
) -> None:
    """The worker goes on at once, and sends one message at a time to each receiver."""
    receiver.goes_on.clear()
    add(receiver.url)
    say(harbour, ada, "Ships")
    say(harbour, ada, "Boats")
    db.session.rollback()
    sender = delivery.Sender()

    sender.work(lambda: True)
    until(lambda: receiver.messages, "the first message is on its way")
    sender.work(lambda: True)
    db.session.rollback()
    assert (len(receiver.messages), sender.has_work()) == (1, False)

    receiver.goes_on.set()

    def all_sent() -> bool:
        sender.work(lambda: True)
        db.session.rollback()
        return len(receiver.messages) == 2 and not sender._busy

    until(all_sent, "both are sent")
    assert receiver.types() == ["comment.created"] * 2


def test_nothing_is_sent_to_an_address_that_is_not_public(
    app: Flask, ada: User, harbour: Article
) -> None:
    add("https://10.0.0.1/hook")
    say(harbour, ada, "Ships")
    send_due()

    (attempt,) = db.session.scalars(select(WebhookAttempt))
    assert (attempt.status, "not a public address" in attempt.answer) == (None, True)


def test_events_are_deleted_after_thirty_days(
    receiver: Receiver, webhook: Webhook, ada: User, harbour: Article
) -> None:
    say(harbour, ada, "Ships")
    send_due()
    assert not has_old()
    with time_machine.travel(now() + timedelta(days=30, seconds=1)):
        assert has_old()
        with writing():
            delete_old()
    counts = [
        db.session.scalar(select(func.count()).select_from(table))
        for table in (WebhookEvent, WebhookDelivery, WebhookAttempt)
    ]
    assert counts == [0, 0, 0]


# ---- secrets ----


def test_for_a_day_a_new_secret_and_the_one_of_before_both_sign(
    receiver: Receiver, webhook: Webhook, ada: User, harbour: Article
) -> None:
    old = secrets.readable(webhook)
    with time_machine.travel(now(), tick=False) as clock:
        with writing():
            secrets.rotate(webhook)
        new = secrets.readable(webhook)
        for _each in range(2):
            say(harbour, ada, f"Ships {_each}")
            send_due()
            clock.shift(timedelta(hours=25))
    first, second = receiver.messages

    signed = [headers["webhook-signature"].split() for headers, _body in (first, second)]
    assert signed == [
        [expected_signature(new, *first), expected_signature(old, *first)],
        [expected_signature(new, *second)],
    ]


def test_secrets_survive_a_rotation_of_the_servers_key(app: Flask, webhook: Webhook) -> None:
    before = secrets.readable(webhook)
    app.config["SECRET_KEY_FALLBACKS"] = [app.config["SECRET_KEY"]]
    app.config["SECRET_KEY"] = "another" * 10
    assert secrets.is_due()
    with writing():
        secrets.reencrypt()
    assert not secrets.is_due()

    app.config["SECRET_KEY_FALLBACKS"] = []
    assert secrets.readable(webhook) == before
    app.config["SECRET_KEY"] = "a third" * 10
    assert secrets.readable(webhook) == ""


def test_the_secret_of_before_survives_that_rotation_too(app: Flask, webhook: Webhook) -> None:
    before = secrets._decrypt(webhook.secret)
    app.config["SECRET_KEY_FALLBACKS"] = [app.config["SECRET_KEY"]]
    app.config["SECRET_KEY"] = "another" * 10
    with writing():
        secrets.rotate(webhook)
    assert secrets.is_due()
    with writing():
        secrets.reencrypt()
    assert not secrets.is_due()

    app.config["SECRET_KEY_FALLBACKS"] = []
    assert secrets._decrypt(webhook.old_secret) == before


# ---- the desk ----


def test_an_administrator_adds_a_webhook_tests_it_and_reads_its_secret(
    as_: Any, admin: User, receiver: Receiver
) -> None:
    client = as_(admin)
    for _press in range(2):
        added = client.post(PAGE, data={"url": receiver.url, "with_text": "y"})
        assert said(added).startswith("웹훅을 저장했습니다")
    (webhook,) = db.session.scalars(select(Webhook))
    assert (webhook.url, webhook.with_text) == (receiver.url, True)

    own = f"{PAGE}/{webhook.id}"
    assert client.post(f"{own}/test").status_code == 303
    send_due()
    assert receiver.types() == ["webhook.test"]
    page = client.get(own).text
    assert "webhook.test" in page and "전달됨" in page
    secret = secrets.readable(webhook)
    assert secret not in page
    assert secret in client.post(f"{own}/secret").text
    assert secret not in client.post(f"{own}/rotate").text
    assert client.post(f"{own}/rotate").status_code == 200
    db.session.rollback()
    assert secrets._decrypt(webhook.old_secret) == base64.b64decode(secret[6:])  # not twice


def test_deliveries_are_sent_again_one_or_all_that_failed(
    as_: Any, admin: User, receiver: Receiver, webhook: Webhook, ada: User, harbour: Article
) -> None:
    client, own = as_(admin), f"{PAGE}/{webhook.id}"
    say(harbour, ada, "Ships")
    send_due()
    (row,) = db.session.scalars(select(WebhookDelivery))
    again = client.post(f"{PAGE}/deliveries/{row.id}/send-again")
    assert again.location.startswith(f"{own}?notice=")
    assert send_due() == 1

    receiver.status = 500
    say(harbour, ada, "Boats")
    assert send_due() == 1
    client.post(f"{own}/send-failed-again")
    receiver.status = 200
    assert send_due() == 1


def test_a_webhook_that_is_off_is_sent_nothing_and_what_waited_leaves_when_it_is_on(
    as_: Any, admin: User, receiver: Receiver, webhook: Webhook, ada: User, harbour: Article
) -> None:
    client, own = as_(admin), f"{PAGE}/{webhook.id}"
    say(harbour, ada, "Ships")
    with writing():
        delivery.queue_events()
    client.post(f"{own}/switch-off")
    assert send_due() == 0
    assert client.post(f"{own}/test").status_code == 409
    say(harbour, ada, "Not told")
    client.post(f"{own}/switch-on")

    assert send_due() == 1
    assert client.post(f"{own}/delete").status_code == 303
    assert client.get(own).status_code == 404
    assert db.session.scalar(select(func.count()).select_from(WebhookDelivery)) == 0


def test_the_page_of_a_webhook_takes_as_many_queries_for_many_deliveries(
    as_: Any, admin: User, receiver: Receiver, webhook: Webhook, ada: User, harbour: Article
) -> None:
    client, own, counts = as_(admin), f"{PAGE}/{webhook.id}", []
    for texts in (["one"], ["two", "three", "four"]):
        for text in texts:
            say(harbour, ada, text)
        send_due()
        client.get(own)
        with count_queries() as statements:
            assert client.get(own).text.count("comment.created") == len(receiver.messages)
        counts.append(len(statements))

    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    "url",
    [
        "", "nonsense", "http://news.example/hook", "https://user@news.example/", "https://",
        "https://10.0.0.1/hook", "https://[::1]/hook", "https://localhost/", "https://a b.example/",
        "https://board.example/desk", "https://news.example:99999/", "https://뉴스.example/",
        "ftp://news.example/", "https://news.example/" + 500 * "a",
    ],
)  # fmt: skip
def test_addresses_that_cannot_be_sent_to_are_refused(
    app: Flask, as_: Any, admin: User, url: str
) -> None:
    client = as_(admin)
    app.config["ORIGIN"] = "https://board.example"
    answer = client.post(PAGE, data={"url": url}, headers={"Host": "localhost"})

    assert answer.status_code == 422
    assert db.session.scalar(select(func.count()).select_from(Webhook)) == 0


def test_there_are_ten_webhooks_at_most(as_: Any, admin: User) -> None:
    for number in range(Webhook.COUNT_MAX):
        add(f"http://127.0.0.1/{number}")
    client = as_(admin)

    assert client.post(PAGE, data={"url": "http://127.0.0.1/more"}).status_code == 409
    assert "웹훅은 열 개까지" in client.get(PAGE).text


def test_only_administrators_see_webhooks(as_: Any, guest: Any, mo: User, tess: User,
                                          webhook: Webhook) -> None:  # fmt: skip
    for client in (as_(mo), as_(tess)):
        assert client.get(PAGE).status_code == 403
        assert client.post(f"{PAGE}/{webhook.id}/secret").status_code == 403
    assert guest.post(f"{PAGE}/{webhook.id}/delete").status_code == 401


def test_the_check_in_the_documentation_accepts_our_messages_and_no_others(
    receiver: Receiver, webhook: Webhook, ada: User, harbour: Article
) -> None:
    document = (Path(__file__).parents[2] / "docs/webhooks.md").read_text()
    (code,) = re.findall(r"```python\n(.*?)```", document, re.S)
    documented: dict[str, Any] = {}
    exec(code, documented)
    say(harbour, ada, "Ships")
    send_due()
    ((headers, body),) = receiver.messages
    secret = secrets.readable(webhook)

    checks = [
        (secret, headers, body),
        (secret, headers, body + " "),
        (secret, headers | {"webhook-id": "msg_other"}, body),
        (secret, headers | {"webhook-timestamp": "1"}, body),
        ("whsec_" + base64.b64encode(bytes(32)).decode(), headers, body),
    ]
    accepted = [documented["is_ours"](key, head, text.encode()) for key, head, text in checks]
    assert accepted == [True, False, False, False, False]
    types = set(re.findall(r"`((?:comment|user|webhook)\.[a-z]+)`", document))
    assert types == set(events.TYPES)
