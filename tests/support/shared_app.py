"""One app for all tests of a worker that want the same settings.

An app costs 50 ms, nearly all of it Werkzeug's while it compiles our addresses, and its first pages
compile statements and load templates. So it is built once and dressed anew for each test: a folder
and a database of the test's own, the settings as they were, and nothing remembered.
"""

import copy
import inspect
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import _lru_cache_wrapper, cached_property
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from sqlalchemy import event
from werkzeug.datastructures import ImmutableMultiDict

from board import create_app
from board.db import close_connections, db, read_connections
from board.db.write_lock import WriteLock
from board.web.page_cache.change_watch import ChangeWatcher
from board.web.page_cache.store import SegmentedLru
from board.web.request import query_filter


def wanted(settings: Mapping[str, Any]) -> str:
    """All that makes one app differ from another."""
    surroundings = {name: value for name, value in os.environ.items() if name.startswith("BOARD_")}
    return repr((sorted(settings.items()), sorted(surroundings.items())))


def end(app: Flask) -> None:
    """A process that ends gives back what it holds open; ours has a thousand tests."""
    with app.app_context():
        app.extensions["kept"].close()
        read_connections.close()
        db.session.remove()
        close_connections()
    for each in (app.extensions["write_lock"], *app.extensions["turns"].values()):
        each.close()


class RecordedArgs(ImmutableMultiDict[str, str]):
    """A query string that notes which of its arguments are read."""

    def __init__(self, mapping: Any = None) -> None:
        super().__init__(mapping)
        self.read: set[str] = set()

    def __getitem__(self, key: str) -> str:
        self.read.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.read.add(str(key))
        return super().__contains__(key)

    def get(self, key: str, *args: Any, **kwargs: Any) -> Any:
        self.read.add(key)
        return super().get(key, *args, **kwargs)

    def getlist(self, key: str, *args: Any, **kwargs: Any) -> Any:
        self.read.add(key)
        return super().getlist(key, *args, **kwargs)


def record_query_arguments(app: Flask) -> None:
    """Fail every request whose view reads a query argument it does not declare with @open_to."""

    class RecordingRequest(app.request_class):  # type: ignore[name-defined, misc]
        @cached_property
        def args(self) -> RecordedArgs:
            return RecordedArgs(super().args)

    def check(response: Response) -> Response:
        view = app.view_functions.get(request.endpoint or "")
        undeclared = request.args.read - set(getattr(view, "query", ())) - query_filter.EVERYWHERE
        assert undeclared == set(), f"{request.endpoint} reads {undeclared}"
        return response

    app.request_class = RecordingRequest
    app.after_request(check)


class Stage:
    """An app that can be put back to how it was when it was built."""

    def __init__(self, empty: Path, settings: Mapping[str, Any]) -> None:
        """`empty` is an instance with a database in which nothing has happened yet."""
        self._empty = empty
        self.app = create_app({"INSTANCE": str(empty), "TESTING": True, **settings})
        record_query_arguments(self.app)
        self._was = {name: _copy(value) for name, value in vars(self.app).items()}
        self._addresses = len(list(self.app.url_map.iter_rules()))
        self._memories = list(_memories())
        with self.app.app_context():
            for engine in db.engines.values():
                event.listen(engine, "do_connect", self._connect)
                event.listen(engine, "connect", _hurry)

    @contextmanager
    def set(self, folder: Path) -> Iterator[Flask]:
        """The app in its context, as if it had just been started in `folder`."""
        for name in ("board.db", "secret_key"):
            shutil.copy(self._empty / name, folder)
        self._put_back()
        app, path = self.app, folder / "board.db"
        url = app.config["SQLALCHEMY_DATABASE_URI"].set(database=str(path))
        app.instance_path = str(folder)
        app.config.update(INSTANCE=str(folder), SQLALCHEMY_DATABASE_URI=url)
        app.extensions["write_lock"] = WriteLock(Path(f"{path}.lock"))
        with app.app_context():
            for engine in db.engines.values():
                engine.url = url
            kept = app.extensions["kept"]
            kept._watch, kept._shelf = ChangeWatcher(app), SegmentedLru()
            yield app
        end(app)

    @property
    def is_worn(self) -> bool:
        """Whether the last test gave it addresses, which nothing can take away again."""
        return len(list(self.app.url_map.iter_rules())) > self._addresses

    def _put_back(self) -> None:
        for name, value in self._was.items():
            there = getattr(self.app, name)
            if isinstance(there, dict):
                there.clear()
                there.update(_copy(value))
            else:
                setattr(self.app, name, _copy(value))
        for memory in self._memories:
            memory.cache_clear()

    def _connect(self, dialect: Any, _record: Any, _where: Any, how: dict[str, Any]) -> Any:
        return dialect.connect(f"{self.app.instance_path}/board.db", **how)


def _hurry(connection: Any, _record: Any) -> None:
    """No database of a test has to survive a power cut; those that do are no Stage's."""
    connection.execute("PRAGMA synchronous = OFF")


def _copy(value: Any) -> Any:
    """Of what is registered and set on an app; what it is made of stays one and the same."""
    if isinstance(value, dict):
        copied = copy.copy(value)
        copied.update((name, _copy(inner)) for name, inner in value.items())
        return copied
    return list(value) if type(value) is list else value


def _memories() -> Iterator[Any]:
    """The caches of our modules that tell apps apart by the object alone."""
    ours = [module for name, module in sys.modules.items() if name.startswith("board.")]
    for value in [value for module in ours for value in vars(module).values()]:
        if isinstance(value, _lru_cache_wrapper) and _is_about_an_app(value.__wrapped__):
            yield value


def _is_about_an_app(function: Any) -> bool:
    return Flask in inspect.get_annotations(function).values()
