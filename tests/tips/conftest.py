"""Whoever a tip needs: a newsroom that can read it, and a source with nothing but a form."""

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
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, encode_multipart

from board.accounts.models import User
from board.db import db
from board.tips.cli import tips_cli
from board.tips.crypto import primitives
from conftest import person


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2id at its cheapest, no waiting, no looking into files: these have their own tests."""
    monkeypatch.setattr(primitives, "_PASSES", 1)
    monkeypatch.setattr(primitives, "_KIB", 8)
    monkeypatch.setattr("board.tips.source.mailbox_views.TRY_SECONDS", 0)
    unlooked = SimpleNamespace(findings=(), cleanable=False, why_not=None)
    blind = SimpleNamespace(inspect=lambda data, name: unlooked)
    monkeypatch.setattr("board.tips.attachments.drafts.files", blind)


@dataclass
class AtDesk:
    """A reader of tips at their desk, with what they have on paper."""

    user: User
    client: FlaskClient
    passphrase: str = ""
    recovery: str = ""

    def start(self, **form: str) -> TestResponse:
        page = self.client.post("/desk/tips/start", data=form)
        if page.status_code == 200:
            self.note(page)
        return page

    def note(self, page: TestResponse) -> None:
        self.passphrase = inner(page, "passphrase")
        self.recovery = inner(page, "recovery")

    @property
    def paper(self) -> tuple[str, str]:
        return self.passphrase, self.recovery

    def unlock(self, passphrase: str = "") -> TestResponse:
        data = {"passphrase": passphrase or self.passphrase}
        return self.client.post("/desk/tips/unlock", data=data)

    def get(self, path: str) -> TestResponse:
        return self.client.get(path)

    def post(self, path: str, **data: Any) -> TestResponse:
        return self.client.post(path, data=data)


@pytest.fixture
def at_desk(as_: Callable[[User], FlaskClient]) -> Callable[[User], AtDesk]:
    """This person with a reading passphrase, unlocked."""

    def sit_down(user: User) -> AtDesk:
        desk = AtDesk(user, as_(user))
        assert desk.start().status_code == 200
        assert desk.unlock().status_code == 303
        return desk

    return sit_down


@pytest.fixture
def desk(tess: User, at_desk: Callable[[User], AtDesk]) -> AtDesk:
    """tess, the first reader of tips."""
    return at_desk(tess)


@pytest.fixture
def second_desk(desk: AtDesk, at_desk: Callable[[User], AtDesk], app: Flask) -> AtDesk:
    """jin, whom tess has signed for."""
    colleague = at_desk(person("jin", can_read_tips=True))
    assert desk.post(f"/desk/tips/readers/{holder_id(colleague.user)}/add").status_code == 303
    return colleague


class Source:
    """Somebody with a browser and a story."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self.code = ""

    def write(self, text: str, *, files: tuple[tuple[bytes, str], ...] = (), **more: str) -> Any:
        """From the empty form to the preview."""
        ticket = hidden_field(self.client.get("/tips/new"), "ticket")
        data: dict[str, Any] = {"ticket": ticket, "step": "look", "text": text, **more}
        return self.client.post("/tips/new", **multipart(data, files))

    def send(self, text: str, **more: Any) -> TestResponse:
        """From the empty form to the code."""
        looked = self.write(text, **more)
        page = self.client.post("/tips/new", data=fields(looked))
        if page.status_code == 200:
            self.code = inner(page, "tip-code")
        return page

    def enter(self, code: str = "") -> TestResponse:
        return self.client.post("/tips/box", data={"code": code or self.code})

    def box(self) -> TestResponse:
        return self.client.get("/tips/box")

    def add(self, text: str) -> TestResponse:
        ticket = hidden_field(self.box(), "ticket")
        data = {"ticket": ticket, "step": "look", "text": text}
        looked = self.client.post("/tips/box/message", data=data)
        return self.client.post("/tips/box/message", data=fields(looked))


@pytest.fixture
def source(app: Flask) -> Source:
    return Source(app)


@pytest.fixture
def sent(desk: AtDesk, source: Source) -> Source:
    """A source who has sent a tip, no. 1, to tess."""
    assert source.send("과장이 장부를 두 권 씁니다.").status_code == 200
    return source


def multipart(
    data: dict[str, Any], files: tuple[tuple[bytes, str], ...], field: str = "files"
) -> dict[str, Any]:
    """A form with files, made in memory: the test client would use a temporary file."""
    given = [FileStorage(BytesIO(content), name) for content, name in files]
    boundary, body = encode_multipart(MultiDict([*data.items(), *((field, f) for f in given)]))
    return {"data": body, "content_type": f"multipart/form-data; boundary={boundary}"}


def inner(page: TestResponse, id: str) -> str:
    """The text of the element with this id."""
    found = re.search(rf'id="{id}"[^>]*>(.*?)</p>', page.text, re.DOTALL)
    assert found, page.text[:2000]
    return unescape(re.sub(r"<[^>]+>", "", found[1])).strip()


def hidden_field(page: TestResponse, name: str) -> str:
    tag = re.search(rf'<input[^>]*name="{name}"[^>]*>', page.text)
    assert tag, page.text[:2000]
    found = re.search(r'value="([^"]*)"', tag[0])
    return unescape(found[1]) if found else ""


def fields(page: TestResponse) -> dict[str, str]:
    """What a browser posts when the main form of this page is sent as it stands."""
    form = page.text.split("<main")[1].split("<form", 1)[1].split("</form>")[0]
    values: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        known = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        off = known.get("type") in ("radio", "checkbox") and " checked" not in tag
        if "name" in known and known.get("type") != "file" and not off:
            values[known["name"]] = unescape(known.get("value", ""))
    for name, text in re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>(.*?)</textarea>', form, re.S):
        values[name] = unescape(text).lstrip("\r\n")
    return values


def holder_id(user: User) -> int:
    from board.tips.models.key_holders import TipReader  # noqa: PLC0415

    reader = db.session.scalar(TipReader.for_user(user))
    assert reader
    return reader.id


def notify(app: Flask) -> Any:
    """As an operator's clock does, at once."""
    return app.test_cli_runner().invoke(tips_cli, ["notify", "--within", "0"])
