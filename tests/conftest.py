"""The cast of every test, and the stage they stand on.

ada is a reader: she signs up, posts, edits and deletes, and it is her comments that others judge.

bora is another reader, for whom ada is a stranger: she answers, likes, reports and mutes.

mo moderates: hides and restores, writes rules, rules on appeals, and can do nothing to articles.

tess edits articles and reads the tips that are sent to the newsroom; she cannot moderate.

A guest is nobody: a browser without a cookie, which reads, searches and sends tips.

harbour is the article they meet under, `as_` puts any of them in front of a browser, and `app` is
the board itself, on a real database that only this test has. `person`, `keep` and `say` make more.
"""

import gc
import html
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import get_locale
from jinja2 import FileSystemBytecodeCache, Undefined
from jinja2.utils import missing
from sqlalchemy import event
from werkzeug.test import TestResponse
from wtforms.form import BaseForm

from board import create_app
from board.accounts import models as accounts
from board.accounts.auth import passwords
from board.accounts.cli import accounts_cli
from board.accounts.models import User
from board.articles.models import Article
from board.comments.body import Body
from board.comments.models import Comment
from board.comments.writing.create import post
from board.comments.writing.limits import PostingLimits
from board.db import close_connections, db, schema, writing
from board.db.clock import today
from support.shared_app import Stage, end, wanted

pytest_plugins = ["support.fake_smtp"]
T = TypeVar("T")
NO_LIMITS = {
    "COMMENT_INTERVAL_SECONDS": 0,
    "COMMENTS_PER_DAY": 0,
    "ROOT_COMMENTS_PER_ARTICLE": 0,
    "SAME_TEXT_HOURS": 0,
    "REACTIONS_PER_DAY": 0,
    "REACTION_INTERVAL_SECONDS": 0,
    "SIGN_UPS_PER_HOUR": 0,
}
PASSWORD = "lighthouse keeper at dusk"


class Client(FlaskClient):
    """A browser: says where its requests come from, and gives each an app context of its own.

    Without the second, the context the test holds would carry the signed-in user from one request
    into the next.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        headers = {"Sec-Fetch-Site": "same-origin", **(kwargs.pop("headers", None) or {})}
        kwargs.setdefault("buffered", True)
        kwargs["headers"] = {name: value for name, value in headers.items() if value is not None}
        db.session.rollback()
        with self.application.app_context():
            response = super().open(*args, **kwargs)
        db.session.rollback()  # so the test sees what the request changed
        db.session.expire_all()
        return response


def pytest_collection_finish() -> None:
    """What is loaded now stays to the end, so the collector need not look through it ever again."""
    gc.freeze()
    gc.set_threshold(10_000)


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2id at its cheapest; test_passwords.py takes it as it is."""
    monkeypatch.setattr(passwords, "_PASSES", 1)
    monkeypatch.setattr(passwords, "_KIB", 8)
    cheap = passwords._DUMMY_HASH.replace("m=19456,t=2", "m=8,t=1")
    monkeypatch.setattr(passwords, "_DUMMY_HASH", cheap)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the tables, made once by the migrations and copied for each test."""
    folder = tmp_path_factory.mktemp("migrated")
    app = create_app({"INSTANCE": str(folder)})
    with app.app_context():
        schema.upgrade()
        close_connections()
    return folder / "board.db"


@pytest.fixture
def another() -> Iterator[Callable[..., Flask]]:
    """Another app, as another process has one: `another(folder, SETTING=value)`."""
    started: list[Flask] = []

    def start(folder: Path | str, **settings: Any) -> Flask:
        started.append(create_app({"INSTANCE": str(folder), "TESTING": True, **settings}))
        return started[-1]

    yield start
    for app in started:
        end(app)


class Compiled(FileSystemBytecodeCache):
    """Templates hold the words of a language."""

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        return super().get_cache_key(f"{get_locale()}/{name}", filename)


class StrictAttributes(Undefined):
    """Fails where a template asks an object for an attribute it does not have. A name that is not
    there at all may be meant: templates say what is optional."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = self._undefined_obj
        is_optional = asked is missing or isinstance(asked, Mapping | BaseForm)
        if not is_optional and not type(asked).__module__.startswith("wtforms."):
            self._fail_with_undefined_error()


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Compiled:
    """Templates are compiled once for all tests of all workers, not once for each app."""
    mine = tmp_path_factory.getbasetemp()
    folder = (mine if worker_id == "master" else mine.parent) / "compiled"
    folder.mkdir(exist_ok=True)
    return Compiled(str(folder))


@pytest.fixture(scope="session")
def stages() -> dict[str, Stage]:
    """The apps built so far, by what was wanted of them."""
    return {}


@pytest.fixture
def settings() -> dict[str, Any]:
    """Overridden by tests about limits; elsewhere nobody waits."""
    return dict(NO_LIMITS)


@pytest.fixture
def app(
    tmp_path: Path,
    migrated: Path,
    compiled: Compiled,
    stages: dict[str, Stage],
    settings: dict[str, Any],
) -> Iterator[Flask]:
    """The board, with a database of this test's own, in the context its objects live in."""
    wish = wanted(settings)
    if wish not in stages:
        stages[wish] = Stage(migrated.parent, settings)
        stages[wish].app.test_client_class = Client
        stages[wish].app.jinja_env.bytecode_cache = compiled
        stages[wish].app.jinja_env.undefined = StrictAttributes
    with stages[wish].set(tmp_path) as app:
        yield app
    if stages[wish].is_worn:
        del stages[wish]


@pytest.fixture
def ada(app: Flask) -> User:
    """A reader who posts."""
    return person("ada")


@pytest.fixture
def bora(app: Flask) -> User:
    """Another reader, for whom ada is a stranger."""
    return person("bora")


@pytest.fixture
def mo(app: Flask) -> User:
    """A moderator."""
    return person("mo", can_moderate=True)


@pytest.fixture
def tess(app: Flask) -> User:
    """An editor of articles and a reader of tips."""
    return person("tess", can_edit=True, can_read_tips=True)


@pytest.fixture
def harbour(app: Flask) -> Article:
    """An open article that nobody has commented on."""
    return keep(Article.publish(slug="harbour", title="The harbour reopens", body_html="<p>…</p>"))


@pytest.fixture
def guest(app: Flask) -> FlaskClient:
    """A browser in which nobody is signed in."""
    return app.test_client()


@pytest.fixture
def as_(app: Flask) -> Callable[[User], FlaskClient]:
    """A browser in which this person is signed in with both factors, and not through the form."""

    def signed_in(user: User) -> FlaskClient:
        with writing():
            _, token = accounts.sign_in(user, device="test", today=today(), second_factor=True)
        client = app.test_client()
        client.set_cookie("board_session", token)
        return client

    return signed_in


@pytest.fixture
def operator(app: Flask) -> Callable[..., Result]:
    """Types `accounts …` at a prompt of the machine."""

    def type_(*words: str, input: str | None = None) -> Result:
        db.session.rollback()
        result = app.test_cli_runner().invoke(accounts_cli, words, input=input)
        db.session.expire_all()
        return result

    return type_


def person(name: str, **capabilities: bool) -> User:
    with writing():
        user = accounts.sign_up(email=f"{name}@harbour.example", name=name, password_hash="!")
        for capability, value in capabilities.items():
            setattr(user, capability, value)
    return user


def keep(thing: T) -> T:
    with writing():
        db.session.add(thing)
    return thing


def say(
    article: Article, by: User, text: str, *, to: Comment | None = None, key: str = ""
) -> Comment:
    """`by` posts `text`, as the form would."""
    limits = PostingLimits.none()
    with writing():
        return post(
            article,
            by=by,
            body=Body.from_text(text),
            key=key or f"key of {text}",
            parent=to,
            limits=limits,
        )


def more_link(page: str) -> str | None:
    """Where a list goes on, or None at its end."""
    found = re.search(r'class="button more"[^>]* href="([^"]+)"', page)
    return html.unescape(found[1]) if found else None


@contextmanager
def count_queries() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    for engine in db.engines.values():
        event.listen(engine, "before_cursor_execute", note)
    yield seen
    for engine in db.engines.values():
        event.remove(engine, "before_cursor_execute", note)
