"""Fixtures of all tests: the cast, and the app.

ada is a reader: she signs up, posts, edits and deletes, and it is her comments that others judge.

bora is another reader, for whom ada is a stranger: she answers, likes, reports and mutes.

mo moderates: hides and restores, writes rules, rules on appeals, and can do nothing to articles.

tess edits articles and reads the tips that are sent to the newsroom; she cannot moderate.

A guest is a browser without a cookie, which reads, searches and sends tips.

harbour is the article they comment on, `as_` signs any of them in, and `app` is the board itself,
on a real database of this test's own. `person`, `keep` and `say` make more.
"""

import gc
import html
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import pytest
from click.testing import Result
from flask import Flask, current_app
from flask.testing import FlaskClient
from flask_babel import force_locale, get_locale
from jinja2 import FileSystemBytecodeCache, Undefined
from jinja2.utils import missing
from sqlalchemy import event
from werkzeug.test import TestResponse
from wtforms.form import BaseForm

from board import create_app
from board.accounts import models as accounts
from board.accounts.auth import passwords, sessions
from board.accounts.cli import accounts_cli
from board.accounts.models import User
from board.articles.models import Article
from board.comments.body import Body
from board.comments.models import Comment
from board.comments.writing.create import post
from board.comments.writing.limits import PostingLimits
from board.db import close_connections, db, schema, writing
from board.db.clock import today
from board.runtime import clock_check, disk
from board.text import normalize
from board.web.response.notices import notice_text
from support.shared_app import SharedApp, close_app, settings_key

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
    "TOKEN_REQUESTS_PER_MINUTE": 0,
}
PASSWORD = "lighthouse keeper at dusk"


class Client(FlaskClient):
    """A browser: sends Sec-Fetch-Site, and gives each request an app context of its own.

    Without the second, the context of the test would carry the signed-in user from one request into
    the next.
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
    """Everything loaded now stays to the end, so the garbage collector need not scan it again."""
    gc.freeze()
    gc.set_threshold(10_000)


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2id with the cheapest parameters; test_passwords.py uses the real ones."""
    monkeypatch.setattr(passwords, "_PASSES", 1)
    monkeypatch.setattr(passwords, "_KIB", 8)
    cheap = passwords._DUMMY_HASH.replace("m=19456,t=2", "m=8,t=1")
    monkeypatch.setattr(passwords, "_DUMMY_HASH", cheap)


@pytest.fixture(autouse=True)
def believable_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests set the clock for months to pass; test_unbelievable_clock.py has it checked."""
    monkeypatch.setattr(clock_check, "believable_at", lambda: None)


@pytest.fixture(autouse=True)
def no_reserve(monkeypatch: pytest.MonkeyPatch) -> None:
    """No board writes 16 MB for a full disk; those of test_no_room.py do."""
    monkeypatch.setattr(disk, "RESERVE", 0)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with all tables, made once by the migrations and copied for each test."""
    folder = tmp_path_factory.mktemp("migrated")
    app = create_app({"INSTANCE": str(folder)})
    with app.app_context():
        schema.upgrade()
        close_connections()
    return folder / "board.db"


@pytest.fixture
def another() -> Iterator[Callable[..., Flask]]:
    """Makes another app, like that of another process: `another(folder, SETTING=value)`."""
    started: list[Flask] = []

    def start(folder: Path | str, **settings: Any) -> Flask:
        started.append(create_app({"INSTANCE": str(folder), "TESTING": True, **settings}))
        return started[-1]

    yield start
    for app in started:
        close_app(app)


class LocalizedBytecodeCache(FileSystemBytecodeCache):
    """Caches compiled templates by language, since they contain its texts."""

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        return super().get_cache_key(f"{get_locale()}/{name}", filename)


class StrictAttributes(Undefined):
    """Fails if a template reads a missing attribute of an object. A missing variable is allowed:
    templates say which are optional."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = self._undefined_obj
        is_optional = owner is missing or isinstance(owner, Mapping | BaseForm)
        if not is_optional and not type(owner).__module__.startswith("wtforms."):
            self._fail_with_undefined_error()


@pytest.fixture(scope="session")
def bytecode_cache(
    tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> LocalizedBytecodeCache:
    """Templates are compiled once for all tests of all workers, not once for each app."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "compiled"
    folder.mkdir(exist_ok=True)
    return LocalizedBytecodeCache(str(folder))


@pytest.fixture(scope="session")
def shared_apps() -> dict[str, SharedApp]:
    """The apps built so far, by the key of their settings."""
    return {}


@pytest.fixture
def settings() -> dict[str, Any]:
    """Settings of the app: no limits. Tests about limits override this."""
    return dict(NO_LIMITS)


@pytest.fixture
def app(
    tmp_path: Path,
    migrated: Path,
    bytecode_cache: LocalizedBytecodeCache,
    shared_apps: dict[str, SharedApp],
    settings: dict[str, Any],
) -> Iterator[Flask]:
    """The board, with a database of this test's own, in an app context."""
    key = settings_key(settings)
    if key not in shared_apps:
        shared_apps[key] = SharedApp(migrated.parent, settings)
        shared_apps[key].app.test_client_class = Client
        shared_apps[key].app.jinja_env.bytecode_cache = bytecode_cache
        shared_apps[key].app.jinja_env.undefined = StrictAttributes
    with shared_apps[key].started_in(tmp_path) as app:
        yield app
    if shared_apps[key].has_new_routes:
        del shared_apps[key]


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
    """A senior moderator, who handles legal matters too."""
    return person("mo", can_moderate=True, can_supervise=True, can_handle_legal=True)


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
    """A browser in which this person is signed in, with both factors but without the form."""

    def signed_in(user: User) -> FlaskClient:
        with writing():
            _, token = sessions.sign_in(user, device="test", today=today(), second_factor=True)
        client = app.test_client()
        client.set_cookie("board_session", token)
        return client

    return signed_in


@pytest.fixture
def operator(app: Flask) -> Callable[..., Result]:
    """Runs an `accounts …` command on the server."""

    def run(*words: str, input: str | None = None) -> Result:
        db.session.rollback()
        result = app.test_cli_runner().invoke(accounts_cli, words, input=input)
        db.session.expire_all()
        return result

    return run


def person(name: str, **capabilities: bool) -> User:
    """A new account, with these capabilities."""
    with writing():
        user = accounts.sign_up(email=f"{name}@harbour.example", name=name, password_hash="!")
        for capability, value in capabilities.items():
            setattr(user, capability, value)
    return user


def keep(thing: T) -> T:
    """Add a row and commit it."""
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
            body=Body.from_text(normalize(text)),
            key=key or f"key of {text}",
            parent=to,
            limits=limits,
        )


def said(response: TestResponse, lang: str = "ko") -> str | None:
    """The notice on the page a response redirects to."""
    address = urlsplit(response.location)._replace(fragment="").geturl()
    with current_app.test_request_context(address), force_locale(lang):
        return notice_text()


def without_notice(response: TestResponse) -> str:
    """Where a response redirects to."""
    return re.sub(r"[?&]notice=[^&#]*", "", response.location)


def more_link(page: str) -> str | None:
    """The link to the next page of a list, or None at its end."""
    match = re.search(r'class="button more"[^>]* href="([^"]+)"', page)
    return html.unescape(match[1]) if match else None


@contextmanager
def count_queries() -> Iterator[list[str]]:
    """The SQL statements executed inside the block."""
    statements: list[str] = []

    def record(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    for engine in db.engines.values():
        event.listen(engine, "before_cursor_execute", record)
    yield statements
    for engine in db.engines.values():
        event.remove(engine, "before_cursor_execute", record)
