"""Fixtures for tips: readers at the desk, and sources with nothing but a browser."""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, encode_multipart

from board.accounts.models import User
from board.db import db, writing
from board.tips.attachments import draft_space
from board.tips.cli import tips_cli
from board.tips.crypto import primitives
from conftest import person


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2id at its cheapest, no waiting, no inspection of files: these have their own tests."""
    monkeypatch.setattr(primitives, "_PASSES", 1)
    monkeypatch.setattr(primitives, "_KIB", 8)
    monkeypatch.setattr("board.tips.source.mailbox_views.TRY_SECONDS", 0)
    report = SimpleNamespace(findings=(), cleanable=False, why_not=None)
    fake_files = SimpleNamespace(inspect=lambda data, name: report)
    monkeypatch.setattr("board.tips.attachments.drafts.files", fake_files)


@pytest.fixture
def changed_at(monkeypatch: pytest.MonkeyPatch) -> dict[int, float]:
    """Pretended times of the last change of files: real time in nanoseconds → seconds."""
    times: dict[int, float] = {}

    def look_up(stat: os.stat_result) -> float:
        return times.get(stat.st_ctime_ns, stat.st_ctime)

    monkeypatch.setattr(draft_space, "_changed_at", look_up)
    return times


@dataclass
class ReaderClient:
    """A tip reader's browser, with their passphrase and recovery words."""

    user: User
    client: FlaskClient
    passphrase: str = ""
    recovery: str = ""

    def set_up(self, **form: str) -> TestResponse:
        page = self.client.post("/desk/tips/start", data=form)
        if page.status_code == 200:
            self.remember_phrases(page)
        return page

    def remember_phrases(self, page: TestResponse) -> None:
        self.passphrase = element_text(page, "passphrase")
        self.recovery = element_text(page, "recovery")

    @property
    def phrases(self) -> tuple[str, str]:
        return self.passphrase, self.recovery

    def unlock(self, passphrase: str = "") -> TestResponse:
        data = {"passphrase": passphrase or self.passphrase}
        return self.client.post("/desk/tips/unlock", data=data)

    def sign_for(self, user: User) -> TestResponse:
        path = f"/desk/tips/readers/{holder_id(user)}/add"
        return self.post(path, passphrase=self.passphrase)

    def restart(self) -> TestResponse:
        """Begin again with a new key, and type what is lost if the page asks for it."""
        loss = loss_sentence(self.get("/desk/tips/start"))
        return self.set_up(passphrase=self.passphrase, loss=loss)

    def leave_roster(self) -> TestResponse:
        path = f"/desk/tips/readers/{holder_id(self.user)}/remove"
        return self.post(path, passphrase=self.passphrase, loss=loss_sentence(self.get(path)))

    def get(self, path: str) -> TestResponse:
        return self.client.get(path)

    def post(self, path: str, **data: Any) -> TestResponse:
        return self.client.post(path, data=data)


@pytest.fixture
def at_desk(as_: Callable[[User], FlaskClient]) -> Callable[[User], ReaderClient]:
    """This person with a passphrase, unlocked."""

    def unlocked(user: User) -> ReaderClient:
        desk = ReaderClient(user, as_(user))
        assert desk.set_up().status_code == 200
        assert desk.unlock().status_code == 303
        return desk

    return unlocked


@pytest.fixture
def desk(tess: User, at_desk: Callable[[User], ReaderClient]) -> ReaderClient:
    """tess, the first tip reader."""
    return at_desk(tess)


@pytest.fixture
def second_desk(
    desk: ReaderClient, at_desk: Callable[[User], ReaderClient], app: Flask
) -> ReaderClient:
    """jin, whom tess has signed for."""
    colleague = at_desk(person("jin", can_read_tips=True))
    assert desk.sign_for(colleague.user).status_code == 303
    return colleague


class SourceClient:
    """A source's browser."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self.code = ""

    def form(self) -> TestResponse:
        """The empty form of a new tip, at its address."""
        return self.client.get("/tips/new", follow_redirects=True)

    def preview(self, text: str, *, files: tuple[tuple[bytes, str], ...] = (), **more: str) -> Any:
        """From the empty form to the preview."""
        ticket = hidden_field(self.form(), "ticket")
        data: dict[str, Any] = {"ticket": ticket, "step": "look", "text": text, **more}
        return self.client.post("/tips/new", **multipart(data, files))

    def send(self, text: str, **more: Any) -> TestResponse:
        """From the empty form to the code."""
        preview = self.preview(text, **more)
        page = self.client.post("/tips/new", data=decided(preview))
        if page.status_code == 200:
            self.code = element_text(page, "tip-code")
        return page

    def enter(self, code: str = "") -> TestResponse:
        return self.client.post("/tips/box", data={"code": code or self.code})

    def mailbox(self) -> TestResponse:
        return self.client.get("/tips/box")

    def add_message(self, text: str) -> TestResponse:
        ticket = hidden_field(self.mailbox(), "ticket")
        data = {"ticket": ticket, "step": "look", "text": text}
        preview = self.client.post("/tips/box/message", data=data)
        return self.client.post("/tips/box/message", data=form_fields(preview))


@pytest.fixture
def source(app: Flask) -> SourceClient:
    return SourceClient(app)


@pytest.fixture
def sent(desk: ReaderClient, source: SourceClient) -> SourceClient:
    """A source who has sent a tip, no. 1, to tess."""
    assert source.send("과장이 장부를 두 권 씁니다.").status_code == 200
    return source


def multipart(
    data: dict[str, Any], files: tuple[tuple[bytes, str], ...], field: str = "files"
) -> dict[str, Any]:
    """A form with files, encoded in memory: the test client would use a temporary file."""
    uploads = [FileStorage(BytesIO(content), name) for content, name in files]
    boundary, body = encode_multipart(MultiDict([*data.items(), *((field, f) for f in uploads)]))
    return {"data": body, "content_type": f"multipart/form-data; boundary={boundary}"}


def is_locked(answer: TestResponse) -> bool:
    """Whether this sends the reader to unlock tips first."""
    return answer.location.partition("?")[0] == "/desk/tips/unlock"


def element_text(page: TestResponse, id: str) -> str:
    """The text of the element with this id."""
    match = re.search(rf'id="{id}"[^>]*>(.*?)</p>', page.text, re.DOTALL)
    assert match, page.text[:2000]
    return unescape(re.sub(r"<[^>]+>", "", match[1])).strip()


def loss_sentence(page: TestResponse) -> str:
    """The sentence that has to be typed to confirm a loss; "" if nothing is lost."""
    match = re.search(r"다음 문장을 입력하세요: <strong>(.*?)</strong>", page.text)
    return match[1] if match else ""


def hidden_field(page: TestResponse, name: str) -> str:
    tag = re.search(rf'<input[^>]*name="{name}"[^>]*>', page.text)
    assert tag, page.text[:2000]
    match = re.search(r'value="([^"]*)"', tag[0])
    return unescape(match[1]) if match else ""


def form_fields(page: TestResponse) -> dict[str, str]:
    """What a browser sends when the main form of this page is submitted unchanged."""
    form = page.text.split("<main")[1].split("<form", 1)[1].split("</form>")[0]
    values: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        is_unchecked = attributes.get("type") in ("radio", "checkbox") and " checked" not in tag
        if "name" in attributes and attributes.get("type") != "file" and not is_unchecked:
            values[attributes["name"]] = unescape(attributes.get("value", ""))
    for name, typed in re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>(.*?)</textarea>', form, re.S):
        values[name] = unescape(typed).lstrip("\r\n")
    return values


def decided(preview: TestResponse) -> dict[str, str]:
    """The form of a preview, with the originals of files that cannot be cleaned."""
    choices = re.findall(r'name="(copy-[^"]+)"', preview.text)
    return dict.fromkeys(choices, "original") | form_fields(preview)


def holder_id(user: User) -> int:
    from board.tips.models.key_holders import TipReader  # noqa: PLC0415

    reader = db.session.scalar(TipReader.for_user(user))
    assert reader
    return reader.id


def notify(app: Flask) -> Any:
    """Run `tips notify` without the random wait."""
    return app.test_cli_runner().invoke(tips_cli, ["notify", "--within", "0"])


def tamper(*statements: str) -> None:
    """Change the database behind the board's back, the tips log included."""
    with writing():
        for verb in ("update", "delete"):
            db.session.execute(text(f"DROP TRIGGER IF EXISTS tip_log_no_{verb}"))
        for statement in statements:
            db.session.execute(text(statement))
